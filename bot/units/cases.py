"""The applications of an employer's people: what it sees of them and does with them."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import staff_names
from bot.conversation import vault
from bot.conversation.handover_models import Attachment
from bot.runtime import Runtime
from bot.service.answers import TOKEN_OF
from bot.service.case_moves import item_of, situation_of
from bot.service.case_rules import CaseEvent, possible
from bot.service.case_scope import Case, access_part, actor_of, name_print, visible
from bot.service.conditions import applies
from bot.service.models import (
    ENDED,
    Applicant,
    Application,
    ApplicationPart,
    PartChange,
    PartMaterial,
    PartStatus,
)
from bot.service.schemas import FieldKind, ServiceItem
from bot.service.steps import all_steps
from bot.talent.places import region_name
from bot.text.personal import hint_of
from bot.units.access import Unit
from bot.units.rows import value_of

PAGE = 50
# What the employer itself does; everything else about a case is the centre's and the talent's.
OWN_EVENTS = (
    CaseEvent.UNIT_APPROVE,
    CaseEvent.UNIT_RETURN,
    CaseEvent.ASK_SUPPLEMENT,
    CaseEvent.SUPPLIED,
)
UNIT_ASSIGN, UNIT_COMPLETE = "unit_assign", "unit_complete"
TO_COMPLETE = (PartStatus.UNIT, PartStatus.SUPPLEMENT)


async def list_cases(
    rt: Runtime,
    *,
    unit: Unit,
    status: PartStatus | None = None,
    batch: str | None = None,
    mine: bool = False,
    open_: bool = False,
    query: str = "",
    page: int = 1,
) -> dict[str, Any]:
    """Those waiting for the employer first, then the newest. By number, or by a whole name."""
    where: list[ColumnElement[bool]] = [visible(unit.staff)]
    if status:
        where.append(ApplicationPart.status == status)
    if batch:
        where.append(Application.batch_id == batch)
    if mine:
        where.append(ApplicationPart.unit_staff_id == unit.staff.id)
    if open_:
        where.append(ApplicationPart.status.not_in(ENDED))
    if words := query.strip():
        named = Application.name_fingerprint == name_print(rt, words)
        where.append(Application.case_no.contains(words, autoescape=True) | named)
    async with rt.db.read() as session:
        total = await session.scalar(_joined(func.count(ApplicationPart.id)).where(*where)) or 0
        waiting = case(
            (ApplicationPart.status == PartStatus.UNIT, 0),
            (ApplicationPart.status == PartStatus.SUPPLEMENT, 1),
            else_=2,
        )
        rows = await session.execute(
            _joined(ApplicationPart, Application)
            .where(*where)
            .order_by(waiting, ApplicationPart.created_at.desc(), ApplicationPart.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        found = [Case(*row) for row in rows]
        names = await staff_names(session, [one.part.unit_staff_id for one in found])
    listed = [_row(rt, one, names) for one in found]
    return {"total": total, "page_size": PAGE, "rows": listed}


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(ApplicationPart)
        .join(Application, Application.id == ApplicationPart.application_id)
    )


async def counts(session: AsyncSession, *, unit: Unit) -> dict[str, int]:
    rows = await session.execute(
        _joined(ApplicationPart.status, func.count(ApplicationPart.id))
        .where(visible(unit.staff))
        .group_by(ApplicationPart.status)
    )
    return {status: count for status, count in rows}


async def read_case(rt: Runtime, *, unit: Unit, part_id: str) -> dict[str, Any]:
    """The employer's part of a case: what was filled in (numbers masked), what is missing, the steps."""
    async with rt.db.read() as session:
        found = await access_part(session, rt, part_id=part_id, by=unit.staff)
        part = found.part
        changes = list(
            await session.scalars(
                select(PartChange).where(PartChange.part_id == part.id).order_by(PartChange.at, PartChange.id)
            )
        )
        files = await session.execute(
            select(PartMaterial, Attachment)
            .join(Attachment, Attachment.id == PartMaterial.attachment_id)
            .where(PartMaterial.part_id == part.id)
            .order_by(PartMaterial.created_at, PartMaterial.id)
        )
        given = [
            {
                "material": material.material,
                "file_id": file.id,
                "name": file.name,
                "size": file.size,
                "refused_why": material.refused_why,
            }
            for material, file in files
        ]
        names = await staff_names(session, [part.unit_staff_id, *(change.by for change in changes)])
        at = await situation_of(session, rt, found)
        actor = await actor_of(session, case=found, by=unit.staff)
    item, values = item_of(rt, part), values_of(rt, part)
    can = [event for event in possible(at, actor=actor, now=rt.clock.now()) if event in OWN_EVENTS]
    return _row(rt, found, names) | {
        "values": shown_values(item, values) if item else [],
        "fillable": fillable(item, values, found) if item else [],
        "fields": [field.model_dump(mode="json") for field in item.fields] if item else [],
        "materials": [material.model_dump(mode="json") for material in item.materials] if item else [],
        "files": given,
        "supplement": part.supplement,
        "due_at": part.due_at,
        "reason": part.reason,
        "can": [*can, *(["assign"] if unit.heads and part.status in TO_COMPLETE else [])],
        "timeline": [
            {
                "status": change.after,
                "told": change.told or change.note,
                "by": names.get(change.by)
                if change.event in (*OWN_EVENTS, UNIT_ASSIGN, UNIT_COMPLETE)
                else None,
                "at": change.at,
            }
            for change in changes
            if change.told or change.event in (UNIT_ASSIGN, UNIT_COMPLETE)
        ],
    }


def _row(rt: Runtime, found: Case, names: dict[str | None, str]) -> dict[str, Any]:
    part, application = found.part, found.application
    item = item_of(rt, part)
    name = value_of(item, values_of(rt, part), FieldKind.NAME) if item else None
    return {
        "id": part.id,
        "case_no": application.case_no,
        "item": part.item,
        "item_name": item.name if item else part.item,
        "name": name or application.name_hint,
        "status": part.status,
        "version": part.version,
        "applicant": application.applicant,
        "batch_id": application.batch_id,
        "region_name": region_name(part.region),
        "officer_id": part.unit_staff_id,
        "officer_name": names.get(part.unit_staff_id),
        "created_at": part.created_at,
        "updated_at": part.updated_at,
        "ended_at": part.ended_at,
    }


def shown_values(item: ServiceItem, values: dict[str, str]) -> list[dict[str, str]]:
    """An employer knows its people by name; their numbers, homes and children are shown as hints."""
    shown = []
    for step in all_steps(item):
        value = values.get(step.key)
        if not value:
            continue
        options = {option.value: option.title for option in step.options}
        kind = getattr(step, "kind", None)
        first_name = kind is FieldKind.NAME and value == value_of(item, values, FieldKind.NAME)
        if getattr(step, "personal", False) and not first_name and kind is not FieldKind.EMPLOYER:
            value = hint_of(TOKEN_OF[FieldKind(str(kind))], value)
        shown.append({"key": step.key, "label": step.label, "value": options.get(value, value)})
    return shown


def fillable(item: ServiceItem, values: dict[str, str], found: Case) -> list[str]:
    """Fields the employer may fill: what was left open, and of its own application what it wrote itself.

    Never what decides where the case goes: its place, and the answers of the check.
    """
    if found.part.status not in TO_COMPLETE:
        return []
    own = found.application.applicant == Applicant.EMPLOYER
    return [
        field.key
        for field in item.fields
        if applies(field.only_if, values)
        and (not values.get(field.key) or (own and field.kind is not FieldKind.REGION))
    ]


def values_of(rt: Runtime, part: ApplicationPart) -> dict[str, str]:
    values: dict[str, str] = json.loads(vault.open_sealed(rt, part.sealed))
    return values


async def mine_open(session: AsyncSession, *, unit: Unit) -> int:
    """Cases this person is to complete."""
    query = _joined(func.count(ApplicationPart.id)).where(
        visible(unit.staff),
        ApplicationPart.unit_staff_id == unit.staff.id,
        ApplicationPart.status.in_(TO_COMPLETE),
    )
    return await session.scalar(query) or 0
