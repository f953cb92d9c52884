from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Content


class CancelApplication(Action):
    """Outside the form: a draft that was paused is dropped."""

    def name(self) -> str:
        return "action_cancel_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        text = "cancelled" if turn.slots.get("application") else "nothing_to_cancel"
        say(dispatcher, Content.say(turn.texts.say(text)))
        return [SlotSet("application", None), SlotSet("awaiting", None)]
