"""Reading hand-over episodes: the open one, the ticket, the place in the queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.conversation.vault import since_former_person


async def open_handover(session: AsyncSession, *, conversation_id: str) -> Handover | None:
    """The live episode, waiting or active; a ticket is none."""
    await session.flush()
    return await session.scalar(
        select(Handover)
        .where(Handover.conversation_id == conversation_id, Handover.status.in_(LIVE))
        .order_by(Handover.requested_at.desc(), Handover.id.desc())
        .limit(1)
    )


async def open_ticket(session: AsyncSession, *, conversation_id: str) -> Handover | None:
    """The call-back owed to whoever has the chat now; one of an earlier person's is staff's matter alone."""
    await session.flush()
    return await session.scalar(
        select(Handover)
        .where(Handover.conversation_id == conversation_id, Handover.status == HandoverStatus.TICKETED)
        .where(since_former_person(conversation_id, Handover.requested_at))
        .order_by(Handover.requested_at.desc(), Handover.id.desc())
        .limit(1)
    )


async def last_handover(session: AsyncSession, *, conversation_id: str) -> Handover | None:
    """The newest episode of any status."""
    await session.flush()
    return await session.scalar(
        select(Handover)
        .where(Handover.conversation_id == conversation_id)
        .order_by(Handover.requested_at.desc(), Handover.id.desc())
        .limit(1)
    )


def queue_order() -> tuple[Any, ...]:
    """ORDER BY of the queue: whom a person was taken from first, then the longest wait."""
    return Handover.priority.desc(), Handover.requested_at, Handover.id


async def ahead_of(session: AsyncSession, *, handover: Handover) -> int:
    """How many wait before this one in the queue of its team."""
    same_moment = (Handover.requested_at == handover.requested_at) & (Handover.id < handover.id)
    earlier = (Handover.priority == handover.priority) & (
        (Handover.requested_at < handover.requested_at) | same_moment
    )
    team = Handover.team_id == handover.team_id if handover.team_id else Handover.team_id.is_(None)
    query = select(func.count()).where(
        Handover.status == HandoverStatus.WAITING, team, (Handover.priority > handover.priority) | earlier
    )
    return await session.scalar(query) or 0


def note_reply(handover: Handover, *, at: datetime) -> None:
    """The holder has answered: the clocks of the first reply stop."""
    handover.first_reply_at = handover.first_reply_at or at
    handover.replied_at = handover.replied_at or at
