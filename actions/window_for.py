from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.turn import Events, TurnView, say
from bot.mine.windows import window_for


class WindowFor(Action):
    """Window and office for a matter and a place; what the records do not hold the search answers."""

    def name(self) -> str:
        return "action_window_for"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        told = await window_for(turn.rt, text=turn.text, region=turn.region)
        if told is None:
            return await answer_inside(dispatcher, tracker, turn)
        say(dispatcher, told)
        return []
