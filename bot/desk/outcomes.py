"""How an episode ends: back to the assistant, with a 服务小结, or by a block."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.permissions import Permission, Staff
from bot.conversation import service as conversation
from bot.conversation import vault
from bot.conversation.chat_access import Chat, access_chat, find_chat, no_such_chat
from bot.conversation.chat_rows import ChatRow
from bot.conversation.handover_models import ENDED, Handover, HandoverStatus
from bot.conversation.log import with_hints
from bot.conversation.models import Control
from bot.conversation.service import Change, ControlEvent
from bot.conversation.staff import Words, write
from bot.desk import summary as summaries
from bot.desk.access import access_own, name_of, note_deed, scope_of
from bot.desk.acting import apply, holds
from bot.desk.manage.labels import label_names
from bot.desk.models import Draft
from bot.desk.rows import row_of
from bot.desk.specialists import change_specialist, lock_owner
from bot.desk.tickets import settle_beside
from bot.errors import Refusal
from bot.runtime import Runtime

SummaryParts = dict[str, str]
_QUOTED = ("result", "next")  # by the assistant, when the talent asks


async def give_back(
    rt: Runtime,
    *,
    conversation_id: str,
    staff: Staff,
    note: str,
    labels: list[str],
    summary: SummaryParts | None,
    settled: dict[str, Any],
    ticket_done: bool = False,
) -> ChatRow:
    """To the assistant, which is told the outcome and does not ask again what was settled."""
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        if _ended_by(chat, staff, HandoverStatus.RETURNED):
            return await row_of(session, rt, handover_id=chat.handover.id)
        change = Change(ControlEvent.GIVE_BACK, by=name_of(staff), note=note or None)
        await apply(session, rt, chat=chat, change=change, staff=staff, detail={"settled": sorted(settled)})
        await _keep(session, rt, handover=chat.handover, labels=labels, summary=summary)
        if ticket_done:
            result = (summary or {}).get("result") or note
            await settle_beside(session, rt, talked=chat.handover, chat=chat, staff=staff, result=result)
        if settled:
            await conversation.settle(session, conversation=chat.conversation, values=settled)
        await _drop_drafts(session, conversation_id=conversation_id, staff=staff)
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def draft_summary(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    """What was saved, or a draft of it."""
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        handover = chat.handover
        if not holds(chat, staff):
            handover = await _own_ended(session, chat=chat, staff=staff) or handover
        parts = handover.summary or await summaries.draft(session, rt, handover=handover)
        hints = await vault.hints_of(session, conversation_id=conversation_id)
        return with_hints({**parts, "labels": handover.labels}, hints)  # type: ignore[no-any-return]


async def save_summary(
    rt: Runtime,
    *,
    conversation_id: str,
    staff: Staff,
    summary: SummaryParts,
    labels: list[str],
    ticket_done: bool = False,
) -> ChatRow:
    """Closes a talk that was ended; also later, for an episode the talent or the clock ended."""
    async with rt.db.write() as session:
        chat = await find_chat(session, conversation_id=conversation_id, scope=scope_of(staff), lock=True)
        if chat is None:
            raise no_such_chat()
        if not holds(chat, staff):
            handover = await _own_ended(session, chat=chat, staff=staff)
            if handover is None:
                raise Refusal("not_yours", "小结由接待的同事填写，您可以写内部备注。", status=403)
            about = {"handover": handover.id}
            await note_deed(session, rt, staff=staff, deed="summary", subject=conversation_id, detail=about)
        elif chat.conversation.control == Control.WRAP_UP:
            handover = chat.handover
            change = Change(ControlEvent.FINISH, by=name_of(staff))
            await apply(session, rt, chat=chat, change=change, staff=staff)
        else:
            raise Refusal("not_ended", "会话还在进行，请先结束服务再保存小结。", status=409)
        await _keep(session, rt, handover=handover, labels=labels, summary=summary)
        if ticket_done:
            await settle_beside(
                session, rt, talked=handover, chat=chat, staff=staff, result=summary["result"]
            )
        await _drop_drafts(session, conversation_id=conversation_id, staff=staff)
        row = await row_of(session, rt, handover_id=handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def block(rt: Runtime, *, conversation_id: str, staff: Staff, reason: str) -> ChatRow:
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        if not chat.conversation.blocked_at:
            change = Change(ControlEvent.BLOCK, by=name_of(staff), note=reason)
            await apply(session, rt, chat=chat, change=change, staff=staff)
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def let_in(rt: Runtime, *, conversation_id: str, staff: Staff, reason: str) -> ChatRow:
    """The block is lifted; why is kept as a note."""
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        if chat.conversation.blocked_at:
            await conversation.unblock(session, rt, conversation_id=conversation_id, by=name_of(staff))
            if reason:
                words = Words(f"unblock:{chat.conversation.last_seq}", reason, internal=True)
                await write(session, rt, conversation=chat.conversation, staff=name_of(staff), words=words)
            await note_deed(session, rt, staff=staff, deed="unblock", subject=conversation_id)
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def set_specialist(rt: Runtime, *, conversation_id: str, staff: Staff, to: str, why: str) -> ChatRow:
    """The talent's own specialist, changed by a lead to somebody who may chat."""
    async with rt.db.write() as session:
        await lock_owner(session, conversation_id=conversation_id)
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        people = await colleagues_with(session, permission=Permission.DESK_CHAT)
        if to not in {person.id for person in people}:
            raise Refusal("no_such_staff", "这位同事不能接待会话，请选别的同事。", status=404)
        masked = await vault.mask_known(session, rt, conversation_id=conversation_id, text=why)
        await change_specialist(
            session, rt, conversation=chat.conversation, staff_id=to, by=staff, why=masked
        )
        await session.flush()
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def labels_offered(rt: Runtime) -> list[str]:
    async with rt.db.read() as session:
        return await label_names(session)


async def _own_ended(session: AsyncSession, *, chat: Chat, staff: Staff) -> Handover | None:
    """The last episode of the chat that the caller had and that is over."""
    return await session.scalar(
        select(Handover)
        .where(
            Handover.conversation_id == chat.conversation.id,
            Handover.staff_id == staff.id,
            Handover.status.in_(ENDED),
        )
        .order_by(Handover.ended_at.desc(), Handover.id.desc())
        .limit(1)
    )


def _ended_by(chat: Chat, staff: Staff, how: HandoverStatus) -> bool:
    return chat.handover.status == how and chat.handover.staff_id == staff.id


async def _keep(
    session: AsyncSession,
    rt: Runtime,
    *,
    handover: Handover,
    labels: list[str],
    summary: SummaryParts | None,
) -> None:
    """Labels and summary, personal values masked as everywhere."""
    handover.labels = list(dict.fromkeys(labels))
    if summary is None:
        return
    handover.summary = {
        part: await vault.mask_known(
            session, rt, conversation_id=handover.conversation_id, text=text, told=part in _QUOTED
        )
        for part, text in summary.items()
    }
    handover.summary_at = rt.clock.now()
    await session.flush()


async def _drop_drafts(session: AsyncSession, *, conversation_id: str, staff: Staff) -> None:
    query = select(Draft).where(Draft.staff_id == staff.id, Draft.conversation_id == conversation_id)
    for draft in await session.scalars(query):
        await session.delete(draft)
