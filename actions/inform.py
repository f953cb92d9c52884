from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.check_progress import asks_progress, tell_progress
from actions.menu import menu_of
from actions.turn import Events, TurnView, say


class Inform(Action):
    """Data said while no form is open: a query code after a case number asks for progress."""

    def name(self) -> str:
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        if asks_progress(tracker):
            return await tell_progress(dispatcher, tracker)
        turn = TurnView.of(tracker)
        say(dispatcher, menu_of(turn, turn.texts.say("inform_outside")))
        return []
