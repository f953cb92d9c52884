"""The two actions of the form. docs/engine.md, "Form contract", says which events do what."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form_acts import STOP, carry_out
from actions.turn import Events, TurnView, say
from bot.service.guide import Heard, decide
from bot.service.rendering import ask
from bot.service.rules import adopt, awaiting

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
        "fraud",
        "accessibility",
        "language",
        "small_talk",
        "wait",
        "apology",
        "urgent",
    )
)


class ValidateApplicationForm(Action):
    """Decides what a message in an open application means; nothing else does."""

    def name(self) -> str:
        return "validate_application_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        stored = turn.slots.get("application")
        item = turn.catalogue.item(stored.get("item")) if isinstance(stored, dict) else None
        if stored is None or item is None:
            return [SlotSet("application", None), *STOP]
        if turn.slots.get("application_answer") is None:
            # A form that starts: a draft left aside is opened by starting or resuming it, not by itself.
            return [SlotSet("application", stored), *STOP] if stored.get("parked") else []
        option = turn.entity("option")
        heard = Heard(turn.text, turn.intent, turn.confidence, option, turn.pressed)
        draft = adopt(item=item, stored=stored)
        decision = decide(item=item, draft=draft, heard=heard, texts=turn.texts, talk=TALK)
        return await carry_out(dispatcher, tracker, turn, decision)


class AskApplicationAnswer(Action):
    def name(self) -> str:
        return "action_ask_application_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        stored = turn.slots.get("application") or {}
        item = turn.catalogue.item(stored.get("item"))
        if item is None:
            return [SlotSet("awaiting", None)]
        draft = adopt(item=item, stored=stored)
        say(dispatcher, ask(item=item, draft=draft, texts=turn.texts))
        return [SlotSet("awaiting", awaiting(item=item, draft=draft))]
