from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_question
from actions.check_progress import asks_progress, tell_progress
from actions.turn import Events, TurnView


class AnswerPolicy(Action):
    def name(self) -> str:
        return "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        # A bare case number or code is no question the classifier knows.
        if asks_progress(tracker):
            return await tell_progress(dispatcher, tracker)
        return await answer_question(dispatcher, turn, question=turn.text, region=turn.region)
