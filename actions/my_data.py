from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from actions.verify_identity import offer_proof
from bot.identity.offer import own_data
from bot.identity.who import proven


class MyData(Action):
    """See, export, correct or delete one's own data: masked here, the rest on the page."""

    def name(self) -> str:
        return "action_my_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
        if talent_id is None:
            await offer_proof(turn, dispatcher)
        else:
            told = await own_data(turn.rt, conversation_id=turn.conversation_id, talent_id=talent_id)
            say(dispatcher, told)
        return []
