"""When somebody may not chat any more: what they held, owed and were asked for goes to others."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission
from bot.accounts.service import colleagues_with
from bot.conversation import queue
from bot.conversation.change import Change
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.desk.models import FollowUp, SpecialistChange
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.talent.assignments import load_of, replace_left

WHY = "账号停用"
_HELD = (Control.HUMAN, Control.ON_HOLD)


async def release_left(rt: Runtime) -> int:
    """Chats talked in or on hold go back to the front of the queue; call-backs and follow-ups are
    to be taken anew; talents without their own specialist get one at their next talk."""
    async with rt.db.read() as session:
        left = await _left(session)
        chats = await _held_by(session, left) if left else []
    if not left:
        return 0

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        if at.control not in _HELD or at.staff_id not in await _left(session):
            return None
        return Change(ControlEvent.REQUEUE, why="left")

    for conversation_id in chats:
        await queue.try_step(rt, conversation_id=conversation_id, decide=decide)
    await replace_left(rt, staff_ids=left, why=WHY)
    async with rt.db.write() as session:
        await _release_rows(session, rt, await _left(session))
    rt.hints.notify("desk")
    return len(left)


async def _left(session: AsyncSession) -> set[str]:
    """Who holds, owes or is the specialist of something and may not chat."""
    here = {one.id for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
    held = select(Conversation.staff_id).where(Conversation.control.in_(_HELD))
    owed = select(Handover.staff_id).where(Handover.status == HandoverStatus.TICKETED)
    busy = {*await session.scalars(held), *await session.scalars(owed)}
    busy |= set(await session.scalars(select(FollowUp.staff_id).where(FollowUp.done_at.is_(None)).distinct()))
    busy |= set(await session.scalars(select(Conversation.specialist_id).distinct()))
    busy |= set(await load_of(session))
    return {staff_id for staff_id in busy if staff_id} - here


async def _held_by(session: AsyncSession, staff_ids: Collection[str]) -> list[str]:
    query = select(Conversation.id).where(
        Conversation.control.in_(_HELD), Conversation.staff_id.in_(staff_ids)
    )
    return list(await session.scalars(query))


async def _release_rows(session: AsyncSession, rt: Runtime, staff_ids: Collection[str]) -> None:
    quiet = {"synchronize_session": False}
    ticket = (Handover.status == HandoverStatus.TICKETED) & Handover.staff_id.in_(staff_ids)
    # Conversations are locked before their episodes, as everywhere, or two transactions wait in a circle.
    owing = select(Handover.conversation_id).where(ticket)
    await session.execute(
        select(Conversation.id)
        .where(Conversation.id.in_(owing) | Conversation.specialist_id.in_(staff_ids))
        .order_by(Conversation.id)
        .with_for_update()
    )
    await session.execute(
        update(Handover).where(ticket).values(staff_id=None, taken_at=None).execution_options(**quiet)
    )
    owed = FollowUp.done_at.is_(None) & FollowUp.staff_id.in_(staff_ids)
    await session.execute(update(FollowUp).where(owed).values(staff_id=None).execution_options(**quiet))
    own = update(Conversation).where(Conversation.specialist_id.in_(staff_ids))
    # Told one by one, so that the log has exactly those that were changed here.
    before = {
        row[0]: row[1]
        for row in await session.execute(
            select(Conversation.id, Conversation.specialist_id).where(
                Conversation.specialist_id.in_(staff_ids)
            )
        )
    }
    changed = await session.scalars(
        own.values(specialist_id=None).returning(Conversation.id).execution_options(**quiet)
    )
    session.add_all(
        SpecialistChange(
            id=new_id(),
            conversation_id=conversation_id,
            before=before.get(conversation_id),
            after=None,
            by=None,
            why=WHY,
            at=rt.clock.now(),
        )
        for conversation_id in changed
    )
