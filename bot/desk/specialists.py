"""A talent's own specialist (责任专员): exactly one, every change with its reason.

A bound chat has the specialist of its talent (`bot/talent/assignments.py`); an unbound one its own.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation.models import Conversation
from bot.desk.chat_specialist import put_specialist
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import assignments
from bot.talent.assignments import FIRST_TALK


async def lock_owner(session: AsyncSession, *, conversation_id: str) -> None:
    """Locks the talent a chat is bound to; before the chat itself, see `assignments`."""
    query = select(Conversation.talent_id).where(Conversation.id == conversation_id)
    talent_id = await session.scalar(query)
    if talent_id is not None:
        await assignments.lock_talent(session, talent_id=talent_id)


async def assign_first(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str
) -> bool:
    """Whoever is first to take a talent's chat becomes their specialist; nobody is displaced."""
    if conversation.specialist_id is not None:
        return False
    if conversation.talent_id is not None:
        return await assignments.on_first_talk(session, rt, conversation=conversation, staff_id=staff_id)
    return await put_specialist(
        session, rt, conversation=conversation, after=staff_id, by=None, why=FIRST_TALK
    )


async def change_specialist(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str, by: Staff, why: str
) -> bool:
    """By a lead, on a locked conversation. False when it is that person already."""
    if not why.strip():
        raise Refusal("no_reason", "请写明更换责任专员的原因。", status=422)
    if conversation.talent_id is not None:
        return await assignments.assign(
            session, rt, talent_id=conversation.talent_id, staff_id=staff_id, by=by.id, why=why
        )
    return await put_specialist(
        session, rt, conversation=conversation, after=staff_id, by=by.id, why=why.strip()
    )
