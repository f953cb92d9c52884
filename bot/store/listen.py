"""Hints between app processes over PostgreSQL's LISTEN/NOTIFY. Lost hints cost latency only."""

import asyncio
import logging

import psycopg
from sqlalchemy import make_url

from bot.runtime import Runtime

CHANNEL = "huicai_hints"
RECONNECT_S = 2.0
logger = logging.getLogger(__name__)


class HintListener:
    """Carries `rt.hints.notify` to the other processes and theirs to ours."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        url = make_url(rt.settings.sqlalchemy_url).set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._outbox: asyncio.Queue[str] = asyncio.Queue(maxsize=10_000)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._rt.hints.forward = self._forward
        self._tasks = [asyncio.create_task(self._forever(step)) for step in (self._listen, self._send)]

    async def stop(self) -> None:
        self._rt.hints.forward = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forward(self, topic: str) -> None:
        if not self._outbox.full():
            self._outbox.put_nowait(topic)

    async def _forever(self, step) -> None:  # type: ignore[no-untyped-def]
        while True:
            try:
                await step()
            except psycopg.Error as error:
                logger.warning("hints between processes: %s, reconnecting", type(error).__name__)
                await asyncio.sleep(RECONNECT_S)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._address, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._rt.hints.wake_all()
            async for notice in connection.notifies():
                if notice.pid != connection.info.backend_pid:
                    self._rt.hints.wake(notice.payload)

    async def _send(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._address, autocommit=True) as connection:
            while True:
                topic = await self._outbox.get()
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, topic))
