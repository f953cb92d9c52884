"""`huicai items`: service items in and out of files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli_runtime import refuse_problems, with_runtime
from bot.runtime import Runtime
from bot.service import seeds
from bot.service.catalogue import refresh
from bot.service.items import content_of
from bot.store.migrate import upgrade

items = typer.Typer(help="服务事项", no_args_is_help=True)
console = Console()


@items.command("load")
def load(
    folder: Annotated[Path, typer.Argument(help="YAML 文件夹", exists=True, file_okay=False)] = seeds.FOLDER,
) -> None:
    """导入 YAML 事项并上架；工作人员改过的事项不会被覆盖。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        show_items(await seeds.load_seeds(rt, folder=folder))

    with_runtime(run)


@items.command("export")
def export(folder: Annotated[Path, typer.Argument(help="写入的文件夹")]) -> None:
    """把正在办理的事项导出为 YAML，每个事项一个文件，可再导入。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        offered = (await refresh(rt)).offered
        folder.mkdir(parents=True, exist_ok=True)
        for item in offered:
            (folder / f"{item.key}.yml").write_text(seeds.write_record(content_of(item)), encoding="utf-8")
        console.print(f"导出 {len(offered)} 个事项到 {folder}", highlight=False)

    with_runtime(run)


def show_items(loaded: seeds.LoadedItems) -> None:
    refuse_problems(loaded.problems, "事项文件有问题，什么都没有导入。")
    console.print(
        f"事项：新增 {len(loaded.added)} 个，更新 {len(loaded.changed)} 个，未变 {loaded.unchanged} 个，"
        f"保留工作人员修改 {len(loaded.kept)} 个",
        highlight=False,
    )
