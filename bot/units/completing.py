"""What an employer does with a case of its people: completes, assigns, approves, hands in what is missing."""

import json
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.audit import audit
from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, permissions_of
from bot.conversation import attachments, vault
from bot.conversation.content import File
from bot.conversation.handover_models import Attachment
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_days import day_of, midnight
from bot.service.case_deeds import GivenFile
from bot.service.case_moves import changed_meanwhile, item_of
from bot.service.case_person import keep_person
from bot.service.case_scope import Case, access_part
from bot.service.case_values import check_values
from bot.service.models import ApplicationPart, PartChange, PartMaterial
from bot.service.schemas import ServiceItem
from bot.service.steps import all_steps
from bot.texts import sentence
from bot.units.access import Unit
from bot.units.cases import TO_COMPLETE, UNIT_ASSIGN, UNIT_COMPLETE, fillable, values_of
from bot.units.rows import chosen

FILES_A_DAY = 500  # of one employer


async def assign_officer(
    rt: Runtime, *, unit: Unit, part_id: str, version: int, staff_id: str | None
) -> None:
    """业务负责人分配单位专员. None takes the case back."""
    async with rt.db.write() as session:
        found = await _open_case(session, rt, unit, part_id, version)
        officer = None
        if staff_id is not None:
            officer = await session.get(StaffAccount, staff_id)
            own = officer is not None and officer.active and officer.employer_id == unit.employer_id
            if officer is None or not own or Permission.UNIT_COMPLETE not in permissions_of(officer.roles):
                raise Refusal("no_such_officer", "没有找到这位单位专员，请刷新后重新选择。", status=422)
        told = sentence("units.told_officer", name=officer.name) if officer else None
        note = None if officer else sentence("units.officer_taken_off")
        await _write(session, rt, unit, found, UNIT_ASSIGN, {"unit_staff_id": staff_id}, told=told, note=note)


async def complete(
    rt: Runtime,
    *,
    unit: Unit,
    part_id: str,
    version: int,
    values: dict[str, str],
    files: list[GivenFile],
) -> None:
    """Fills in what was left open, and adds files to the materials. All faults are said at once."""
    async with rt.db.write() as session:
        found = await _open_case(session, rt, unit, part_id, version)
        item, had = item_of(rt, found.part), values_of(rt, found.part)
        if item is None:
            raise Refusal("item_gone", "这个事项的规定读不出来了，请联系服务中心。", status=409)
        fresh = _checked(item, had, values, allowed=set(fillable(item, had, found)))
        added = await _attach(session, rt, unit, found, item, files)
        labels = [step.label for step in all_steps(item) if step.key in fresh] + added
        if not labels:
            raise Refusal("nothing_filled", "请先填写内容或上传材料，再保存。", status=422)
        columns: dict[str, Any] = {}
        if fresh:
            await keep_person(session, rt, case=found, values=had | fresh)
            columns["sealed"] = vault.seal(rt, json.dumps(had | fresh, ensure_ascii=False))
            options = {step.key for step in all_steps(item) if step.options}
            columns["facts"] = found.part.facts | {k: v for k, v in fresh.items() if k in options}
        note = sentence("units.completed", labels="、".join(labels))
        await _write(session, rt, unit, found, UNIT_COMPLETE, columns, note=note)


async def keep_file(rt: Runtime, *, unit: Unit, key: str, name: str, data: bytes) -> Attachment:
    """A file to be handed in with `complete` or with what was asked for."""
    since = midnight(day_of(rt.clock.now()))
    async with rt.db.read() as session:
        count = await session.scalar(
            select(func.count())
            .select_from(Attachment)
            .where(Attachment.employer_id == unit.employer_id, Attachment.created_at >= since)
        )
    if (count or 0) >= FILES_A_DAY:
        raise Refusal("too_many_files", "本单位今天上传的文件太多了，请明天再传。", status=429)
    return await attachments.keep_outside_chat(
        rt, employer_id=unit.employer_id, external_key=f"unit:{key}", name=name, data=data
    )


async def read_file(rt: Runtime, *, unit: Unit, part_id: str, file_id: str) -> tuple[File, bytes]:
    """A file of a case of the employer's own people; every look is audited, once an hour."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        found = await access_part(session, rt, part_id=part_id, by=unit.staff)
        known = await session.scalar(
            select(PartMaterial.id).where(
                PartMaterial.part_id == found.part.id, PartMaterial.attachment_id == file_id
            )
        )
        if known is None:
            raise Refusal("no_such_file", "没有找到这个文件，可能已被清理。", status=404)
        await audit(
            session,
            staff_id=unit.staff.id,
            action="unit.file",
            subject=found.application.case_no,
            detail={"file": file_id},
            at=now,
            once_key=f"unit.file:{unit.staff.id}:{file_id}:{now:%Y%m%d%H}",
        )
    return await attachments.open_file(rt, file_id=file_id)


async def _open_case(session: AsyncSession, rt: Runtime, unit: Unit, part_id: str, version: int) -> Case:
    found = await access_part(session, rt, part_id=part_id, by=unit.staff, lock=True)
    if found.part.version != version:
        raise changed_meanwhile()
    if found.part.status not in TO_COMPLETE:
        raise Refusal("not_now", f"现在是“{found.part.status}”，单位不能再修改，请刷新后再看。", status=409)
    return found


def _checked(
    item: ServiceItem, had: dict[str, str], values: dict[str, str], *, allowed: set[str]
) -> dict[str, str]:
    steps = {step.key: step for step in all_steps(item)}
    given: dict[str, str] = {}
    for key, text in values.items():
        if key not in allowed:
            raise Refusal(
                "not_fillable", "只能补充申请人没有填写的内容；要改动其他内容，请退回申请人。", status=422
            )
        if said := text.strip():
            step = steps[key]
            given[key] = (chosen(step.options, said) or said) if step.options else said
    checked = check_values(item=item, values={k: v for k, v in had.items() if k in steps} | given)
    faults = [f"“{steps[key].label}”：{checked.faults[key]}" for key in given if key in checked.faults]
    if faults:
        raise Refusal("bad_value", "".join(faults), status=422)
    return {key: checked.values[key] for key in given if key in checked.values}


async def _attach(
    session: AsyncSession,
    rt: Runtime,
    unit: Unit,
    found: Case,
    item: ServiceItem,
    files: list[GivenFile],
) -> list[str]:
    """Adds files the employer uploaded itself; names of the materials they are for."""
    if not files:
        return []
    names = {material.key: material.name for material in item.materials}
    wanted = {(file.material, file.attachment_id) for file in files}
    known = set(
        await session.scalars(
            select(Attachment.id).where(
                Attachment.id.in_({file_id for _, file_id in wanted}),
                Attachment.employer_id == unit.employer_id,
            )
        )
    )
    if any(key not in names or file_id not in known for key, file_id in wanted):
        raise Refusal("no_such_file", "没有找到这个文件或材料，请重新上传。", status=404)
    query = select(PartMaterial.material, PartMaterial.attachment_id)
    had = {tuple(row) for row in await session.execute(query.where(PartMaterial.part_id == found.part.id))}
    now = rt.clock.now()
    for key, file_id in sorted(wanted - had):
        session.add(PartMaterial(part_id=found.part.id, material=key, attachment_id=file_id, created_at=now))
    return sorted({names[key] for key, _ in wanted - had})


async def _write(
    session: AsyncSession,
    rt: Runtime,
    unit: Unit,
    found: Case,
    event: str,
    columns: dict[str, Any],
    *,
    told: str | None = None,
    note: str | None = None,
) -> None:
    """The part stays where it is; its version is raised, so that nobody approves what they did not see."""
    part, now = found.part, rt.clock.now()
    written = await session.execute(
        update(ApplicationPart)
        .where(ApplicationPart.id == part.id, ApplicationPart.version == part.version)
        .values(**columns, version=part.version + 1, updated_at=now)
        .returning(ApplicationPart.id)
        .execution_options(synchronize_session=False)
    )
    if written.one_or_none() is None:
        raise changed_meanwhile()
    session.add(
        PartChange(
            part_id=part.id,
            event=event,
            before=part.status,
            after=part.status,
            by=unit.staff.id,
            told=told,
            note=note,
            at=now,
        )
    )
    await audit(
        session,
        staff_id=unit.staff.id,
        action=event.replace("unit_", "unit."),
        subject=found.application.case_no,
        detail={"fields": sorted(set(columns) - {"sealed", "facts"})},
        at=now,
    )
