"""补正: everything that is missing is asked at once, and comes back as values and files."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select

from bot.accounts.permissions import Permission, Staff
from bot.conversation import vault
from bot.conversation.handover_models import Attachment
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.service.case_deeds import Lack
from bot.service.case_moves import Moving
from bot.service.case_person import keep_person
from bot.service.case_scope import Person
from bot.service.case_values import read_value
from bot.service.filled import course_of
from bot.service.models import PartMaterial, PartStatus
from bot.service.schemas import FormField, Question, ServiceItem
from bot.service.steps import all_steps
from bot.talent.places import region_name
from bot.texts import sentence

OTHER = "other_"  # prefix of an answer to what is no field of the item


def read_missing(*, item: ServiceItem | None, missing: list[Lack]) -> list[dict[str, str]]:
    """The list as it is stored and told: names from the item, each thing once. Pure."""
    if not missing:
        raise Refusal("nothing_missing", "请至少写明一项要补正的内容，并一次列全。", status=422)
    steps: dict[str, str] = {}
    materials: dict[str, str] = {}
    if item:
        steps = {step.key: step.label for step in all_steps(item)}
        materials = {material.key: material.name for material in item.materials}
    found: list[dict[str, str]] = []
    for number, lack in enumerate(missing, start=1):
        names = {"field": steps, "material": materials}.get(lack.kind)
        what = lack.label if names is None else names.get(lack.key or "")
        if not what:
            raise Refusal("unknown_lack", "补正清单里有一项不在这个事项里，请重新选择。", status=422)
        key = f"{OTHER}{number}" if names is None else lack.key or ""
        found.append({"kind": lack.kind, "key": key, "what": what, "why": lack.why})
    keys = [(one["kind"], one["key"]) for one in found]
    if len(set(keys)) != len(keys):
        raise Refusal("lack_twice", "补正清单里同一项写了两次，请合并成一项。", status=422)
    return found


async def keep_supplied(moving: Moving) -> None:
    """Values into the sealed answers, files beside them. All of the list, unless staff note otherwise."""
    part, deed = moving.case.part, moving.deed
    asked: list[dict[str, Any]] = part.supplement
    at_window = isinstance(moving.by, Staff) and Permission.CASE_INTAKE in moving.by.permissions
    values = _values(moving, asked)
    files = {file.material for file in deed.files}
    still = [
        one["what"]
        for one in asked
        if (one["key"] not in files if one["kind"] == "material" else one["key"] not in values)
    ]
    if still and not (at_window and deed.note):
        raise Refusal("still_missing", f"还缺：{'、'.join(still)}。请补齐后一起提交。", status=422)
    await _keep_files(moving, {one["key"] for one in asked if one["kind"] == "material"})
    before = json.loads(vault.open_sealed(moving.rt, part.sealed))
    answers = before | {_stored_key(part.supplements, key): value for key, value in values.items()}
    await keep_person(moving.session, moving.rt, case=moving.case, values=answers)
    moving.columns["sealed"] = vault.seal(moving.rt, json.dumps(answers, ensure_ascii=False))
    facts = {key: value for key, value in values.items() if key in part.facts}
    moving.columns["facts"] = part.facts | facts
    if moving.item:
        _follow(moving, old=course_of(moving.item, before), new=course_of(moving.item, answers))


def _follow(moving: Moving, *, old: dict[str, Any], new: dict[str, Any]) -> None:
    """What hangs on an answer that is another now. A part of another place, or of other levels, begins anew
    there: whoever had it may be out of reach of it, and nobody there has seen it."""
    moving.columns |= {key: value for key, value in new.items() if value != old[key]}
    if (new["region"], new["levels"]) == (old["region"], old["levels"]):
        return
    at_unit = moving.step.status is PartStatus.UNIT
    moving.step = replace(moving.step, status=PartStatus.UNIT if at_unit else PartStatus.SUBMITTED, level=0)
    moving.columns["staff_id"] = None
    moved = sentence("cases.moved_on", region=region_name(new["region"]))
    moving.note = "\n".join(filter(None, (moved, moving.deed.note)))


def _values(moving: Moving, asked: list[dict[str, Any]]) -> dict[str, str]:
    steps: dict[str, Question | FormField] = {}
    if moving.item:
        steps = {step.key: step for step in all_steps(moving.item)}
    wanted = {one["key"]: one for one in asked if one["kind"] != "material"}
    found, faults = {}, []
    for key, given in moving.deed.values.items():
        if key not in wanted:
            raise Refusal("not_asked", "补正时只能填写清单里列出的内容。", status=422)
        if not given.strip():
            continue
        step = steps.get(key)
        value = read_value(step, given.strip()) if step else given.strip()
        if value is None:
            faults.append(wanted[key]["what"])
        else:
            found[key] = value
    if faults:
        raise Refusal("bad_value", f"请核对后重新填写：{'、'.join(faults)}。", status=422)
    return found


async def _keep_files(moving: Moving, wanted: set[str]) -> None:
    session, part, application = moving.session, moving.case.part, moving.case.application
    given = moving.deed.files
    if {file.material for file in given} - wanted:
        raise Refusal("not_asked", "补正时只能提交清单里列出的材料。", status=422)
    ids = {file.attachment_id for file in given}
    if not ids:
        return
    # A file of somebody else's chat must not be taken along.
    whose = [Attachment.conversation_id == moving.files_from] if moving.files_from else []
    if isinstance(moving.by, Person) and moving.by.talent_id:
        # Begun in one chat of theirs, handed in from another.
        chats = select(Conversation.id).where(Conversation.talent_id == moving.by.talent_id)
        whose.append(Attachment.conversation_id.in_(chats))
    if application.employer_id:
        whose.append(Attachment.employer_id == application.employer_id)
    if isinstance(moving.by, Staff) and moving.by.employer_id is None:
        whose.append(Attachment.external_key.startswith(f"case:{part.id}:"))
    known = select(Attachment.id).where(Attachment.id.in_(ids), or_(*whose)) if whose else None
    if known is None or set(await session.scalars(known)) != ids:
        raise Refusal("no_such_file", "没有找到这个文件，请重新上传。", status=404)
    had = {
        (material, attachment)
        for material, attachment in await session.execute(
            select(PartMaterial.material, PartMaterial.attachment_id).where(PartMaterial.part_id == part.id)
        )
    }
    for file in {(one.material, one.attachment_id) for one in given} - had:
        session.add(
            PartMaterial(part_id=part.id, material=file[0], attachment_id=file[1], created_at=moving.now)
        )


def _stored_key(round_: int, key: str) -> str:
    """Answers to what is no field are kept apart by round, so that a later one loses none."""
    return f"supplement_{round_}_{key}" if key.startswith(OTHER) else key


def supplement_label(key: str) -> str | None:
    """How the page names such an answer; None for any other key."""
    if not key.startswith("supplement_"):
        return None
    _, round_, rest = key.split("_", 2)
    return sentence("cases.supplement_answer", round=round_, number=rest.removeprefix(OTHER))
