"""What the desk lists and what a chat window shows beside its messages. Read only."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import ahead_of, open_handover, queue_order
from bot.conversation.handover_models import ENDED, Handover, HandoverStatus
from bot.conversation.log import (
    MessageView,
    access_conversation,
    read_log,
    state_of,
    views,
    wire_time,
    with_hints,
)
from bot.conversation.models import Author, Control, Conversation, Message
from bot.runtime import Runtime

RECENT_CHATS = 50
DETAIL_MESSAGES = 500
UPDATES_AT_ONCE = 200

ChatRow = dict[str, Any]  # "chats" entries in docs/architecture.md


async def queue(rt: Runtime) -> list[ChatRow]:
    """Waiting chats, longest wait first."""
    query = _episodes().where(Handover.status == HandoverStatus.WAITING)
    return await _rows(rt, query.order_by(*queue_order()))


async def held(rt: Runtime, staff_id: str) -> list[ChatRow]:
    query = _episodes().where(Handover.status == HandoverStatus.ACTIVE, Handover.staff_id == staff_id)
    return await _rows(rt, query.order_by(Conversation.updated_at.desc()))


async def recent(rt: Runtime) -> list[ChatRow]:
    query = _episodes().where(Handover.status.in_(ENDED))
    return await _rows(rt, query.order_by(Handover.ended_at.desc()).limit(RECENT_CHATS))


async def chat_detail(rt: Runtime, *, conversation_id: str) -> dict[str, Any]:
    """`{"chat", "packet", "messages"}`, internal notes included."""
    async with rt.db.read() as session:
        query = _episodes().where(Conversation.id == conversation_id)
        found = (await session.execute(query.order_by(Handover.requested_at.desc()).limit(1))).first()
        conversation = await access_conversation(session, conversation_id=conversation_id)
        messages = await read_log(
            session,
            conversation_id=conversation_id,
            before=conversation.last_seq + 1,
            internal=True,
            limit=DETAIL_MESSAGES,
        )
        chat = await _row(session, conversation, found[1] if found else None)
        hints = await vault.hints_of(session, conversation_id=conversation_id)
        packet = with_hints(found[1].packet, hints) if found else None
        return {"chat": chat, "packet": packet, "messages": messages}


async def state_for(rt: Runtime, *, conversation_id: str, internal: bool = False) -> dict[str, Any]:
    """The `state` event; `staff_id` is for the caller to turn into a name."""
    async with rt.db.read() as session:
        return await _state(session, rt, conversation_id=conversation_id, internal=internal)


async def updates(
    rt: Runtime, *, conversation_id: str, after: int, internal: bool, limit: int = UPDATES_AT_ONCE
) -> tuple[dict[str, Any], list[MessageView]]:
    """State and the messages after a seq, for streams and polls.

    State first: one that is older than the messages is put right by the next read, while a newer
    one would make the reader believe that messages are missing.
    """
    async with rt.db.read() as session:
        state = await _state(session, rt, conversation_id=conversation_id, internal=internal)
        if state["last_seq"] <= after:
            return state, []
        messages = await read_log(
            session, conversation_id=conversation_id, after=after, internal=internal, limit=limit
        )
        return state, messages


async def _state(
    session: AsyncSession, rt: Runtime, *, conversation_id: str, internal: bool
) -> dict[str, Any]:
    conversation = await access_conversation(session, conversation_id=conversation_id)
    state = await state_of(session, conversation=conversation, internal=internal)
    place: dict[str, Any] = {"position": None, "expected_wait_s": None}
    if state.control in (Control.QUEUED, Control.OFFERED):
        handover = await open_handover(session, conversation_id=conversation_id)
        if handover:
            ahead = await ahead_of(session, handover=handover)
            wait_s = await desk_of(rt).expected_wait_s(session, rt, team_id=handover.team_id, ahead=ahead)
            place = {"position": ahead + 1, "expected_wait_s": wait_s}
    return state.wire() | place


def _episodes() -> Select[Conversation, Handover]:
    return select(Conversation, Handover).join(Handover, Handover.conversation_id == Conversation.id)


async def _rows(rt: Runtime, query: Select[Conversation, Handover]) -> list[ChatRow]:
    async with rt.db.read() as session:
        found = (await session.execute(query)).all()
        return [await _row(session, conversation, handover) for conversation, handover in found]


async def _row(session: AsyncSession, conversation: Conversation, handover: Handover | None) -> ChatRow:
    last = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.internal.is_(False),
            Message.author != Author.SYSTEM,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    shown = await views(session, conversation_id=conversation.id, messages=[last]) if last else []
    return {
        "conversation_id": conversation.id,
        "handover_id": handover.id if handover else None,
        "handover_status": handover.status if handover else None,
        "control": conversation.control,
        "channel": conversation.channel,
        "category": handover.category if handover else None,
        "reason": handover.reason if handover else None,
        "region": conversation.region,
        "waiting_since": wire_time(handover.requested_at) if handover else None,
        "ended_at": wire_time(handover.ended_at) if handover and handover.ended_at else None,
        "staff_id": handover.staff_id if handover else None,
        "last_text": " ".join(shown[0]["content"]["paragraphs"])[:80] if shown else "",
        "last_at": wire_time(conversation.updated_at),
        "last_seq": conversation.last_seq,
    }
