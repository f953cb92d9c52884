import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.turn import Events, TurnView, say
from bot.conversation.content import HandoverRequest

# 「专员电话给我」 asks for a number, not for the queue.
_CONTACT = re.compile(r"专员.{0,3}(?:电话|号码|手机|联系方式|微信)")
_PERSON = re.compile(r"转|人工|真人|接通|叫|打不通")


class RequestHuman(Action):
    """The conversation says the place in the queue itself when the wish is carried out."""

    def name(self) -> str:
        return "action_request_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if not turn.pressed and _CONTACT.search(turn.text) and not _PERSON.search(turn.text):
            return await answer_inside(dispatcher, tracker, turn)
        say(dispatcher, handover=HandoverRequest(reason="requested"))
        return [SlotSet("failed_answers", 0.0)]
