"""The router: a loop that gives waiting chats to seats and ends what time has ended.

Any number of processes may run it: every step decides again under the conversation's lock.
"""

import asyncio
import logging
import time

from bot.desk.defaults import ensure_defaults
from bot.desk.manage import sla_sweep
from bot.desk.offers import offer_next, offer_transfers
from bot.desk.port import Desk
from bot.desk.sweeps import SWEEPS
from bot.errors import trace_of
from bot.runtime import Runtime

POLL_S = 1.0  # a lost hint costs this much
WARN_EVERY_S = 15.0  # how often service levels are looked at
logger = logging.getLogger(__name__)


class Router:
    """One per process; `route_once` is one whole round."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._loop: asyncio.Task[None] | None = None
        self._swept = self._warned = float("-inf")

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def route_once(self) -> None:
        """Everything that is due by now, then every offer that can be made."""
        for sweep in SWEEPS:
            await sweep(self._rt)
        await self._offer()

    async def _offer(self) -> None:
        await offer_transfers(self._rt)
        while await offer_next(self._rt):
            pass

    async def _run(self) -> None:
        with self._rt.hints.subscribe("desk") as hints:
            while True:
                await self._guarded()
                await hints.wait(POLL_S)

    async def _guarded(self) -> None:
        """One round. A step that fails, e.g. for a lost database, is tried again in the next."""
        now = time.monotonic()
        steps = [self._offer]
        if now - self._swept >= POLL_S:  # hints may come many a second; time passes only once
            self._swept, steps = now, [self.route_once]
        if now - self._warned >= WARN_EVERY_S:
            self._warned = now
            steps.append(self._warn)
        for step in steps:
            try:
                await step()
            except Exception as error:
                logger.error("router: a step failed, going on: %s", trace_of(error))

    async def _warn(self) -> None:
        await sla_sweep.sweep(self._rt)


async def start(rt: Runtime) -> None:
    """Sets `rt.parts["desk"]` and begins to route."""
    await ensure_defaults(rt)
    rt.parts["desk"] = Desk()
    router = rt.parts["router"] = Router(rt)
    router.start()


async def stop(rt: Runtime) -> None:
    router: Router | None = rt.parts.pop("router", None)
    if router:
        await router.stop()
