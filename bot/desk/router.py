"""The router: a loop that gives waiting chats to seats and ends what time has ended.

Any number of processes may run it: every step decides again under the conversation's lock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.desk.defaults import ensure_defaults
from bot.desk.manage import sla_sweep
from bot.desk.offers import offer_next, offer_transfers
from bot.desk.port import Desk
from bot.desk.routing import GRACE_S
from bot.desk.seats import signed_out
from bot.desk.sweeps import SWEEPS, release_lost
from bot.errors import trace_of
from bot.runtime import Runtime

POLL_S = 1.0  # a lost hint costs this much
WARN_EVERY_S = 15.0  # how often service levels are looked at
Step = Callable[[Runtime], Coroutine[Any, Any, object]]
logger = logging.getLogger(__name__)


class Router:
    """One per process; `route_once` is one whole round."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._loop: asyncio.Task[None] | None = None
        self._swept = self._warned = float("-inf")
        self._started: datetime | None = None

    def start(self) -> None:
        self._started = self._rt.clock.now()
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def route_once(self) -> None:
        """Everything that is due by now, then every offer that can be made."""
        for step in (*self._sweeps(), _offer):
            await step(self._rt)

    async def _run(self) -> None:
        with self._rt.hints.subscribe("desk") as hints:
            while True:
                for step in self._due_steps():
                    try:
                        await step(self._rt)
                    except Exception as error:  # tried again in the next round; the others go on
                        logger.error("router: %s failed, going on: %s", step.__name__, trace_of(error))
                await hints.wait(POLL_S)

    def _due_steps(self) -> Iterable[Step]:
        """Hints may come many a second, but time passes only once."""
        now = time.monotonic()
        if now - self._swept >= POLL_S:
            self._swept = now
            yield from self._sweeps()
        yield _offer
        if now - self._warned >= WARN_EVERY_S:
            self._warned = now
            yield sla_sweep.sweep

    def _sweeps(self) -> list[Step]:
        """After a start pages get the grace to come back: it was the service that was away."""
        started = self._started
        soon = started is not None and self._rt.clock.now() - started <= timedelta(seconds=GRACE_S)
        return [step for step in SWEEPS if not (soon and step is release_lost)]


async def _offer(rt: Runtime) -> None:
    await offer_transfers(rt)
    while await offer_next(rt):
        pass


async def start(rt: Runtime) -> None:
    """Sets `rt.parts["desk"]` and begins to route."""
    await ensure_defaults(rt)
    rt.parts["desk"], rt.parts["signed_out"] = Desk(), [signed_out]
    router = rt.parts["router"] = Router(rt)
    router.start()


async def stop(rt: Runtime) -> None:
    router: Router | None = rt.parts.pop("router", None)
    if router:
        await router.stop()
