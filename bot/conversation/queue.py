"""What the desk's router asks and does: who waits, whose time is over, how much each seat holds.

Reads tell what may be due; `step` decides it again under the conversation's lock.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.change import Change
from bot.conversation.control import change_control, tell
from bot.conversation.control_rules import ControlEvent
from bot.conversation.episodes import open_handover, queue_order
from bot.conversation.handover_models import ENDED, LIVE, ControlChange, Handover, HandoverStatus
from bot.conversation.log import access_conversation
from bot.conversation.models import Control, Conversation, Message
from bot.errors import Refusal
from bot.runtime import Runtime

AT_ONCE = 1000
_ITS_CONVERSATION = (Conversation, Conversation.id == Handover.conversation_id)
_QUEUED = (Handover.status == HandoverStatus.WAITING, Conversation.control == Control.QUEUED)
_PASSED = (ControlEvent.DECLINE, ControlEvent.EXPIRE, ControlEvent.REQUEUE)

Load = Counter[Control]  # chats by control; OFFERED counts what rings
Decide = Callable[[AsyncSession, Conversation, Handover], Awaitable[Change | None]]


async def step(rt: Runtime, *, conversation_id: str, decide: Decide) -> bool:
    """One event in one transaction. `decide` sees the locked conversation and its open episode and
    gives the change, or None when there is nothing to do any more. False when nothing changed.
    """
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        changed = await _change(session, rt, conversation, decide)
    if changed:
        tell(rt, conversation_id, turns=True, desk=True)
    return changed


async def step_first(
    rt: Runtime, *, conversation_ids: Sequence[str], decide: Decide, skip_locked: bool
) -> str | None:
    """`step` for the first of these that still waits; which one it was, or None.

    `skip_locked` passes over what somebody else is at (PostgreSQL; SQLite has one writer).
    """
    query = (
        select(Conversation)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(
            Conversation.id.in_(conversation_ids),
            Conversation.control == Control.QUEUED,
            Handover.status == HandoverStatus.WAITING,
        )
        .order_by(*queue_order())
        .limit(1)
        .with_for_update(of=Conversation, skip_locked=skip_locked)
    )
    async with rt.db.write() as session:
        conversation = await session.scalar(query)
        if conversation is None or not await _change(session, rt, conversation, decide):
            return None
    tell(rt, conversation.id, turns=True, desk=True)
    return conversation.id


async def _change(session: AsyncSession, rt: Runtime, conversation: Conversation, decide: Decide) -> bool:
    handover = await open_handover(session, conversation_id=conversation.id)
    change = await decide(session, conversation, handover) if handover else None
    if change is None:
        return False
    await change_control(session, rt, conversation=conversation, change=change)
    return True


async def try_step(rt: Runtime, *, conversation_id: str, decide: Decide) -> bool:
    """`step` for what the service does by itself: refused means somebody was faster."""
    try:
        return await step(rt, conversation_id=conversation_id, decide=decide)
    except Refusal:
        return False


async def waiting(session: AsyncSession, *, limit: int) -> list[Handover]:
    """The first of those who wait and do not ring, in the order of the queue."""
    query = (
        select(Handover)
        .join(*_ITS_CONVERSATION)
        .where(Handover.status == HandoverStatus.WAITING, Conversation.control == Control.QUEUED)
        .order_by(*queue_order())
    )
    return list(await session.scalars(query.limit(limit)))


async def anybody_waits(session: AsyncSession) -> bool:
    query = select(Handover.id).where(Handover.status == HandoverStatus.WAITING).limit(1)
    return await session.scalar(query) is not None


async def team_transfers(session: AsyncSession) -> list[Handover]:
    """Proposed to a team, ringing at nobody."""
    query = select(Handover).where(
        Handover.status == HandoverStatus.ACTIVE,
        Handover.transfer_team_id.is_not(None),
        Handover.offered_to.is_(None),
    )
    return list(await session.scalars(query.order_by(Handover.requested_at, Handover.id)))


async def last_passed(session: AsyncSession, handover_ids: Sequence[str]) -> dict[str, datetime]:
    """When each episode was last declined, missed or lost."""
    if not handover_ids:
        return {}
    query = (
        select(ControlChange.handover_id, func.max(ControlChange.at))
        .where(ControlChange.handover_id.in_(handover_ids), ControlChange.event.in_(_PASSED))
        .group_by(ControlChange.handover_id)
    )
    return {str(row[0]): row[1] for row in await session.execute(query)}


async def loads(session: AsyncSession, *, staff_id: str | None = None) -> dict[str, Load]:
    """What every seat, or one, holds and what rings at it."""
    held = (
        select(Handover.staff_id, Conversation.control, func.count())
        .join(*_ITS_CONVERSATION)
        .where(Handover.status == HandoverStatus.ACTIVE)
        .group_by(Handover.staff_id, Conversation.control)
    )
    rung = (
        select(Handover.offered_to, func.count())
        .where(Handover.status.in_(LIVE), Handover.offered_to.is_not(None))
        .group_by(Handover.offered_to)
    )
    if staff_id:
        held, rung = held.where(Handover.staff_id == staff_id), rung.where(Handover.offered_to == staff_id)
    result: dict[str, Load] = defaultdict(Counter)
    for holder, control, count in await session.execute(held):
        if holder:
            result[holder][Control(control)] += count
    for rung_at, count in await session.execute(rung):
        result[str(rung_at)][Control.OFFERED] += count
    return result


async def rings_over(session: AsyncSession, now: datetime) -> list[str]:
    return await _ids(session, Handover.status.in_(LIVE), Handover.offered_until <= now)


async def holds_over(session: AsyncSession, now: datetime) -> list[str]:
    return await _ids(session, *_active(Control.ON_HOLD), Handover.hold_until <= now)


async def wrap_ups_over(session: AsyncSession, now: datetime) -> list[str]:
    return await _ids(session, *_active(Control.WRAP_UP), Handover.wrap_up_until <= now)


async def unanswered_since(session: AsyncSession, moment: datetime) -> list[str]:
    """Taken by then, and the holder has not written a word."""
    silent = and_(Handover.replied_at.is_(None), Handover.taken_at <= moment)
    return await _ids(session, *_active(Control.HUMAN), silent)


async def held_by(session: AsyncSession, staff_ids: Sequence[str]) -> list[str]:
    """What these are talking in, and what rings at them. On hold and wrapping up are left out."""
    if not staff_ids:
        return []
    talking = and_(*_active(Control.HUMAN), Handover.staff_id.in_(staff_ids))
    ringing = and_(Handover.status.in_(LIVE), Handover.offered_to.in_(staff_ids))
    return await _ids(session, or_(talking, ringing))


async def queued_of(session: AsyncSession, team_ids: Sequence[str], *, untold: str = "") -> list[str]:
    """Waiting, not ringing, for one of these teams; with `untold` who was not told that yet."""
    if not team_ids:
        return []
    return await _ids(
        session, *_QUEUED, Handover.team_id.in_(team_ids), *([_not_told(untold)] if untold else [])
    )


LONG_WAIT = "long_wait"


async def long_waiting(session: AsyncSession, before: datetime, *, but: Sequence[str] = ()) -> list[str]:
    """Waiting since then or longer, and not told so yet; `but` are teams left out."""
    others = or_(Handover.team_id.is_(None), Handover.team_id.not_in(but))
    return await _ids(session, *_QUEUED, Handover.requested_at <= before, others, _not_told(LONG_WAIT))


def told_key(what: str, handover_id: str) -> str:
    """The external key of a message that is told once an episode."""
    return f"{what}:{handover_id}"


def _not_told(what: str) -> ColumnElement[bool]:
    told = select(Message.id).where(
        Message.conversation_id == Handover.conversation_id,
        Message.external_key == literal(told_key(what, "")).concat(Handover.id),
    )
    return ~told.exists()


async def queue_lengths(session: AsyncSession) -> dict[str | None, int]:
    """How many wait for each team."""
    query = (
        select(Handover.team_id, func.count())
        .where(Handover.status == HandoverStatus.WAITING)
        .group_by(Handover.team_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def handling_times(
    session: AsyncSession, *, team_id: str | None, since: datetime, limit: int
) -> list[float]:
    """Seconds from taking to end, of the newest episodes of a team that a person served."""
    team = Handover.team_id == team_id if team_id else Handover.team_id.is_(None)
    query = (
        select(Handover.accepted_at, Handover.ended_at)
        .where(team, Handover.status.in_(ENDED), Handover.ended_at >= since)
        .where(Handover.accepted_at.is_not(None), Handover.ended_at > Handover.accepted_at)
        .order_by(Handover.ended_at.desc())
        .limit(limit)
    )
    rows = await session.execute(query)
    return [(end - start).total_seconds() for start, end in rows if start and end]


async def last_served_by(session: AsyncSession, *, conversation_id: str, since: datetime) -> str | None:
    """Who served the talent last, if that was not long ago."""
    return await session.scalar(
        select(Handover.staff_id)
        .where(
            Handover.conversation_id == conversation_id,
            Handover.status.in_(ENDED),
            Handover.first_reply_at.is_not(None),
            Handover.staff_id.is_not(None),
            Handover.ended_at >= since,
        )
        .order_by(Handover.ended_at.desc())
        .limit(1)
    )


def _active(control: Control) -> tuple[ColumnElement[bool], ...]:
    return Handover.status == HandoverStatus.ACTIVE, Conversation.control == control


async def _ids(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[str]:
    query = select(Handover.conversation_id).join(*_ITS_CONVERSATION).where(*conditions)
    return list(await session.scalars(query.order_by(*queue_order()).limit(AT_ONCE)))
