import re
import unicodedata
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation import vault
from bot.conversation.content import Button, Card, Content, Table
from bot.errors import Refusal
from bot.identity.offer import verify_button
from bot.identity.who import proven
from bot.mine.cases import my_cases
from bot.runtime import SHANGHAI
from bot.service.progress import Progress, progress
from bot.text.personal import QUERY_CODE

_CASE = re.compile(r"(?<![A-Z0-9])HC\s*-?\s*(\d{8})\s*-?\s*(\d{5})(?!\d)")
_CODE = re.compile(rf"〔{QUERY_CODE}\d+〕")  # a code reaches nobody but as its token


class CheckProgress(Action):
    """A proven person sees their own cases; anybody else needs case number and query code."""

    def name(self) -> str:
        return "action_check_progress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        return await tell_progress(dispatcher, tracker)


def case_and_code(text: str) -> tuple[str | None, str | None]:
    """The case number, and the token of a query code."""
    case = _CASE.search(unicodedata.normalize("NFKC", text).upper())
    code = _CODE.search(text)
    return (f"HC{case[1]}-{case[2]}" if case else None), (code[0] if code else None)


def asks_progress(tracker: Tracker) -> bool:
    """A case number in the text, or a bare code after one was given."""
    text = tracker.latest_message.get("text") or ""
    case, code = case_and_code(text)
    return bool(case or (code and len(text) <= 20 and _case_said_before(tracker)))


async def tell_progress(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    turn = TurnView.of(tracker)
    said, code = case_and_code(turn.text)
    talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
    if talent_id and code is None and (own := await my_cases(turn.rt, talent_id=talent_id, case_no=said)):
        for content in own:
            say(dispatcher, content)
        return []
    case = said or (_case_said_before(tracker) if code or not talent_id else None)
    human = Button(title=turn.texts.say("button_human"), payload="/request_human")
    buttons = [human] if talent_id else [verify_button(), human]
    if case is None or code is None:
        text = turn.texts.say("ask_code", case_no=case) if case else turn.texts.say("ask_case")
        more = [] if talent_id else [turn.texts.say("ask_case_or_proof")]
        say(dispatcher, Content.say(text, *more, buttons=buttons))
        return []
    try:
        found = await _looked_up(turn, case, code)
    except Refusal as refusal:
        say(dispatcher, Content.say(refusal.message, buttons=buttons))
        return []
    say(dispatcher, _shown(turn, found, human))
    return []


async def _looked_up(turn: TurnView, case: str, code: str) -> Progress:
    opened = await vault.values_of(turn.rt, conversation_id=turn.conversation_id, tokens=[code])
    return await progress(turn.rt, case_no=case, code=opened.get(code, ""), asker=turn.conversation_id)


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
    return Content(
        paragraphs=[texts.say("progress_next")],
        card=Card(
            title=texts.say("progress_title", case_no=found.case_no),
            rows=[(part.item, part.status.value) for part in parts],
        ),
        table=Table(
            head=[texts.say("progress_at"), texts.say("progress_status")],
            rows=sorted(lines, key=lambda line: line[0]),
        ),
        buttons=[human],
    )
