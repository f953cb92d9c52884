"""One command, one runtime."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.app import build_runtime
from bot.runtime import Runtime
from bot.settings import Settings


def with_runtime(step: Callable[[Runtime], Awaitable[None]]) -> None:
    async def run() -> None:
        rt = build_runtime(Settings())
        try:
            await step(rt)
        finally:
            await rt.db.close()

    asyncio.run(run())
