"""The guide: which step of an application is next and what an answer does to the draft. Pure.

A draft is plain JSON, because it travels in a slot of the engine's state. Its `values` hold option
values and tokens of personal data, never raw personal data. The next step is always the first one
not yet answered, so going back and correcting need no memory of where the talent came from.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

from bot.service.answers import (
    SKIPPED,
    TOKEN_OF,
    Answer,
    asks_why,
    plain,
    read_field,
    read_option,
    read_question,
)
from bot.service.schemas import Condition, FormField, Option, Question, Route, Rule, ServiceItem, Verdict
from bot.service.texts import Command, Texts
from bot.text import personal

NOTICE, RESULT, SUMMARY, EDIT, DONE = "notice", "result", "summary", "edit", "done"
_WORST_FIRST = (Verdict.DOES_NOT_MEET, Verdict.MAY_MEET, Verdict.MEETS)


class Stage(StrEnum):
    NOTICE = "notice"
    ELIGIBILITY = "eligibility"
    FORM = "form"
    SUMMARY = "summary"
    DONE = "done"


class Draft(TypedDict):
    item: str
    version: int
    stage: str
    step: str  # notice, a question's key, result, a field's key, summary, edit, done
    values: dict[str, str]
    seen: list[str]  # notice and result, once acknowledged
    tries: int  # refused answers at this step


class Wish(StrEnum):
    """What the talent chose that the guide itself cannot do."""

    SPECIALIST = "specialist"
    CANCEL = "cancel"
    PAUSE = "pause"


@dataclass(frozen=True)
class Step:
    accepted: bool
    draft: Draft
    refusal: str | None = None
    wish: Wish | None = None


@dataclass(frozen=True)
class Assessment:
    verdict: Verdict
    reasons: tuple[Rule, ...]
    route: Route | None


def all_steps(item: ServiceItem) -> list[Question | FormField]:
    return [*item.questions, *item.fields]


def begin(*, item: ServiceItem) -> Draft:
    return _at(
        item,
        Draft(item=item.key, version=item.version, stage="", step="", values={}, seen=[], tries=0),
        NOTICE,
    )


def adopt(*, item: ServiceItem, stored: object) -> Draft:
    """A draft from a slot, fitted to the item as it is now: answers that no longer fit are asked again."""
    draft = begin(item=item)
    if not isinstance(stored, dict):
        return draft
    raw = stored.get("values")
    values: dict[str, Any] = raw if isinstance(raw, dict) else {}
    for step in all_steps(item):
        value = values.get(step.key)
        if isinstance(value, str) and _fits(step, value):
            draft["values"][step.key] = value
    same = stored.get("version") == item.version
    seen = stored.get("seen")
    draft["seen"] = [s for s in (NOTICE, RESULT) if same and isinstance(seen, list) and s in seen]
    step_key = stored.get("step")
    if same and step_key in (*order(item=item, values=draft["values"]), EDIT):
        tries = stored.get("tries")
        moved = _at(item, draft, step_key)
        moved["tries"] = tries if isinstance(tries, int) else 0
        # A hand-made draft must not jump over open questions to the summary.
        return (
            _next(item, draft) if step_key in (SUMMARY, EDIT) and missing(item=item, draft=draft) else moved
        )
    return _next(item, draft)


def order(*, item: ServiceItem, values: dict[str, str]) -> list[str]:
    """All steps that apply, in order."""
    asked = [q.key for q in item.questions if _applies(q.only_if, values)]
    fields = [f.key for f in item.fields if _applies(f.only_if, values)]
    return [NOTICE, *asked, *([RESULT] if asked else []), *fields, SUMMARY]


def step_of(*, item: ServiceItem, draft: Draft) -> Question | FormField | None:
    return _find(item, draft["step"])


def awaiting(*, item: ServiceItem, draft: Draft) -> str | None:
    """Kind of the personal value now asked for, as `bot.text.personal` names it."""
    step = step_of(item=item, draft=draft)
    return TOKEN_OF[step.kind] if isinstance(step, FormField) and step.personal else None


def missing(*, item: ServiceItem, draft: Draft) -> list[str]:
    """Labels of everything still to be answered, all at once."""
    steps = (_find(item, key) for key in order(item=item, values=draft["values"]))
    return [s.label for s in steps if s and s.key not in draft["values"] and getattr(s, "required", True)]


def assess(*, item: ServiceItem, values: dict[str, str]) -> Assessment:
    """Every matching rule gives its reason; the worst verdict counts. No rule, no claim."""
    current = {key: values[key] for key in order(item=item, values=values) if key in values}
    hits = tuple(rule for rule in item.rules if _applies(rule.when, current))
    verdicts = {rule.verdict for rule in hits} or {Verdict.MAY_MEET}
    verdict = next(v for v in _WORST_FIRST if v in verdicts)
    route = next((rule.route for rule in hits if rule.route), item.route)
    return Assessment(verdict, hits, None if verdict is Verdict.DOES_NOT_MEET else route)


def summary(*, item: ServiceItem, draft: Draft) -> list[tuple[str, str]]:
    """Label and shown value of every answer that applies; tokens stay tokens."""
    rows = []
    for key in order(item=item, values=draft["values"]):
        step, value = _find(item, key), draft["values"].get(key)
        if step and value:
            titles = {option.value: option.title for option in step.options}
            rows.append((step.label, titles.get(value, value)))
    return rows


def take(*, item: ServiceItem, draft: Draft, text: str, option: str | None, texts: Texts) -> Step:
    """Try a text or a pressed option as the answer of the current step."""
    step = step_of(item=item, draft=draft)
    if step is None:
        return _take_choice(item, draft, text, option, texts)
    answer: Answer = (
        read_field(step, text, option, texts=texts)
        if isinstance(step, FormField)
        else read_question(step, text, option, texts=texts)
    )
    if answer.value is None:
        return refuse(draft=draft, why=answer.why or "")
    after = _copy(draft)
    if isinstance(step, Question) and draft["values"].get(step.key) != answer.value:
        after["seen"] = [s for s in draft["seen"] if s != RESULT]  # the result may be another now
    after["values"][step.key] = answer.value
    return Step(True, _next(item, after))


def refuse(*, draft: Draft, why: str) -> Step:
    after = _copy(draft)
    after["tries"] += 1
    return Step(False, after, refusal=why)


def back(*, item: ServiceItem, draft: Draft) -> Draft:
    """The step before this one; from the first step, the first step."""
    if draft["step"] == EDIT:
        return _next(item, draft)
    steps = order(item=item, values=draft["values"])
    place = steps.index(draft["step"]) if draft["step"] in steps else 0
    return _at(item, draft, steps[max(place - 1, 0)])


def correct(*, item: ServiceItem, draft: Draft, field: str) -> Step:
    """Ask an earlier step again; its old answer stays until the new one is accepted."""
    if field not in draft["values"] or field not in order(item=item, values=draft["values"]):
        return Step(False, draft)
    return Step(True, _at(item, draft, field))


def edit(*, item: ServiceItem, draft: Draft) -> Draft:
    """Offer every given answer for correction; with none given there is nothing to offer."""
    return _at(item, draft, EDIT) if draft["values"] else draft


def choices(*, item: ServiceItem, draft: Draft, texts: Texts) -> list[Option]:
    """Options of the steps that are neither a question nor a field."""
    if draft["step"] == EDIT:
        given = [s for s in (_find(item, k) for k in order(item=item, values=draft["values"])) if s]
        return [Option(value=s.key, title=s.label) for s in given if s.key in draft["values"]]
    named = {
        NOTICE: ("go_on", "delegate", "not_now"),
        RESULT: ("go_on", "delegate", "change"),
        SUMMARY: ("submit", "edit", "pause"),
    }
    keys = named.get(draft["step"], ())
    words = {"go_on": "continue", "submit": "submit"}
    return [
        Option(
            value=key, title=texts.say(f"button_{key}"), words=texts.field_words.get(words.get(key, key), [])
        )
        for key in keys
    ]


def command_of(
    *, item: ServiceItem, draft: Draft, text: str, texts: Texts
) -> tuple[Command, str | None] | None:
    """A word that steers the form, with the step to correct if one is named."""
    said = plain(text)
    for command, words in texts.commands.items():
        if command is not Command.CORRECT and said in map(plain, words):
            return command, None
    if (
        len(said) > 20
        or asks_why(text)
        or not any(plain(word) in said for word in texts.commands[Command.CORRECT])
    ):
        return None
    for key in order(item=item, values=draft["values"]):
        step = _find(item, key)
        kind = step.kind if isinstance(step, FormField) else ""
        if step and any(plain(w) in said for w in (step.label, *texts.field_words.get(kind, []))):
            return Command.CORRECT, key
    return (Command.CORRECT, None) if said in map(plain, texts.commands[Command.CORRECT]) else None


def _take_choice(item: ServiceItem, draft: Draft, text: str, option: str | None, texts: Texts) -> Step:
    chosen = read_option(choices(item=item, draft=draft, texts=texts), text, option)
    if chosen is None:
        return refuse(draft=draft, why=texts.say("choose_button"))
    if draft["step"] == EDIT:
        return correct(item=item, draft=draft, field=chosen)
    if chosen in ("delegate", "not_now", "pause"):
        wish = {"delegate": Wish.SPECIALIST, "not_now": Wish.CANCEL, "pause": Wish.PAUSE}[chosen]
        return Step(True, draft, wish=wish)
    if chosen == "edit":
        return Step(True, edit(item=item, draft=draft))
    if chosen == "change":
        return Step(True, back(item=item, draft=draft))
    if chosen == "submit":
        absent = missing(item=item, draft=draft)
        if absent:
            return Step(False, _next(item, draft), refusal=texts.say("missing", labels="、".join(absent)))
        return Step(True, _at(item, draft, DONE))
    after = _copy(draft)
    after["seen"] = [*draft["seen"], draft["step"]]
    return Step(True, _next(item, after))


def _next(item: ServiceItem, draft: Draft) -> Draft:
    answered = {*draft["values"], *draft["seen"]}
    steps = order(item=item, values=draft["values"])
    return _at(item, draft, next((s for s in steps if s not in answered), SUMMARY))


def _at(item: ServiceItem, draft: Draft, step: str) -> Draft:
    after = _copy(draft)
    asked = {question.key for question in item.questions} | {RESULT}
    ends = {NOTICE: Stage.NOTICE, SUMMARY: Stage.SUMMARY, EDIT: Stage.SUMMARY, DONE: Stage.DONE}
    stage = ends.get(step) or (Stage.ELIGIBILITY if step in asked else Stage.FORM)
    after["stage"], after["step"], after["tries"] = stage.value, step, 0
    return after


def _copy(draft: Draft) -> Draft:
    return Draft(**{**draft, "values": dict(draft["values"]), "seen": list(draft["seen"])})


def _find(item: ServiceItem, key: str) -> Question | FormField | None:
    return next((s for s in all_steps(item) if s.key == key), None)


def _applies(condition: Condition, values: dict[str, str]) -> bool:
    return all(values.get(key) in wanted for key, wanted in condition.items())


def _fits(step: Question | FormField, value: str) -> bool:
    if step.options:
        allowed = {option.value for option in step.options}
        return value in allowed or (value == SKIPPED and isinstance(step, FormField) and not step.required)
    if not isinstance(step, FormField):
        return False
    if value == SKIPPED:
        return not step.required
    if not step.personal:
        return len(value) <= step.max_length
    token = personal.TOKEN.fullmatch(value)
    return token is not None and token.group(1) in {TOKEN_OF[kind] for kind in (step.kind, *step.also)}
