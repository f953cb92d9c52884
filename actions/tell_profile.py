from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.answering import answer_question
from actions.turn import Events, TurnView
from bot.knowledge import service as knowledge


class TellProfile(Action):
    """An answer to the question below a list of what may be somebody's: pressed, or a typed yes or no."""

    def name(self) -> str:
        return "action_tell_profile"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if not turn.pressed:
            if knowledge.place_said(turn.text).code:  # 「不对，我在青岛」 answers no yes or no
                return await answer_inside(dispatcher, tracker, turn)
            told = knowledge.meant_by(
                turn.text, yes=turn.intent == "affirm", profile=turn.slots.get("profile")
            )
            if told is None:
                dispatcher.utter_message(response=f"utter_{turn.intent}")
                return []
        else:
            told = turn.entity("told")
        question = str(turn.slots.get("last_question") or turn.text)
        return await answer_question(
            dispatcher, turn, question=question, region=turn.chosen_region, told=told
        )
