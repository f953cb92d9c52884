from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import examples
from actions.choosing_items import start_button, title_of
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.service.drafts import open_drafts
from bot.service.schemas import ServiceItem

ITEMS, DEPARTMENTS = "items", "departments"
MOST = 20  # buttons of one message


def menu_of(turn: TurnView, paragraph: str) -> Content:
    texts = turn.texts
    return Content.say(
        paragraph,
        buttons=[
            _to(texts.say("menu_by_item"), ITEMS),
            _to(texts.say("menu_by_department"), DEPARTMENTS),
            Button(title=texts.say("menu_progress"), payload="/check_progress"),
            Button(title=texts.say("menu_human"), payload="/request_human"),
        ],
    )


class Menu(Action):
    """What can be asked and done here; below it the items by kind and by department."""

    def name(self) -> str:
        return "action_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        kind, _, group = (turn.entity("option") or "").partition(":")
        if turn.pressed and kind in _GROUPS:
            say(dispatcher, _items_of(turn, kind, group) if group else _groups(turn, kind))
            return []
        content = menu_of(turn, turn.texts.say("menu"))
        if await open_drafts(turn.rt, conversation_id=turn.conversation_id):
            resume = Button(title=turn.texts.say("menu_resume"), payload="/resume_application")
            content.buttons.insert(0, resume)
        content.buttons += await examples(turn)
        say(dispatcher, content)
        return []


def _category(item: ServiceItem) -> str:
    return item.category


def _department(item: ServiceItem) -> str:
    return item.lead_dept


_GROUPS: dict[str, Callable[[ServiceItem], str]] = {ITEMS: _category, DEPARTMENTS: _department}


def _groups(turn: TurnView, kind: str) -> Content:
    groups = list(dict.fromkeys(_GROUPS[kind](item) for item in turn.catalogue.near(turn.chosen_region)))
    text = "menu_items" if kind == ITEMS else "menu_departments"
    return Content.say(
        turn.texts.say(text), buttons=[_to(group, f"{kind}:{group}") for group in groups[:MOST]]
    )


def _items_of(turn: TurnView, kind: str, group: str) -> Content:
    items = [item for item in turn.catalogue.near(turn.chosen_region) if _GROUPS[kind](item) == group]
    buttons = [start_button(item, title_of(item, items)) for item in items[:MOST]]
    more = [turn.texts.say("menu_more", count=len(items) - MOST)] if len(items) > MOST else []
    other = _to(turn.texts.say("menu_by_item" if kind == ITEMS else "menu_by_department"), kind)
    return Content.say(turn.texts.say("menu_of", name=group), *more, buttons=[*buttons, other])


def _to(title: str, option: str) -> Button:
    return Button(title=title, payload=f'/menu{{"option": "{option}"}}')
