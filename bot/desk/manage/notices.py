"""Putting notices on people's desks, each at most once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.models import Notice
from bot.runtime import Runtime
from bot.store.base import new_id


@dataclass(frozen=True)
class Told:
    staff_id: str
    kind: str
    text: str
    conversation_id: str | None
    once_key: str


async def tell_all(rt: Runtime, told: Sequence[Told]) -> int:
    """Store those not told before, in a transaction of their own, and wake the desk."""
    if not told:
        return 0
    async with rt.db.read() as session:
        keys = {item.once_key for item in told}
        query = select(Notice.staff_id, Notice.once_key).where(Notice.once_key.in_(keys))
        known = {(staff_id, key) for staff_id, key in await session.execute(query)}
    fresh = [item for item in told if (item.staff_id, item.once_key) not in known]
    if not fresh:
        return 0
    async with rt.db.write() as session:
        await add_notices(session, rt, fresh)
    rt.hints.notify("desk")
    return len(fresh)


async def add_notices(session: AsyncSession, rt: Runtime, told: Sequence[Told]) -> None:
    """In the caller's transaction; a known `once_key` adds nothing, whichever process was first."""
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    now = rt.clock.now()
    for item in told:
        await session.execute(
            insert(Notice)
            .values(
                id=new_id(),
                staff_id=item.staff_id,
                kind=item.kind,
                text=item.text,
                conversation_id=item.conversation_id,
                once_key=item.once_key,
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=[Notice.staff_id, Notice.once_key])
        )
