"""What to do with a message said while an application is open: the one place that decides. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.service import rules
from bot.service.answers import asks_something, is_unsure
from bot.service.commands import command_of
from bot.service.rendering import full_texts
from bot.service.rules import Step, Wish
from bot.service.schemas import FieldKind, FormField, Question, ServiceItem
from bot.service.steps import DONE, LEAVE, NOTICE, RESULT, SUMMARY, Draft, find, label_of
from bot.service.texts import Command, Texts
from bot.text import personal

SURE = 0.6
CERTAIN = 0.95
_COMMAND_INTENTS = {
    "go_back": Command.BACK,
    "cancel_application": Command.CANCEL,
    "request_human": Command.HUMAN,
    "repeat": Command.REPEAT,
    "resume_application": Command.REPEAT,
}
_POLICY_INTENTS = {"ask_policy", "out_of_scope"}
# Buttons of earlier answers that are pressed, or said, in the middle of a form.
_ASIDE_INTENTS = {
    "pick_faq",
    "none_of_these",
    "choose_region",
    "tell_profile",
    "check_progress",
    "menu",
    "capabilities",
    "start_application",
    "pick_draft",
    "supply_case",
    "withdraw_case",
    "verify_identity",
    "my_card",
    "my_specialist",
    "my_service_days",
    "my_projects",
    "my_demands",
    "my_benefits",
    "join",
    "window_for",
    "experts_for_need",
}
_WISHES = {Wish.SPECIALIST: "handover", Wish.CANCEL: "cancel", Wish.PAUSE: "pause"}


class Act(StrEnum):
    ASK = "ask"  # the draft may have moved; ask its open step
    POLICY = "policy"  # answer as a policy question, then ask again
    ASIDE = "aside"  # let the action of that intent speak, then ask again
    TALK = "talk"  # say the static response of that intent, then ask again
    CRISIS = "crisis"
    HANDOVER = "handover"
    CANCEL = "cancel"
    PAUSE = "pause"
    SUBMIT = "submit"


@dataclass(frozen=True)
class Heard:
    text: str
    intent: str = ""
    confidence: float = 0.0
    option: str | None = None
    file: str | None = None  # id of a file that was sent
    pressed: bool = False  # a button: its intent is certain, its text is not typed
    wants_other: bool = False  # names another item and wants it done

    def sure_of(self, *intents: str) -> bool:
        return self.intent in intents and (self.pressed or self.confidence >= SURE)


@dataclass(frozen=True)
class Decision:
    act: Act
    draft: Draft
    say: str | None = None


def decide(
    *, item: ServiceItem, draft: Draft, heard: Heard, texts: Texts, talk: frozenset[str] = frozenset()
) -> Decision:
    """`talk` names the intents that have a static response."""
    typed = not heard.pressed
    # Care goes first; but a mere likelihood yields to words that plainly answer or steer the form.
    crisis = heard.intent == "crisis" and typed and not personal.TOKEN.fullmatch(heard.text.strip())
    if crisis and heard.confidence >= CERTAIN:
        return Decision(Act.CRISIS, draft)
    if heard.file:
        return _stepped(rules.attach(item=item, draft=draft, attachment_id=heard.file, texts=texts))
    if heard.intent == "ask_outcome":  # never an answer of a step, however free its text may be
        return Decision(Act.ASIDE, draft)
    if heard.pressed and heard.intent == "answer_option":
        return _stepped(rules.take(item=item, draft=draft, text="", option=heard.option, texts=texts))
    command = command_of(item=item, draft=draft, text=heard.text, texts=texts) if typed else None
    step = rules.step_of(item=item, draft=draft)
    free_text = isinstance(step, FormField) and step.kind is FieldKind.TEXT
    # A free text would take 「帮我找个真人」 as its answer; a sure intent goes first there.
    if command is None and heard.sure_of(*_COMMAND_INTENTS) and (free_text or not typed):
        command = _COMMAND_INTENTS[heard.intent], None
    if command is not None:
        return _obey(item, draft, command, texts, said=heard.text)
    if typed and free_text and heard.wants_other and heard.sure_of("start_application"):
        return Decision(Act.ASIDE, draft)  # 「我还要给孩子办入学」 is no honour of mine
    taken = rules.take(item=item, draft=draft, text=heard.text, option=None, texts=texts) if typed else None
    if crisis and (free_text or not (taken and taken.accepted)):
        return Decision(Act.CRISIS, draft)
    if taken and taken.accepted:
        return _stepped(taken)
    agreed = _agreed(item, draft, heard, step, texts) if typed else None
    if agreed and agreed.accepted:
        return _stepped(agreed)
    return _otherwise(item, draft, heard, texts, talk) or _refused(draft, taken)


def _otherwise(
    item: ServiceItem, draft: Draft, heard: Heard, texts: Texts, talk: frozenset[str]
) -> Decision | None:
    """The text is no answer of this step: what else is it?"""
    if heard.sure_of(*_COMMAND_INTENTS):
        return _obey(item, draft, (_COMMAND_INTENTS[heard.intent], None), texts)
    if heard.sure_of(*_ASIDE_INTENTS):
        return Decision(Act.ASIDE, draft)
    if heard.sure_of(*talk):
        return Decision(Act.TALK, draft)
    if heard.sure_of(*_POLICY_INTENTS) or asks_something(heard.text):
        return Decision(Act.POLICY, draft)
    return None


def _stepped(step: Step) -> Decision:
    if step.wish:
        return Decision(Act(_WISHES[step.wish]), step.draft)
    if step.accepted and step.draft["step"] == DONE:
        return Decision(Act.SUBMIT, step.draft)
    return Decision(Act.ASK, step.draft, step.refusal)


def _refused(draft: Draft, step: Step | None) -> Decision:
    return _stepped(step) if step else Decision(Act.ASK, draft)


def _agreed(
    item: ServiceItem, draft: Draft, heard: Heard, step: Question | FormField | None, texts: Texts
) -> Step | None:
    """「没错就这样」 or 「我没有呢」: a sure yes or no where the step offers just that."""
    if not heard.sure_of("affirm", "deny") or asks_something(heard.text) or is_unsure(heard.text):
        return None
    yes = heard.intent == "affirm"
    plan = {
        NOTICE: ("go_on", "not_now"),
        RESULT: ("go_on", "change"),
        SUMMARY: ("submit", "edit"),
        LEAVE: ("drop", "keep"),
    }
    option = plan[draft["step"]][0 if yes else 1] if draft["step"] in plan else None
    if step and {o.value for o in step.options} == {"yes", "no"}:
        option = "yes" if yes else "no"
    if option is None:
        return None
    return rules.take(item=item, draft=draft, text="", option=option, texts=texts)


def _obey(
    item: ServiceItem, draft: Draft, command: tuple[Command, str | None], texts: Texts, said: str = ""
) -> Decision:
    name, field = command
    plans: dict[Command, Callable[[], Decision]] = {
        Command.BACK: lambda: Decision(Act.ASK, rules.back(item=item, draft=draft), texts.say("back_done")),
        Command.CANCEL: lambda: _leave(item, draft),
        Command.PAUSE: lambda: Decision(Act.PAUSE, draft),
        Command.HUMAN: lambda: Decision(Act.HANDOVER, draft),
        Command.REPEAT: lambda: Decision(Act.ASK, draft),
        Command.MISSING: lambda: Decision(Act.ASK, draft, _missing(item, draft, texts)),
        Command.CONDITIONS: lambda: Decision(Act.ASK, draft, _in_full(item, name, texts)),
        Command.MATERIALS: lambda: Decision(Act.ASK, draft, _in_full(item, name, texts)),
        Command.STEPS: lambda: Decision(Act.ASK, draft, _in_full(item, name, texts)),
        Command.CORRECT: lambda: _correct(item, draft, field, texts, said),
    }
    return plans[name]()


def _leave(item: ServiceItem, draft: Draft) -> Decision:
    asked = rules.leave(item=item, draft=draft)
    return Decision(Act.ASK, asked) if asked else Decision(Act.CANCEL, draft)


def _in_full(item: ServiceItem, part: Command, texts: Texts) -> str:
    """A part of the card that was shortened; what the item does not have is not published."""
    lines = full_texts(item=item, texts=texts).get(part.value, [texts.say("notice_nothing")])
    return "\n".join([texts.say(f"notice_{part.value}"), *lines])


def _correct(item: ServiceItem, draft: Draft, field: str | None, texts: Texts, said: str) -> Decision:
    if field is None:
        return Decision(Act.ASK, rules.edit(item=item, draft=draft))
    step = rules.correct(item=item, draft=draft, field=field)
    label = label_of(item=item, key=field)
    asked = find(item, field)
    open_now = step.accepted or field == draft["step"]
    # 「手机号改成139…」 and 「单位所在地改成青岛」 bring the new value along.
    if open_now and asked and (personal.TOKEN.search(said) or asked.options):
        taken = rules.take(item=item, draft=step.draft, text=said, option=None, texts=texts)
        if taken.accepted and field not in draft["values"]:
            return _stepped(taken)
        if taken.accepted:
            value = dict(rules.summary(item=item, draft=taken.draft)).get(asked.label, "")
            return Decision(Act.ASK, taken.draft, texts.say("corrected_to", label=label, value=value))
    return Decision(Act.ASK, step.draft, texts.say("corrected", label=label) if step.accepted else None)


def _missing(item: ServiceItem, draft: Draft, texts: Texts) -> str:
    labels = rules.missing(item=item, draft=draft)
    return texts.say("missing", labels="、".join(labels)) if labels else texts.say("missing_none")
