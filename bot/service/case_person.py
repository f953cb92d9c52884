"""Whose an application is: that of a record it may be linked to, and the person lists find it by."""

import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_moves import item_of
from bot.service.case_scope import Case, name_print
from bot.service.filled import Answers, person_of
from bot.service.models import Applicant, Application, ApplicationPart
from bot.service.schemas import FieldKind, ServiceItem
from bot.talent.models import Talent
from bot.talent.sealing import id_fingerprint

_NUMBERS = (FieldKind.ID_NUMBER, FieldKind.PASSPORT)
_TELLING = (FieldKind.NAME, FieldKind.PHONE, *_NUMBERS)


def check_same_person(rt: Runtime, *, talent: Talent, given: Iterable[Answers]) -> None:
    if not _same_person(rt, talent=talent, given=given):
        raise Refusal(
            "not_the_same_person", "申请里的姓名或证件号码和这份档案不一致，请核对后再关联。", status=409
        )


async def answers_of(
    session: AsyncSession, rt: Runtime, *, application: Application, instead: dict[str, dict[str, str]]
) -> list[Answers]:
    """Of all its parts; `instead`: what is being written of one, by its id."""
    parts = await session.scalars(
        select(ApplicationPart)
        .where(ApplicationPart.application_id == application.id)
        .order_by(ApplicationPart.position)
    )
    found = [
        (item_of(rt, part), instead.get(part.id) or json.loads(vault.open_sealed(rt, part.sealed)))
        for part in parts
    ]
    return [Answers(item, values) for item, values in found if item]


async def keep_person(session: AsyncSession, rt: Runtime, *, case: Case, values: dict[str, str]) -> None:
    """Answers of the locked part were corrected: lists find the applicant by what stands there now. What an
    employer applied for stays that of the record it chose."""
    item, application = item_of(rt, case.part), case.application
    before = json.loads(vault.open_sealed(rt, case.part.sealed))
    telling = [one.key for one in item.fields if one.kind in _TELLING] if item else []
    if all(before.get(key) == values.get(key) for key in telling):
        return
    answers = await answers_of(session, rt, application=application, instead={case.part.id: values})
    if application.talent_id and application.applicant == Applicant.EMPLOYER:
        talent = await session.get(Talent, application.talent_id)
        if talent and not _same_person(rt, talent=talent, given=answers):
            raise Refusal(
                "another_person",
                "姓名和证件号码要与所选人才的档案一致；为另一位人才申请，请另外申报一件。",
                status=422,
            )
    for column, value in person_of(rt, answers).items():
        if value:
            setattr(application, column, value)


def _same_person(rt: Runtime, *, talent: Talent, given: Iterable[Answers]) -> bool:
    """The name, and the number where the form asks for one; the applicant's is asked before a child's."""
    answers = list(given)
    name = person_of(rt, answers)["name_fingerprint"]
    prints = {id_fingerprint(rt, talent.id_kind, number.upper()) for number in _numbers(answers)}
    return name in (None, name_print(rt, talent.name)) and not prints - {talent.id_fingerprint}


def _numbers(answers: list[Answers]) -> list[str]:
    found = [_first(answer.item, answer.values) for answer in answers]
    return [number for number in found if number]


def _first(item: ServiceItem, values: dict[str, str]) -> str | None:
    return next((values[f.key] for f in item.fields if f.kind in _NUMBERS and values.get(f.key)), None)
