"""Whether an application is that of a record: whoever it is linked to will see it."""

from collections.abc import Iterable

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_scope import name_print
from bot.service.schemas import FieldKind, ServiceItem
from bot.service.submission import Answers, person_of
from bot.talent.models import Talent
from bot.talent.sealing import id_fingerprint

_NUMBERS = (FieldKind.ID_NUMBER, FieldKind.PASSPORT)


def check_same_person(rt: Runtime, *, talent: Talent, given: Iterable[Answers]) -> None:
    """The name, and the number where the form asks for one; the applicant's is asked before a child's."""
    answers = list(given)
    name = person_of(rt, answers)["name_fingerprint"]
    prints = {id_fingerprint(rt, talent.id_kind, number.upper()) for number in _numbers(answers)}
    if name not in (None, name_print(rt, talent.name)) or prints - {talent.id_fingerprint}:
        raise Refusal(
            "not_the_same_person", "申请里的姓名或证件号码和这份档案不一致，请核对后再关联。", status=409
        )


def _numbers(answers: list[Answers]) -> list[str]:
    found = [_first(answer.item, answer.values) for answer in answers]
    return [number for number in found if number]


def _first(item: ServiceItem, values: dict[str, str]) -> str | None:
    return next((values[f.key] for f in item.fields if f.kind in _NUMBERS and values.get(f.key)), None)
