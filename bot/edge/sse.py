"""Server-sent events over the message log: replay from a seq, then follow hints."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from fastapi.responses import StreamingResponse

from bot.runtime import Runtime

HEARTBEAT_S = 15.0
ROTATE_AFTER_S = 300.0  # the reader reconnects and is authorised anew
REREAD_S = 15.0  # a lost hint costs this much; a thousand quiet streams must cost little
SOON_S = 3.0  # for what changes without a hint of its own, e.g. a place in the queue
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def frame(event: str, data: Any, *, id: int | None = None) -> str:
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def follow(
    rt: Runtime,
    *,
    topics: Sequence[str],
    read: Callable[[], Awaitable[list[str]]],
    allowed: Callable[[], Awaitable[bool]],
    every_s: float = 0.0,
    reread_s: Callable[[], float] = lambda: REREAD_S,
) -> AsyncIterator[str]:
    """Frames of one stream: whatever `read` finds, again after every hint; ends by `rotate`.

    Subscribes before the first read, so nothing falls between. `allowed` is asked at every
    heartbeat: a reader who lost access is cut off. Hints within `every_s` are answered by one read;
    without any it is read again after `reread_s`.
    """
    loop = asyncio.get_running_loop()
    started = spoke = rt.clock.now()
    with rt.hints.subscribe(*topics) as hints:
        yield ": open\n\n"
        while (rt.clock.now() - started).total_seconds() < ROTATE_AFTER_S:
            began = loop.time()
            frames = await read()
            for text in frames:
                yield text
            now = rt.clock.now()
            spoke = now if frames else spoke
            if (now - spoke).total_seconds() >= HEARTBEAT_S:
                if not await allowed():
                    return
                spoke = now
                yield ": still here\n\n"
            quiet_s = HEARTBEAT_S - (now - spoke).total_seconds()
            if (
                await hints.wait(min(reread_s(), quiet_s + 0.1))
                and (early := every_s - (loop.time() - began)) > 0
            ):
                await asyncio.sleep(early)
        yield frame("rotate", {})


def event_stream(frames: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(frames, media_type="text/event-stream; charset=utf-8", headers=HEADERS)
