"""An HTTP client that reads a response while it is being written (httpx's test transport waits)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from bot.accounts.sessions import COOKIE

PATIENCE_S = 20.0  # only how long a failing test hangs


class Stream:
    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.started = asyncio.Event()
        self.body = b""
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            self.started.set()
        else:
            await self._chunks.put(message.get("body", b""))

    async def end(self) -> None:
        await self._chunks.put(None)

    async def event(self, *, patience_s: float = PATIENCE_S) -> tuple[str, Any] | None:
        """The next event as (name, data), or None when the server has ended the stream."""
        async with asyncio.timeout(patience_s):  # heartbeats do not prolong it
            return await self._event()

    async def _event(self) -> tuple[str, Any] | None:
        while True:
            while b"\n\n" not in self.body:
                chunk = await self._chunks.get()
                if chunk is None:
                    return None
                self.body += chunk
            block, self.body = self.body.split(b"\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if line[:1] != ":")
            if fields:
                return fields["event"], json.loads(fields["data"])

    async def error(self) -> str:
        """The machine code of a refused stream."""
        async with asyncio.timeout(PATIENCE_S):
            while (chunk := await self._chunks.get()) is not None:
                self.body += chunk
        code: str = json.loads(self.body)["error"]["code"]
        return code


@asynccontextmanager
async def opened(
    app: FastAPI, cookie: str | None, path: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[Stream]:
    """A GET whose answer is read as it comes; leaving the block hangs up. `more` are headers."""
    stream, hung_up = Stream(), asyncio.Event()
    address = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": address.path,
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "root_path": "",
        "headers": [
            (b"host", b"huicai.test"),
            (b"cookie", f"{COOKIE}={cookie or ''}".encode()),
            *((name.lower().encode(), value.encode()) for name, value in (more or {}).items()),
        ],
        "client": ("203.0.113.7", 40000),
        "server": ("huicai.test", 80),
    }
    first = True

    async def receive() -> dict[str, Any]:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": b"", "more_body": False}
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def serve() -> None:
        # Servers hang up by cancelling the write as well: spec 2.4 tells so by OSError.
        async def send(message: dict[str, Any]) -> None:
            if hung_up.is_set():
                raise OSError
            await stream.send(message)

        try:
            await app(scope, receive, send)
        finally:
            await stream.end()

    task = asyncio.create_task(serve())
    try:
        await asyncio.wait_for(stream.started.wait(), PATIENCE_S)
        yield stream
    finally:
        hung_up.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
