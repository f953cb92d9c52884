"""Several items handed in at once: one guide over all of them, and each one's own answers out of it. Pure.

What two items ask in the same words is asked once; what only shares its name is kept apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.service.conditions import Condition, applies
from bot.service.schemas import (
    Brief,
    FormField,
    Material,
    Question,
    Rule,
    ServiceItem,
)

JOINT = "+"
MOST_TOGETHER = 4  # in one submission: more would be a questionnaire
MATERIAL = "material:"  # prefix of a material's step among the values
_Step = TypeVar("_Step", Question, FormField)


@dataclass(frozen=True)
class _Names:
    """What the questions, fields and materials of one item are called in the whole."""

    steps: dict[str, str]
    materials: dict[str, str]


def compose(items: Sequence[ServiceItem]) -> ServiceItem:
    """One item that asks for all of them. Its version grows whenever one of theirs does."""
    if len(items) == 1:
        return items[0]
    questions, fields, materials, _ = _merged(items)
    names = _names(items)
    # Bounds are those of one item; that the parts fit together is proved by tests.
    return ServiceItem.model_construct(
        key=JOINT.join(item.key for item in items),
        version=sum(item.version for item in items),
        name=_listed(item.name for item in items),
        audience=_listed(item.audience for item in items),
        region=_same((item.region for item in items), "000000"),
        place=_listed(item.place for item in items),
        year=_same((item.year for item in items), ""),
        green=all(item.green for item in items),
        category=_same((item.category for item in items), "其他"),
        lead_dept=_listed(item.lead_dept for item in items),
        office="；".join(dict.fromkeys(item.office for item in items)),
        phone=_listed(item.phone or "" for item in items) or None,
        basis=list({basis.model_dump_json(): basis for item in items for basis in item.basis}.values()),
        time_limit=_time_limit(items),
        conditions=_titled(items, [item.conditions for item in items]),
        materials=materials,
        steps=_titled(items, [item.steps for item in items]),
        brief=_brief(items),
        caution="\n".join(dict.fromkeys(item.caution for item in items if item.caution)) or None,
        questions=questions,
        rules=[
            _renamed_rule(rule, title=item.name, names=names[position].steps)
            for position, item in enumerate(items)
            for rule in item.rules
        ],
        fields=fields,
        approval=items[0].approval,  # each part goes its own way, see `split`
        route=None,
        active=True,
        phrasings=[],
        department=None,
        consults=[],
    )


def split(items: Sequence[ServiceItem], values: dict[str, str]) -> list[dict[str, str]]:
    """The answers of each item under its own names, as if it had been filled in alone."""
    found = []
    for item, names in zip(items, _names(items), strict=True):
        own: dict[str, str] = {}
        steps: list[Question | FormField] = [*item.questions, *item.fields]
        for step in steps:
            if names.steps[step.key] in values and applies(step.only_if, own):
                own[step.key] = values[names.steps[step.key]]
        for material in item.materials:
            given = values.get(MATERIAL + names.materials[material.key])
            if given is not None and applies(material.only_if, own):
                own[MATERIAL + material.key] = given
        found.append(own)
    return found


def _names(items: Sequence[ServiceItem]) -> list[_Names]:
    if len(items) == 1:
        (item,) = items
        steps: list[Question | FormField] = [*item.questions, *item.fields]
        return [_Names({s.key: s.key for s in steps}, {m.key: m.key for m in item.materials})]
    return _merged(items)[3]


def _merged(
    items: Sequence[ServiceItem],
) -> tuple[list[Question], list[FormField], list[Material], list[_Names]]:
    names = [_Names({}, {}) for _ in items]
    taken: set[str] = set()
    questions: list[Question] = []
    fields: list[FormField] = []
    asked: list[Question] = []  # as their items ask them, beside what they became
    filled: list[FormField] = []
    for position, item in enumerate(items):
        for question in item.questions:
            _add(question, questions, asked, names[position].steps, taken, item)
    for position, item in enumerate(items):
        for form_field in item.fields:
            _add(form_field, fields, filled, names[position].steps, taken, item)
    materials: list[Material] = []
    for position, item in enumerate(items):
        kept = names[position]
        for material in item.materials:
            _add_material(material, materials, kept, item)
    return questions, fields, materials, names


def _add(
    step: _Step,
    steps: list[_Step],
    originals: list[_Step],
    names: dict[str, str],
    taken: set[str],
    item: ServiceItem,
) -> None:
    """Ask it once if it is asked already, under a name of its own if only the name is the same."""
    mine = step.model_copy(update={"only_if": _renamed(step.only_if, names)})
    for place, other in enumerate(originals):
        if (asked := _asked_as(other, mine)) is not None:
            originals[place] = asked
            steps[place] = steps[place].model_copy(update={"only_if": asked.only_if})
            names[step.key] = steps[place].key
            return
    key = _free(step.key, taken)
    taken.add(key)
    names[step.key] = key
    originals.append(mine)
    if key != step.key:  # the same name for another question: say which item asks
        mine = mine.model_copy(
            update={"key": key, "label": f"{step.label}（{item.name}）", "ask": f"【{item.name}】{step.ask}"}
        )
    steps.append(mine)


def _asked_as(other: _Step, mine: _Step) -> _Step | None:
    """The step that serves both, if they are the same question."""
    if mine.model_copy(update={"only_if": other.only_if}) != other:
        return None
    if mine.only_if == other.only_if:
        return other
    if isinstance(mine, Question):  # rules rest on when a question is asked
        return None
    if not other.only_if:  # asked always, it serves who needs it sometimes
        return other
    return other.model_copy(update={"only_if": {}}) if not mine.only_if else None


def _add_material(material: Material, materials: list[Material], names: _Names, item: ServiceItem) -> None:
    mine = material.model_copy(update={"only_if": _renamed(material.only_if, names.steps)})
    for other in materials:
        if other == mine:
            names.materials[material.key] = other.key
            return
    key = _free(material.key, {other.key for other in materials})
    names.materials[material.key] = key
    if key != material.key:
        mine = mine.model_copy(update={"key": key, "name": f"{material.name}（{item.name}）"})
    materials.append(mine)


def _free(key: str, taken: set[str]) -> str:
    number = 2
    found = key
    while found in taken:
        found = f"{key}_{number}"
        number += 1
    return found


def _renamed(condition: Condition, names: dict[str, str]) -> Condition:
    return {names[key]: values for key, values in condition.items()}


def _renamed_rule(rule: Rule, *, title: str, names: dict[str, str]) -> Rule:
    # A route is one item's: told of all of them it would be wrong.
    return rule.model_copy(
        update={"when": _renamed(rule.when, names), "because": f"{title}：{rule.because}", "route": None}
    )


def _titled(items: Sequence[ServiceItem], texts: Sequence[Sequence[str]]) -> list[str]:
    """Each line says whose it is, and of which year: years and places are never mixed."""
    return [
        f"【{item.name}{f'·{item.year}年口径' if item.year else ''}】{line}"
        for item, lines in zip(items, texts, strict=True)
        for line in lines
    ]


def _brief(items: Sequence[ServiceItem]) -> Brief:
    def shortened(part: str, full: Sequence[Sequence[str]]) -> str | None:
        if not any(getattr(item.brief, part) for item in items):
            return None
        lines = [getattr(item.brief, part) or "；".join(own) for item, own in zip(items, full, strict=True)]
        return "\n".join(f"【{item.name}】{line}" for item, line in zip(items, lines, strict=True) if line)

    return Brief(
        conditions=shortened("conditions", [item.conditions for item in items]),
        materials=shortened("materials", [[m.name for m in item.materials] for item in items]),
        steps=shortened("steps", [item.steps for item in items]),
    )


def _time_limit(items: Sequence[ServiceItem]) -> str:
    limits = {item.time_limit for item in items}
    return (
        limits.pop() if len(limits) == 1 else "；".join(f"{item.name}：{item.time_limit}" for item in items)
    )


def _same(values: Iterable[str], otherwise: str) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else otherwise


def _listed(values: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(value for value in values if value))
