from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.answering import tell_entitled
from actions.mine import tell_own
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content
from bot.identity.who import proven
from bot.knowledge.profile import GENERAL
from bot.mine.benefits import my_benefits
from bot.mine.words import say as words

_ABOUT = frozenset(("item", "programme", "tier", "degree"))


class MyBenefits(Action):
    """「我能享受什么」: from the record of who has proven themselves; else from what they say themselves."""

    def name(self) -> str:
        return "action_my_benefits"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        told = await tell_entitled(dispatcher, turn, turn.text)
        if told is not None:
            return told
        if not turn.pressed and any(map(_names_a_thing, turn.entities)):
            return await answer_inside(dispatcher, tracker, turn)  # about one thing, or somebody else
        if await proven(turn.rt, conversation_id=turn.conversation_id) is None:
            say(dispatcher, Content.say(words("benefits_tell")))
        return await tell_own(dispatcher, turn, my_benefits)


def _names_a_thing(entity: dict[str, Any]) -> bool:
    """「享受什么」 is read as the list of services itself: a word for everything at once."""
    return entity.get("entity") in _ABOUT and entity.get("value") not in GENERAL
