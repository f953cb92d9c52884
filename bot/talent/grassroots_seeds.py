"""Loads the programmes, the plan's figures, the named events, and the sample rows of data/talent."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.runtime import SHANGHAI, Runtime
from bot.talent.demand_models import Challenge, CollectionPeriod, Demand, Event
from bot.talent.grassroots_models import ExpertBase, PlanFigure, Programme, Project
from bot.talent.network_models import Employer
from bot.talent.programmes import FOLDER, programme_seeds


async def load_grassroots(rt: Runtime, *, sample: bool) -> dict[str, int]:
    """What changed. Figures and events that staff keep are added once and then left alone."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        changed = {
            "programmes": await _programmes(session),
            "plan": await _plan(session),
            "events": await _events(session, now),
        }
        if sample and await session.scalar(select(Project.id).where(Project.sample.is_(True))) is None:
            changed["sample"] = await _samples(session, rt)
    return changed


async def _programmes(session: AsyncSession) -> int:
    changed = 0
    for seed in programme_seeds():
        row = await session.get(Programme, seed.key)
        values = seed.model_dump(mode="json")
        if row is None:
            session.add(Programme(**values))
            changed += 1
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed += name == "name"
    await session.flush()
    return changed


async def _plan(session: AsyncSession) -> int:
    added = 0
    for row in _read("plan.yml")["figures"]:
        if await session.get(PlanFigure, (row["year"], row["key"])) is None:
            session.add(PlanFigure(**{name: value for name, value in row.items() if name != "code"}))
            added += 1
    return added


async def _events(session: AsyncSession, now: Any) -> int:
    known = set(await session.scalars(select(Event.name)))
    fresh = [row for row in _read("events.yml")["events"] if row["name"] not in known]
    session.add_all(Event(**row, published=True, updated_at=now) for row in fresh)
    return len(fresh)


async def _samples(session: AsyncSession, rt: Runtime) -> int:
    data, now = _read("sample_grassroots.yml"), rt.clock.now()
    today = now.astimezone(SHANGHAI).date()
    rows: list[Any] = []
    for one in _parts(data, "projects"):
        starts = _after(today, one.pop("from"))
        ends = starts + timedelta(days=one.pop("lasts") - 1)
        rows.append(
            Project(**one, starts_on=starts, ends_on=ends, status="征集中", sample=True, updated_at=now)
        )
    for one in _parts(data, "periods"):
        opens = _after(today, one.pop("from"))
        closes = opens + timedelta(days=one.pop("lasts"))
        rows.append(CollectionPeriod(**one, opens_on=opens, closes_on=closes, sample=True))
    for one in _parts(data, "demands"):
        closes, employer = _after(today, one.pop("closes")), await _sample_employer(session, one["region"])
        rows.append(
            Demand(
                **one,
                employer_id=employer,
                closes_on=closes,
                status="已发布",
                sample=True,
                created_at=now,
                updated_at=now,
            )
        )
    for one in _parts(data, "challenges"):
        closes = _after(today, one.pop("closes"))
        rows.append(Challenge(**one, closes_on=closes, status="张榜中", sample=True, updated_at=now))
    rows += [ExpertBase(**one, year=today.year, sample=True) for one in _parts(data, "bases")]
    session.add_all(rows)
    return len(rows)


async def _sample_employer(session: AsyncSession, region: str) -> str | None:
    """A fictitious employer of the same city, if the sample records brought one."""
    found: str | None = await session.scalar(
        select(Employer.id)
        .where(Employer.sample.is_(True), Employer.region.startswith(region[:4]))
        .order_by(Employer.name)
        .limit(1)
    )
    return found


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return data


def _parts(data: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    return (dict(row) for row in data[name])


def _after(today: date, days: int) -> date:
    return today + timedelta(days=days)
