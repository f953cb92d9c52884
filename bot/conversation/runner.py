"""The turn runner: leases a turn, asks the engine outside any transaction, stores the answer."""

import asyncio
import logging
import random

from bot.conversation.engine_client import Engine, EngineFailed, EngineUnreachable
from bot.conversation.turns import Claim, apologise, claim_turn, put_back, store_answer
from bot.errors import trace_of
from bot.runtime import Runtime

POLL_S = 0.5  # a lost hint costs this much
logger = logging.getLogger(__name__)


class TurnRunner:
    """`turn_workers` loops and one that apologises for late answers. Any process may run one."""

    def __init__(self, rt: Runtime, *, engine: Engine) -> None:
        self._rt = rt
        self._engine = engine
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        loops = [self._work() for _ in range(self._rt.settings.turn_workers)] + [self._watch()]
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self) -> None:
        with self._rt.hints.subscribe("turns") as hints:
            while True:
                try:
                    ran = await self.run_once()
                except Exception as error:
                    logger.error("turn runner: a step failed, going on: %s", trace_of(error))
                    ran = False
                    await asyncio.sleep(POLL_S)
                if not ran:
                    await hints.wait(POLL_S)

    async def run_once(self) -> bool:
        """Run one due turn; False when none was due."""
        claim = await claim_turn(self._rt)
        if claim is None:
            return False
        if claim.request is not None:
            await self._answer(claim)
        self._rt.hints.notify(f"conversation:{claim.conversation_id}")
        # The next turn of this conversation may have waited for this one.
        self._rt.hints.notify("turns")
        return True

    async def _answer(self, claim: Claim) -> None:
        assert claim.request is not None
        try:
            answer = await self._engine.turn(claim.request)
            await store_answer(self._rt, claim=claim, answer=answer)
        except (EngineUnreachable, EngineFailed) as error:
            logger.warning("turn %s: %s: %s", claim.turn_id, type(error).__name__, error)
            failed = isinstance(error, EngineFailed)
            await put_back(self._rt, claim=claim, failed=failed, jitter=random.random())
        self._rt.hints.notify("deliveries")
        self._rt.hints.notify("desk")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                for conversation_id in await apologise(self._rt):
                    self._rt.hints.notify(f"conversation:{conversation_id}")
                    self._rt.hints.notify("deliveries")
            except Exception as error:
                logger.error("turn runner: apologies failed, going on: %s", trace_of(error))
