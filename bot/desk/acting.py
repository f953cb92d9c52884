"""Who takes a chat, keeps it, hands it on. Each deed and its audit entry are one transaction.

A repeat by whoever was obeyed succeeds without a second effect: its first answer was lost.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation import service as conversation
from bot.conversation.chat_access import Chat, access_chat, no_such_chat
from bot.conversation.chat_rows import ChatRow
from bot.conversation.handover_models import LIVE
from bot.conversation.models import Control
from bot.conversation.rules import TRANSFER_RING_S
from bot.conversation.scope import pickable
from bot.conversation.service import Change, ControlEvent
from bot.conversation.tickets import NOBODY
from bot.desk import offers, seats
from bot.desk.access import access_own, name_of, note_deed, scope_of
from bot.desk.rows import row_of
from bot.desk.targets import access_person, access_team
from bot.errors import Refusal
from bot.runtime import Runtime

HELD = (Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)
LONGEST_HOLD = timedelta(days=30)
Done = Callable[[Chat], bool]


async def pick(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    """Take a waiting chat."""
    return await _take(rt, conversation_id=conversation_id, event=ControlEvent.PICK, staff=staff)


async def take_next(rt: Runtime, *, staff: Staff) -> ChatRow:
    """The first waiting chat that is for the caller."""
    conversation_id = await offers.claim_next(rt, staff=staff)
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        return await row_of(session, rt, handover_id=chat.handover.id)


async def accept(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    """Of a ring or of a transfer."""
    return await _take(rt, conversation_id=conversation_id, event=ControlEvent.ACCEPT, staff=staff)


async def decline(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    return await _act(
        rt,
        conversation_id=conversation_id,
        staff=staff,
        change=Change(ControlEvent.DECLINE, by=name_of(staff)),
        done=lambda chat: staff.id in chat.handover.passed_by and chat.handover.offered_to != staff.id,
        within_team=True,
    )


async def transfer(
    rt: Runtime, *, conversation_id: str, staff: Staff, to: str | None, team: str | None, note: str
) -> ChatRow:
    """Propose the chat to a person or a team; it stays with the caller until somebody accepts."""
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        asked = (chat.handover.transfer_to, chat.handover.transfer_team_id)
        if asked == (to, team) and holds(chat, staff):
            return await row_of(session, rt, handover_id=chat.handover.id)
        change = Change(ControlEvent.TRANSFER, by=name_of(staff), note=note)
        if to:
            person = await access_person(session, rt, chat=chat, staff=staff, staff_id=to)
            until = rt.clock.now() + timedelta(seconds=TRANSFER_RING_S)
            change = Change(ControlEvent.TRANSFER, by=name_of(staff), note=note, target=person, until=until)
        elif team:
            found = await access_team(session, rt, chat=chat, staff=staff, team_id=team)
            change = Change(
                ControlEvent.TRANSFER, by=name_of(staff), note=note, team_id=found.id, team_name=found.name
            )
        row = await _apply(session, rt, chat=chat, change=change, staff=staff, detail={"to": to or team})
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def withdraw(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    return await _act(
        rt,
        conversation_id=conversation_id,
        staff=staff,
        change=Change(ControlEvent.WITHDRAW, by=name_of(staff)),
        done=lambda chat: holds(chat, staff) and not _transferring(chat),
    )


async def hold(rt: Runtime, *, conversation_id: str, staff: Staff, until: datetime, note: str) -> ChatRow:
    if not rt.clock.now() < until <= rt.clock.now() + LONGEST_HOLD:
        raise Refusal("bad_time", "请选择一个将来的时间，最长 30 天。", status=422)
    return await _act(
        rt,
        conversation_id=conversation_id,
        staff=staff,
        change=Change(ControlEvent.HOLD, by=name_of(staff), until=until, note=note or None),
        done=lambda chat: _is(chat, staff, Control.ON_HOLD) and chat.handover.hold_until == until,
    )


async def resume(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    return await _act(
        rt,
        conversation_id=conversation_id,
        staff=staff,
        change=Change(ControlEvent.RESUME, by=name_of(staff)),
        done=lambda chat: _is(chat, staff, Control.HUMAN),
    )


async def take_over(rt: Runtime, *, conversation_id: str, staff: Staff, note: str) -> ChatRow:
    """A lead goes on under their own name; their capacity does not stop them."""
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        if not _is(chat, staff, Control.HUMAN):
            change = Change(ControlEvent.TAKE_OVER, by=name_of(staff), note=note or None)
            await apply(session, rt, chat=chat, change=change, staff=staff)
            await seats.ensure_seat(session, rt, staff=staff)
            await offers.taken(session, rt, conversation=chat.conversation, staff_id=staff.id)
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def end(rt: Runtime, *, conversation_id: str, staff: Staff, note: str) -> ChatRow:
    """The talk is over; its summary is still to be written."""
    return await _act(
        rt,
        conversation_id=conversation_id,
        staff=staff,
        change=Change(ControlEvent.END, by=name_of(staff), note=note or None),
        done=lambda chat: _is(chat, staff, Control.WRAP_UP),
    )


async def apply(
    session: AsyncSession,
    rt: Runtime,
    *,
    chat: Chat,
    change: Change,
    staff: Staff,
    detail: dict[str, Any] | None = None,
) -> None:
    """One control event with its audit entry, in the caller's transaction. Who is shown a chat for an
    older episode or a call-back has no say in a talk that is others' business."""
    if chat.conversation.control not in NOBODY and chat.handover.status not in LIVE:
        raise no_such_chat()
    await conversation.act(session, rt, conversation_id=chat.conversation.id, change=change)
    await note_deed(
        session, rt, staff=staff, deed=change.event.value, subject=chat.conversation.id, detail=detail
    )


def holds(chat: Chat, staff: Staff) -> bool:
    return chat.conversation.control in HELD and chat.conversation.staff_id == staff.id


async def _act(
    rt: Runtime,
    *,
    conversation_id: str,
    staff: Staff,
    change: Change,
    done: Done,
    within_team: bool = False,
) -> ChatRow:
    scope = scope_of(staff)
    async with rt.db.write() as session:
        chat = await access_chat(
            session,
            conversation_id=conversation_id,
            scope=scope,
            lock=True,
            within=pickable(scope) if within_team else None,
        )
        if done(chat):
            return await row_of(session, rt, handover_id=chat.handover.id)
        row = await _apply(session, rt, chat=chat, change=change, staff=staff)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def _take(rt: Runtime, *, conversation_id: str, event: ControlEvent, staff: Staff) -> ChatRow:
    """Two of one person's at once cannot both fill the last place: the seat's row is locked."""
    scope = scope_of(staff)
    async with rt.db.write() as session:
        chat = await access_chat(
            session, conversation_id=conversation_id, scope=scope, lock=True, within=pickable(scope)
        )
        if holds(chat, staff):
            return await row_of(session, rt, handover_id=chat.handover.id)
        await apply(session, rt, chat=chat, change=Change(event, by=name_of(staff)), staff=staff)
        await seats.ensure_seat(session, rt, staff=staff)
        await seats.check_room(session, staff_id=staff.id)
        await offers.taken(session, rt, conversation=chat.conversation, staff_id=staff.id)
        row = await row_of(session, rt, handover_id=chat.handover.id)
    conversation.tell(rt, conversation_id, desk=True)
    return row


async def _apply(
    session: AsyncSession,
    rt: Runtime,
    *,
    chat: Chat,
    change: Change,
    staff: Staff,
    detail: dict[str, Any] | None = None,
) -> ChatRow:
    await apply(session, rt, chat=chat, change=change, staff=staff, detail=detail)
    await session.flush()
    return await row_of(session, rt, handover_id=chat.handover.id)


def _is(chat: Chat, staff: Staff, control: Control) -> bool:
    return chat.conversation.control == control and chat.conversation.staff_id == staff.id


def _transferring(chat: Chat) -> bool:
    return bool(chat.handover.transfer_to or chat.handover.transfer_team_id)
