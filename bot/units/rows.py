"""One person of a joint application: what was filled in, checked against the item. Pure.

Everything that is wrong with a row is said at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.service.answers import read_option
from bot.service.case_values import check_values
from bot.service.schemas import FieldKind, Option, ServiceItem
from bot.service.steps import all_steps
from bot.units.matching import plain_name


@dataclass(frozen=True)
class Fault:
    field: str  # key of the question or field; empty: the row as a whole
    message: str


@dataclass(frozen=True)
class Read:
    """`values` as a submission takes them: option values and clean raw values."""

    values: dict[str, str]
    faults: tuple[Fault, ...]


def read_row(item: ServiceItem, given: Mapping[str, str], *, unit: str) -> Read:
    """What the item asks for, with options by name as a workbook has them, at this employer."""
    labels = {step.key: step.label for step in all_steps(item)}
    values = {key: text.strip() for key, text in given.items() if key in labels and text.strip()}
    for step in all_steps(item):
        said = values.get(step.key)
        if said and step.options:
            values[step.key] = chosen(step.options, said) or said
    workplace = workplace_of(item)
    if workplace:
        values.setdefault(workplace, unit)
    checked = check_values(item=item, values=values)
    faults = [Fault(key, f"“{labels[key]}”：{why}") for key, why in checked.faults.items()]
    named = checked.values.get(workplace or "")
    if workplace and named and plain_name(named) != plain_name(unit):
        faults.append(
            Fault(workplace, f"“{labels[workplace]}”应为本单位“{unit}”，单位只能为自己的人员申报。")
        )
    return Read(checked.values, tuple(faults))


def chosen(options: Sequence[Option], said: str) -> str | None:
    values = {option.value for option in options}
    return said if said in values else read_option(options, said, None)


def titles(options: Sequence[Option]) -> str:
    return "、".join(option.title for option in options)


def workplace_of(item: ServiceItem) -> str | None:
    """Key of the field that names the applicant's own employer: the first of its kind."""
    return next((field.key for field in item.fields if field.kind is FieldKind.EMPLOYER), None)


def value_of(item: ServiceItem, values: Mapping[str, str], *kinds: FieldKind) -> str | None:
    """The first given value of these kinds."""
    keys = (field.key for field in item.fields if field.kind in kinds)
    return next((values[key] for key in keys if values.get(key)), None)
