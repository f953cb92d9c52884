"""An item filled in, and what lists, windows and figures read of the answers. Pure."""

from dataclasses import dataclass, field
from typing import Any

from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_levels import levels_for
from bot.service.rules import assess
from bot.service.schemas import FieldKind, FormField, Level, Question, Route, ServiceItem
from bot.text import personal


@dataclass(frozen=True)
class Answers:
    """One item filled in: raw values, no tokens; ids of files by the key of their material."""

    item: ServiceItem
    values: dict[str, str]
    files: dict[str, list[str]] = field(default_factory=dict)


def applicant_of(answers: list[Answers]) -> dict[FieldKind, str]:
    """Name and telephone of who applies: the applicant is asked for before a child or a spouse."""
    return {
        step.kind: answer.values[step.key]
        for answer in reversed(answers)
        for step in reversed(answer.item.fields)
        if step.kind in (FieldKind.NAME, FieldKind.PHONE) and answer.values.get(step.key)
    }


def person_of(rt: Runtime, answers: list[Answers]) -> dict[str, Any]:
    """What lists show of the applicant, and by what they find one."""
    given = applicant_of(answers)
    name, phone = given.get(FieldKind.NAME), given.get(FieldKind.PHONE)
    return {
        "name_hint": personal.hint_of(personal.NAME, name) if name else "",
        "name_fingerprint": vault.fingerprint(rt, f"{personal.NAME}:{name}") if name else None,
        "phone_fingerprint": vault.fingerprint(rt, f"{personal.MOBILE}:{phone}") if phone else None,
    }


def region_of(item: ServiceItem, values: dict[str, str]) -> str:
    """Whose windows it belongs to: the place given, else the item's."""
    steps: list[Question | FormField] = [*item.fields, *item.questions]  # a county is asked by the check
    places = [values[step.key] for step in steps if step.options and values.get(step.key)]
    return next((place for place in places if len(place) == 6 and place.isdigit()), item.region)


def facts_of(item: ServiceItem, values: dict[str, str]) -> dict[str, str]:
    steps: list[Question | FormField] = [*item.questions, *item.fields]
    return {step.key: values[step.key] for step in steps if step.options and values.get(step.key)}


def approval_levels(item: ServiceItem, route: Route | None) -> list[Level]:
    approval = item.approval
    return approval.by_route.get(route, approval.levels) if route else approval.levels


def course_of(item: ServiceItem, values: dict[str, str]) -> dict[str, Any]:
    """What a part owes to its answers: the check's result, whose windows it belongs to, who reviews it."""
    result, region = assess(item=item, values=values), region_of(item, values)
    return {
        "verdict": result.verdict if item.questions else None,
        "route": result.route,
        "levels": levels_for(approval_levels(item, result.route), region),
        "region": region,
    }
