"""Control of a conversation: one event, one transaction, with everything that belongs to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import packet, vault
from bot.conversation.content import Content, HandoverRequest
from bot.conversation.log import ConversationState, access_conversation, append, state_of
from bot.conversation.models import Author, Control, Conversation, Handover, HandoverStatus, Turn, TurnStatus
from bot.conversation.rules import ControlEvent, Effect, transition
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence


@dataclass(frozen=True)
class StaffName:
    id: str
    name: str


async def change_control(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    event: ControlEvent,
    request: HandoverRequest | None = None,
    staff: StaffName | None = None,
    note: str | None = None,
) -> None:
    """Apply one control event to a locked conversation, with everything that belongs to it."""
    before = conversation.control
    step = transition(before, event)
    enter(conversation, step.control, raise_epoch=Effect.RAISE_EPOCH in step.effects)
    now = rt.clock.now()
    if Effect.OPEN_HANDOVER in step.effects:
        request = request or HandoverRequest(reason="requested")
        session.add(
            Handover(
                conversation_id=conversation.id,
                status=HandoverStatus.WAITING,
                reason=request.reason,
                category=request.category,
                packet=await packet.snapshot(session, conversation=conversation, request=request),
                requested_at=now,
            )
        )
    handover = await open_handover(session, conversation_id=conversation.id)
    if Effect.ACCEPT_HANDOVER in step.effects and handover and staff:
        conversation.staff_id = handover.staff_id = staff.id
        handover.status, handover.accepted_at = HandoverStatus.ACTIVE, now
    if Effect.END_HANDOVER in step.effects and handover and step.handover:
        conversation.staff_id = None
        handover.status, handover.ended_at, handover.note = step.handover, now, note
        handover.ended_seq = conversation.last_seq
    if Effect.REOPEN_TURNS in step.effects:
        await session.execute(
            update(Turn)
            .where(
                Turn.conversation_id == conversation.id,
                Turn.epoch == conversation.epoch - 2,  # before the wish and the cancelling
                Turn.status.in_((TurnStatus.WAITING, TurnStatus.RUNNING, TurnStatus.DISCARDED)),
            )
            .values(status=TurnStatus.WAITING, epoch=conversation.epoch, due_at=now, ended_at=None)
        )
    spoken = await _announcement(session, conversation, before, event, handover, staff)
    if spoken:
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=spoken)


async def apply_control(
    rt: Runtime,
    *,
    conversation_id: str,
    event: ControlEvent,
    staff: StaffName | None = None,
    note: str | None = None,
) -> ConversationState:
    """A control event from outside a turn: a specialist's claim, return or close, a cancelled wait."""
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        if event == ControlEvent.CLAIM and conversation.control == Control.HUMAN:
            raise Refusal("already_taken", "这个会话已经由同事接待了。", status=409)
        if event in (ControlEvent.GIVE_BACK, ControlEvent.CLOSE):
            check_holder(conversation, staff)
        if note:
            note = await vault.mask_known(session, rt, conversation_id=conversation_id, text=note)
        await change_control(session, rt, conversation=conversation, event=event, staff=staff, note=note)
        if note and staff:
            append(
                session,
                rt,
                conversation=conversation,
                author=Author.STAFF,
                author_name=staff.name,
                content=Content.say(*note.split("\n")),
                internal=True,
            )
        state = await state_of(session, conversation=conversation)
    tell(rt, conversation_id, desk=True)
    return state


def check_holder(conversation: Conversation, staff: StaffName | None) -> None:
    if conversation.control != Control.HUMAN:
        raise Refusal("illegal_transition", "这个会话现在不由人工接待。", status=409)
    if staff is None or conversation.staff_id != staff.id:
        raise Refusal("not_yours", "这个会话由其他同事接待，您可以写内部备注。", status=403)


async def open_handover(session: AsyncSession, *, conversation_id: str) -> Handover | None:
    await session.flush()
    return await session.scalar(
        select(Handover)
        .where(
            Handover.conversation_id == conversation_id,
            Handover.status.in_((HandoverStatus.WAITING, HandoverStatus.ACTIVE)),
        )
        .order_by(Handover.requested_at.desc())
        .limit(1)
    )


async def position_of(session: AsyncSession, *, handover: Handover) -> int:
    """1 for the first in the queue."""
    ahead = await session.scalar(
        select(func.count()).where(
            Handover.status == HandoverStatus.WAITING, _before(handover.requested_at, handover.id)
        )
    )
    return (ahead or 0) + 1


def _before(moment: datetime, handover_id: str) -> Any:
    same = (Handover.requested_at == moment) & (Handover.id < handover_id)
    return (Handover.requested_at < moment) | same


async def _announcement(
    session: AsyncSession,
    conversation: Conversation,
    before: str,
    event: ControlEvent,
    handover: Handover | None,
    staff: StaffName | None,
) -> Content | None:
    if event == ControlEvent.REQUEST_HUMAN and conversation.control == Control.QUEUED and handover:
        ahead = await position_of(session, handover=handover) - 1
        name = "still_queued" if before == Control.QUEUED else "queued" if ahead else "queued_first"
        text = sentence(f"conversation.{name}", ahead=ahead, category=handover.category)
        return Content.say(text)
    if event == ControlEvent.CANCEL:
        return Content.say(
            sentence("conversation.cancelled" if before == Control.QUEUED else "conversation.left")
        )
    spoken = {
        ControlEvent.CLAIM: "claimed",
        ControlEvent.GIVE_BACK: "given_back",
        ControlEvent.CLOSE: "closed",
    }.get(event)
    if spoken and staff:
        return Content.say(sentence(f"conversation.{spoken}", name=staff.name))
    return None


def enter(conversation: Conversation, control: Control, *, raise_epoch: bool) -> None:
    if conversation.control != control or raise_epoch:
        conversation.version += 1
    conversation.control = control
    conversation.epoch += raise_epoch


def tell(rt: Runtime, conversation_id: str, *, turns: bool = False, desk: bool = False) -> None:
    rt.hints.notify(f"conversation:{conversation_id}")
    if turns:
        rt.hints.notify("turns")
    if desk:
        rt.hints.notify("desk")
        rt.hints.notify("deliveries")
