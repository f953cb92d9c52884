"""Call-backs: somebody takes one on, and tells what came of it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff
from bot.conversation import service as conversation
from bot.conversation import vault
from bot.conversation.chat_access import Chat, no_such_chat
from bot.conversation.chat_rows import ChatRow
from bot.conversation.content import Content
from bot.conversation.episodes import open_ticket
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author, Conversation
from bot.conversation.scope import pickable
from bot.desk.access import note_deed, scope_of
from bot.desk.manage.notices import Told, add_notices
from bot.desk.rows import row_of
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence


async def take(rt: Runtime, *, handover_id: str, staff: Staff) -> ChatRow:
    """One person owes it from now on. A lead may take it from somebody who does not come to it."""
    async with rt.db.write() as session:
        talk, ticket = await _access_ticket(session, handover_id=handover_id, staff=staff)
        if ticket.staff_id != staff.id:
            if ticket.status != HandoverStatus.TICKETED:
                raise _over()
            if ticket.staff_id is not None and Permission.DESK_LEAD not in staff.permissions:
                raise Refusal("already_taken", "这个回电已经由同事负责了。", status=409)
            detail = {"handover": ticket.id} | ({"from": ticket.staff_id} if ticket.staff_id else {})
            await _tell_owner(session, rt, ticket=ticket, staff=staff, what="ticket_taken")
            ticket.staff_id, ticket.taken_at = staff.id, rt.clock.now()
            await note_deed(session, rt, staff=staff, deed="ticket_take", subject=talk.id, detail=detail)
        row = await row_of(session, rt, handover_id=ticket.id)
    conversation.tell(rt, row["conversation_id"], desk=True)
    return row


async def done(rt: Runtime, *, handover_id: str, staff: Staff, result: str, tell: bool) -> ChatRow:
    """The result becomes the episode's outcome, which the assistant knows; told in the chat if wished."""
    async with rt.db.write() as session:
        talk, ticket = await _access_ticket(session, handover_id=handover_id, staff=staff)
        if ticket.status == HandoverStatus.CLOSED and ticket.staff_id == staff.id:
            return await row_of(session, rt, handover_id=ticket.id)
        if ticket.status != HandoverStatus.TICKETED:
            raise _over()
        if ticket.staff_id != staff.id:
            raise Refusal("not_yours", "请先领取这个回电，再填写结果。", status=409)
        await _close(session, rt, talk=talk, ticket=ticket, staff=staff, result=result, tell=tell)
        row = await row_of(session, rt, handover_id=ticket.id)
    conversation.tell(rt, row["conversation_id"], desk=True)
    return row


async def settle_beside(
    session: AsyncSession, rt: Runtime, *, chat: Chat, talked: Handover, staff: Staff, result: str
) -> None:
    """The call-back that stood beside a talk, settled by the talk itself; whoever owed it is told."""
    talk = chat.conversation
    ticket = await open_ticket(session, conversation_id=talk.id)
    if ticket is None or ticket.requested_at > talked.requested_at:
        return
    await _tell_owner(session, rt, ticket=ticket, staff=staff, what="ticket_settled")
    ticket.staff_id = staff.id
    said = result or sentence("desk.ticket_in_talk")
    await _close(session, rt, talk=talk, ticket=ticket, staff=staff, result=said, tell=False)
    ticket.ended_at = talked.ended_at or ticket.ended_at
    await session.flush()


async def _close(
    session: AsyncSession,
    rt: Runtime,
    *,
    talk: Conversation,
    ticket: Handover,
    staff: Staff,
    result: str,
    tell: bool,
) -> None:
    masked = await vault.mask_known(session, rt, conversation_id=talk.id, text=result, told=tell)
    lead = sentence("desk.ticket_result", category=ticket.category, name=staff.name)
    append(
        session,
        rt,
        conversation=talk,
        author=Author.SYSTEM if tell else Author.STAFF,
        author_name=None if tell else staff.name,
        content=Content.say(*([lead] if tell else []), *masked.split("\n")),
        internal=not tell,
    )
    ticket.status, ticket.note = HandoverStatus.CLOSED, masked
    ticket.ended_at, ticket.ended_by, ticket.ended_seq = rt.clock.now(), "staff", talk.last_seq
    await note_deed(
        session,
        rt,
        staff=staff,
        deed="ticket_done",
        subject=talk.id,
        detail={"handover": ticket.id, "told": tell},
    )
    await session.flush()


async def _tell_owner(
    session: AsyncSession, rt: Runtime, *, ticket: Handover, staff: Staff, what: str
) -> None:
    if ticket.staff_id in (None, staff.id):
        return
    told = Told(
        staff_id=ticket.staff_id,
        kind=what,
        text=sentence(f"desk.{what}", category=ticket.category, name=staff.name),
        conversation_id=ticket.conversation_id,
        once_key=f"{what}:{ticket.id}:{staff.id}",
    )
    await add_notices(session, rt, [told])


async def _access_ticket(
    session: AsyncSession, *, handover_id: str, staff: Staff
) -> tuple[Conversation, Handover]:
    """A call-back in reach with its conversation, both locked; an episode that never was one is none."""
    query = (
        select(Handover.conversation_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.id == handover_id, pickable(scope_of(staff)))
    )
    conversation_id = await session.scalar(query)
    if conversation_id is None:
        raise no_such_chat()
    talk = await access_conversation(session, conversation_id=conversation_id, lock=True)
    ticket = await session.get_one(Handover, handover_id, with_for_update=True, populate_existing=True)
    return talk, ticket


def _over() -> Refusal:
    return Refusal("ticket_over", "这个回电已经处理完了，请刷新列表。", status=409)
