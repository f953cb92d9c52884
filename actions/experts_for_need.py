from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.mine.experts import experts_for_need


class ExpertsForNeed(Action):
    """How many experts of a field there are; who they are only a specialist tells."""

    def name(self) -> str:
        return "action_experts_for_need"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        say(dispatcher, await experts_for_need(turn.rt, text=turn.text, region=turn.region))
        return []
