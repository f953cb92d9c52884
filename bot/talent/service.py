"""Records of talents: finding, reading, changing, in the transaction of whoever calls."""

from hmac import compare_digest
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.conversation.vault import open_sealed, seal
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.talent.assignments import assign_new
from bot.talent.cards import add_programme, add_tier, change_card, issue_card
from bot.talent.changes import note_change
from bot.talent.listing import Found, TalentFilters, find_by_number, find_talents
from bot.talent.models import Talent
from bot.talent.network_models import Department, Employer
from bot.talent.places import check_region
from bot.talent.reading import TalentRecord, read_talent
from bot.talent.schemas import TalentEdit
from bot.talent.scope import check_place, visible
from bot.talent.sealing import (
    check_email,
    id_fingerprint,
    opened,
    plain_name,
    sealed_id,
    sealed_phone,
)

__all__ = [
    "Found",
    "TalentFilters",
    "TalentRecord",
    "access_talent",
    "add_programme",
    "add_tier",
    "change_card",
    "clear_values",
    "find_by_id_number",
    "find_by_name_and_last6",
    "find_by_number",
    "find_talents",
    "issue_card",
    "phone_of",
    "put_talent",
    "read_talent",
    "save_talent",
]

LAST = 6  # characters of the ID a person proves themselves with
_SEALED = frozenset({"id_kind", "id_number", "phone", "email"})


async def access_talent(session: AsyncSession, *, talent_id: str, staff: Staff, lock: bool = False) -> Talent:
    """A record the account may see; what it may not see does not exist for it."""
    query = select(Talent).where(Talent.id == talent_id, visible(staff))
    found = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise Refusal("not_found", "没有找到这位人才，可能不在您负责的范围内，请刷新列表后重试。", status=404)
    return found


async def save_talent(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str | None,
    edit: TalentEdit,
    staff: Staff | None,
    revision: int | None = None,
    why: str = "",
) -> Talent:
    """A new record (`talent_id` None) with its own specialist, or a change of one at this revision.

    `staff` None is the service itself, e.g. an approved application.
    """
    await _check_edit(session, edit, staff)
    row = None
    if talent_id is not None:
        row = await _row_of(session, talent_id, staff)
        if row.revision != revision:
            raise Refusal("changed_meanwhile", "同事刚刚修改过这份档案，请刷新后再改。", status=409)
        if staff is not None:
            check_place(staff, row.region)
    row = put_talent(session, rt, row=row, edit=edit, by=staff.id if staff else None, why=why)
    try:
        await session.flush()
    except IntegrityError:
        raise Refusal(
            "id_taken", "这个证件号码已经在人才库里，请先按号码查找，不要重复建档。", status=409
        ) from None
    if talent_id is None:
        await assign_new(session, rt, talent=row)
    return row


def put_talent(
    session: AsyncSession, rt: Runtime, *, row: Talent | None, edit: TalentEdit, by: str | None, why: str
) -> Talent:
    """The edit into a row, new or not, with its log; whoever calls has checked that it may be made."""
    now, new = rt.clock.now(), row is None
    if row is None:
        if edit.id_number is None:
            raise Refusal("no_id", "请填写证件号码。", status=422)
        row = Talent(id=new_id(), revision=0, created_at=now, sample=False)
        session.add(row)
    with session.no_autoflush:
        changed = _apply(rt, row, edit)
    if changed or new:
        row.revision, row.updated_at = row.revision + 1, now
        kind = "created" if new else "record"
        note_change(session, rt, talent_id=row.id, kind=kind, detail={"fields": changed}, by=by, why=why)
    return row


async def clear_values(
    session: AsyncSession, rt: Runtime, *, talent_id: str, staff: Staff, fields: list[str]
) -> dict[str, str | None]:
    """Raw values for who may see them; the look is audited."""
    talent = await access_talent(session, talent_id=talent_id, staff=staff)
    await audit(
        session,
        staff_id=staff.id,
        action="talent.unmask",
        subject=talent_id,
        detail={"fields": sorted(fields)},
        at=rt.clock.now(),
    )
    values = opened(rt, talent)
    return {name: values[name] for name in fields}


async def phone_of(session: AsyncSession, rt: Runtime, *, talent_id: str) -> str | None:
    """The registered number; for notices and one-time codes only."""
    sealed = await session.scalar(select(Talent.phone_sealed).where(Talent.id == talent_id))
    return open_sealed(rt, sealed) if sealed else None


async def find_by_name_and_last6(session: AsyncSession, rt: Runtime, *, name: str, last6: str) -> list[str]:
    """Ids of the talents of this name whose ID number ends so; for proving who one is, nothing else."""
    wanted, end = plain_name(name), last6.strip().upper()
    if not wanted or len(end) != LAST:
        return []
    same = Talent.name == wanted
    if wanted.isascii():
        same = or_(same, func.lower(Talent.name) == wanted.lower())
    rows = await session.execute(select(Talent.id, Talent.id_sealed).where(same))
    same_end = ((row_id, open_sealed(rt, sealed)[-LAST:]) for row_id, sealed in rows)
    return [row_id for row_id, tail in same_end if compare_digest(tail.encode(), end.encode())]


async def find_by_id_number(session: AsyncSession, rt: Runtime, *, kind: str, number: str) -> str | None:
    """The talent of an ID number, e.g. of an application that was approved."""
    plain = number.strip().replace(" ", "").upper()
    same = Talent.id_fingerprint == id_fingerprint(rt, kind, plain)
    return await session.scalar(select(Talent.id).where(same))


async def _row_of(session: AsyncSession, talent_id: str, staff: Staff | None) -> Talent:
    if staff is not None:
        return await access_talent(session, talent_id=talent_id, staff=staff, lock=True)
    return await session.get_one(Talent, talent_id, with_for_update={"key_share": True})


async def _check_edit(session: AsyncSession, edit: TalentEdit, staff: Staff | None) -> None:
    check_region(edit.region)
    if staff is not None:
        check_place(staff, edit.region)
    if edit.employer_id is not None and await session.get(Employer, edit.employer_id) is None:
        raise Refusal("unknown_employer", "没有这个用人单位，请先在“用人单位”里登记。", status=422)
    shared = set(edit.departments)
    if shared - set(await session.scalars(select(Department.key).where(Department.key.in_(shared)))):
        raise Refusal("unknown_department", "共享的部门里有不存在的，请刷新后重新选择。", status=422)


def _apply(rt: Runtime, row: Talent, edit: TalentEdit) -> list[str]:
    """Set what differs; gives the names of the fields that do."""
    changed: list[str] = []
    values: dict[str, Any] = {
        name: getattr(edit, name) for name in type(edit).model_fields if hasattr(Talent, name)
    }
    values["name"] = plain_name(edit.name)
    for name, value in values.items():
        if name in _SEALED or name == "revision":
            continue
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    if edit.id_number is not None:
        found = sealed_id(rt, edit.id_kind, edit.id_number)
        if row.id_fingerprint != found.fingerprint:
            row.id_sealed, row.id_fingerprint, row.id_hint = found.sealed, found.fingerprint, found.hint
            row.id_kind = edit.id_kind
            changed.append("id_number")
    changed += _apply_phone(rt, row, edit.phone) + _apply_email(rt, row, edit.email)
    return changed


def _apply_phone(rt: Runtime, row: Talent, phone: str | None) -> list[str]:
    if phone is None:
        return []
    before = row.phone_fingerprint
    if phone.strip():
        found = sealed_phone(rt, phone)
        if before != found.fingerprint:
            row.phone_sealed, row.phone_fingerprint, row.phone_hint = (
                found.sealed,
                found.fingerprint,
                found.hint,
            )
    else:
        row.phone_sealed = row.phone_fingerprint = row.phone_hint = None
    return ["phone"] if row.phone_fingerprint != before else []


def _apply_email(rt: Runtime, row: Talent, email: str | None) -> list[str]:
    if email is None:
        return []
    before = open_sealed(rt, row.email_sealed) if row.email_sealed else ""
    after = check_email(email) if email.strip() else ""
    if before == after:
        return []
    row.email_sealed = seal(rt, after) if after else None
    return ["email"]
