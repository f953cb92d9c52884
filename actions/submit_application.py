from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Card, Content
from bot.errors import Refusal
from bot.service.submission import Submission, submit


class SubmitApplication(Action):
    """Idempotent on the turn: run again, it says the same number and the same code."""

    def name(self) -> str:
        return "action_submit_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        draft, meta = turn.slots.get("application") or {}, turn.metadata
        try:
            done = await submit(
                turn.rt, turn_id=meta["turn_id"], conversation_id=meta["conversation_id"], draft=draft
            )
        except Refusal as refusal:
            resume = Button(title=turn.texts.say("button_go_on"), payload="/resume_application")
            say(dispatcher, Content.say(refusal.message, buttons=[resume]))
            return [SlotSet("application", {**draft, "parked": True}), SlotSet("awaiting", None)]
        say(dispatcher, _receipt(turn, done, draft["item"]))
        return [SlotSet("application", None), SlotSet("awaiting", None)]


def _receipt(turn: TurnView, done: Submission, item: str) -> Content:
    texts = turn.texts
    rows = [
        (texts.say("submitted_item"), turn.catalogue.items[item].name),
        (texts.say("submitted_case"), done.case_no),
        (texts.say("submitted_code"), f"{done.code[:4]}-{done.code[4:]}"),
    ]
    return Content(
        paragraphs=[texts.say("submitted_note"), texts.say("submitted_next")],
        card=Card(title=texts.say("submitted_title"), rows=rows),
        buttons=[Button(title=texts.say("menu_progress"), payload="/check_progress")],
    )
