from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.apologies import human_button
from bot.conversation.content import Button, Content
from bot.errors import Refusal
from bot.identity.offer import proof_offer
from bot.identity.who import proven
from bot.service.case_following import CaseTimeline, PartTimeline, timeline_of
from bot.service.case_scope import Person
from bot.service.case_work import withdraw
from bot.service.models import PartStatus
from bot.texts import sentence

_SURE = "sure"


class WithdrawCase(Action):
    """A proven talent takes back what they handed in, after being asked once more."""

    def name(self) -> str:
        return "action_withdraw_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
        if talent_id is None:
            say(dispatcher, await proof_offer(turn.rt, conversation_id=turn.conversation_id))
            return []
        own = [
            (case, part)
            for case in await timeline_of(turn.rt, talent_id=talent_id)
            for part in case.parts
            if turn.entity("part") in (None, part.part_id)
        ]
        open_parts = [(case, part) for case, part in own if part.can_withdraw]
        if turn.entity("option") == _SURE and own:
            say(dispatcher, await _withdrawn(turn, *own[0], talent_id))
        elif len(open_parts) == 1:
            say(dispatcher, _sure(*open_parts[0]))
        else:
            say(dispatcher, _which(open_parts))
        return []


async def _withdrawn(turn: TurnView, case: CaseTimeline, part: PartTimeline, talent_id: str) -> Content:
    # A repeated turn finds it withdrawn, and says the same.
    if part.status is not PartStatus.WITHDRAWN:
        try:
            person = Person(turn.conversation_id, talent_id)
            await withdraw(turn.rt, part_id=part.part_id, person=person)
        except Refusal as refusal:
            return Content.say(refusal.message, buttons=[human_button()])
    return Content.say(sentence("progress.withdrawn", item=part.item_name, case_no=case.case_no))


def _sure(case: CaseTimeline, part: PartTimeline) -> Content:
    yes = Button(
        title=sentence("progress.withdraw_yes"),
        payload=f'/withdraw_case{{"part": "{part.part_id}", "option": "{_SURE}"}}',
    )
    no = Button(title=sentence("progress.withdraw_no"), payload="/check_progress")
    ask = sentence("progress.withdraw_ask", item=part.item_name, case_no=case.case_no)
    return Content.say(ask, buttons=[yes, no])


def _which(parts: list[tuple[CaseTimeline, PartTimeline]]) -> Content:
    if not parts:
        return Content.say(sentence("progress.withdraw_none"), buttons=[human_button()])
    buttons = [
        Button(
            title=f"{part.item_name}（{case.case_no}）", payload=f'/withdraw_case{{"part": "{part.part_id}"}}'
        )
        for case, part in parts[:8]
    ]
    return Content.say(sentence("progress.withdraw_which"), buttons=buttons)
