"""One part, whole, as the office sees it: personal answers as hints, and what the reader may do now."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import staff_names
from bot.conversation import vault
from bot.conversation.handover_models import Attachment
from bot.runtime import Runtime
from bot.service.answers import TOKEN_OF
from bot.service.case_list import rows_of
from bot.service.case_moves import item_of, situation_of
from bot.service.case_rules import possible
from bot.service.case_scope import Case, access_part, actor_of
from bot.service.case_supplements import supplement_label
from bot.service.composing import MATERIAL
from bot.service.models import (
    ApplicationPart,
    CaseTask,
    Dispatch,
    Objection,
    PartChange,
    PartMaterial,
)
from bot.service.schemas import FormField, Question, ServiceItem
from bot.service.steps import all_steps
from bot.talent.models import Talent
from bot.talent.network_models import Department
from bot.talent.schemes import schemes
from bot.talent.settings import setting
from bot.text import personal


async def detail(rt: Runtime, *, part_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff)
        return await detail_of(session, rt, case=case, staff=staff)


async def detail_of(session: AsyncSession, rt: Runtime, *, case: Case, staff: Staff) -> dict[str, Any]:
    part, application = case.part, case.application
    item = item_of(rt, part)
    at = await situation_of(session, rt, case)
    actor = await actor_of(session, case=case, by=staff)
    changes = list(
        await session.scalars(
            select(PartChange).where(PartChange.part_id == part.id).order_by(PartChange.at, PartChange.id)
        )
    )
    dispatches = await dispatches_of(session, rt, part_id=part.id)
    names = await staff_names(
        session, [application.made_by, part.unit_staff_id, *(change.by for change in changes)]
    )
    talent_name = None
    if application.talent_id:
        talent_name = await session.scalar(select(Talent.name).where(Talent.id == application.talent_id))
    (row,) = await rows_of(session, rt, [(part, application)])
    return {
        "case": row,
        "application": {
            "id": application.id,
            "case_no": application.case_no,
            "applicant_kind": application.applicant,
            "name": application.name_hint,
            "talent_id": application.talent_id,
            "talent_name": talent_name,
            "conversation_id": application.conversation_id,
            "made_by_name": names.get(application.made_by),
            "unit_staff_name": names.get(part.unit_staff_id),
            "created_at": application.created_at,
            "closed_at": application.closed_at,
            "rating": application.rating,
            "rating_comment": application.rating_comment,
            "rated_at": application.rated_at,
            "parts": await _siblings(session, rt, application.id),
        },
        "item": _item(item, await setting(session, "publicity_days")) if item else None,
        "levels": part.levels,
        "next_level": part.levels[part.level + 1] if part.level + 1 < len(part.levels) else None,
        "values": values_of(rt, part=part, item=item, clear=False),
        "materials": await materials_of(session, part=part, item=item),
        "supplement": {"round": part.supplements, "missing": part.supplement},
        "timeline": [
            {
                "event": change.event,
                "before": change.before,
                "after": change.after,
                "level": change.level,
                "by_name": names.get(change.by),
                "told": change.told,
                "note": change.note,
                "at": change.at,
            }
            for change in changes
        ],
        "dispatches": dispatches,
        "objections": await _objections(session, part.id),
        "tasks": await _tasks(session, part.id),
        "publicity": {"from": part.publicity_from, "to": part.publicity_to} if part.publicity_to else None,
        "decision": part.decision,
        "reason": part.reason,
        "result": part.result,
        "can": [event.value for event in possible(at, actor=actor, now=rt.clock.now())],
    }


def values_of(
    rt: Runtime, *, part: ApplicationPart, item: ServiceItem | None, clear: bool
) -> list[dict[str, Any]]:
    """Every answer in the item's order, then what supplements brought."""
    answers: dict[str, str] = json.loads(vault.open_sealed(rt, part.sealed))
    steps = {step.key: step for step in all_steps(item)} if item else {}
    keys = [key for key in steps if answers.get(key)]
    keys += [key for key in answers if key not in steps and answers[key] and not key.startswith(MATERIAL)]
    found = []
    for key in keys:
        step, value = steps.get(key), answers[key]
        hidden = isinstance(step, FormField) and step.personal
        label = step.label if step else supplement_label(key) or key
        titles = {option.value: option.title for option in step.options} if step else {}
        shown = titles.get(value, value)
        if not clear:
            shown = _hint(step, value) if hidden else personal.hinted(shown)
        found.append(
            {
                "key": key,
                "label": label,
                "value": shown,
                "masked": shown != titles.get(value, value),
                "personal": hidden,
            }
        )
    return found


def _hint(step: Question | FormField | None, value: str) -> str:
    if not isinstance(step, FormField):
        return personal.hinted(value)
    return personal.hint_of(TOKEN_OF[step.kind], value)


async def materials_of(
    session: AsyncSession, *, part: ApplicationPart, item: ServiceItem | None
) -> list[dict[str, Any]]:
    rows = (
        await session.execute(
            select(PartMaterial, Attachment)
            .join(Attachment, Attachment.id == PartMaterial.attachment_id)
            .where(PartMaterial.part_id == part.id)
            .order_by(PartMaterial.created_at, PartMaterial.id)
        )
    ).all()
    files: dict[str, list[dict[str, Any]]] = {}
    for given, attachment in rows:
        files.setdefault(given.material, []).append(
            {
                "id": attachment.id,
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size": attachment.size,
                "refused_why": given.refused_why,
                "at": given.created_at,
            }
        )
    wanted = [
        {
            "key": material.key,
            "name": material.name,
            "required": material.required,
            "form": material.form,
            "note": material.note,
            "files": files.pop(material.key, []),
        }
        for material in (item.materials if item else [])
    ]
    others = [
        {"key": key, "name": key, "required": False, "form": None, "note": None, "files": given}
        for key, given in files.items()
    ]
    return wanted + others


async def dispatches_of(session: AsyncSession, rt: Runtime, *, part_id: str) -> list[dict[str, Any]]:
    rows = (
        await session.execute(
            select(Dispatch, Department.name)
            .join(Department, Department.key == Dispatch.department)
            .where(Dispatch.part_id == part_id)
            .order_by(Dispatch.asked_at, Dispatch.id)
        )
    ).all()
    names = await staff_names(
        session, [one.asked_by for one, _ in rows] + [one.answered_by for one, _ in rows]
    )
    now = rt.clock.now()
    return [
        {
            "id": one.id,
            "department": one.department,
            "department_name": name,
            "question": one.question,
            "asked_by_name": names.get(one.asked_by),
            "asked_at": one.asked_at,
            "due_at": one.due_at,
            "overdue": one.answered_at is None and one.due_at < now,
            "reminders": one.reminders,
            "reminded_at": one.reminded_at,
            "opinion": one.opinion,
            "answer": one.answer,
            "answered_by_name": names.get(one.answered_by),
            "answered_at": one.answered_at,
        }
        for one, name in rows
    ]


def _item(item: ServiceItem, days: int) -> dict[str, Any]:
    """`days` is the centre's setting, where the item states no publicity of its own."""
    scheme = item.approval.scheme or ""
    return {
        "key": item.key,
        "version": item.version,
        "name": item.name,
        "lead_dept": item.lead_dept,
        "office": item.office,
        "time_limit": item.time_limit,
        "basis": [basis.model_dump(exclude={"code"}) for basis in item.basis],
        "fields": [
            {
                "key": step.key,
                "label": step.label,
                "options": [{"value": one.value, "title": one.title} for one in step.options],
            }
            for step in all_steps(item)
        ],
        "consults": item.consults,
        "publicity": item.approval.publicity,
        "publicity_days": item.approval.publicity_days or days,
        "outcome": item.approval.outcome,
        "scheme": item.approval.scheme,
        "tiers": list(schemes()[scheme].tiers) if scheme in schemes() else [],
    }


async def _siblings(session: AsyncSession, rt: Runtime, application_id: str) -> list[dict[str, Any]]:
    parts = await session.scalars(
        select(ApplicationPart)
        .where(ApplicationPart.application_id == application_id)
        .order_by(ApplicationPart.position)
    )
    return [
        {
            "id": part.id,
            "item": part.item,
            "item_name": item.name if (item := item_of(rt, part)) else part.item,
            "status": part.status,
        }
        for part in parts
    ]


async def _objections(session: AsyncSession, part_id: str) -> list[dict[str, Any]]:
    """That there are some; what they say is opened apart, and noted."""
    rows = await session.scalars(
        select(Objection).where(Objection.part_id == part_id).order_by(Objection.received_at, Objection.id)
    )
    return [
        {
            "id": row.id,
            "received_at": row.received_at,
            "upheld": row.upheld,
            "finding": row.finding,
            "settled_at": row.settled_at,
        }
        for row in rows
    ]


async def _tasks(session: AsyncSession, part_id: str) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(CaseTask).where(CaseTask.part_id == part_id).order_by(CaseTask.created_at)
    )
    return [
        {"id": row.id, "kind": row.kind, "due_at": row.due_at, "done_at": row.done_at, "result": row.result}
        for row in rows
    ]
