from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Card, Content
from bot.errors import Refusal
from bot.identity.who import proven
from bot.service import handing_in
from bot.service.composing import JOINT
from bot.service.rendering import still_owed
from bot.service.submission import Submission, submit
from bot.service.supplements import is_supplement
from bot.texts import sentence


class SubmitApplication(Action):
    """Idempotent on the draft: run or confirmed again, it says the same number and the same code."""

    def name(self) -> str:
        return "action_submit_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        draft = turn.slots.get("application") or {}
        try:
            if is_supplement(draft.get("item")):
                content = await _supplied(turn, draft)
            else:
                content = await _submitted(turn, draft)
        except Refusal as refusal:
            resume = Button(title=turn.texts.say("button_go_on"), payload="/resume_application")
            say(dispatcher, Content.say(refusal.message, buttons=[resume]))
            return [SlotSet("application", {**draft, "parked": True}), SlotSet("awaiting", None)]
        say(dispatcher, content)
        return [SlotSet("application", None), SlotSet("awaiting", None)]


async def _submitted(turn: TurnView, draft: dict[str, Any]) -> Content:
    done = await submit(turn.rt, turn_id=turn.turn_id, conversation_id=turn.conversation_id, draft=draft)
    known = await proven(turn.rt, conversation_id=turn.conversation_id) is not None
    code = (
        None
        if known
        else await handing_in.code_token(turn.rt, conversation_id=turn.conversation_id, code=done.code)
    )
    return _receipt(turn, done, draft, code)


async def _supplied(turn: TurnView, draft: dict[str, Any]) -> Content:
    fresh = await handing_in.supply(turn.rt, conversation_id=turn.conversation_id, draft=draft)
    progress = Button(title=turn.texts.say("menu_progress"), payload="/check_progress")
    return Content.say(sentence("supplement.done" if fresh else "supplement.already"), buttons=[progress])


def _receipt(turn: TurnView, done: Submission, draft: dict[str, Any], code: str | None) -> Content:
    """`code`: its token, shown once; a proven person needs none."""
    texts = turn.texts
    names = [turn.catalogue.items[key].name for key in draft["item"].split(JOINT)]
    rows = [(texts.say("submitted_item"), "、".join(names)), (texts.say("submitted_case"), done.case_no)]
    if code:
        rows.append((texts.say("submitted_code"), code))
    item = turn.catalogue.item(draft["item"])
    owed = still_owed(item=item, values=draft["values"], texts=texts) if item else []
    before = [texts.say("submitted_changed")] if done.changed else []
    note = texts.say("submitted_note" if code else "submitted_proven")
    return Content(
        paragraphs=[*before, note, *owed, texts.say("submitted_next")],
        card=Card(title=texts.say("submitted_title"), rows=rows),
        buttons=[Button(title=texts.say("menu_progress"), payload="/check_progress")],
    )
