from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.mine import tell_own
from actions.turn import Events, TurnView
from bot.mine.card import my_card


class MyCard(Action):
    def name(self) -> str:
        return "action_my_card"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        return await tell_own(dispatcher, TurnView.of(tracker), my_card)
