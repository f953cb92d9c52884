import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content

_HAN = re.compile(r"[\u3400-\u9fff]")


def care(turn: TurnView, *, resume: bool = False) -> Content:
    """Care first, then the numbers, then a person; nothing else."""
    texts = turn.texts
    human = Button(title=texts.say("button_human"), payload="/request_human")
    go_on = Button(title=texts.say("button_resume"), payload="/resume_application")
    english = [] if _HAN.search(turn.text) else [texts.say("crisis_english")]
    return Content(
        paragraphs=[*english, texts.say("crisis"), texts.say("crisis_hotlines")],
        items=[texts.say("crisis_12356"), texts.say("crisis_120"), texts.say("crisis_110")],
        caution=texts.say("crisis_human"),
        buttons=[human, go_on] if resume else [human],
    )


class Crisis(Action):
    def name(self) -> str:
        return "action_crisis"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        say(dispatcher, care(TurnView.of(tracker)))
        return []
