"""A talent's own specialist (责任专员): exactly one, every change with its reason."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.conversation.models import Conversation
from bot.desk.models import SpecialistChange
from bot.errors import Refusal
from bot.runtime import Runtime

FIRST_TALK = "首次接待"


async def assign_first(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str
) -> bool:
    """Whoever is first to take a talent's chat becomes their specialist; nobody is displaced."""
    if conversation.specialist_id is not None:
        return False
    await _assign(session, rt, conversation, after=staff_id, by=None, why=FIRST_TALK)
    return True


async def change_specialist(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str, by: Staff, why: str
) -> bool:
    """By a lead, on a locked conversation. False when it is that person already."""
    if not why.strip():
        raise Refusal("no_reason", "请写明更换责任专员的原因。", status=422)
    if conversation.specialist_id == staff_id:
        return False
    await _assign(session, rt, conversation, after=staff_id, by=by.id, why=why.strip()[:200])
    return True


async def _assign(
    session: AsyncSession, rt: Runtime, conversation: Conversation, *, after: str, by: str | None, why: str
) -> None:
    now, before = rt.clock.now(), conversation.specialist_id
    conversation.specialist_id = after
    session.add(
        SpecialistChange(
            conversation_id=conversation.id,
            before=before,
            after=after,
            by=by,
            why=why,
            at=now,
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
