"""Streams of the web chat at their edge: readers that leave."""

from typing import Any

import httpx

from bot.channels.limits import STREAMS_PER_VISITOR
from bot.channels.web.visitor import read_token


async def leave_at_once(app: Any, authorization: str) -> None:
    """A reader whose connection is gone before the first word of the stream."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: dict[str, Any]) -> None:
        raise OSError

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/web/events",
        "raw_path": b"/api/web/events",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"test"), (b"authorization", authorization.encode())],
        "client": ("203.0.113.7", 40000),
        "server": ("test", 80),
    }
    await app(scope, receive, send)


async def test_a_reader_that_left_before_the_first_word_takes_no_place(web: httpx.AsyncClient) -> None:
    app, rt = web._transport.app, web.runtime  # type: ignore[attr-defined]
    token = (await web.post("/api/web/session", json={})).json()["token"]
    for _ in range(STREAMS_PER_VISITOR):
        await leave_at_once(app, f"Bearer {token}")
    visitor = read_token(rt, token)
    assert visitor
    rt.parts["limits"].open_stream(visitor.subject)  # refused if the places were still taken
