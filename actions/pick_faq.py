from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_faq, answer_question
from actions.turn import Events, TurnView


class PickFaq(Action):
    """A pressed offer, follow-up or menu entry."""

    def name(self) -> str:
        return "action_pick_faq"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        key = turn.entity("faq")
        if key:
            return await answer_faq(dispatcher, turn, key=key)
        return await answer_question(dispatcher, turn, question=turn.text, region=turn.region)
