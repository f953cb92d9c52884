"""A reader of server-sent events over one bare socket: a thousand of them must cost next to nothing."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

AGAIN_S = 1.0
Hear = Callable[[str, dict[str, Any]], None]


class EventReader:
    """Reads a stream and opens it again where it ended, as a page does."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.headers = headers
        self._port = port
        self._task: asyncio.Task[None] | None = None

    def start(self, path: Callable[[], str], hear: Hear) -> None:
        self._task = asyncio.create_task(self._run(path, hear))

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _run(self, path: Callable[[], str], hear: Hear) -> None:
        while True:
            with contextlib.suppress(OSError):
                await self._read(path(), hear)
            await asyncio.sleep(AGAIN_S)

    async def _read(self, path: str, hear: Hear) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        try:
            lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "Accept: text/event-stream"]
            lines += [f"{name}: {value}" for name, value in self.headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            status = await reader.readline()
            if b" 200 " not in status:
                raise ConnectionError(status.decode())
            event = ""
            # Every frame is a chunk of its own, so its lines stand whole between the chunk lengths.
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    event = line[7:].decode().strip()
                elif line.startswith(b"data: ") and event:
                    hear(event, json.loads(line[6:]))
                    event = ""
        finally:
            writer.close()
