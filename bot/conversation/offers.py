"""What the last answer offered, so that a person asked for after it is asked for that reason."""

from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Reason
from bot.conversation.models import Conversation, Turn, TurnStatus


async def last_result(session: AsyncSession, *, conversation: Conversation) -> dict[str, Any]:
    """`result` of the newest answered turn."""
    found = await session.scalar(
        select(Turn.result)
        .where(Turn.conversation_id == conversation.id, Turn.status == TurnStatus.DONE)
        .order_by(Turn.seq.desc())
        .limit(1)
    )
    return found or {}


async def reason_of_request(session: AsyncSession, *, conversation: Conversation) -> Reason:
    result = await last_result(session, conversation=conversation)
    return cast(Reason, result.get("offered") or "requested")
