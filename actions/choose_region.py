from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.answering import take_place
from actions.choosing_items import place_asked
from actions.start_application import start_agreed
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content
from bot.knowledge.service import place_said, wants_other_place
from bot.texts import sentence


class ChooseRegion(Action):
    """A pressed place answers the question that waits for it. A typed one may be a question itself."""

    def name(self) -> str:
        return "action_choose_region"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        region = turn.entity("region")
        if turn.pressed and region:
            question = turn.slots.get("open_question") or turn.slots.get("last_question")
            return await take_place(dispatcher, turn, code=region, question=question)
        item = place_asked(turn)
        if item and place_said(turn.text).code == item.region:
            return await start_agreed(dispatcher, turn, item)
        if wants_other_place(turn.text):
            say(dispatcher, Content.say(sentence("knowledge.where")))
            return []
        return await answer_inside(dispatcher, tracker, turn)
