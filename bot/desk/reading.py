"""What the desk shows: lists, counts, one chat with everything known."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import staff_names
from bot.conversation import vault
from bot.conversation.chat_access import Chat, access_chat
from bot.conversation.chat_rows import ChatRow
from bot.conversation.handover_models import Handover
from bot.conversation.lists import View, counts, listed
from bot.conversation.log import MessageView, read_log, wire_time, with_hints
from bot.conversation.models import Channel, Conversation, Delivery
from bot.conversation.search import Sought, search
from bot.desk.access import check_view, scope_of
from bot.desk.models import Draft, Notice
from bot.desk.profile import profile_of, told_in
from bot.desk.rows import named, row_of
from bot.runtime import Runtime

DETAIL_MESSAGES = 500


async def chats(rt: Runtime, *, view: View, staff: Staff, before: datetime | None) -> list[ChatRow]:
    async with rt.db.read() as session:
        rows = await listed(session, view=view, scope=scope_of(staff), before=before)
        return await named(session, rt, rows)


async def count_chats(rt: Runtime, *, staff: Staff) -> dict[str, int]:
    async with rt.db.read() as session:
        numbers = await counts(session, scope=scope_of(staff))
        unseen = select(func.count()).where(Notice.staff_id == staff.id, Notice.seen_at.is_(None))
        return numbers | {"notices": await session.scalar(unseen) or 0}


async def find_chats(rt: Runtime, *, sought: Sought, staff: Staff) -> list[ChatRow]:
    async with rt.db.read() as session:
        rows = await search(session, sought=sought, scope=scope_of(staff))
        return await named(session, rt, rows)


async def view_chat(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    """ "GET /chats/{id}" in docs/desk.md."""
    await check_view(rt, conversation_id=conversation_id, staff=staff)
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        hints = await vault.hints_of(session, conversation_id=conversation_id)
        return {
            "chat": await row_of(session, rt, handover_id=chat.handover.id),
            "packet": await told_in(rt, with_hints(chat.handover.packet, hints)),
            "messages": await messages_of(session, chat=chat, staff=staff),
            "profile": await profile_of(session, rt, chat=chat),
            "episodes": await _episodes(session, chat=chat, hints=hints),
            "drafts": await _drafts(session, conversation_id=conversation_id, staff=staff),
        }


async def earlier(rt: Runtime, *, conversation_id: str, staff: Staff, before: int) -> list[MessageView]:
    await check_view(rt, conversation_id=conversation_id, staff=staff)
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        return await messages_of(session, chat=chat, staff=staff, before=before)


async def messages_of(
    session: AsyncSession, *, chat: Chat, staff: Staff, before: int | None = None
) -> list[MessageView]:
    """The newest messages (before a seq), internal notes included."""
    end = chat.until_seq if chat.until_seq is not None else chat.conversation.last_seq
    messages = await read_log(
        session,
        conversation_id=chat.conversation.id,
        before=min(before, end + 1) if before is not None else end + 1,
        internal=True,
        limit=DETAIL_MESSAGES,
    )
    sent = await sendings(session, conversation=chat.conversation)
    return [
        as_seen_by(staff, message) | ({"delivery": sent[message["seq"]]} if message["seq"] in sent else {})
        for message in messages
    ]


async def sendings(session: AsyncSession, *, conversation: Conversation) -> dict[int, str]:
    """How far messages, by seq, are on their way to a channel that delivers; the web chat has none."""
    if conversation.channel == Channel.WEB:
        return {}
    query = select(Delivery.seq, Delivery.status).where(Delivery.conversation_id == conversation.id)
    return {seq: status for seq, status in await session.execute(query)}


def as_seen_by(staff: Staff, message: MessageView) -> MessageView:
    """`key` is the sender's own client_msg_id, and nothing to anybody else."""
    prefix = f"staff:{staff.id}:"
    key = message.get("key") or ""
    return message | {"key": key.removeprefix(prefix) if key.startswith(prefix) else None}


async def _episodes(session: AsyncSession, *, chat: Chat, hints: dict[str, str]) -> list[dict[str, Any]]:
    """The conversation's earlier episodes, newest first."""
    earlier = list(
        await session.scalars(
            select(Handover)
            .where(
                Handover.conversation_id == chat.conversation.id,
                Handover.id != chat.handover.id,
                Handover.requested_at <= chat.handover.requested_at,
            )
            .order_by(Handover.requested_at.desc(), Handover.id.desc())
        )
    )
    names = await staff_names(session, {episode.staff_id for episode in earlier})
    return [
        with_hints(
            {
                "handover_id": episode.id,
                "status": episode.status,
                "category": episode.category,
                "reason": episode.reason,
                "requested_at": wire_time(episode.requested_at),
                "ended_at": wire_time(episode.ended_at) if episode.ended_at else None,
                "staff_name": names.get(episode.staff_id),
                "labels": episode.labels,
                "summary": episode.summary,
                "note": episode.note,
                "rating": episode.rating,
                "rating_comment": episode.rating_comment,
            },
            hints,
        )
        for episode in earlier
    ]


async def _drafts(session: AsyncSession, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    query = select(Draft).where(Draft.staff_id == staff.id, Draft.conversation_id == conversation_id)
    return {
        draft.kind: {"text": draft.text, "based_on_seq": draft.based_on_seq}
        for draft in await session.scalars(query)
    }
