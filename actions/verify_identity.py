from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.apologies import human_button
from bot.conversation.content import Content
from bot.identity.offer import proof_offer
from bot.identity.rules import CODE_LIFE
from bot.notices.port import can_send
from bot.texts import sentence


class VerifyIdentity(Action):
    def name(self) -> str:
        return "action_verify_identity"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if "验证码" in turn.text and can_send(turn.rt):  # 「验证码收不到」
            say(
                dispatcher,
                Content.say(
                    sentence("identity.code_missing", minutes=CODE_LIFE // timedelta(minutes=1)),
                    buttons=[human_button()],
                ),
            )
        await offer_proof(turn, dispatcher)
        return []


async def offer_proof(turn: TurnView, dispatcher: CollectingDispatcher) -> None:
    """Also what actions on personal data say to whom has not proven themselves."""
    say(dispatcher, await proof_offer(turn.rt, conversation_id=turn.metadata["conversation_id"]))
