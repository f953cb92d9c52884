"""How far each side has read."""

from typing import Literal

from sqlalchemy import select, update

from bot.conversation.models import Conversation
from bot.runtime import Runtime


async def mark_seen(rt: Runtime, *, conversation_id: str, by: Literal["talent", "staff"], seq: int) -> None:
    """Only forwards, and only up to what there is; nothing is written when nothing changes."""
    column = Conversation.talent_seen_seq if by == "talent" else Conversation.staff_seen_seq
    last = Conversation.shown_seq if by == "talent" else Conversation.last_seq
    async with rt.db.read() as session:
        found = (
            await session.execute(select(column, last).where(Conversation.id == conversation_id))
        ).first()
    if found is None or min(seq, found[1]) <= found[0]:
        return
    seen = min(seq, found[1])
    async with rt.db.write() as session:
        await session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, column < seen)
            .values({column: seen})
            .execution_options(synchronize_session=False)
        )
    rt.hints.notify(f"conversation:{conversation_id}")
