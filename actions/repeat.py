from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content


class Repeat(Action):
    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        before = [reply.content for reply in turn.last_replies if reply.content]
        if before:
            _offer_explanation(turn, before[-1])
        for content in before or [Content.say(turn.texts.say("repeat_nothing"))]:
            say(dispatcher, content)
        return []


def _offer_explanation(turn: TurnView, content: Content) -> None:
    """「什么意思」: who does not understand it the second time wants a person."""
    if not any(button.payload.startswith("/request_human") for button in content.buttons):
        content.buttons.append(Button(title=turn.texts.say("button_human"), payload="/request_human"))
