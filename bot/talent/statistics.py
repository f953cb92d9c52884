"""Figures as the founding documents give them: employers, applicants, recognised people, children, plan.

Applications count by the day they were handed in; `approved` is how many of those are granted by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service.models import Application, ApplicationPart, PartStatus
from bot.talent.models import Card, Talent, TalentTier
from bot.talent.network_models import Employer
from bot.talent.places import covers, region_name, within
from bot.talent.plan import plan_rows
from bot.talent.programmes import FOLDER
from bot.talent.schemes import schemes

GRANTED = "通过"
UNKNOWN = "未登记"
MOST_DAYS = 5 * 366


@dataclass(frozen=True, slots=True)
class Span:
    first: date
    last: date
    since: datetime
    until: datetime
    region: str


@cache
def _children() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "statistics.yml").read_text(encoding="utf-8"))
    return found["children"]  # type: ignore[no-any-return]


def span_of(*, first: date, last: date, region: str) -> Span:
    """Both days included, days of Shanghai."""
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise Refusal("invalid_range", "开始日期要早于结束日期，一次最多统计五年，请重新选择。", status=422)
    since, until = (
        datetime.combine(day, time(), SHANGHAI).astimezone(UTC) for day in (first, last + timedelta(days=1))
    )
    return Span(first, last, since, until, region)


def region_for(staff: Staff, wished: str | None) -> str:
    """Never wider than the account's own."""
    return wished if wished and covers(staff.region, wished) else staff.region


async def statistics(rt: Runtime, *, span: Span, items: Mapping[str, str]) -> dict[str, Any]:
    """`items`: their names by key."""
    async with rt.db.read() as session:
        total = await _total(session, span)
        found = {
            "from": span.first,
            "to": span.last,
            "region": span.region,
            "region_name": region_name(span.region),
            "total": total | await _held(session, span),
            "by_tier": await _by_tier(session, span),
            "by_region": await _by_region(session, span),
            "by_industry": await _by_industry(session, span),
            "by_month": await _by_month(session, span, sqlite=rt.db.is_sqlite),
            "by_item": await _by_item(session, span, items),
            "children": await _children_placed(session, span),
            "plan": await plan_rows(session, year=span.last.year),
        }
    return found


_PERSON = func.coalesce(Application.talent_id, Application.phone_fingerprint, Application.id)
_APPROVED = func.sum(case((ApplicationPart.decision == GRANTED, 1), else_=0))


def _applied(span: Span) -> list[ColumnElement[bool]]:
    return [
        ApplicationPart.created_at >= span.since,
        ApplicationPart.created_at < span.until,
        within(ApplicationPart.region, span.region),
    ]


def _of_parts(span: Span, *columns: Any) -> Select[Any]:
    joined = select(*columns).join(Application, Application.id == ApplicationPart.application_id)
    return joined.where(*_applied(span))


async def _total(session: AsyncSession, span: Span) -> dict[str, Any]:
    row = (
        await session.execute(
            _of_parts(
                span,
                func.count(func.distinct(Application.employer_id)),
                func.count(func.distinct(_PERSON)),
                func.count(func.distinct(Application.id)),
                func.count(),
                func.coalesce(_APPROVED, 0),
                func.count(func.distinct(case((ApplicationPart.decision == GRANTED, _PERSON)))),
            )
        )
    ).one()
    names = ("employers", "applicants", "applications", "parts", "approved_parts", "approved_people")
    return dict(zip(names, row, strict=True))


async def _held(session: AsyncSession, span: Span) -> dict[str, int]:
    """People recognised, and cards issued, whose term began in the span."""
    tiers = (
        select(func.count(func.distinct(TalentTier.talent_id)))
        .join(Talent, Talent.id == TalentTier.talent_id)
        .where(TalentTier.valid_from.between(span.first, span.last), within(Talent.region, span.region))
    )
    cards = (
        select(func.count())
        .select_from(Card)
        .join(Talent, Talent.id == Card.talent_id)
        .where(Card.valid_from.between(span.first, span.last), within(Talent.region, span.region))
    )
    return {
        "recognised": await session.scalar(tiers) or 0,
        "cards": await session.scalar(cards) or 0,
    }


async def _by_tier(session: AsyncSession, span: Span) -> list[dict[str, Any]]:
    """Tiers of different versions of a scheme stand apart."""
    rows = await session.execute(
        select(TalentTier.scheme, TalentTier.tier, func.count(func.distinct(TalentTier.talent_id)))
        .join(Talent, Talent.id == TalentTier.talent_id)
        .where(TalentTier.valid_from.between(span.first, span.last), within(Talent.region, span.region))
        .group_by(TalentTier.scheme, TalentTier.tier)
    )
    known = schemes()
    listed = [
        {
            "scheme": scheme,
            "scheme_name": known[scheme].name if scheme in known else scheme,
            "tier": tier,
            "recognised": count,
        }
        for scheme, tier, count in rows
    ]

    def order(row: dict[str, Any]) -> tuple[str, int, str]:
        tiers = known[row["scheme"]].tiers if row["scheme"] in known else ()
        place = tiers.index(row["tier"]) if row["tier"] in tiers else len(tiers)
        return row["scheme"], place, row["tier"]

    return sorted(listed, key=order)


async def _by_region(session: AsyncSession, span: Span) -> list[dict[str, Any]]:
    """By city; within one city by county."""
    code: Any = ApplicationPart.region
    if span.region.endswith("0000"):
        code = func.substr(ApplicationPart.region, 1, 4).concat("00")
    place = code.label("place")
    rows = await session.execute(
        _of_parts(
            span,
            place,
            func.count(func.distinct(Application.employer_id)),
            func.count(func.distinct(_PERSON)),
            _APPROVED,
        )
        .group_by(place)
        .order_by(place)
    )
    return [
        {
            "region": region,
            "region_name": region_name(region),
            "employers": employers,
            "applicants": people,
            "approved": int(approved or 0),
        }
        for region, employers, people, approved in rows
    ]


async def _by_industry(session: AsyncSession, span: Span) -> list[dict[str, Any]]:
    industry = func.coalesce(Talent.industry, Employer.industry, literal(UNKNOWN)).label("of")
    rows = await session.execute(
        _of_parts(span, industry, func.count(func.distinct(_PERSON)), _APPROVED)
        .outerjoin(Talent, Talent.id == Application.talent_id)
        .outerjoin(Employer, Employer.id == Application.employer_id)
        .group_by(industry)
        .order_by(func.count(func.distinct(_PERSON)).desc(), industry)
    )
    return [
        {"industry": name, "applicants": people, "approved": int(approved or 0)}
        for name, people, approved in rows
    ]


async def _by_month(session: AsyncSession, span: Span, *, sqlite: bool) -> list[dict[str, Any]]:
    """Months of Shanghai."""
    moment = ApplicationPart.created_at
    if sqlite:
        month: Any = func.strftime("%Y-%m", moment, "+8 hours")
    else:
        month = func.to_char(func.timezone("Asia/Shanghai", moment), "YYYY-MM")
    named = month.label("month")
    rows = await session.execute(
        _of_parts(span, named, func.count(func.distinct(_PERSON)), _APPROVED).group_by(named).order_by(named)
    )
    return [
        {"month": name, "applicants": people, "approved": int(approved or 0)}
        for name, people, approved in rows
    ]


async def _by_item(session: AsyncSession, span: Span, items: Mapping[str, str]) -> list[dict[str, Any]]:
    returned = func.sum(
        case((ApplicationPart.status.in_((PartStatus.RETURNED, PartStatus.WITHDRAWN)), 1), else_=0)
    )
    rows = await session.execute(
        _of_parts(span, ApplicationPart.item, func.count(), _APPROVED, returned)
        .group_by(ApplicationPart.item)
        .order_by(func.count().desc(), ApplicationPart.item)
    )
    return [
        {
            "item": item,
            "name": items.get(item, item),
            "parts": parts,
            "approved": int(approved or 0),
            "returned": int(back or 0),
        }
        for item, parts, approved, back in rows
    ]


async def _children_placed(session: AsyncSession, span: Span) -> list[dict[str, Any]]:
    """School places granted, by what was asked for."""
    asked = _children()
    counts: dict[str, int] = {}
    for item, field in asked["items"].items():
        kind = ApplicationPart.facts[field].as_string().label("kind")
        rows = await session.execute(
            select(kind, func.count())
            .where(*_applied(span), ApplicationPart.item == item, ApplicationPart.decision == GRANTED)
            .group_by(kind)
        )
        for value, count in rows:
            counts[value] = counts.get(value, 0) + count
    return [
        {"kind": kind, "title": title, "placed": counts.get(kind, 0)}
        for kind, title in asked["kinds"].items()
    ]
