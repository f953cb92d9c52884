"""Submitted applications: storing one once, under its case number, with a part for each item.

A draft is one submission however often it is confirmed, by a repeated turn or by hand; what has no draft
is known by its request.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service import drafts
from bot.service.catalogue import catalogue
from bot.service.composing import JOINT, MATERIAL, split
from bot.service.filled import Answers, approval_levels, course_of, facts_of, person_of
from bot.service.materials import files_of
from bot.service.models import (
    SUBMIT,
    Applicant,
    Application,
    ApplicationPart,
    PartChange,
    PartMaterial,
    PartStatus,
)
from bot.service.rules import adopt, missing
from bot.service.schemas import FieldKind, Level, ServiceItem
from bot.service.steps import DONE, order
from bot.talent.models import Talent
from bot.text import personal
from bot.texts import sentence
from bot.units.matching import employer_named

# No 0/O, 1/I/L; a letter first in each half keeps a code from being read as a phone number.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_ALPHABET = _LETTERS + "23456789"


class Submission(NamedTuple):
    case_no: str
    code: str
    changed: bool = False  # submitted before, and not with these answers


@dataclass(frozen=True)
class Submitter:
    """Who hands an application in, and for whom."""

    applicant: Applicant = Applicant.TALENT
    conversation_id: str | None = None
    talent_id: str | None = None
    employer_id: str | None = None
    staff_id: str | None = None
    batch_id: str | None = None


async def submit(rt: Runtime, *, turn_id: str, conversation_id: str, draft: dict[str, Any]) -> Submission:
    """Store a confirmed draft. The same draft always yields the same number and code."""
    request_id = draft.get("id") or turn_id
    async with rt.db.read() as session:
        earlier = await _case_of_turn(session, request_id)
        talent_id = await session.scalar(
            select(Conversation.talent_id).where(Conversation.id == conversation_id)
        )
    item = catalogue(rt).item(draft.get("item"))
    if item is None:
        if earlier:
            return Submission(earlier, _code_of(rt, request_id))
        raise Refusal("unknown_item", "这个事项暂时不能在线办理，请转人工由专员协助。", status=404)
    fitted = adopt(item=item, stored=draft)
    confirmed = draft.get("stage") == DONE and draft.get("version") == item.version
    if not earlier and (not confirmed or missing(item=item, draft=fitted)):
        raise Refusal("incomplete", "申请还没有填完，请继续填写后再提交。", status=409)
    values = fitted["values"]
    values = {key: values[key] for key in order(item=item, values=values) if key in values}
    raw = await open_tokens(rt, conversation_id=conversation_id, values=values)
    answers = _by_item([catalogue(rt).items[key] for key in item.key.split(JOINT)], raw)
    if earlier:
        changed = await _differs(rt, request_id=request_id, answers=answers)
        return Submission(earlier, _code_of(rt, request_id), changed)
    submitter = Submitter(
        conversation_id=conversation_id, talent_id=talent_id, employer_id=await _employer(rt, answers)
    )
    return await store(rt, request_id=request_id, submitter=submitter, answers=answers)


async def _employer(rt: Runtime, answers: list[Answers]) -> str | None:
    """The employer the talent works at, where it approves its people's applications here."""
    steps = ((answer, step) for answer in answers for step in answer.item.fields)
    kind = FieldKind.EMPLOYER
    named = next((a.values[s.key] for a, s in steps if s.kind is kind and a.values.get(s.key)), None)
    if named is None:
        return None
    async with rt.db.read() as session:
        return await employer_named(session, named)


def _by_item(items: list[ServiceItem], values: dict[str, str]) -> list[Answers]:
    answers = []
    for item, own in zip(items, split(items, values), strict=True):
        files = {key.removeprefix(MATERIAL): files_of(own[key]) for key in own if key.startswith(MATERIAL)}
        plain = {key: value for key, value in own.items() if not key.startswith(MATERIAL)}
        answers.append(Answers(item, plain, {key: ids for key, ids in files.items() if ids}))
    return answers


async def _differs(rt: Runtime, *, request_id: str, answers: list[Answers]) -> bool:
    """Corrected after it was stored, while the receipt had not arrived."""
    async with rt.db.read() as session:
        sealed = await session.scalars(
            select(ApplicationPart.sealed)
            .join(Application, Application.id == ApplicationPart.application_id)
            .where(Application.turn_id == request_id)
            .order_by(ApplicationPart.position)
        )
        stored = [json.loads(vault.open_sealed(rt, one)) for one in sealed]
    return stored != [answer.values for answer in answers]


async def store(rt: Runtime, *, request_id: str, submitter: Submitter, answers: list[Answers]) -> Submission:
    """One application with a part for each item. The same request makes nothing new."""
    code = _code_of(rt, request_id)
    now = rt.clock.now()
    person = person_of(rt, answers)
    for attempt in range(10):
        case_no = _case_no(rt, request_id, attempt)
        try:
            async with rt.db.write() as session:
                earlier = await _case_of_turn(session, request_id)
                if earlier:
                    return Submission(earlier, code)
                if await session.scalar(select(Application.id).where(Application.case_no == case_no)):
                    continue
                await _check_record(session, submitter.talent_id)
                application = Application(
                    case_no=case_no,
                    code_hash=keyed_hash(rt, f"code:{code}"),
                    turn_id=request_id,
                    conversation_id=submitter.conversation_id,
                    talent_id=submitter.talent_id,
                    employer_id=submitter.employer_id,
                    applicant=submitter.applicant,
                    made_by=submitter.staff_id,
                    batch_id=submitter.batch_id,
                    created_at=now,
                    updated_at=now,
                    **person,
                )
                session.add(application)
                await session.flush()
                for position, given in enumerate(answers, start=1):
                    await _add_part(session, rt, application, given, position)
                await drafts.mark_submitted(session, draft_id=request_id)
            return Submission(case_no, code)
        except IntegrityError:
            # PostgreSQL: another process stored this request, or took this number, in between.
            async with rt.db.read() as session:
                earlier = await _case_of_turn(session, request_id)
            if earlier:
                return Submission(earlier, code)
    raise Refusal("no_case_number", "暂时无法生成受理编号，请稍后再提交一次。", status=503)


async def _check_record(session: AsyncSession, talent_id: str | None) -> None:
    """Held until the commit: no record is erased while an application of theirs is on its way, and nothing
    is handed in for one that has just been."""
    record = select(Talent.id_hint).where(Talent.id == talent_id)
    if await session.scalar(record.with_for_update(read=True, key_share=True)) == "":
        raise Refusal("record_erased", "这份人才档案已经按本人申请删除，不能再提交。", status=409)


async def _add_part(
    session: AsyncSession, rt: Runtime, application: Application, given: Answers, position: int
) -> None:
    item, values, now = given.item, given.values, rt.clock.now()
    course = course_of(item, values)
    begins_at_unit = approval_levels(item, course["route"])[0] is Level.UNIT
    unit_first = begins_at_unit and application.employer_id is not None
    part = ApplicationPart(
        application_id=application.id,
        position=position,
        item=item.key,
        item_version=item.version,
        status=PartStatus.UNIT if unit_first else PartStatus.SUBMITTED,
        department=item.department,
        sealed=vault.seal(rt, json.dumps(values, ensure_ascii=False)),
        facts=facts_of(item, values),
        created_at=now,
        updated_at=now,
        **course,
    )
    session.add(part)
    await session.flush()
    # Nobody there can approve it here: the window has to hear the employer itself.
    unheard = begins_at_unit and not unit_first
    note = sentence("units.not_registered") if unheard else None
    session.add(PartChange(part_id=part.id, event=SUBMIT, after=part.status, note=note, at=now))
    for material, ids in given.files.items():
        for attachment_id in dict.fromkeys(ids):
            session.add(
                PartMaterial(part_id=part.id, material=material, attachment_id=attachment_id, created_at=now)
            )


async def _case_of_turn(session: AsyncSession, turn_id: str) -> str | None:
    case_no: str | None = await session.scalar(
        select(Application.case_no).where(Application.turn_id == turn_id)
    )
    return case_no


async def open_tokens(rt: Runtime, *, conversation_id: str, values: dict[str, str]) -> dict[str, str]:
    """The answers with real data in place of the tokens; a foreign token opens nothing."""
    tokens = [match.group() for value in values.values() for match in personal.TOKEN.finditer(value)]
    opened = await vault.values_of(rt, conversation_id=conversation_id, tokens=tokens)
    if set(tokens) - set(opened):
        raise Refusal("lost_value", "有一项个人信息需要重新填写，请点“修改内容”重填后再提交。", status=409)
    return {key: personal.TOKEN.sub(lambda match: opened[match[0]], value) for key, value in values.items()}


def _case_no(rt: Runtime, turn_id: str, attempt: int) -> str:
    day = rt.clock.now().astimezone(SHANGHAI)
    number = int(keyed_hash(rt, f"number:{turn_id}:{attempt}"), 16) % 100_000
    return f"HC{day:%Y%m%d}-{number:05d}"


def _code_of(rt: Runtime, turn_id: str) -> str:
    """Derived, not stored: a turn that is run again must say the same code."""
    digest = bytes.fromhex(keyed_hash(rt, f"query-code:{turn_id}"))
    places = (_LETTERS, _ALPHABET, _ALPHABET, _ALPHABET) * 2
    # Two bytes a place: one byte would favour the first letters.
    return "".join(
        alphabet[int.from_bytes(digest[2 * n : 2 * n + 2]) % len(alphabet)]
        for n, alphabet in enumerate(places)
    )


def keyed_hash(rt: Runtime, text: str) -> str:
    return hmac.new(rt.secrets.fingerprint.encode(), f"service:{text}".encode(), hashlib.sha256).hexdigest()
