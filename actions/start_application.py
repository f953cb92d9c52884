from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.choosing_items import (
    ask_place,
    choose_item,
    choose_together,
    offer_switch,
    place_unsure,
    start_button,
)
from actions.menu import menu_of
from actions.pick_draft import take_up
from actions.supply_case import begin_supply
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.identity.who import proven
from bot.knowledge.service import parts_of
from bot.service.answers import asks_something
from bot.service.case_following import timeline_of
from bot.service.composing import JOINT
from bot.service.drafts import open_drafts
from bot.service.finding import Match, find_items
from bot.service.models import ENDED
from bot.service.rendering import tell_once
from bot.service.rules import adopt, begin
from bot.service.schemas import ServiceItem
from bot.service.steps import Draft
from bot.service.supplements import is_supplement

ANEW, SWITCH = "anew", "switch"


class StartApplication(Action):
    """一次性告知, then the form. A draft of the same item that was left open is taken up again."""

    def name(self) -> str:
        return "action_start_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        item = pressed_item(turn)
        if item is None and not turn.pressed:
            if len(parts_of(turn.text)) > 1 and asks_something(turn.text):
                # 「我想办惠才卡，另外孩子上学怎么弄」: the form would swallow the rest.
                return await answer_inside(dispatcher, tracker, turn)
            found = said_items(turn)
            if len(found) > 1 or (found and found[0].rivals):
                say(dispatcher, offer_of(turn, found))
                return [SlotSet("awaiting", None)]
            item = turn.catalogue.item(found[0].key) if found else None
            if item and place_unsure(turn, item):
                say(dispatcher, ask_place(turn, item))
                return [SlotSet("awaiting", None)]
        if item is None:
            named = any(e.get("entity") in ("item", "programme") for e in turn.entities)
            content = _other_item(turn) if named else menu_of(turn, turn.texts.say("which_item"))
            say(dispatcher, content)
            return [SlotSet("awaiting", None)]
        return await start(dispatcher, turn, item)


async def start(dispatcher: CollectingDispatcher, turn: TurnView, item: ServiceItem) -> Events:
    anew = turn.pressed and turn.entity("option") == ANEW
    open_draft = turn.slots.get("application") or {}
    if not anew and open_draft.get("item") == item.key and open_draft.get("values"):
        say(dispatcher, Content.say(turn.texts.say("resumed", name=item.name)))
        return [SlotSet("application", adopt(item=item, stored=open_draft))]
    earlier = [] if anew else await open_drafts(turn.rt, conversation_id=turn.conversation_id)
    same = next((draft for draft in earlier if draft.items == item.key), None)
    if same:
        go_on = Button(
            title=turn.texts.say("button_go_on_form"), payload=f'/pick_draft{{"draft": "{same.id}"}}'
        )
        fresh = Button(
            title=turn.texts.say("button_anew_form"),
            payload=f'/start_application{{"item": "{item.key}", "option": "{ANEW}"}}',
        )
        say(dispatcher, Content.say(turn.texts.say("draft_same", name=item.name), buttons=[go_on, fresh]))
        return [SlotSet("awaiting", None)]
    if not anew and (held := await _under_way(turn, item)):
        say(dispatcher, held)
        return [SlotSet("awaiting", None)]
    say(dispatcher, tell_once(item=item, texts=turn.texts))
    return [SlotSet("application", begin(item=item, key=turn.turn_id))]


async def start_agreed(dispatcher: CollectingDispatcher, turn: TurnView, item: ServiceItem) -> Events:
    """Begun by a turn that named no item: 「是的」, 「泉州」 after its place was asked for."""
    events = await start(dispatcher, turn, item)
    begun = any(event.get("name") == "application" and event.get("value") for event in events)
    return [*events, FollowupAction("application_form")] if begun else events


async def _under_way(turn: TurnView, item: ServiceItem) -> Content | None:
    """Who has handed the same in already is told so; whether it is for a second child is theirs to say."""
    talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
    if talent_id is None:
        return None
    for case in await timeline_of(turn.rt, talent_id=talent_id):
        for part in case.parts:
            if part.item in item.key.split(JOINT) and part.status not in ENDED:
                texts = turn.texts
                told = texts.say(
                    "under_way", name=part.item_name, case_no=case.case_no, status=part.status.value
                )
                progress = Button(title=texts.say("menu_progress"), payload="/check_progress")
                again = start_button(item, texts.say("button_another"), option=ANEW)
                return Content.say(told, buttons=[progress, again])
    return None


async def start_inside(
    dispatcher: CollectingDispatcher, turn: TurnView, draft: Draft, item: ServiceItem
) -> Events:
    """Another item, or draft, in the middle of a form: the open one is kept aside, or joined by it."""
    kept: Events = [SlotSet("application", draft)]
    if turn.intent == "pick_draft":
        return await take_up(dispatcher, turn) or kept
    if turn.intent == "supply_case":
        return await begin_supply(dispatcher, turn) or kept
    other = pressed_item(turn)
    if not draft["values"] and not is_supplement(item.key):
        return await _instead(dispatcher, turn, kept, other)
    if other is None:
        found = [one for one in said_items(turn) if one.key not in item.key.split(JOINT)]
        other = turn.catalogue.item(found[0].key) if found else None
        named = {str(e.get("value")) for e in turn.entities if e.get("entity") in ("item", "programme")}
        if other:
            say(dispatcher, offer_switch(turn, item, other))
        elif any(name not in item.name for name in named):
            say(dispatcher, Content.say(turn.texts.say("already_open", name=item.name)))
        return kept
    if other.key == item.key:
        return kept
    if set(item.key.split(JOINT)) < set(other.key.split(JOINT)):
        say(dispatcher, tell_once(item=other, texts=turn.texts))
        return [SlotSet("application", adopt(item=other, stored=draft))]
    if turn.entity("option") not in (SWITCH, ANEW):
        say(dispatcher, offer_switch(turn, item, other))
        return kept
    say(dispatcher, tell_once(item=other, texts=turn.texts))
    return [SlotSet("application", begin(item=other, key=turn.turn_id))]


async def _instead(
    dispatcher: CollectingDispatcher, turn: TurnView, kept: Events, other: ServiceItem | None
) -> Events:
    """Nothing is filled in yet, so nothing has to be asked before another item takes its place."""
    found = said_items(turn) if other is None else []
    if len(found) > 1 or (found and found[0].rivals):
        say(dispatcher, offer_of(turn, found))
        return kept
    other = other or (turn.catalogue.item(found[0].key) if found else None)
    if other is None or other.key == turn.slots["application"]["item"]:
        return kept
    say(dispatcher, tell_once(item=other, texts=turn.texts))
    return [SlotSet("application", begin(item=other, key=turn.turn_id))]


def pressed_item(turn: TurnView) -> ServiceItem | None:
    """Named by a button, by its key or keys."""
    return turn.catalogue.item(turn.entity("item")) if turn.entity("item") else None


def said_items(turn: TurnView) -> list[Match]:
    """Items a text names: by their own words first, else by a name the classifier knows."""
    found = find_items(turn.catalogue, turn.text, region=turn.chosen_region)
    if found:
        return found
    for entity in turn.entities:
        name = str(entity.get("value") or "")
        if entity.get("entity") in ("item", "programme") and len(name) > 1:
            like = [item.key for item in turn.catalogue.offered if name in item.name]
            if like:
                return [Match(like[0], 0.5, tuple(like[1:]))]
    return []


def offer_of(turn: TurnView, found: list[Match]) -> Content:
    if found[0].rivals or any(match.rivals for match in found):
        keys = [key for match in found for key in (match.key, *match.rivals)]
        return choose_item(turn, keys)
    return choose_together(turn, [match.key for match in found])


def _other_item(turn: TurnView) -> Content:
    human = Button(title=turn.texts.say("button_human"), payload='/request_human{"category": "手续代办"}')
    return Content.say(turn.texts.say("unknown_item"), buttons=[human])
