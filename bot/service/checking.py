"""What is wrong with an item that a file or a member of staff supplied: a path and a plain sentence each."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import ValidationError

from bot.errors import Refusal
from bot.service.composing import JOINT
from bot.service.conditions import applies
from bot.service.schemas import InconsistentItem, Question, ServiceItem
from bot.talent.places import lexicon
from bot.texts import sentence

FEWEST_PHRASINGS = 5
_MOST_WAYS = 20_000
_TAKEN_KEYS = {"new", "choices", "check", "import"}  # addresses of the console
_PATTERNS = {"key": "key", "value": "key", "region": "region", "year": "year", "date": "date", "url": "url"}


class InvalidItem(Refusal):
    """An item that cannot be stored; `fields` maps a path such as `questions.0.ask` to a sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("invalid_item", sentence("items.invalid"), status=422)
        self.fields = fields
        self.more = {"fields": fields}  # rendered beside code and message


def parse_item(data: object) -> ServiceItem:
    """Validate what a file or a member of staff supplied; raises InvalidItem."""
    try:
        item = ServiceItem.model_validate(data)
    except ValidationError as problem:
        fields: dict[str, str] = {}
        for error in problem.errors():
            cause = error.get("ctx", {}).get("error")
            if isinstance(cause, InconsistentItem):
                fields = cause.fields | fields
                continue
            path = ".".join(str(part) for part in error["loc"] if part != "[key]") or "item"
            fields.setdefault(path, _in_chinese(error))
        raise InvalidItem(fields) from None
    if JOINT in item.key or item.key in _TAKEN_KEYS:
        raise InvalidItem({"key": sentence("items.one_item" if JOINT in item.key else "items.key_twice")})
    if len(item.key) > 64:
        raise InvalidItem({"key": sentence("items.too_long", most=64)})
    if item.region not in lexicon().regions:
        raise InvalidItem({"region": sentence("items.unknown_region")})
    return item


def advice(item: ServiceItem, *, departments: set[str]) -> list[str]:
    """What the editor had better look at; never blocks."""
    found = []
    if len(item.phrasings) < FEWEST_PHRASINGS:
        found.append(sentence("items.few_phrasings", count=len(item.phrasings), least=FEWEST_PHRASINGS))
    if not item.rules:
        found.append(sentence("items.no_rules"))
    elif answers := _unjudged(item):
        found.append(sentence("items.not_covered", answers=answers))
    if item.department is None:
        found.append(sentence("items.no_department"))
    for key in (item.department, *item.consults):
        if key is not None and key not in departments:
            found.append(sentence("items.unknown_department", key=key))
    return found


def ways(item: ServiceItem) -> Iterator[dict[str, str]]:
    """Every way to answer the check, of options that no condition tells apart only the first."""
    conditions = [*(rule.when for rule in item.rules), *(q.only_if for q in item.questions)]

    def differing(question: Question) -> list[str]:
        told = [set(condition[question.key]) for condition in conditions if question.key in condition]
        kinds = {tuple(o.value in values for values in told): o.value for o in reversed(question.options)}
        return list(kinds.values())

    def walk(number: int, values: dict[str, str]) -> Iterator[dict[str, str]]:
        if number == len(item.questions):
            yield values
            return
        question = item.questions[number]
        if not applies(question.only_if, values):
            yield from walk(number + 1, values)
            return
        for value in differing(question):
            yield from walk(number + 1, {**values, question.key: value})

    return walk(0, {})


def _unjudged(item: ServiceItem) -> str | None:
    """The first way through the check to which no rule says anything."""
    for values in islice(ways(item), _MOST_WAYS):
        if not any(applies(rule.when, values) for rule in item.rules):
            titles = {q.key: {o.value: o.title for o in q.options} for q in item.questions}
            return "、".join(titles[key][value] for key, value in values.items())
    return None


def differences(before: Any, after: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Path, value before and after of everything that differs; None for what was not there."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = list(dict.fromkeys([*before, *after]))
        pairs = [(key, before.get(key), after.get(key)) for key in keys]
    elif isinstance(before, list) and isinstance(after, list):
        size = max(len(before), len(after))
        pad = [None] * size
        pairs = list(zip(map(str, range(size)), [*before, *pad][:size], [*after, *pad][:size], strict=True))
    else:
        return [] if before == after else [(path, before, after)]
    return [
        found
        for key, old, new in pairs
        if old != new
        for found in differences(old, new, f"{path}.{key}" if path else key)
    ]


def _in_chinese(error: Any) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return sentence("items.missing")
        case "extra_forbidden":
            return sentence("items.extra")
        case "string_too_short":
            return sentence("items.too_short")
        case "too_short":
            return sentence("items.too_short_list", least=context["min_length"])
        case "string_too_long":
            return sentence("items.too_long", most=context["max_length"])
        case "too_long":
            return sentence("items.too_long_list", most=context["max_length"])
        case "enum" | "literal_error":
            return sentence("items.choice")
        case "string_pattern_mismatch":
            return sentence(f"items.pattern_{_PATTERNS.get(str(error['loc'][-1]), 'other')}")
        case "greater_than_equal" | "less_than_equal" | "int_parsing" | "int_from_float":
            return sentence("items.number")
        case kind if kind.endswith("_type"):
            return sentence("items.type")
        case _:
            return sentence("items.other")
