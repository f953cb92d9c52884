from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.menu import menu_of
from actions.turn import Events, TurnView, say


class Unclear(Action):
    """The dialogue's fall-back: never a dead end."""

    def name(self) -> str:
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        say(dispatcher, menu_of(turn, turn.texts.say("unclear")), failed=True)
        return [SlotSet("failed_answers", float(turn.slots.get("failed_answers") or 0) + 1)]
