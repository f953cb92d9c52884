from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_question
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content
from bot.knowledge.service import names_place

_SUBJECTS = ("item", "programme", "tier", "degree")


class ChooseRegion(Action):
    """The answer to 「您想问哪个市」: the open question is answered for that place."""

    def name(self) -> str:
        return "action_choose_region"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        region = turn.entity("region")
        question = turn.slots.get("last_question")
        asks = not turn.pressed and any(turn.entity(kind) for kind in _SUBJECTS)
        if region is None or asks:
            return await answer_question(dispatcher, turn, question=turn.text, region=turn.region)
        if question is None:
            say(dispatcher, Content.say(turn.texts.say("region_set")))
            return [SlotSet("region", region)]
        # 「那青岛呢」 after a question that named 烟台: said again, it would be about 烟台 again.
        if not turn.pressed and turn.slots.get("last_faq") and names_place(text=question):
            question = turn.text
        events = await answer_question(dispatcher, turn, question=question, region=region)
        return [SlotSet("region", region), *events]
