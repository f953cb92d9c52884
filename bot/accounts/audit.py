"""The audit log: entries are added in the transaction of the deed they record."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import AuditEntry


async def audit(
    session: AsyncSession,
    *,
    staff_id: str | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
    once_key: str | None = None,
) -> None:
    """Add an entry. `detail` takes ids, counts and codes only; a known `once_key` adds nothing."""
    entry = AuditEntry(
        at=at or datetime.now(UTC),
        staff_id=staff_id,
        action=action,
        subject=subject,
        detail=detail or {},
        once_key=once_key,
    )
    try:
        # A savepoint, so that losing the race for `once_key` spares the deed itself.
        async with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        if once_key is None:
            raise
