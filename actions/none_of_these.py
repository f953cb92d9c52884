from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content


class NoneOfThese(Action):
    """「都不是」 below an offer counts as a failed answer."""

    def name(self) -> str:
        return "action_none_of_these"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        human = Button(title=turn.texts.say("button_human"), payload="/request_human")
        say(dispatcher, Content.say(turn.texts.say("none_of_these"), buttons=[human]))
        return [SlotSet("failed_answers", float(turn.slots.get("failed_answers") or 0) + 1)]
