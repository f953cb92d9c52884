import re
import unicodedata
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Card, Content, Table
from bot.errors import Refusal
from bot.runtime import SHANGHAI
from bot.service.progress import Progress, progress

_CASE = re.compile(r"(?<![A-Z0-9])HC\s*-?\s*(\d{8})\s*-?\s*(\d{5})(?!\d)")
_CODE = re.compile(r"(?<![A-Z0-9])([A-Z][A-Z0-9]{3})[\s-]?([A-Z][A-Z0-9]{3})(?![A-Z0-9])")


class CheckProgress(Action):
    def name(self) -> str:
        return "action_check_progress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        return await tell_progress(dispatcher, tracker)


def case_and_code(text: str) -> tuple[str | None, str | None]:
    said = unicodedata.normalize("NFKC", text).upper()
    case = _CASE.search(said)
    code = _CODE.search(_CASE.sub(" ", said))
    return (f"HC{case[1]}-{case[2]}" if case else None), (code[1] + code[2] if code else None)


def asks_progress(tracker: Tracker) -> bool:
    """A case number in the text, or a bare code after one was given."""
    text = tracker.latest_message.get("text") or ""
    case, code = case_and_code(text)
    return bool(case or (code and len(text) <= 20 and _case_said_before(tracker)))


async def tell_progress(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    turn = TurnView.of(tracker)
    case, code = case_and_code(turn.text)
    case = case or _case_said_before(tracker)
    human = Button(title=turn.texts.say("button_human"), payload="/request_human")
    if case is None or code is None:
        text = turn.texts.say("ask_code", case_no=case) if case else turn.texts.say("ask_case")
        say(dispatcher, Content.say(text, buttons=[human]))
        return []
    try:
        asker = turn.metadata.get("conversation_id")
        found = await progress(turn.rt, case_no=case, code=code, asker=asker)
    except Refusal as refusal:
        say(dispatcher, Content.say(refusal.message, buttons=[human]))
        return []
    say(dispatcher, _shown(turn, found, human))
    return []


def _case_said_before(tracker: Tracker) -> str | None:
    said = [e.get("text") or "" for e in tracker.events if e.get("event") == "user"]
    return next((case for case, _ in map(case_and_code, reversed(said)) if case), None)


def _shown(turn: TurnView, found: Progress, human: Button) -> Content:
    texts, parts = turn.texts, found.parts
    several = len(parts) > 1
    lines = [
        [f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", f"{part.item}：{status}" if several else status.value]
        for part in parts
        for at, status in part.timeline
    ]
    names = "、".join(part.item for part in parts)
    statuses = "、".join(f"{part.item}：{part.status}" if several else part.status for part in parts)
    return Content(
        paragraphs=[texts.say("progress_next")],
        card=Card(
            title=texts.say("progress_title", case_no=found.case_no),
            rows=[(texts.say("progress_item"), names), (texts.say("progress_status"), statuses)],
        ),
        table=Table(head=[texts.say("progress_at"), texts.say("progress_status")], rows=sorted(lines)),
        buttons=[human],
    )
