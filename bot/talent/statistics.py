"""Figures as the founding documents give them: employers, applicants, recognised people, children, plan.

Applications count by the day they were handed in; `approved` is how many of those are granted by now, their
publicity over and not taken back.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import compress
from typing import Any

import yaml
from sqlalchemy import ColumnElement, func, select
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
_BACK = frozenset((PartStatus.RETURNED, PartStatus.WITHDRAWN))
# What is still publicised may be objected to, and what was taken back is granted to nobody.
_GRANTED_IN = frozenset((PartStatus.ISSUING, PartStatus.DONE))
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
        rows = await _cases(session, span, sqlite=rt.db.is_sqlite)
        industries = await _industries(session)
        held = await _held(session, span)
        sample = select(Talent.id).where(Talent.sample.is_(True), within(Talent.region, span.region))
        found = {
            # Fictitious people count like everybody while the service is tried out; whoever reads it is told.
            "sample": await session.scalar(sample.limit(1)) is not None,
            "by_tier": await _by_tier(session, span),
            "children": await _children_placed(session, span),
            "plan": await plan_rows(session, year=span.last.year),
        }
    views = _views(rows, span, industries, items)
    views["total"] |= held
    head = {
        "from": span.first,
        "to": span.last,
        "region": span.region,
        "region_name": region_name(span.region),
    }
    return head | views | found


async def _cases(session: AsyncSession, span: Span, *, sqlite: bool) -> Sequence[Any]:
    """One narrow row for each part handed in, read once for all views: each view of its own would walk
    the whole table again."""
    created = ApplicationPart.created_at
    if sqlite:  # months of Shanghai
        month: Any = func.strftime("%Y-%m", created, "+8 hours")
    else:
        month = func.to_char(func.timezone("Asia/Shanghai", created), "YYYY-MM")
    rows = await session.execute(
        select(
            ApplicationPart.application_id,
            ApplicationPart.item,
            ApplicationPart.region,
            ApplicationPart.status,
            ApplicationPart.decision,
            month,
            func.coalesce(Application.talent_id, Application.phone_fingerprint, Application.id),
            Application.employer_id,
            Application.talent_id,
        )
        .join(Application, Application.id == ApplicationPart.application_id)
        .where(*_applied(span))
    )
    return rows.all()


async def _industries(session: AsyncSession) -> dict[str | None, str]:
    """Of people and employers by id: read whole, which is quicker than a join for each part."""
    found: dict[str | None, str] = {}
    for model in (Employer, Talent):
        rows = await session.execute(select(model.id, model.industry).where(model.industry.is_not(None)))
        found |= {row_id: industry for row_id, industry in rows if industry}
    return found


def _applied(span: Span) -> list[ColumnElement[bool]]:
    return [
        ApplicationPart.created_at >= span.since,
        ApplicationPart.created_at < span.until,
        within(ApplicationPart.region, span.region),
    ]


def _views(
    rows: Sequence[Any], span: Span, industry_of: Mapping[str | None, str], items: Mapping[str, str]
) -> dict[str, Any]:
    """Places by city, and within one city by county; industries and items by size."""
    digits = 4 if span.region.endswith("0000") else 6
    columns = zip(*rows, strict=True) if rows else ((),) * 9
    applications, kinds, regions, statuses, decisions, months, people, employers, talents = columns
    codes = [region[:digits] for region in regions]
    industries = [
        industry_of.get(talent) or industry_of.get(employer) or UNKNOWN
        for talent, employer in zip(talents, employers, strict=True)
    ]
    granted = [
        decision == GRANTED and status in _GRANTED_IN
        for decision, status in zip(decisions, statuses, strict=True)
    ]
    returned = [status in _BACK for status in statuses]
    units, everybody, parts = _different(codes, employers), _different(codes, people), Counter(kinds)
    by_place, by_industry, by_month, by_kind = (
        Counter(compress(keys, granted)) for keys in (codes, industries, months, kinds)
    )
    sent_back = Counter(compress(kinds, returned))
    return {
        "total": {
            "employers": len(set(employers) - {None}),
            "applicants": len(set(people)),
            "applications": len(set(applications)),
            "parts": len(rows),
            "approved_parts": sum(granted),
            "approved_people": len(set(compress(people, granted))),
        },
        "by_region": [
            {
                "region": code.ljust(6, "0"),
                "region_name": region_name(code.ljust(6, "0")),
                "employers": units[code],
                "applicants": count,
                "approved": by_place[code],
            }
            for code, count in sorted(everybody.items())
        ],
        "by_industry": [
            {"industry": name, "applicants": count, "approved": by_industry[name]}
            for name, count in _largest(_different(industries, people))
        ],
        "by_month": [
            {"month": name, "applicants": count, "approved": by_month[name]}
            for name, count in sorted(_different(months, people).items())
        ],
        "by_item": [
            {
                "item": item,
                "name": items.get(item, item),
                "parts": count,
                "approved": by_kind[item],
                "returned": sent_back[item],
            }
            for item, count in _largest(parts)
        ],
    }


def _different(keys: Iterable[str], things: Iterable[str | None]) -> Counter[str]:
    """How many different things stand under each key."""
    return Counter(key for key, thing in set(zip(keys, things, strict=True)) if thing is not None)


def _largest(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


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


async def _children_placed(session: AsyncSession, span: Span) -> list[dict[str, Any]]:
    """School places given, by what was asked for."""
    asked = _children()
    counts: dict[str, int] = {}
    for item, step in asked["items"].items():
        kind = ApplicationPart.facts[step].as_string().label("kind")
        rows = await session.execute(
            select(kind, func.count())
            .where(*_applied(span), ApplicationPart.item == item)
            .where(ApplicationPart.decision == GRANTED, ApplicationPart.status == PartStatus.DONE)
            .group_by(kind)
        )
        for value, count in rows:
            counts[value] = counts.get(value, 0) + count
    return [
        {"kind": kind, "title": title, "placed": counts.get(kind, 0)}
        for kind, title in asked["kinds"].items()
    ]
