"""A draft of the guide and the steps it goes through. Pure."""

from enum import StrEnum
from typing import TypedDict

from bot.service.conditions import applies
from bot.service.materials import material_at, step_key, uploads
from bot.service.schemas import FormField, Question, ServiceItem

NOTICE, RESULT, SUMMARY, EDIT, LEAVE, DONE = "notice", "result", "summary", "edit", "cancel", "done"


class Stage(StrEnum):
    NOTICE = "notice"
    ELIGIBILITY = "eligibility"
    MATERIALS = "materials"
    FORM = "form"
    SUMMARY = "summary"
    DONE = "done"


class Draft(TypedDict):
    id: str  # of the turn that began it; one draft is submitted once
    item: str  # keys joined by +
    version: int
    stage: str
    step: str  # notice, a question's key, result, material:key, a field's key, summary, edit, cancel, done
    values: dict[str, str]
    seen: list[str]  # notice and result, once acknowledged
    tries: int  # refused answers at this step


def all_steps(item: ServiceItem) -> list[Question | FormField]:
    return [*item.questions, *item.fields]


def order(*, item: ServiceItem, values: dict[str, str]) -> list[str]:
    """All steps that apply, in order."""
    asked = [q.key for q in item.questions if applies(q.only_if, values)]
    files = [step_key(material) for material in uploads(item=item, values=values)]
    fields = [f.key for f in item.fields if applies(f.only_if, values)]
    return [NOTICE, *asked, *([RESULT] if asked else []), *files, *fields, SUMMARY]


def find(item: ServiceItem, key: str) -> Question | FormField | None:
    return next((s for s in all_steps(item) if s.key == key), None)


def label_of(*, item: ServiceItem, key: str) -> str:
    """What an answered step is called on the summary."""
    step, material = find(item, key), material_at(item=item, step=key)
    return step.label if step else material.name if material else key
