"""What the desk lists, and the state shown beside a chat's messages. Read only."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.chat_rows import ChatRow, episodes, rows_of
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import ahead_of, open_handover, queue_order
from bot.conversation.handover_models import ENDED, LIVE, Handover, HandoverStatus
from bot.conversation.log import MessageView, access_conversation, read_log, state_of, wire_time
from bot.conversation.models import Control, Conversation
from bot.conversation.scope import Scope, visible
from bot.conversation.typists import other_types
from bot.runtime import Runtime

LIST_LIMIT = 200
PAGE = 50  # ended episodes
UPDATES_AT_ONCE = 200


class View(StrEnum):
    QUEUE = "queue"
    MINE = "mine"
    TEAM = "team"
    TICKETS = "tickets"
    RECENT = "recent"


def belongs(view: View, scope: Scope) -> ColumnElement[bool]:
    """What stands in a view, within the caller's reach."""
    match view:
        case View.QUEUE:
            what: ColumnElement[bool] = Handover.status == HandoverStatus.WAITING
        case View.MINE:
            held = and_(Handover.status == HandoverStatus.ACTIVE, Handover.staff_id == scope.staff_id)
            asked = or_(Handover.offered_to == scope.staff_id, Handover.transfer_to == scope.staff_id)
            what = or_(held, and_(Handover.status.in_(LIVE), asked))
        case View.TEAM:
            what = Handover.status == HandoverStatus.ACTIVE
        case View.TICKETS:
            what = Handover.status == HandoverStatus.TICKETED
        case View.RECENT:
            what = Handover.status.in_(ENDED)
    return and_(what, visible(scope))


async def listed(
    session: AsyncSession, *, view: View, scope: Scope, before: datetime | None = None
) -> list[ChatRow]:
    query = episodes().where(belongs(view, scope))
    match view:
        case View.QUEUE:
            query = query.order_by(*queue_order())
        case View.MINE | View.TEAM:
            query = query.order_by(Conversation.updated_at.desc(), Handover.id)
        case View.TICKETS:
            query = query.order_by(Handover.due_at.is_(None), Handover.due_at, *queue_order())
        case View.RECENT:
            return await _ended(session, view=view, scope=scope, before=before)
    return await rows_of(session, query.limit(LIST_LIMIT))


async def _ended(
    session: AsyncSession, *, view: View, scope: Scope, before: datetime | None
) -> list[ChatRow]:
    """A page of ended episodes, newest first, with all that ended in the millisecond of its last one.

    Pages are asked for by the time of the last row, which is told in milliseconds.
    """
    within = belongs(view, scope)
    if before:
        within = and_(within, Handover.ended_at < before)
    ends = (
        select(Handover.ended_at)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(within)
        .order_by(Handover.ended_at.desc())
    )
    last = await session.scalar(ends.offset(PAGE - 1).limit(1))
    if last:
        within = and_(within, Handover.ended_at >= last - timedelta(microseconds=last.microsecond % 1000))
    newest = (Handover.ended_at.desc(), Handover.id.desc())
    return await rows_of(session, episodes().where(within).order_by(*newest))


async def counts(session: AsyncSession, *, scope: Scope) -> dict[str, int]:
    """How many stand in each view, `recent` left out."""
    views = (View.QUEUE, View.MINE, View.TEAM, View.TICKETS)
    query = (
        select(*(func.sum(case((belongs(view, scope), 1), else_=0)) for view in views))
        .select_from(Handover)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.status.in_((*LIVE, HandoverStatus.TICKETED)))
    )
    found = (await session.execute(query)).one()
    return {view.value: int(number or 0) for view, number in zip(views, found, strict=True)}


async def signature(session: AsyncSession, *, scope: Scope) -> list[tuple[Any, ...]]:
    """Changes whenever a list of the caller's would look different."""
    query = (
        select(
            Handover.id,
            Handover.status,
            Handover.team_id,
            Handover.contact_token,
            Handover.staff_id,
            Handover.offered_to,
            Conversation.version,
            Conversation.last_seq,
            Conversation.staff_seen_seq,
            Conversation.specialist_id,
            Conversation.blocked_at,
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(visible(scope), Handover.status.in_((*LIVE, HandoverStatus.TICKETED)))
        .order_by(Handover.id)
    )
    live = [tuple(row) for row in await session.execute(query)]
    ended = (
        select(
            func.count(),
            func.max(Handover.ended_at),
            func.max(Handover.summary_at),
            func.max(Handover.rated_at),
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(visible(scope), Handover.status.in_(ENDED))
    )
    return [*live, tuple((await session.execute(ended)).one())]


async def state_for(rt: Runtime, *, conversation_id: str, internal: bool = False) -> dict[str, Any]:
    """The `state` event; `staff_id` is for the caller to turn into a name."""
    async with rt.db.read() as session:
        return await _state(session, rt, conversation_id=conversation_id, internal=internal)


async def updates(
    rt: Runtime, *, conversation_id: str, after: int, internal: bool, limit: int = UPDATES_AT_ONCE
) -> tuple[dict[str, Any], list[MessageView]]:
    """State and the messages after a seq, for streams and polls.

    State first: one that is older than the messages is put right by the next read, while a newer
    one would make the reader believe that messages are missing.
    """
    async with rt.db.read() as session:
        return await updates_in(
            session, rt, conversation_id=conversation_id, after=after, internal=internal, limit=limit
        )


async def updates_in(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation_id: str,
    after: int,
    internal: bool,
    limit: int = UPDATES_AT_ONCE,
) -> tuple[dict[str, Any], list[MessageView]]:
    state = await _state(session, rt, conversation_id=conversation_id, internal=internal)
    if state["last_seq"] <= after:
        return state, []
    messages = await read_log(
        session, conversation_id=conversation_id, after=after, internal=internal, limit=limit
    )
    return state, messages


async def _state(
    session: AsyncSession, rt: Runtime, *, conversation_id: str, internal: bool
) -> dict[str, Any]:
    conversation = await access_conversation(session, conversation_id=conversation_id)
    state = await state_of(session, conversation=conversation, internal=internal)
    place: dict[str, Any] = {"position": None, "expected_wait_s": None}
    if state.control in (Control.QUEUED, Control.OFFERED):
        handover = await open_handover(session, conversation_id=conversation_id)
        if handover:
            ahead = await ahead_of(session, handover=handover)
            wait_s = await desk_of(rt).expected_wait_s(session, rt, team_id=handover.team_id, ahead=ahead)
            place = {"position": ahead + 1, "expected_wait_s": wait_s}
    if state.control == Control.ON_HOLD:
        handover = await open_handover(session, conversation_id=conversation_id)
        place["hold_until"] = wire_time(handover.hold_until) if handover and handover.hold_until else None
    if conversation.blocked_at:
        place["blocked"] = True
    types = other_types(rt, conversation_id=conversation_id, internal=internal)
    if internal:  # a page that holds another version reads the whole row again
        place["version"] = conversation.version
    return state.wire() | place | {"typing": types}
