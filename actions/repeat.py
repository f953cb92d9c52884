from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Content


class Repeat(Action):
    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        before = [reply.content for reply in turn.last_replies if reply.content]
        for content in before or [Content.say(turn.texts.say("repeat_nothing"))]:
            say(dispatcher, content)
        return []
