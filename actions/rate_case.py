from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.apologies import human_button
from bot.conversation.content import Content
from bot.errors import Refusal
from bot.identity.who import proven
from bot.service.case_rating import rate
from bot.service.case_scope import Person
from bot.texts import sentence


class RateCase(Action):
    """好差评 by a button below the word that a case is done."""

    def name(self) -> str:
        return "action_rate_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
        try:
            async with turn.rt.db.write() as session:
                followed = await rate(
                    session,
                    turn.rt,
                    application_id=turn.entity("application") or "",
                    person=Person(turn.conversation_id, talent_id),
                    score=int(turn.entity("score") or 0),
                )
        except Refusal as refusal:
            say(dispatcher, Content.say(refusal.message))
            return []
        text = sentence("cases.rated_low" if followed else "cases.rated")
        say(dispatcher, Content.say(text, buttons=[human_button()] if followed else []))
        return []
