"""What an employer has handed in for several people at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.accounts.service import staff_names
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.service.models import Application, ApplicationPart
from bot.units.access import Unit

MOST_BATCHES = 50  # listed


@dataclass(frozen=True)
class Batch:
    """What was handed in for several people at once."""

    id: str
    item: str
    people: int
    made_by: str | None
    at: datetime


async def batches(rt: Runtime, *, unit: Unit) -> list[Batch]:
    """The newest first."""
    at = func.min(Application.created_at)
    query = (
        select(
            Application.batch_id,
            func.min(ApplicationPart.item),
            func.count(func.distinct(Application.id)),
            func.min(Application.made_by),
            at,
        )
        .join(ApplicationPart, ApplicationPart.application_id == Application.id)
        .where(Application.employer_id == unit.employer_id, Application.batch_id.is_not(None))
        .group_by(Application.batch_id)
        .order_by(at.desc())
        .limit(MOST_BATCHES)
    )
    async with rt.db.read() as session:
        rows = list(await session.execute(query))
    return [Batch(batch or "", item, people, made_by, at) for batch, item, people, made_by, at in rows]


async def listed_batches(rt: Runtime, *, unit: Unit) -> list[dict[str, Any]]:
    found = await batches(rt, unit=unit)
    items = catalogue(rt).items
    async with rt.db.read() as session:
        names = await staff_names(session, [one.made_by for one in found])
    return [
        {
            "id": one.id,
            "item_name": items[one.item].name if one.item in items else one.item,
            "people": one.people,
            "made_by": names.get(one.made_by),
            "created_at": one.at,
        }
        for one in found
    ]
