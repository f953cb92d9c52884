"""The turn runner: leases a turn, asks the engine outside any transaction, stores the answer."""

import asyncio
import logging
import random

from bot.conversation.apologies import apologise
from bot.conversation.engine_client import Engine, EngineFailed, EngineUnreachable
from bot.conversation.turns import Claim, any_due, claim_turn, put_back, store_answer
from bot.errors import trace_of
from bot.runtime import Runtime

POLL_S = 0.5  # a lost hint costs this much
logger = logging.getLogger(__name__)


class TurnRunner:
    """One loop that hands due turns to at most `turn_workers` tasks, and one that apologises for late
    answers. Any process may run one."""

    def __init__(self, rt: Runtime, *, engine: Engine) -> None:
        self._rt = rt
        self._engine = engine
        self._loops: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._loops = [asyncio.create_task(loop) for loop in (self._dispatch(), self._watch())]

    async def stop(self) -> None:
        tasks: list[asyncio.Task[None]] = [*self._loops, *self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _dispatch(self) -> None:
        with self._rt.hints.subscribe("turns") as hints:
            hinted = True
            while True:
                try:
                    started = (hinted or await any_due(self._rt)) and await self._start_next()
                except Exception as error:
                    logger.error("turn runner: a step failed, going on: %s", trace_of(error))
                    started = False
                hinted = not started and await hints.wait(POLL_S)

    async def _start_next(self) -> bool:
        if len(self._running) >= self._rt.settings.turn_workers:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        claim = await claim_turn(self._rt)
        if claim is None:
            return False
        task = asyncio.create_task(self._run(claim))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return True

    async def run_once(self) -> bool:
        """Run one due turn to its end; False when none was due."""
        claim = await claim_turn(self._rt)
        if claim is None:
            return False
        await self._run(claim)
        return True

    async def _run(self, claim: Claim) -> None:
        try:
            if claim.request is not None:
                await self._answer(claim)
        except Exception as error:  # the lease brings the turn back
            logger.error("turn runner: a turn failed, it comes back: %s", trace_of(error))
        self._rt.hints.notify(f"conversation:{claim.conversation_id}")
        # The next turn of this conversation may have waited for this one.
        if await any_due(self._rt):
            self._rt.hints.notify("turns")

    async def _answer(self, claim: Claim) -> None:
        assert claim.request is not None
        try:
            answer = await self._engine.turn(claim.request)
            if not await store_answer(self._rt, claim=claim, answer=answer):
                self._rt.hints.notify("desk")  # who holds the chat sees the late answer as a note
        except (EngineUnreachable, EngineFailed) as error:
            logger.warning("turn %s: %s: %s", claim.turn_id, type(error).__name__, error)
            failed = isinstance(error, EngineFailed)
            await put_back(self._rt, claim=claim, failed=failed, jitter=random.random())
        except Exception as error:
            # An answer that can never be stored must not be asked for, and keep its chat waiting, for ever.
            logger.error("turn %s: not stored: %s", claim.turn_id, trace_of(error))
            await put_back(self._rt, claim=claim, failed=True, jitter=random.random())
        self._rt.hints.notify("deliveries")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                for conversation_id in await apologise(self._rt):
                    self._rt.hints.notify(f"conversation:{conversation_id}")
                    self._rt.hints.notify("deliveries")
            except Exception as error:
                logger.error("turn runner: apologies failed, going on: %s", trace_of(error))
