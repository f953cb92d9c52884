from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.menu import menu_of
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content
from bot.service.rules import adopt


class ResumeApplication(Action):
    def name(self) -> str:
        return "action_resume_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        draft = turn.slots.get("application") or {}
        item = turn.catalogue.item(draft.get("item"))
        if item is None:
            say(dispatcher, menu_of(turn, turn.texts.say("nothing_paused")))
            return [SlotSet("application", None)]
        say(dispatcher, Content.say(turn.texts.say("resumed", name=item.name)))
        return [SlotSet("application", {**adopt(item=item, stored=draft), "tries": 0})]
