"""Import and export of talents as workbooks: all rows or none, and never more than the account sees."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import audit, staff_names
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import workbook
from bot.talent.assignments import assign_all
from bot.talent.cards import Holdings, holdings_of, put_card, put_tier, today_of
from bot.talent.import_rows import Fault, Known, Row, check_row, duplicates
from bot.talent.listing import TalentFilters, by_talent, check_no_number, conditions
from bot.talent.models import Assignment, Card, Talent, TalentTier
from bot.talent.network_models import Department, Employer
from bot.talent.places import covers, full_name
from bot.talent.rules import card_state, current_card, holds
from bot.talent.schemas import TalentEdit, TalentFields
from bot.talent.schemes import schemes
from bot.talent.scope import visible
from bot.talent.sealing import id_fingerprint, opened
from bot.talent.service import put_talent

MOST_EXPORTED = 10_000
MOST_FAULTS = 500
_AT_ONCE = 500
_BREATH = 50  # rows
WHY = "表格导入"


@dataclass(slots=True)
class Report:
    imported: bool = False
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Fault] = field(default_factory=list)

    @property
    def view(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["errors"] = plain["errors"][:MOST_FAULTS]
        return plain | {"error_count": len(self.errors)}


class _DryRunOver(Exception):
    pass


async def import_workbook(rt: Runtime, *, staff: Staff, data: bytes, dry_run: bool) -> Report:
    """A dry run does all of it and rolls it back, so that it tells what an import would."""
    cells = await asyncio.to_thread(workbook.read, data)
    async with rt.db.read() as session:
        known = await _known(session)
    rows = await asyncio.to_thread(_check, cells, known)
    report = Report()
    try:
        async with rt.db.write() as session:
            people = await _people(session, rt, rows)
            await _check_against(session, rows, people, staff)
            report.errors = [fault for row in rows for fault in row.faults]
            if report.errors:
                return report
            await _import(session, rt, rows, people, staff, report)
            if dry_run:
                raise _DryRunOver
            await audit(
                session,
                staff_id=staff.id,
                action="talent.import",
                subject="-",
                detail={"new": report.new, "updated": report.updated},
                at=rt.clock.now(),
            )
    except _DryRunOver:
        return report
    report.imported = True
    return report


async def export_workbook(
    rt: Runtime, *, staff: Staff, query: str, filters: TalentFilters, clear: bool
) -> bytes:
    """What the list shows under the same conditions; numbers in clear only for who may unmask."""
    if clear and Permission.DESK_UNMASK not in staff.permissions:
        raise Refusal("not_allowed", "您没有查看证件号和手机号原文的权限，请导出不含原文的表。", status=403)
    check_no_number(query)
    where = conditions(staff=staff, query=query, filters=filters, today=today_of(rt))
    async with rt.db.read() as session:
        newest = select(Talent).where(where).order_by(Talent.id.desc()).limit(MOST_EXPORTED + 1)
        talents = list(await session.scalars(newest))
        if len(talents) > MOST_EXPORTED:
            raise Refusal("too_many_rows", f"一次最多导出 {MOST_EXPORTED} 人，请用条件缩小范围。", status=422)
        rows: list[dict[str, Any]] = []
        for start in range(0, len(talents), _AT_ONCE):
            rows += await _written(session, rt, talents[start : start + _AT_ONCE], clear=clear)
    # The look is on record before the file goes out.
    async with rt.db.write() as session:
        detail = {"rows": len(rows), "clear": clear}
        await audit(
            session, staff_id=staff.id, action="talent.export", subject="-", detail=detail, at=rt.clock.now()
        )
    return await asyncio.to_thread(workbook.export, rows)


def _check(cells: Sequence[tuple[int, dict[str, Any]]], known: Known) -> list[Row]:
    rows = [check_row(number, row, known) for number, row in cells]
    duplicates(rows, "id_number")
    duplicates(rows, "card")
    return rows


async def _known(session: AsyncSession) -> Known:
    employers = await session.execute(select(Employer.name, Employer.id))
    departments = list(await session.execute(select(Department.key, Department.name)))
    names = [name for _, name in departments]
    unique = {name: key for key, name in departments if names.count(name) == 1}
    keys = {key: key for key, _ in departments}
    return Known({name: employer_id for name, employer_id in employers}, unique | keys)


async def _people(session: AsyncSession, rt: Runtime, rows: Sequence[Row]) -> dict[str, Talent]:
    """Those of the rows that are known, by ID number."""
    numbers: dict[str, str] = {}
    for row in rows:
        if number := row.given.get("id_number"):
            numbers[id_fingerprint(rt, row.given.get("id_kind", "身份证"), number)] = number
    prints = list(numbers)
    ids: set[str] = set()
    for start in range(0, len(prints), _AT_ONCE):
        part = prints[start : start + _AT_ONCE]
        ids |= set(await session.scalars(select(Talent.id).where(Talent.id_fingerprint.in_(part))))
    # Locked in one order, so that two imports do not wait for each other in a circle.
    locked = select(Talent).where(Talent.id.in_(ids)).order_by(Talent.id).with_for_update(key_share=True)
    return {numbers[talent.id_fingerprint]: talent for talent in await session.scalars(locked)}


async def _check_against(
    session: AsyncSession, rows: Sequence[Row], people: dict[str, Talent], staff: Staff
) -> None:
    """Whom the account may change, and whose a card number is."""
    ids = [talent.id for talent in people.values()]
    seen = set(await session.scalars(select(Talent.id).where(Talent.id.in_(ids), visible(staff))))
    wanted = {row.card.number for row in rows if row.card}
    cards = await session.execute(select(Card.number, Card.talent_id).where(Card.number.in_(wanted)))
    holders = {number: talent_id for number, talent_id in cards}
    for row in rows:
        known = people.get(row.given.get("id_number", ""))
        if known is not None and (known.id not in seen or not covers(staff.region, known.region)):
            row.fault("id_number", "not_yours")
        if not covers(staff.region, row.given.get("region", staff.region)):
            row.fault("region", "out_of_reach")
        if row.card and holders.get(row.card.number) not in (None, known.id if known else None):
            row.fault("card", "card_taken")


async def _import(
    session: AsyncSession,
    rt: Runtime,
    rows: Sequence[Row],
    people: dict[str, Talent],
    staff: Staff,
    report: Report,
) -> None:
    """Records first and in one go, then what they hold: thousands of rows must not keep others waiting."""
    held = await holdings_of(session, [talent.id for talent in people.values()])
    made: list[Talent] = []
    changed: list[tuple[Row, Talent, bool]] = []
    # In one order, so that two imports of the same new people do not wait for each other in a circle.
    for place, row in enumerate(sorted(rows, key=lambda one: str(one.given["id_number"]))):
        known = people.get(row.given["id_number"])
        before = known.revision if known else 0
        edit = row.edit(_as_edit(known) if known else None)
        talent = put_talent(session, rt, row=known, edit=edit, by=staff.id, why=WHY)
        changed.append((row, talent, talent.revision != before))
        if known is None:
            made.append(talent)
        if place % _BREATH == 0:
            await asyncio.sleep(0)  # others' reads go on meanwhile
    await _flush(session)
    for row, talent, touched in changed:
        more = _hold(session, rt, row, talent, held.get(talent.id, Holdings()), staff)
        if talent.id in held:
            report.updated += touched or more
            report.unchanged += not (touched or more)
    report.new = len(made)
    await _flush(session)
    await assign_all(session, rt, talents=made)


def _hold(session: AsyncSession, rt: Runtime, row: Row, talent: Talent, held: Holdings, staff: Staff) -> bool:
    """The row's tier and card, if the record has them not yet."""
    more = False
    tier, card = row.tier, row.card
    if tier and not any((one.scheme, one.valid_from) == (tier.scheme, tier.valid_from) for one in held.tiers):
        put_tier(session, rt, talent_id=talent.id, tier=tier, held=held, by=staff.id)
        more = True
    if card and not any(one.number == card.number for one in held.cards):
        put_card(session, rt, talent_id=talent.id, card=card, held=held, by=staff.id)
        more = True
    return more


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise Refusal(
            "changed_meanwhile", "导入时有同事正好在改这些人才，请重新检查后再导入。", status=409
        ) from None


def _as_edit(talent: Talent) -> TalentEdit:
    plain = {name: getattr(talent, name) for name in TalentFields.model_fields}
    return TalentEdit.model_validate(plain | {"id_kind": talent.id_kind})


async def _written(
    session: AsyncSession, rt: Runtime, talents: Sequence[Talent], *, clear: bool
) -> list[dict[str, Any]]:
    ids = [talent.id for talent in talents]
    today = today_of(rt)
    tiers = by_talent(await session.scalars(select(TalentTier).where(TalentTier.talent_id.in_(ids))))
    cards = by_talent(await session.scalars(select(Card).where(Card.talent_id.in_(ids))))
    wanted = {talent.employer_id for talent in talents if talent.employer_id}
    named = await session.execute(select(Employer.id, Employer.name).where(Employer.id.in_(wanted)))
    employers = {employer_id: name for employer_id, name in named}
    keyed = await session.execute(select(Department.key, Department.name))
    departments = {key: name for key, name in keyed}
    given = await session.execute(
        select(Assignment.talent_id, Assignment.staff_id).where(Assignment.talent_id.in_(ids))
    )
    own = {talent_id: staff_id for talent_id, staff_id in given}
    names = await staff_names(session, own.values())
    rows: list[dict[str, Any]] = []
    for talent in talents:
        numbers = opened(rt, talent) if clear else {"id_number": talent.id_hint, "phone": talent.phone_hint}
        held = [tier for tier in tiers.get(talent.id, []) if holds(tier, today)]
        tier = max(held, key=lambda one: one.valid_from, default=None)
        card = current_card(cards.get(talent.id, []))
        row = {name: getattr(talent, name) for name in TalentFields.model_fields}
        row |= numbers | {
            "id_kind": talent.id_kind,
            "region": full_name(talent.region),
            "employer": employers.get(talent.employer_id or ""),
            "departments": [departments.get(key, key) for key in talent.departments],
            "specialist": names.get(own.get(talent.id)),
        }
        if tier is not None:
            scheme = schemes().get(tier.scheme)
            row |= {"scheme": scheme.name if scheme else tier.scheme}
            row |= {"tier": tier.tier, "tier_from": tier.valid_from}
        if card is not None:
            row |= {"card": card.number, "card_from": card.valid_from, "card_to": card.valid_to}
            row["card_state"] = str(card_state(card, today))
        rows.append(row)
    return rows
