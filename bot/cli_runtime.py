"""What the commands share: one runtime, and how a refused file is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import typer
from rich.console import Console

from bot.runtime import Runtime, build_runtime
from bot.settings import Settings

console = Console()


def with_runtime(step: Callable[[Runtime], Awaitable[None]]) -> None:
    async def run() -> None:
        rt = build_runtime(Settings())
        try:
            await step(rt)
        finally:
            await rt.db.close()

    asyncio.run(run())


def refuse_problems(problems: Mapping[str, Mapping[str, str]], verdict: str) -> None:
    """Ends the command with every problem named, if there is one."""
    for place, fields in problems.items():
        for field, message in fields.items():
            console.print(f"{place} {field}：{message}", style="red", markup=False)
    if problems:
        console.print(verdict, style="red")
        raise typer.Exit(1)
