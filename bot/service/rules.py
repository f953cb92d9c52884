"""The guide: which step of an application is next and what an answer does to the draft. Pure.

A draft is plain JSON, because it travels in a slot of the engine's state. Its `values` hold option
values and tokens of personal data, never raw personal data. The next step is always the first one
not yet answered, so going back and correcting need no memory of where the talent came from.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.service.answers import (
    SKIPPED,
    TOKEN_OF,
    Answer,
    plain,
    read_field,
    read_option,
    read_question,
    still_fits,
)
from bot.service.choices import choices, named_step
from bot.service.conditions import applies
from bot.service.materials import FILE, LATER, fits, material_at, step_key, with_file
from bot.service.schemas import FieldKind, FormField, Question, Route, Rule, ServiceItem, Verdict
from bot.service.steps import (
    DONE,
    EDIT,
    LEAVE,
    NOTICE,
    RESULT,
    SUMMARY,
    Draft,
    Stage,
    all_steps,
    find,
    label_of,
    order,
)
from bot.service.texts import Texts
from bot.text import told

UNCHANGED = "unchanged"  # an answer looked at again and left as it is
_MATERIAL_ANSWERS = {"later": LATER, "none": SKIPPED}
_WORST_FIRST = (Verdict.DOES_NOT_MEET, Verdict.MAY_MEET, Verdict.MEETS)


class Wish(StrEnum):
    """What the talent chose that the guide itself cannot do."""

    SPECIALIST = "specialist"
    CANCEL = "cancel"
    PAUSE = "pause"


_WISH_OF = {
    "delegate": Wish.SPECIALIST,
    "not_now": Wish.CANCEL,
    "drop": Wish.CANCEL,
    "pause": Wish.PAUSE,
}


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


def begin(*, item: ServiceItem, key: str = "") -> Draft:
    empty = Draft(id=key, item=item.key, version=item.version, stage="", step="", values={}, seen=[], tries=0)
    return _at(item, empty, NOTICE)


def adopt(*, item: ServiceItem, stored: object) -> Draft:
    """A draft from a slot, fitted to the item as it is now: answers that no longer fit are asked again."""
    if not isinstance(stored, dict):
        return begin(item=item)
    draft = begin(item=item, key=str(stored.get("id") or ""))
    values = _given(stored)
    for step in all_steps(item):
        if step.key in values and still_fits(step, values[step.key]):
            draft["values"][step.key] = values[step.key]
    for material in item.materials:
        value = values.get(step_key(material))
        if material.upload and value is not None and fits(material, value):
            draft["values"][step_key(material)] = value
    same = stored.get("version") == item.version and stored.get("item") == item.key
    seen = stored.get("seen")
    draft["seen"] = [s for s in (NOTICE, RESULT) if same and isinstance(seen, list) and s in seen]
    step_now = stored.get("step")
    if same and step_now in (*order(item=item, values=draft["values"]), EDIT, LEAVE):
        tries = stored.get("tries")
        moved = _at(item, draft, str(step_now))
        moved["tries"] = tries if isinstance(tries, int) else 0
        # A hand-made draft must not jump over open questions to the summary.
        return (
            _next(item, draft) if step_now in (SUMMARY, EDIT) and missing(item=item, draft=draft) else moved
        )
    return _next(item, draft)


def outdated(*, item: ServiceItem, stored: dict[str, Any]) -> list[str] | None:
    """The item changed under a draft: labels of the answers that no longer fit. None: nothing changed."""
    if stored.get("version") == item.version:
        return None
    kept = adopt(item=item, stored=stored)["values"]
    known: list[tuple[str, str]] = [(step.key, step.label) for step in all_steps(item)]
    known += [(step_key(material), material.name) for material in item.materials if material.upload]
    return [label for key, label in known if key in _given(stored) and key not in kept]


def step_of(*, item: ServiceItem, draft: Draft) -> Question | FormField | None:
    return find(item, draft["step"])


def awaiting(*, item: ServiceItem, draft: Draft) -> str | None:
    """Kind of the personal value now asked for, as `bot.text.personal` names it; or a file, or free text."""
    step = step_of(item=item, draft=draft)
    if isinstance(step, FormField):
        free = told.FREE_TEXT if step.kind is FieldKind.TEXT else None
        return TOKEN_OF[step.kind] if step.personal else free
    return FILE if material_at(item=item, step=draft["step"]) else None


def missing(*, item: ServiceItem, draft: Draft) -> list[str]:
    """Labels of everything still to be answered, all at once."""
    labels = []
    for key in order(item=item, values=draft["values"]):
        step, material = find(item, key), material_at(item=item, step=key)
        required = material.required if material else getattr(step, "required", True)
        if key not in draft["values"] and required and (material or step):
            labels.append(label_of(item=item, key=key))
    return labels


def assess(*, item: ServiceItem, values: dict[str, str]) -> Assessment:
    """Every matching rule gives its reason; the worst verdict counts. No rule, no claim."""
    current = {key: values[key] for key in order(item=item, values=values) if key in values}
    hits = tuple(rule for rule in item.rules if applies(rule.when, current))
    verdicts = {rule.verdict for rule in hits} or {Verdict.MAY_MEET}
    verdict = next(v for v in _WORST_FIRST if v in verdicts)
    route = next((rule.route for rule in hits if rule.route), item.route)
    return Assessment(verdict, hits, None if verdict is Verdict.DOES_NOT_MEET else route)


def summary(*, item: ServiceItem, draft: Draft) -> list[tuple[str, str]]:
    """Label and shown value of every answer that applies; tokens stay tokens."""
    rows = []
    for key in order(item=item, values=draft["values"]):
        step, value = find(item, key), draft["values"].get(key)
        if step and value:
            titles = {option.value: option.title for option in step.options}
            rows.append((step.label, titles.get(value, value)))
    return rows


def fill_in(*, item: ServiceItem, draft: Draft, values: dict[str, str]) -> Draft:
    """Several answers at once, from a record; what does not fit is left to be asked."""
    after = _copy(draft)
    for key, value in values.items():
        step = find(item, key)
        if step and still_fits(step, value):
            after["values"][key] = value
    return _next(item, after)


def attach(*, item: ServiceItem, draft: Draft, attachment_id: str, texts: Texts) -> Step:
    """A file for the material that is asked for; more may follow until the talent says it is all."""
    material = material_at(item=item, step=draft["step"])
    if material is None:
        return Step(False, draft, refusal=texts.say("file_not_now"))
    given = with_file(draft["values"].get(draft["step"]), attachment_id)
    if given is None:
        return Step(False, draft, refusal=texts.say("file_enough", label=material.name))
    after = _copy(draft)
    after["values"][draft["step"]], after["tries"] = given, 0
    return Step(True, after)


def take(*, item: ServiceItem, draft: Draft, text: str, option: str | None, texts: Texts) -> Step:
    """Try a text or a pressed option as the answer of the current step."""
    step = step_of(item=item, draft=draft)
    if step is None:
        return _take_choice(item, draft, text, option, texts)
    given = draft["values"].get(step.key)
    if given is not None and (option == UNCHANGED or plain(text) in map(plain, texts.field_words[UNCHANGED])):
        return Step(True, _next(item, draft))
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
    if draft["step"] in (EDIT, LEAVE):
        return _next(item, draft)
    steps = order(item=item, values=draft["values"])
    place = steps.index(draft["step"]) if draft["step"] in steps else 0
    return _at(item, draft, steps[max(place - 1, 0)])


def correct(*, item: ServiceItem, draft: Draft, field: str) -> Step:
    """Ask an earlier step again; its old answer stays until the new one is accepted."""
    if field not in draft["values"] or field not in order(item=item, values=draft["values"]):
        return Step(False, draft)
    return Step(True, _at(item, draft, field))


def leave(*, item: ServiceItem, draft: Draft) -> Draft | None:
    """Ask whether what was filled in shall really go; None when there is nothing to lose, or it was asked."""
    return _at(item, draft, LEAVE) if draft["values"] and draft["step"] != LEAVE else None


def edit(*, item: ServiceItem, draft: Draft) -> Draft:
    """Offer every given answer for correction; with none given there is nothing to offer."""
    return _at(item, draft, EDIT) if draft["values"] else draft


def _take_choice(item: ServiceItem, draft: Draft, text: str, option: str | None, texts: Texts) -> Step:
    chosen = read_option(choices(item=item, draft=draft, texts=texts), text, option)
    if chosen is None:
        at_file = material_at(item=item, step=draft["step"]) is not None
        return refuse(draft=draft, why=texts.say("send_file" if at_file else "choose_button"))
    if draft["step"] == EDIT:
        return correct(item=item, draft=draft, field=named_step(chosen))
    if chosen in _WISH_OF:
        return Step(True, _next(item, draft) if draft["step"] == LEAVE else draft, wish=_WISH_OF[chosen])
    if chosen == "submit" and (absent := missing(item=item, draft=draft)):
        return Step(False, _next(item, draft), refusal=texts.say("missing", labels="、".join(absent)))
    return Step(True, _after(item, draft, chosen))


def _after(item: ServiceItem, draft: Draft, chosen: str) -> Draft:
    """Where a choice leads that is neither an answer nor a wish."""
    if chosen == "edit":
        return edit(item=item, draft=draft)
    if chosen == "change":
        return back(item=item, draft=draft)
    if chosen == "submit":
        return _at(item, draft, DONE)
    after = _copy(draft)
    if chosen in _MATERIAL_ANSWERS:
        after["values"][draft["step"]] = _MATERIAL_ANSWERS[chosen]
    elif chosen == "anew":
        del after["values"][draft["step"]]
    elif draft["step"] in (NOTICE, RESULT):
        after["seen"] = [*draft["seen"], draft["step"]]
    return _next(item, after)


def _next(item: ServiceItem, draft: Draft) -> Draft:
    answered = {*draft["values"], *draft["seen"]}
    steps = order(item=item, values=draft["values"])
    return _at(item, draft, next((s for s in steps if s not in answered), SUMMARY))


def _at(item: ServiceItem, draft: Draft, step: str) -> Draft:
    after = _copy(draft)
    asked = {question.key for question in item.questions} | {RESULT}
    ends = {NOTICE: Stage.NOTICE, SUMMARY: Stage.SUMMARY, EDIT: Stage.SUMMARY, DONE: Stage.DONE}
    stage = ends.get(step) or (Stage.ELIGIBILITY if step in asked else Stage.FORM)
    if material_at(item=item, step=step):
        stage = Stage.MATERIALS
    after["stage"], after["step"], after["tries"] = stage.value, step, 0
    return after


def _copy(draft: Draft) -> Draft:
    return Draft(**{**draft, "values": dict(draft["values"]), "seen": list(draft["seen"])})


def _given(stored: dict[str, Any]) -> dict[str, str]:
    raw = stored.get("values")
    return {k: v for k, v in raw.items() if isinstance(v, str)} if isinstance(raw, dict) else {}
