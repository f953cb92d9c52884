"""A plain yes or no: what it answers is what was said before it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import FAILURES_BEFORE_OFFER, answer_faq
from actions.choosing_items import place_asked
from actions.none_of_these import NoneOfThese
from actions.request_human import RequestHuman
from actions.start_application import start_agreed
from actions.turn import Events, TurnView, send
from bot.conversation.content import Reply


class Affirm(Action):
    def name(self) -> str:
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        item = place_asked(turn)
        if item:  # 「您是要在泉州市办吗？」「是」
            return await start_agreed(dispatcher, turn, item)
        open_choice = _open_choice(turn)
        if open_choice and open_choice.log and len(open_choice.log.offered) == 1:
            return await answer_faq(dispatcher, turn, key=open_choice.log.offered[0])
        if float(turn.slots.get("failed_answers") or 0) >= FAILURES_BEFORE_OFFER:
            return await RequestHuman().run(dispatcher, tracker, domain)
        if open_choice:  # 「是的」 to several: which one is still open
            send(dispatcher, open_choice)
        else:
            dispatcher.utter_message(response="utter_affirm")
        return []


class Deny(Action):
    def name(self) -> str:
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        if _open_choice(TurnView.of(tracker)):
            return await NoneOfThese().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_deny")
        return []


def _open_choice(turn: TurnView) -> Reply | None:
    """What the last turn offered to choose from."""
    open_choices = [r for r in turn.last_replies if r.log and r.log.band in ("offer", "clarify")]
    return open_choices[-1] if open_choices else None
