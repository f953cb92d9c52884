"""`huicai desk …`: the desk on the command line."""

from typing import Annotated

import typer
from rich.console import Console

from bot.cli_runtime import with_runtime
from bot.desk import defaults
from bot.runtime import Runtime
from bot.store.migrate import upgrade

desk = typer.Typer(help="人工服务", no_args_is_help=True)
console = Console()


@desk.callback()
def group() -> None:
    """人工服务。"""


@desk.command()
def hours(
    always: Annotated[bool, typer.Option("--always/--office", help="全天（试用时），或恢复工作日办公时间")],
) -> None:
    """把所有班组改为全天服务（随时试用），或恢复样例的办公时间。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        await defaults.ensure_defaults(rt)
        teams = await defaults.set_hours(rt, always=always)
        name = defaults.ALWAYS if always else defaults.OFFICE
        console.print(f"{'、'.join(teams)}：工作日历已改为“{name}”。", highlight=False, markup=False)

    with_runtime(run)
