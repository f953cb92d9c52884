"""`huicai talent …`: the talent database on the command line."""

import typer
from rich.console import Console

from bot.cli_runtime import with_runtime
from bot.runtime import Runtime
from bot.store.migrate import upgrade
from bot.talent import directory

talent = typer.Typer(help="人才库", no_args_is_help=True)
console = Console()


@talent.callback()
def group() -> None:
    """人才库。"""


@talent.command("load")
def load() -> None:
    """导入自带的职能部门和服务窗口；工作人员改过的不会被覆盖。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        show_loaded(await directory.load(rt))

    with_runtime(run)


def show_loaded(loaded: directory.Loaded) -> None:
    console.print(
        f"部门和窗口：新增 {loaded.added} 个，更新 {loaded.changed} 个，未变或保留 {loaded.kept} 个",
        highlight=False,
    )
