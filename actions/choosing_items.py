"""Which item is meant, and whether several go together: always buttons, never a guess."""

import re

from actions.turn import TurnView
from bot.conversation.content import Button, Content
from bot.knowledge.service import place_said
from bot.service.composing import JOINT
from bot.service.schemas import ServiceItem
from bot.service.supplements import is_supplement

MOST = 8


def start_button(item: ServiceItem, title: str, *, option: str | None = None) -> Button:
    more = f', "option": "{option}"' if option else ""
    return Button(title=title, payload=f'/start_application{{"item": "{item.key}"{more}}}')


def title_of(item: ServiceItem, among: list[ServiceItem]) -> str:
    """With the place where items of several places stand side by side."""
    places = {other.place for other in among}
    return f"{item.name}（{item.place}）" if len(places) > 1 and item.place else item.name


def place_unsure(turn: TurnView, item: ServiceItem) -> bool:
    """An item of one city, and nobody said a place: its rules hold nowhere else."""
    return not item.region.endswith("0000") and not turn.region and not place_said(turn.text).code


def ask_place(turn: TurnView, item: ServiceItem) -> Content:
    texts = turn.texts
    other = Button(title=texts.say("button_other_place"), payload='/menu{"option": "items"}')
    return Content.say(
        texts.say("place_sure", name=item.name, place=item.place),
        buttons=[start_button(item, texts.say("button_this_place", place=item.place)), other],
    )


def place_asked(turn: TurnView) -> ServiceItem | None:
    """The item that waits for a yes to `ask_place`, if that was said last."""
    said = turn.last_replies[-1].content if turn.last_replies else None
    buttons = said.buttons if said else []
    if [button.title for button in buttons[1:]] != [turn.texts.say("button_other_place")]:
        return None
    asked = re.search(r'"item": "([^"]+)"', buttons[0].payload)
    return turn.catalogue.item(asked[1]) if asked else None


def choose_item(turn: TurnView, keys: list[str]) -> Content:
    items = [item for key in dict.fromkeys(keys) if (item := turn.catalogue.item(key))][:MOST]
    buttons = [start_button(item, title_of(item, items)) for item in items]
    human = Button(title=turn.texts.say("button_human"), payload="/request_human")
    return Content.say(turn.texts.say("choose_item"), buttons=[*buttons, human])


def choose_together(turn: TurnView, keys: list[str]) -> Content:
    items = [item for key in keys if (item := turn.catalogue.item(key))]
    buttons = [start_button(item, title_of(item, items)) for item in items]
    together = turn.catalogue.item(JOINT.join(item.key for item in items))
    if together and place_unsure(turn, together):
        return ask_place(turn, together)
    if together:
        buttons.insert(0, start_button(together, turn.texts.say("button_together")))
    return Content(
        paragraphs=[turn.texts.say("choose_together")],
        items=[title_of(item, items) for item in items],
        buttons=buttons,
    )


def offer_switch(turn: TurnView, item: ServiceItem, other: ServiceItem) -> Content:
    """In the middle of a form; what is filled in is kept either way."""
    texts = turn.texts
    buttons = [start_button(other, texts.say("button_switch", name=other.name), option="switch")]
    joint = None if is_supplement(item.key) else turn.catalogue.item(f"{item.key}{JOINT}{other.key}")
    if joint:
        buttons.append(start_button(joint, texts.say("button_join")))
    buttons.append(Button(title=texts.say("button_stay"), payload="/resume_application"))
    return Content.say(texts.say("switch_item", name=item.name, other=other.name), buttons=buttons)
