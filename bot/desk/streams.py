"""Live streams of the desk: one open chat, and the lists."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from bot.accounts.permissions import Permission, Staff, require, still_allowed
from bot.accounts.service import staff_name
from bot.channels.sse import follow, frame
from bot.conversation import service as conversation
from bot.desk.service import as_seen_by
from bot.errors import Refusal
from bot.runtime import Runtime

READ_AT_ONCE = 200
STREAMS_PER_SESSION = 6  # what a browser itself opens to one site over HTTP/1.1


async def streaming_staff(
    request: Request,
    staff: Annotated[Staff, Depends(require("desk.watch", activity=False))],
) -> AsyncIterator[Staff]:
    """The caller of a stream, counted until the stream has ended."""
    rt: Runtime = request.app.state.runtime
    open_streams: Counter[str] = rt.parts.setdefault("desk_streams", Counter())
    if open_streams[staff.session_id] >= STREAMS_PER_SESSION:
        raise Refusal("too_many_streams", "打开的窗口过多，请关闭一些再试。", status=429)
    open_streams[staff.session_id] += 1
    try:
        yield staff
    finally:
        open_streams[staff.session_id] -= 1
        if not open_streams[staff.session_id]:
            del open_streams[staff.session_id]


def chat_events(rt: Runtime, *, conversation_id: str, after: int, staff: Staff) -> AsyncIterator[str]:
    """Messages after a seq, notes included, then whatever comes; `state` whenever it changes."""
    sent = after
    shown: dict[str, Any] | None = None

    async def read() -> list[str]:
        nonlocal sent, shown
        state, messages = await conversation.updates(
            rt, conversation_id=conversation_id, after=sent, internal=True, limit=READ_AT_ONCE
        )
        staff_id = state.pop("staff_id")
        state["staff_name"] = await staff_name(rt, staff_id=staff_id) if staff_id else None
        frames: list[str] = []
        while messages:
            frames += [
                frame("message", as_seen_by(staff, message), id=message["seq"]) for message in messages
            ]
            sent = messages[-1]["seq"]
            _, messages = await conversation.updates(
                rt, conversation_id=conversation_id, after=sent, internal=True, limit=READ_AT_ONCE
            )
        if state != shown:
            shown = state
            frames.append(frame("state", state))
        return frames

    return _guarded(rt, topic=f"conversation:{conversation_id}", staff=staff, read=read)


def list_events(rt: Runtime, *, staff: Staff) -> AsyncIterator[str]:
    """`changed` at the start and whenever the queue or the person's own chats look different."""
    seen: list[dict[str, Any]] | None = None

    async def read() -> list[str]:
        nonlocal seen
        now = [*await conversation.queue(rt), *await conversation.held(rt, staff.id)]
        if now == seen:
            return []
        seen = now
        return [frame("changed", {})]

    return _guarded(rt, topic="desk", staff=staff, read=read)


class _Ended(Exception):
    """The session ended or lost its permission while the stream was open."""


async def _guarded(
    rt: Runtime, *, topic: str, staff: Staff, read: Callable[[], Awaitable[list[str]]]
) -> AsyncIterator[str]:
    async def allowed() -> bool:
        return await still_allowed(rt, session_id=staff.session_id, permission=Permission.DESK_WATCH)

    async def read_if_allowed() -> list[str]:
        # Asked before each read, so that not one message follows a log-out.
        if not await allowed():
            raise _Ended
        return await read()

    try:
        async for text in follow(rt, topic=topic, read=read_if_allowed, allowed=allowed):
            yield text
    except _Ended:
        return
