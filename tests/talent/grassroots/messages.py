"""What a chat was told."""

from sqlalchemy import select

from bot.conversation.content import Content
from bot.conversation.models import Message
from bot.runtime import Runtime


async def said(rt: Runtime, conversation_id: str) -> list[str]:
    async with rt.db.read() as session:
        rows = await session.scalars(
            select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        )
        return [Content.model_validate(row.content).plain_text() for row in rows]
