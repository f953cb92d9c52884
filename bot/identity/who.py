"""Whose a chat is. Nobody else answers that, and nothing said in a chat is an answer to it."""

from sqlalchemy import select

from bot.conversation.models import Conversation
from bot.runtime import Runtime


async def proven(rt: Runtime, *, conversation_id: str) -> str | None:
    """Id of the talent who proved themselves in this chat; None while nobody did."""
    async with rt.db.read() as session:
        talent_id: str | None = await session.scalar(
            select(Conversation.talent_id).where(Conversation.id == conversation_id)
        )
    return talent_id
