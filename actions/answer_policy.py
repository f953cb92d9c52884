from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_question
from actions.check_progress import asks_progress, tell_progress
from actions.turn import Events, TurnView


async def answer_inside(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: TurnView, *, about: str | None = None
) -> Events:
    # A bare case number or code is no question the classifier knows.
    if asks_progress(tracker):
        return await tell_progress(dispatcher, tracker)
    return await answer_question(dispatcher, turn, question=turn.text, region=turn.region, about=about)


class AnswerPolicy(Action):
    def name(self) -> str:
        return "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        return await answer_inside(dispatcher, tracker, TurnView.of(tracker))
