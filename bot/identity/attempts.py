"""Starts counted per chat, address, name and person, whether or not anybody of that name exists."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.identity.models import IdentityAttempts
from bot.identity.rules import WINDOW, Count
from bot.runtime import Runtime


async def count(session: AsyncSession, rt: Runtime, *, limits: Mapping[str, int]) -> set[str]:
    """Count one start under every subject; returns those that are over their limit by it."""
    now = rt.clock.now()
    keys = {vault.fingerprint(rt, f"identity-attempt:{subject}"): subject for subject in limits}
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    rows = [{"subject": key, "count": 0, "first_at": now} for key in sorted(keys)]
    await session.execute(insert(IdentityAttempts).values(rows).on_conflict_do_nothing())
    # In one order, so that two starts at once wait for each other and never in a circle.
    query = select(IdentityAttempts).where(IdentityAttempts.subject.in_(keys))
    query = query.order_by(IdentityAttempts.subject).with_for_update()
    over = set()
    for row in await session.scalars(query.execution_options(populate_existing=True)):
        counted = Count(row.count, row.first_at).one_more(now=now)
        row.count, row.first_at = counted.count, counted.first_at
        if row.count > limits[keys[row.subject]]:
            over.add(keys[row.subject])
    await session.flush()
    await _forget_old(session, now=now)
    return over


async def _forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Last, and past those another start has locked: whoever holds their own row waits for nobody here."""
    old = select(IdentityAttempts.subject).where(IdentityAttempts.first_at < now - WINDOW)
    gone = IdentityAttempts.subject.in_(old.with_for_update(skip_locked=True))
    await session.execute(delete(IdentityAttempts).where(gone).execution_options(synchronize_session=False))
