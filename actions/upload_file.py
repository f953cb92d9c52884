from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.menu import menu_of
from actions.turn import Events, TurnView, say


class UploadFile(Action):
    """A file that arrived when the guide no longer waits for one."""

    def name(self) -> str:
        return "action_upload_file"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        say(dispatcher, menu_of(turn, turn.texts.say("file_outside")))
        return []
