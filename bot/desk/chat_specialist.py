"""The specialist written on a chat, with its log; and who of the desk could be one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission
from bot.accounts.service import audit, colleagues_with
from bot.conversation.models import Conversation
from bot.desk.models import Kind, Level, Seat, SpecialistChange
from bot.runtime import Runtime


@dataclass(frozen=True)
class Candidate:
    """A specialist as choosing sees them."""

    staff_id: str
    name: str
    region: str
    level: Level
    kind: Kind
    skills: frozenset[str]


async def candidates(session: AsyncSession) -> list[Candidate]:
    """Everybody with a seat who may chat and may see what a talent gave: the front desk takes in and
    answers, and looks after nobody."""
    see = {one.id for one in await colleagues_with(session, permission=Permission.DESK_UNMASK)}
    people = await colleagues_with(session, permission=Permission.DESK_CHAT)
    seats = {seat.staff_id: seat for seat in await session.scalars(select(Seat))}
    return [
        Candidate(one.id, one.name, one.region, seat.level, seat.kind, frozenset(seat.skills))
        for one in people
        if one.id in see and (seat := seats.get(one.id)) is not None
    ]


async def put_specialist(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    after: str | None,
    by: str | None,
    why: str,
) -> bool:
    """Nobody but the own-specialist rule calls this. False when it is that person already."""
    now, before = rt.clock.now(), conversation.specialist_id
    if before == after:
        return False
    conversation.specialist_id = after
    session.add(
        SpecialistChange(
            conversation_id=conversation.id, before=before, after=after, by=by, why=why[:200], at=now
        )
    )
    await audit(
        session,
        staff_id=by,
        action="desk.specialist",
        subject=conversation.id,
        detail={"before": before, "after": after},
        at=now,
    )
    return True
