from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.apologies import human_button
from bot.conversation.content import Content
from bot.identity.offer import verify_button
from bot.identity.who import proven
from bot.service.case_days import last_day
from bot.service.case_following import Waiting, waiting_supplements
from bot.service.case_notices import supply_button
from bot.service.rules import adopt, begin
from bot.service.steps import NOTICE
from bot.service.supplements import PREFIX, supplement, told
from bot.texts import sentence


class SupplyCase(Action):
    """「现在补交」: what is missing is told once more, and then asked for, nothing else."""

    def name(self) -> str:
        return "action_supply_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        return await begin_supply(dispatcher, turn) or [SlotSet("awaiting", None)]


async def begin_supply(dispatcher: CollectingDispatcher, turn: TurnView) -> Events:
    talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
    waiting = await waiting_supplements(turn.rt, conversation_id=turn.conversation_id, talent_id=talent_id)
    part = turn.entity("part")
    wanted = [one for one in waiting if part in (None, one.part_id)]
    if len(wanted) != 1:
        say(dispatcher, _which(wanted) if wanted else _nothing(talent_id))
        return []
    key = PREFIX + wanted[0].part_id
    found = await supplement(turn.rt, key=key, conversation_id=turn.conversation_id, talent_id=talent_id)
    if found is None:
        say(dispatcher, _nothing(talent_id))
        return []
    one, item = found
    say(dispatcher, _told(one))
    kept = turn.slots.get("application") or {}
    if kept.get("item") == key and kept.get("version") == one.round:
        return [SlotSet("application", adopt(item=item, stored={**kept, "tries": 0}))]
    # It was told just now: there is nothing to agree to first.
    started = {**begin(item=item, key=turn.turn_id), "seen": [NOTICE], "step": ""}
    return [SlotSet("application", adopt(item=item, stored=started))]


def _told(one: Waiting) -> Content:
    head = sentence("supplement.head", case_no=one.case_no, item=one.item_name, count=len(one.missing))
    last = sentence("supplement.due", due=last_day(one.due_at)) if one.due_at else None
    return Content(paragraphs=[head], items=told(one), caution=last)


def _which(waiting: list[Waiting]) -> Content:
    buttons = [supply_button(one.part_id, f"{one.item_name}（{one.case_no}）") for one in waiting[:8]]
    return Content.say(sentence("supplement.which"), buttons=buttons)


def _nothing(talent_id: str | None) -> Content:
    if talent_id:
        return Content.say(sentence("supplement.nothing"), buttons=[human_button()])
    buttons = [verify_button(), human_button()]
    return Content.say(sentence("supplement.nothing_unproven"), buttons=buttons)
