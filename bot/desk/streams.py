"""Live streams of the desk: one open chat, and the lists with rings, notices and one's seat.

What is in reach is asked again before every push.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff, require, staff_now
from bot.accounts.service import staff_names
from bot.conversation.chat_access import find_chat
from bot.conversation.chat_rows import ChatRow, episodes, rows_of
from bot.conversation.handover_models import LIVE, Handover
from bot.conversation.lists import signature, updates_in
from bot.conversation.log import read_log
from bot.conversation.scope import visible
from bot.desk.access import scope_of
from bot.desk.models import Seat
from bot.desk.notices import unseen
from bot.desk.reading import as_seen_by, sendings
from bot.desk.rows import named
from bot.desk.seats import seat_view
from bot.edge.sse import REREAD_S, SOON_S, follow, frame
from bot.errors import Refusal
from bot.runtime import Runtime

READ_AT_ONCE = 200
STREAMS_PER_SESSION = 6  # what a browser itself opens to one site over HTTP/1.1
LISTS_EVERY_S = 0.5  # many changes within it are told as one
LISTS_PER_S = 20.0  # of all desks together: a rush at forty desks must leave room for the talk itself


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
    """Messages after a seq, notes included, then whatever comes; `delivery` when a channel got further
    with one; `state` whenever it changes; `left`
    when the chat goes out of reach, and then no more."""
    sent = after
    shown: dict[str, Any] | None = None
    under_way: dict[int, str] | None = None
    begun = False

    async def read(reader: Staff) -> list[str]:
        nonlocal sent, shown, under_way, begun
        async with rt.db.read() as session:
            chat = await find_chat(session, conversation_id=conversation_id, scope=scope_of(reader))
            if chat is None or (chat.until_seq is not None and begun):
                raise _EndedWith(frame("left", {"conversation_id": conversation_id}))
            if chat.until_seq is not None:  # an old talk is looked at, the present one is others'
                return []
            begun = True
            state, messages = await updates_in(
                session, rt, conversation_id=conversation_id, after=sent, internal=True, limit=READ_AT_ONCE
            )
            state["staff_name"] = (await staff_names(session, {state["staff_id"]})).get(state["staff_id"])
            frames: list[str] = []
            while messages:
                frames += [
                    frame("message", as_seen_by(reader, message), id=message["seq"]) for message in messages
                ]
                sent = messages[-1]["seq"]
                messages = await read_log(
                    session,
                    conversation_id=conversation_id,
                    after=sent,
                    internal=True,
                    limit=READ_AT_ONCE,
                )
            now = await sendings(session, conversation=chat.conversation)
        # The page reads the chat once the stream stands, so what was so before needs no telling.
        if under_way is not None:
            further = [(seq, status) for seq, status in now.items() if under_way.get(seq) != status]
            frames += [frame("delivery", {"seq": seq, "delivery": status}) for seq, status in further]
        under_way = now
        if state != shown:
            shown = state
            frames.append(frame("state", state))
        return frames

    return _guarded(rt, topics=[f"conversation:{conversation_id}"], staff=staff, read=read)


def list_events(rt: Runtime, *, staff: Staff) -> AsyncIterator[str]:
    """`changed` at the start and whenever a list or count would look different; what rings here and
    what is not seen yet, also again after a reconnect."""
    told = _Told()

    async def read(reader: Staff) -> list[str]:
        async with rt.db.read() as session:
            return await told.news(session, rt, staff=reader)

    return _guarded(
        rt,
        topics=["desk", f"staff:{staff.id}"],
        staff=staff,
        read=read,
        every_s=max(LISTS_EVERY_S, len(rt.parts.get("desk_streams", ())) / LISTS_PER_S),
        reread_s=lambda: SOON_S,  # words in chats that others hold
    )


class _Told:
    """What one stream of the lists has said already."""

    def __init__(self) -> None:
        self._lists: list[tuple[Any, ...]] | None = None
        self._rings: dict[str, str] = {}  # conversation → since when it rings, as the time it ends
        self._notices: set[str] = set()
        self._seat: dict[str, Any] | None = None

    async def news(self, session: AsyncSession, rt: Runtime, *, staff: Staff) -> list[str]:
        frames = await self._ringing(session, rt, staff)
        lists = await signature(session, scope=scope_of(staff))
        if lists != self._lists:
            self._lists = lists
            frames.append(frame("changed", {}))
        notices = await unseen(session, staff=staff)
        fresh = [notice for notice in reversed(notices) if notice["id"] not in self._notices]
        frames += [frame("notice", notice) for notice in fresh]
        self._notices = {notice["id"] for notice in notices}
        if await session.get(Seat, staff.id):
            seat = await seat_view(session, rt, staff=staff)
            if seat != self._seat:
                self._seat = seat
                frames.append(frame("seat", seat))
        return frames

    async def _ringing(self, session: AsyncSession, rt: Runtime, staff: Staff) -> list[str]:
        rows = {row["conversation_id"]: row for row in await _rings(session, rt, staff=staff)}
        over = [conversation_id for conversation_id in self._rings if conversation_id not in rows]
        frames = [frame("ring_over", {"conversation_id": conversation_id}) for conversation_id in over]
        fresh = [row for key, row in rows.items() if self._rings.get(key) != row["offered_until"]]
        self._rings = {key: row["offered_until"] for key, row in rows.items()}
        return [*frames, *(frame("ring", row) for row in await named(session, rt, fresh))]


async def _rings(session: AsyncSession, rt: Runtime, *, staff: Staff) -> list[ChatRow]:
    still = or_(Handover.offered_until.is_(None), Handover.offered_until > rt.clock.now())
    query = episodes().where(
        visible(scope_of(staff)),
        Handover.offered_to == staff.id,
        Handover.status.in_(LIVE),
        still,
    )
    return await rows_of(session, query.order_by(Handover.offered_until))


class _Ended(Exception):
    """The session ended or lost its permission while the stream was open."""


class _EndedWith(_Ended):
    """The last word of a stream."""

    def __init__(self, last: str) -> None:
        super().__init__()
        self.last = last


async def _guarded(
    rt: Runtime,
    *,
    topics: Sequence[str],
    staff: Staff,
    read: Callable[[Staff], Awaitable[list[str]]],
    every_s: float = 0.0,
    reread_s: Callable[[], float] = lambda: REREAD_S,
) -> AsyncIterator[str]:
    async def reader() -> Staff | None:
        """The caller as the account is now: with its present roles, region and team."""
        found = await staff_now(rt, session_id=staff.session_id, permission=Permission.DESK_WATCH)
        return found if found and Permission.DESK_WATCH in found.permissions else None

    async def allowed() -> bool:
        return await reader() is not None

    async def read_if_allowed() -> list[str]:
        # Asked before each read, so that not one message follows a log-out.
        now = await reader()
        if now is None:
            raise _Ended
        return await read(now)

    try:
        async for text in follow(
            rt, topics=topics, read=read_if_allowed, allowed=allowed, every_s=every_s, reread_s=reread_s
        ):
            yield text
    except _EndedWith as ended:
        yield ended.last
    except _Ended:
        return
