"""Lists of talents: a page at a time, everything of a row in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import staff_names
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.models import Assignment, Card, CardStatus, Talent, TalentTier
from bot.talent.network_models import Employer
from bot.talent.places import full_name, within
from bot.talent.rules import CardState, card_state, current_card, holds
from bot.talent.schemes import schemes
from bot.talent.scope import visible
from bot.talent.sealing import fingerprints_of
from bot.text.personal import find_personal, readable

PAGE = 50
Held = TypeVar("Held", TalentTier, Card)
NOBODY, NO_CARD = "none", "none"


@dataclass(frozen=True)
class TalentFilters:
    region: str | None = None  # this code and all below
    tier: str | None = None  # scheme:tier, scheme alone, or a tier's name of any scheme
    card: str | None = None  # a CardState, or none
    employer_id: str | None = None
    education: str | None = None
    industry: str | None = None
    specialist_id: str | None = None  # or none
    expert: bool | None = None
    sample: bool | None = None


@dataclass(frozen=True)
class Found:
    total: int
    rows: list[dict[str, Any]]

    @property
    def view(self) -> dict[str, Any]:
        return {"total": self.total, "page_size": PAGE, "rows": self.rows}


async def find_talents(
    rt: Runtime,
    *,
    staff: Staff,
    query: str = "",
    filters: TalentFilters = TalentFilters(),
    page: int = 1,
) -> Found:
    """Of those the account may see, newest first; `query` is part of a name or of an employer's."""
    check_no_number(query)
    today = today_of(rt)
    where = conditions(staff=staff, query=query, filters=filters, today=today)
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Talent).where(where)) or 0
        newest = select(Talent).where(where).order_by(Talent.id.desc())
        found = list(await session.scalars(newest.offset((page - 1) * PAGE).limit(PAGE)))
        return Found(total, await rows_of(session, found, today=today))


async def find_by_number(
    session: AsyncSession, rt: Runtime, *, staff: Staff, value: str
) -> list[dict[str, Any]]:
    """By a whole ID, passport or telephone number."""
    prints = fingerprints_of(rt, value)
    same = or_(Talent.id_fingerprint.in_(prints), Talent.phone_fingerprint.in_(prints))
    found = list(await session.scalars(select(Talent).where(same, visible(staff)).limit(PAGE)))
    return await rows_of(session, found, today=today_of(rt))


def check_no_number(query: str) -> None:
    if find_personal(readable(query)):
        raise Refusal("use_find", "按证件号或手机号查找，请用“按号码查找”，不要填在搜索框里。", status=422)


def conditions(*, staff: Staff, query: str, filters: TalentFilters, today: date) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [visible(staff)]
    if words := query.strip():
        employers = select(Employer.id).where(Employer.name.icontains(words, autoescape=True))
        parts.append(or_(Talent.name.icontains(words, autoescape=True), Talent.employer_id.in_(employers)))
    if filters.region:
        parts.append(within(Talent.region, filters.region))
    if filters.tier:
        parts.append(_tier(filters.tier, today))
    if filters.card:
        parts.append(_card(filters.card, today))
    if filters.specialist_id:
        assigned = select(Assignment.talent_id)
        if filters.specialist_id == NOBODY:
            parts.append(Talent.id.not_in(assigned))
        else:
            parts.append(Talent.id.in_(assigned.where(Assignment.staff_id == filters.specialist_id)))
    for name in ("employer_id", "education", "industry", "expert", "sample"):
        wanted = getattr(filters, name)
        if wanted is not None:
            parts.append(getattr(Talent, name) == wanted)
    return and_(*parts)


def _tier(wanted: str, today: date) -> ColumnElement[bool]:
    scheme, _, tier = wanted.rpartition(":")
    held = select(TalentTier.talent_id).where(
        TalentTier.valid_from <= today, or_(TalentTier.valid_to.is_(None), TalentTier.valid_to >= today)
    )
    if not scheme and tier in schemes():
        return Talent.id.in_(held.where(TalentTier.scheme == tier))
    if scheme:
        held = held.where(TalentTier.scheme == scheme)
    return Talent.id.in_(held.where(TalentTier.tier == tier))


def _card(state: str, today: date) -> ColumnElement[bool]:
    held = select(Card.talent_id)
    if state == NO_CARD:
        return Talent.id.not_in(held.where(Card.status != CardStatus.REPLACED))
    open_ended = or_(Card.valid_to.is_(None), Card.valid_to >= today)
    if state == CardState.VALID:
        return Talent.id.in_(held.where(Card.status == CardStatus.VALID, open_ended))
    if state == CardState.EXPIRED:
        return Talent.id.in_(held.where(Card.status == CardStatus.VALID, Card.valid_to < today))
    if state in (CardState.SUSPENDED, CardState.WITHDRAWN):
        return Talent.id.in_(held.where(Card.status == state))
    return false()


async def rows_of(session: AsyncSession, talents: list[Talent], *, today: date) -> list[dict[str, Any]]:
    """What a list shows of each."""
    ids = [talent.id for talent in talents]
    tiers = by_talent(await session.scalars(select(TalentTier).where(TalentTier.talent_id.in_(ids))))
    cards = by_talent(await session.scalars(select(Card).where(Card.talent_id.in_(ids))))
    wanted = {talent.employer_id for talent in talents if talent.employer_id}
    query = select(Employer.id, Employer.name).where(Employer.id.in_(wanted))
    employers = {employer_id: name for employer_id, name in await session.execute(query)}
    assigned = select(Assignment.talent_id, Assignment.staff_id).where(Assignment.talent_id.in_(ids))
    own = {talent_id: staff_id for talent_id, staff_id in await session.execute(assigned)}
    names = await staff_names(session, own.values())
    return [
        {
            "id": talent.id,
            "name": talent.name,
            "employer_id": talent.employer_id,
            "employer_name": employers.get(talent.employer_id or ""),
            "region": talent.region,
            "region_name": full_name(talent.region),
            "education": talent.education,
            "title": talent.title,
            "position": talent.position,
            "industry": talent.industry,
            "tiers": [tier_view(row) for row in tiers.get(talent.id, []) if holds(row, today)],
            "card": card_view(current_card(cards.get(talent.id, [])), today),
            "specialist_id": own.get(talent.id),
            "specialist_name": names.get(own.get(talent.id)),
            "phone_hint": talent.phone_hint,
            "id_hint": talent.id_hint,
            "expert": talent.expert,
            "sample": talent.sample,
            "revision": talent.revision,
            "updated_at": talent.updated_at,
        }
        for talent in talents
    ]


def by_talent(rows: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for row in rows:
        found.setdefault(row.talent_id, []).append(row)
    return found


def tier_view(row: TalentTier) -> dict[str, Any]:
    scheme = schemes().get(row.scheme)
    return {
        "scheme": row.scheme,
        "scheme_name": scheme.name if scheme else row.scheme,
        "tier": row.tier,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "basis": row.basis,
    }


def card_view(row: Card | None, today: date) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.id,
        "kind": row.kind,
        "number": row.number,
        "group": row.group,
        "route": row.route,
        "status": row.status,
        "state": card_state(row, today),
        "reason": row.reason,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }
