"""The seven programmes of 人才服务基层, and the periods in which demands are collected."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from bot.accounts.permissions import Staff
from bot.conversation.content import Source
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.talent.demand_models import CollectionPeriod
from bot.talent.grassroots_models import Programme, Project
from bot.talent.grassroots_schemas import PeriodBody
from bot.talent.network_models import Department
from bot.talent.places import check_region, region_name
from bot.talent.projects import OPEN, note
from bot.talent.scope import check_place, in_reach

FOLDER = PROJECT / "data" / "talent"


class Basis(Source):
    code: str  # row of the fact sheet


class ProgrammeSeed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    also: list[str] = Field(default_factory=list)
    lead: str
    audience: str
    frequency: str
    term: str
    entry: str
    support: list[str] = Field(min_length=1)
    basis: list[Basis] = Field(min_length=1)
    item: str | None = None


class Guarantees(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    short: list[str] = Field(alias="短期")
    long: list[str] = Field(alias="中长期")
    basis: Basis


@cache
def _file() -> Mapping[str, Any]:
    data = yaml.safe_load((FOLDER / "programmes.yml").read_text(encoding="utf-8"))
    return MappingProxyType(data)


@cache
def programme_seeds() -> tuple[ProgrammeSeed, ...]:
    return tuple(ProgrammeSeed.model_validate(row) for row in _file()["programmes"])


@cache
def guarantees() -> Guarantees:
    return Guarantees.model_validate(_file()["guarantees"])


@cache
def fields() -> Sequence[Mapping[str, Any]]:
    """The vocabulary of fields; `key_chain` marks those the documents lean towards."""
    return tuple(_file()["fields"])


async def list_programmes(rt: Runtime, *, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        rows = await session.execute(
            select(Programme, Department.name).outerjoin(Department, Department.key == Programme.lead)
        )
        counts = await session.execute(
            select(Project.programme, func.count())
            .where(Project.status == OPEN, in_reach(staff, Project.region))
            .group_by(Project.programme)
        )
        opened = dict(counts.all())
        listed = [_view(row, lead) | {"open_projects": opened.get(row.key, 0)} for row, lead in rows]
    order = {seed.key: number for number, seed in enumerate(programme_seeds())}
    listed.sort(key=lambda row: order.get(row["key"], len(order)))
    return {"rows": listed, "guarantees": guarantees().model_dump(by_alias=True), "fields": list(fields())}


async def list_periods(rt: Runtime, *, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        rows = await session.scalars(
            select(CollectionPeriod)
            .where(in_reach(staff, CollectionPeriod.region))
            .order_by(CollectionPeriod.opens_on.desc(), CollectionPeriod.id)
            .limit(200)
        )
        return [_period_view(row) for row in rows]


async def add_period(rt: Runtime, *, body: PeriodBody, staff: Staff) -> dict[str, Any]:
    check_place(staff, check_region(body.region))
    async with rt.db.write() as session:
        row = CollectionPeriod(**body.model_dump())
        session.add(row)
        await session.flush()
        await note(session, by=staff.id, deed="period.add", subject=row.id, at=rt.clock.now())
    return _period_view(row)


def _view(row: Programme, lead: str | None) -> dict[str, Any]:
    names = ("key", "name", "also", "lead", "audience", "frequency", "term", "entry", "support", "item")
    plain = [{name: one for name, one in basis.items() if name != "code"} for basis in row.basis]
    return {name: getattr(row, name) for name in names} | {"lead_name": lead or row.lead, "basis": plain}


def _period_view(row: CollectionPeriod) -> dict[str, Any]:
    names = ("id", "name", "region", "opens_on", "closes_on", "sample")
    return {name: getattr(row, name) for name in names} | {"region_name": region_name(row.region)}
