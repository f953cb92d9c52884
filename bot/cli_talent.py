"""`huicai talent …`: the talent database on the command line."""

from typing import Annotated

import typer
from rich.console import Console

from bot.cli_runtime import with_runtime
from bot.runtime import Runtime
from bot.store.migrate import upgrade
from bot.talent import directory, sample
from bot.talent.grassroots_seeds import load_grassroots

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


@talent.command("sample")
def sample_data(
    remove: Annotated[
        bool, typer.Option("--remove", help="删除全部样例人才和单位，以及挂在上面的卡、层次、需求等")
    ] = False,
) -> None:
    """装入虚构的样例人才、单位、项目和需求（500 人，均带样例标记），或全部删除。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        if remove:
            removed = await sample.remove_sample(rt)
            people, employers = removed.get("talents", 0), removed.get("employers", 0)
            console.print(f"已删除样例人才 {people} 人、样例单位 {employers} 家。", highlight=False)
            return
        await directory.load(rt)
        loaded = await sample.load_sample(rt)
        await load_grassroots(rt, sample=True)
        await sample.assign_sample(rt)
        show_sample(loaded)

    with_runtime(run)


def show_sample(loaded: sample.Loaded) -> None:
    if loaded.talents:
        console.print(
            f"样例：虚构的人才 {loaded.talents} 人、单位 {loaded.employers} 家"
            "（huicai talent sample --remove 可删除）",
            highlight=False,
        )


def show_loaded(loaded: directory.Loaded) -> None:
    console.print(
        f"部门和窗口：新增 {loaded.added} 个，更新 {loaded.changed} 个，未变或保留 {loaded.kept} 个",
        highlight=False,
    )
