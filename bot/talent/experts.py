"""Experts: who fits a need, who may be asked now, and the asking itself."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.demand_models import Cooperation, DemandMatch
from bot.talent.grassroots_models import Participation
from bot.talent.interval import YEAR, IntervalRule, overuse
from bot.talent.matching import Match, Need, Person, best, weigh
from bot.talent.models import Talent
from bot.talent.places import within
from bot.talent.settings import setting
from bot.texts import sentence

CANDIDATES = 30
_LOOKED_THROUGH = 300  # best fits looked through for free ones


class AskedTooOften(Refusal):
    """Says why, and whom to ask instead."""

    def __init__(self, message: str, *, instead: dict[str, Any] | None) -> None:
        super().__init__("asked_too_often", message, status=409)
        self.more = {"instead": instead}  # rendered beside code and message


async def interval_rule(session: AsyncSession) -> IntervalRule:
    return IntervalRule(
        await setting(session, "expert_interval_days"), await setting(session, "expert_times_a_year")
    )


async def asked_before(
    session: AsyncSession, *, talent_ids: Collection[str], now: datetime
) -> dict[str, list[datetime]]:
    """When the centre asked each of them within the last year, for whatever it was."""
    asks = union_all(
        *(
            select(model.talent_id, model.asked_at).where(
                model.talent_id.in_(talent_ids), model.asked_at > now - YEAR
            )
            for model in (Participation, DemandMatch, Cooperation)
        )
    )
    found: dict[str, list[datetime]] = {}
    for talent_id, asked_at in await session.execute(asks):
        if asked_at is not None:
            found.setdefault(talent_id, []).append(asked_at)
    return found


async def claim_ask(
    session: AsyncSession, *, talent_id: str, need: Need, now: datetime, people: ColumnElement[bool]
) -> None:
    """The right to ask this person now. Refuses with another one to ask where they were asked too often.

    Their row is locked, so that of two who ask at once the second sees the first one's request.
    """
    person = await session.scalar(
        select(Talent).where(Talent.id == talent_id, people).with_for_update(key_share=True)
    )
    if person is None:
        raise Refusal("unknown_talent", "没有找到这位人才，请刷新后重新选择。", status=404)
    rule = await interval_rule(session)
    why = overuse(
        (await asked_before(session, talent_ids=[talent_id], now=now)).get(talent_id, ()), now=now, rule=rule
    )
    if why is None:
        return
    others = [row for row in await candidates(session, need=need, now=now, people=people) if row["free"]]
    other = next((row for row in others if row["talent_id"] != talent_id), None)
    raise AskedTooOften(
        sentence("grassroots.ask_other", name=person.name, why=why, other=other["name"])
        if other
        else sentence("grassroots.ask_nobody", name=person.name, why=why),
        instead=other,
    )


async def candidates(
    session: AsyncSession,
    *,
    need: Need,
    now: datetime,
    people: ColumnElement[bool],
    most: int = CANDIDATES,
) -> list[dict[str, Any]]:
    """Who fits, best first; those asked too often stand at the end, with the reason said."""
    found = best(need, await _people(session, people, need.field), most=_LOOKED_THROUGH)
    rule = await interval_rule(session)
    asked = await asked_before(session, talent_ids=[one.id for one in found], now=now)
    why = {one.id: overuse(asked.get(one.id, ()), now=now, rule=rule) for one in found}
    shown = sorted(found, key=lambda one: why[one.id] is not None)[:most]
    named = await _named(session, shown)
    return [
        {
            "talent_id": one.id,
            "name": named[one.id].name,
            "title": named[one.id].title,
            "region": named[one.id].region,
            "score": one.score,
            "reasons": list(one.reasons),
            "free": why[one.id] is None,
            "why": why[one.id],
        }
        for one in shown
    ]


async def experts_counted(
    session: AsyncSession, *, field: str, region: str, now: datetime
) -> tuple[int, int]:
    """How many experts of a field there are around a place, and how many may be asked now: no names."""
    people = Talent.expert.is_(True) & within(Talent.region, region)
    need = Need(field, region)
    ids = [one.id for one in await _people(session, people, field) if weigh(need, one) is not None]
    rule = await interval_rule(session)
    asked = await asked_before(session, talent_ids=ids, now=now)
    free = [one for one in ids if overuse(asked.get(one, ()), now=now, rule=rule) is None]
    return len(ids), len(free)


async def list_experts(
    rt: Runtime,
    *,
    people: ColumnElement[bool],
    field: str | None,
    region: str | None,
    abroad: bool | None,
    query: str | None,
    page: int,
    page_size: int = 50,
) -> dict[str, Any]:
    """海内外专家库."""
    where: list[ColumnElement[bool]] = [Talent.expert.is_(True), people]
    if region:
        where.append(within(Talent.region, region))
    if abroad is not None:
        where.append(Talent.abroad.is_(abroad))
    if field:
        where.append(of_field(field))
    if query:
        where.append(Talent.name.contains(query, autoescape=True))
    now = rt.clock.now()
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Talent).where(*where)) or 0
        chosen = select(Talent).where(*where).order_by(Talent.name, Talent.id)
        rows = list(await session.scalars(chosen.offset((page - 1) * page_size).limit(page_size)))
        rule = await interval_rule(session)
        asked = await asked_before(session, talent_ids=[row.id for row in rows], now=now)
    listed = []
    for row in rows:
        why = overuse(asked.get(row.id, ()), now=now, rule=rule)
        listed.append(
            {
                "talent_id": row.id,
                "name": row.name,
                "title": row.title,
                "position": row.position,
                "fields": row.fields,
                "region": row.region,
                "abroad": row.abroad,
                "free": why is None,
                "why": why,
                "asked": len(asked.get(row.id, ())),
            }
        )
    return {"total": total, "page_size": page_size, "rows": listed}


async def _people(session: AsyncSession, which: ColumnElement[bool], field: str) -> list[Person]:
    """Those a need of this field may concern at all."""
    columns = (Talent.id, Talent.fields, Talent.industry, Talent.region, Talent.education)
    concerned = or_(of_field(field), Talent.industry == field)
    return [Person(*row) for row in await session.execute(select(*columns).where(which, concerned))]


def of_field(field: str) -> ColumnElement[bool]:
    """Lists stand in JSON with every Chinese letter escaped; compared as text, alike on both databases."""
    return cast(Talent.fields, String).contains(json.dumps(field), autoescape=True)


async def _named(session: AsyncSession, matches: Sequence[Match]) -> dict[str, Talent]:
    ids = [one.id for one in matches]
    return {row.id: row for row in await session.scalars(select(Talent).where(Talent.id.in_(ids)))}
