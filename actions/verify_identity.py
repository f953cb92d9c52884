from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.identity.offer import proof_offer


class VerifyIdentity(Action):
    def name(self) -> str:
        return "action_verify_identity"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        await offer_proof(TurnView.of(tracker), dispatcher)
        return []


async def offer_proof(turn: TurnView, dispatcher: CollectingDispatcher) -> None:
    """Also what actions on personal data say to whom has not proven themselves."""
    say(dispatcher, await proof_offer(turn.rt, conversation_id=turn.metadata["conversation_id"]))
