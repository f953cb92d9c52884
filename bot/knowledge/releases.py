"""Writing releases: the one place that changes what answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.models import FaqRow, FaqStatus, FaqVersion, ReleaseRow, VersionState
from bot.runtime import Runtime
from bot.store.base import new_id


@dataclass(frozen=True)
class By:
    """Who changes; both None for a load from the command line."""

    staff_id: str | None = None
    staff_name: str | None = None


async def release(
    rt: Runtime,
    session: AsyncSession,
    *,
    rows: Sequence[FaqRow],
    state: VersionState,
    by: By,
    calibration: dict[str, Any] | None = None,
) -> int:
    """Put the drafts of these rows (or their withdrawal) into one new release.

    The number is the primary key, so of two writers on PostgreSQL the second fails and retries.
    """
    newest = await session.scalar(select(func.max(ReleaseRow.number))) or 0
    if calibration is None and newest:
        calibration = await session.scalar(select(ReleaseRow.calibration).where(ReleaseRow.number == newest))
    number, now = newest + 1, rt.clock.now()
    session.add(ReleaseRow(number=number, calibration=calibration, staff_id=by.staff_id, created_at=now))
    await session.flush()
    keys = [row.key for row in rows]
    versions: dict[str, int] = {}
    for start in range(0, len(keys), 500):  # SQLite allows only so many parameters
        found = await session.execute(
            select(FaqVersion.key, func.max(FaqVersion.version))
            .where(FaqVersion.key.in_(keys[start : start + 500]))
            .group_by(FaqVersion.key)
        )
        versions |= {key: version for key, version in found.all()}
    for row in rows:
        row.published_version = versions.get(row.key, 0) + 1
        row.status = FaqStatus.PUBLISHED if state is VersionState.PUBLISHED else FaqStatus.WITHDRAWN
        row.updated_at = now
        session.add(
            FaqVersion(
                id=new_id(),
                key=row.key,
                version=row.published_version,
                release_number=number,
                state=state,
                content=row.draft,
                staff_id=by.staff_id,
                staff_name=by.staff_name,
                created_at=now,
            )
        )
    return number
