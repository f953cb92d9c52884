"""The change log of a record, written in the transaction of the change: names of fields, never values."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.runtime import Runtime
from bot.talent.models import TalentChange


def note_change(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    kind: str,
    detail: dict[str, Any],
    by: str | None,
    why: str = "",
) -> None:
    session.add(
        TalentChange(talent_id=talent_id, kind=kind, detail=detail, by=by, why=why[:200], at=rt.clock.now())
    )
