"""The register as the answers use it, read from the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.documents.models import DocumentRow
from bot.knowledge.documents.rules import End, Ending, Record, Register


async def read_register(session: AsyncSession) -> Register:
    rows = (await session.scalars(select(DocumentRow).where(DocumentRow.registered))).all()
    return Register.of(record_of(row) for row in rows)


def record_of(row: DocumentRow) -> Record:
    return Record(
        id=row.id,
        title=row.title,
        number=row.number,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        in_force=row.in_force,
        ends=ends_from(row.ends),
    )


def ends_from(stored: Sequence[dict[str, Any]]) -> tuple[End, ...]:
    return tuple(
        End(
            how=Ending(one["how"]),
            on=date.fromisoformat(one["on"]),
            successor=one.get("successor"),
            clause=one.get("clause"),
        )
        for one in stored
    )


def stored_end(end: End) -> dict[str, Any]:
    return {"how": end.how.value, "on": end.on.isoformat(), "successor": end.successor, "clause": end.clause}
