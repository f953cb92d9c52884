from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import FAILURES_BEFORE_OFFER
from actions.request_human import RequestHuman
from actions.turn import Events, TurnView


class Affirm(Action):
    """「好的」 after answers that failed and offered a person accepts the person."""

    def name(self) -> str:
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        if float(TurnView.of(tracker).slots.get("failed_answers") or 0) >= FAILURES_BEFORE_OFFER:
            return await RequestHuman().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_affirm")
        return []
