"""What a person at the desk must hear of, until they have seen it."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation.log import wire_time
from bot.desk.models import Notice
from bot.runtime import Runtime

MOST = 100

NoticeView = dict[str, Any]


async def unseen(session: AsyncSession, *, staff: Staff) -> list[NoticeView]:
    """Newest first."""
    query = select(Notice).where(Notice.staff_id == staff.id, Notice.seen_at.is_(None))
    rows = await session.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(MOST))
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "text": row.text,
            "conversation_id": row.conversation_id,
            "created_at": wire_time(row.created_at),
        }
        for row in rows
    ]


async def mark_seen(rt: Runtime, *, notice_id: str, staff: Staff) -> None:
    """Only one's own; what is seen already or somebody else's changes nothing."""
    async with rt.db.write() as session:
        await session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.staff_id == staff.id, Notice.seen_at.is_(None))
            .values(seen_at=rt.clock.now())
            .execution_options(synchronize_session=False)
        )
    rt.hints.notify("desk")
