from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.mine import tell_own
from actions.my_projects import MyProjects
from actions.turn import Events, TurnView
from bot.mine.openings import join


class Join(Action):
    """A pressed 「报名」: a project, an event, a demand or a challenge."""

    def name(self) -> str:
        return "action_join"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        what = turn.entity("join") if turn.pressed else None
        if what is None:
            return await MyProjects().run(dispatcher, tracker, domain)
        return await tell_own(dispatcher, turn, join, what=what)
