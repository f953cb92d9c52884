import re
from typing import Any, Literal, cast

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.answering import FAILURES_BEFORE_OFFER
from actions.turn import Events, TurnView, say
from bot.conversation.content import HandoverRequest

Category = Literal["政策咨询", "手续代办", "待遇落实"]
# 「专员电话给我」 asks for a number, not for the queue.
_CONTACT = re.compile(r"专员.{0,3}(?:电话|号码|手机|联系方式|微信)")
_PERSON = re.compile(r"转|人工|真人|接通|叫|打不通")
_HINTS = {"手续代办": ("代办", "手续", "申请", "办理"), "待遇落实": ("待遇", "落实", "兑现", "没到账")}


class RequestHuman(Action):
    """The conversation says the place in the queue itself when the wish is carried out."""

    def name(self) -> str:
        return "action_request_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if not turn.pressed and _CONTACT.search(turn.text) and not _PERSON.search(turn.text):
            return await answer_inside(dispatcher, tracker, turn)
        unanswered = (turn.slots.get("failed_answers") or 0) >= FAILURES_BEFORE_OFFER
        reason: Literal["unanswered", "requested"] = "unanswered" if unanswered else "requested"
        say(dispatcher, handover=HandoverRequest(reason=reason, category=_category(turn)))
        return [SlotSet("failed_answers", 0.0)]


def _category(turn: TurnView) -> Category:
    named = turn.entity("category")
    guessed = next((name for name, words in _HINTS.items() if any(w in turn.text for w in words)), "政策咨询")
    return cast(Category, named if named in (*_HINTS, "政策咨询") else guessed)
