from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.menu import menu_of
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.knowledge.service import parts_of
from bot.service.rendering import tell_once
from bot.service.rules import adopt
from bot.service.schemas import ServiceItem


class StartApplication(Action):
    """一次性告知, then the form. A draft of the same item that was left open is taken up again."""

    def name(self) -> str:
        return "action_start_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if not turn.pressed and len(parts_of(turn.text)) > 1:
            # 「我想办惠才卡，另外孩子上学怎么弄」: the form would swallow the rest.
            return await answer_inside(dispatcher, tracker, turn)
        item = named_item(turn)
        if item is None:
            say(
                dispatcher, _other_item(turn) if _names(turn) else menu_of(turn, turn.texts.say("which_item"))
            )
            return [SlotSet("awaiting", None)]
        open_draft = turn.slots.get("application") or {}
        if open_draft.get("item") == item.key and open_draft.get("values"):
            say(dispatcher, Content.say(turn.texts.say("resumed", name=item.name)))
            return [SlotSet("application", adopt(item=item, stored=open_draft))]
        say(dispatcher, tell_once(item=item, texts=turn.texts))
        return [SlotSet("application", adopt(item=item, stored=None))]


def _names(turn: TurnView) -> list[str]:
    return [str(e["value"]) for e in turn.entities if e.get("entity") in ("item", "programme")]


def named_item(turn: TurnView) -> ServiceItem | None:
    """By key (a button), or by the name people use for it."""
    for name in _names(turn):
        found = turn.catalogue.item(name)
        found = found or next((i for i in turn.catalogue.offered if len(name) > 1 and name in i.name), None)
        if found:
            return found
    return None


def _other_item(turn: TurnView) -> Content:
    human = Button(title=turn.texts.say("button_human"), payload='/request_human{"category": "手续代办"}')
    return Content.say(turn.texts.say("unknown_item"), buttons=[human])
