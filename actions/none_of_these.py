from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import FAILURES_BEFORE_OFFER
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content
from bot.knowledge import service as knowledge
from bot.knowledge.render import human_button
from bot.texts import sentence


class NoneOfThese(Action):
    """「都不是」 below an offer counts as a failed answer: one better question, then a person."""

    def name(self) -> str:
        return "action_none_of_these"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if turn.slots.get("open_question"):
            # 「其他地区」 below the places that have rules of their own.
            say(dispatcher, Content.say(sentence("knowledge.where")))
            return []
        failures = float(turn.slots.get("failed_answers") or 0) + 1
        say(dispatcher, await _next(turn, failures), failed=True)
        return [SlotSet("failed_answers", failures)]


async def _next(turn: TurnView, failures: float) -> Content:
    question = turn.slots.get("last_question")
    if failures >= FAILURES_BEFORE_OFFER:
        return Content.say(sentence("knowledge.narrow_human"), buttons=[human_button()])
    if question is None:
        return Content.say(sentence("knowledge.narrow_subject"), buttons=[human_button()])
    offered = [key for reply in turn.last_replies if reply.log for key in reply.log.offered]
    return await knowledge.better_question(
        turn.rt, question=question, region=turn.chosen_region, offered=offered
    )
