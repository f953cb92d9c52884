"""Answers that come as plain values, from staff, an employer or a supplement: the item's own checks. Pure.

In a chat the same fields hold tokens instead, see `answers`.
"""

import re
from dataclasses import dataclass, field

from bot.service.answers import SKIPPED, TOKEN_OF
from bot.service.conditions import applies
from bot.service.schemas import FieldKind, FormField, Question, ServiceItem
from bot.service.steps import all_steps
from bot.text import personal
from bot.texts import sentence

_NAMED = (personal.NAME, personal.EMPLOYER)


@dataclass
class Checked:
    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)  # key → what to do, all at once


def check_values(*, item: ServiceItem, values: dict[str, str]) -> Checked:
    """Everything that applies, checked in the item's order; what does not apply is left out."""
    checked = Checked()
    steps = all_steps(item)
    known = {step.key for step in steps}
    for key in values:
        if key not in known:
            checked.faults[key] = sentence("cases.unknown_field")
    for step in steps:
        if not applies(step.only_if, checked.values):
            continue
        given = values.get(step.key, "").strip()
        required = isinstance(step, Question) or step.required
        if not given:
            if required:
                checked.faults[step.key] = sentence("cases.field_missing", label=step.label)
            continue
        value = read_value(step, given)
        if value is None:
            checked.faults[step.key] = _error(step)
        else:
            checked.values[step.key] = value
    return checked


def read_value(step: Question | FormField, given: str) -> str | None:
    """The value as it is stored; None where it does not fit."""
    if step.options:
        return given if given in {option.value for option in step.options} else None
    if not isinstance(step, FormField) or given == SKIPPED:
        return None
    if step.personal:
        kinds = [TOKEN_OF[kind] for kind in (step.kind, *step.also)]
        # Who fills in a form says which field it is: a rare surname is a name there.
        return next((found for kind in kinds if (found := _personal(kind, given))), None)
    if step.kind is FieldKind.YEAR:
        good = re.fullmatch(r"\d{4}", given) and step.min_year <= int(given) <= step.max_year
        return given if good else None
    if not step.min_length <= len(given) <= step.max_length:
        return None
    return given if not step.pattern or re.fullmatch(step.pattern, given) else None


def _personal(kind: str, given: str) -> str | None:
    return personal.check_personal(kind, f"{kind}：{given}" if kind in _NAMED else given)


def _error(step: Question | FormField) -> str:
    return step.error if isinstance(step, FormField) else sentence("cases.choose_one", label=step.label)
