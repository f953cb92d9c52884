"""What a specialist should know before the first word: a snapshot taken when a person is asked for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import HandoverRequest
from bot.conversation.models import Author, Conversation, Message

LAST_MESSAGES = 30
_INNER_SLOTS = frozenset({"application", "application_answer", "requested_slot", "session_started_metadata"})


async def snapshot(
    session: AsyncSession, *, conversation: Conversation, request: HandoverRequest
) -> dict[str, Any]:
    """`{"reason", "category", "note", "tried": [{"question", "faq", "band"}], "slots", "application"}`."""
    rows = list(
        await session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation.id, Message.internal.is_(False))
            .order_by(Message.seq.desc())
            .limit(LAST_MESSAGES)
        )
    )[::-1]
    tried: list[dict[str, Any]] = []
    question = ""
    for row in rows:
        if row.author == Author.TALENT:
            question = " ".join(row.content.get("paragraphs", ()))
        elif row.log:
            tried.append({"question": question, "faq": row.log["faq"], "band": row.log["band"]})
    slots: dict[str, Any] = (conversation.engine_state or {}).get("slots") or {}
    return {
        "reason": request.reason,
        "category": request.category,
        "note": request.note,
        "tried": tried,
        "slots": {k: v for k, v in slots.items() if v is not None and k not in _INNER_SLOTS},
        "application": slots.get("application"),
    }
