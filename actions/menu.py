from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import examples
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content


def menu_of(turn: TurnView, paragraph: str) -> Content:
    texts = turn.texts
    items = [
        Button(
            title=texts.say("menu_apply", name=item.name),
            payload=f'/start_application{{"item": "{item.key}"}}',
        )
        for item in turn.catalogue.offered
    ]
    progress = Button(title=texts.say("menu_progress"), payload="/check_progress")
    human = Button(title=texts.say("menu_human"), payload="/request_human")
    return Content.say(paragraph, buttons=[*items, progress, human])


class Menu(Action):
    def name(self) -> str:
        return "action_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        content = menu_of(turn, turn.texts.say("menu"))
        content.buttons += await examples(turn)
        say(dispatcher, content)
        return []
