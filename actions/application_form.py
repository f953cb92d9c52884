"""The two actions of the form. docs/engine.md, "Form contract", says which events do what."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form_acts import STOP, carry_out
from actions.form_item import item_of
from actions.telling_updates import tell_update
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.service.composing import JOINT
from bot.service.guide import Act, Decision, Heard, decide
from bot.service.registered import prefilled, registered
from bot.service.rendering import ask, option_button
from bot.service.rules import adopt, awaiting, fill_in, outdated
from bot.service.schemas import FormField, Option, ServiceItem
from bot.service.steps import Draft, find, label_of
from bot.service.wishing import wished

# Intents with a static response utter_<intent>.
TALK = frozenset(
    (
        "greet",
        "thanks",
        "goodbye",
        "are_you_human",
        "maker",
        "praise",
        "complaint",
        "frustration",
        "abuse",
        "distress",
        "privacy",
        "snooping",
        "misconduct",
        "object_publicity",
        "for_employers",
        "fraud",
        "accessibility",
        "language",
        "small_talk",
        "wait",
        "apology",
        "urgent",
    )
)
RECORD = "record"  # the button 「用登记的资料」


class ValidateApplicationForm(Action):
    """Decides what a message in an open application means; nothing else does."""

    def name(self) -> str:
        return "validate_application_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        stored = turn.slots.get("application")
        begins = turn.slots.get("application_answer") is None
        item = await item_of(turn, stored.get("item")) if isinstance(stored, dict) else None
        if not isinstance(stored, dict) or item is None:
            if not begins:
                say(dispatcher, _gone(turn, stored))
            return [SlotSet("application", None), *STOP]
        if begins:
            # A form that starts: a draft left aside is opened by starting or resuming it, not by itself.
            return [SlotSet("application", stored), *STOP] if stored.get("parked") else []
        draft = adopt(item=item, stored=stored)
        if turn.pressed and turn.entity("option") == RECORD:
            return await carry_out(dispatcher, tracker, turn, await _from_record(turn, item, draft), item)
        decision = decide(item=item, draft=draft, heard=_heard(turn, item), texts=turn.texts, talk=TALK)
        refill = outdated(item=item, stored=stored)
        if refill is not None and decision.act is Act.ASK:
            # What was just said answered a step that may be another by now.
            decision = Decision(Act.ASK, draft)
            tell_update(dispatcher, turn, item, refill)
        return await carry_out(dispatcher, tracker, turn, decision, item)


class AskApplicationAnswer(Action):
    def name(self) -> str:
        return "action_ask_application_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        stored = turn.slots.get("application") or {}
        item = await item_of(turn, stored.get("item"))
        if item is None:
            return [SlotSet("awaiting", None)]
        draft = adopt(item=item, stored=stored)
        content = ask(item=item, draft=draft, texts=turn.texts)
        await _offer_record(turn, item, draft, content)
        say(dispatcher, content)
        return [SlotSet("awaiting", awaiting(item=item, draft=draft))]


def _heard(turn: TurnView, item: ServiceItem) -> Heard:
    file = turn.entity("attachment") if turn.pressed and turn.intent == "upload_file" else None
    option = turn.entity("option")
    named = [] if turn.pressed else wished(turn.catalogue, turn.text, region=turn.chosen_region)
    other = any(match.key not in item.key.split(JOINT) for match in named)
    return Heard(turn.text, turn.intent, turn.confidence, option, file, turn.pressed, other)


def _gone(turn: TurnView, stored: object) -> Content:
    human = Button(title=turn.texts.say("button_human"), payload="/request_human")
    key = stored.get("item") if isinstance(stored, dict) else None
    if key is None:
        return Content.say(turn.texts.say("moved_away"), buttons=[human])
    item = turn.catalogue.items.get(str(key))
    name = item.name if item else turn.texts.say("this_item")
    return Content.say(turn.texts.say("item_closed", name=name), buttons=[human])


async def _from_record(turn: TurnView, item: ServiceItem, draft: Draft) -> Decision:
    tokens = await registered(turn.rt, conversation_id=turn.conversation_id)
    found = prefilled(item=item, draft=draft, tokens=tokens)
    if not found:
        return Decision(Act.ASK, draft)
    labels = "、".join(label_of(item=item, key=key) for key in found)
    filled = fill_in(item=item, draft=draft, values=found)
    return Decision(Act.ASK, filled, turn.texts.say("record_used", labels=labels))


async def _offer_record(turn: TurnView, item: ServiceItem, draft: Draft, content: Content) -> None:
    """At a step the record can answer; for the rest of them as well."""
    step = find(item, draft["step"])
    if not isinstance(step, FormField) or not step.personal or step.key in draft["values"]:
        return
    tokens = await registered(turn.rt, conversation_id=turn.conversation_id)
    found = prefilled(item=item, draft=draft, tokens=tokens)
    if step.key not in found:
        return
    shown = "、".join(f"{label_of(item=item, key=key)} {token}" for key, token in found.items())
    content.paragraphs.append(turn.texts.say("record_offer", values=shown))
    content.buttons.insert(0, option_button(Option(value=RECORD, title=turn.texts.say("button_record"))))
