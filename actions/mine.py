"""What somebody is told about themselves: only after proof, and only what is their own."""

from collections.abc import Awaitable, Callable

from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from actions.verify_identity import offer_proof
from bot.conversation.content import Content
from bot.errors import Refusal
from bot.identity.who import proven
from bot.mine.words import human_button

Telling = Callable[..., Awaitable[Content | list[Content]]]


async def tell_own(dispatcher: CollectingDispatcher, turn: TurnView, telling: Telling, **more: str) -> Events:
    """The only way from a chat to a record: the talent is the one who proved themselves here."""
    talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
    if talent_id is None:
        await offer_proof(turn, dispatcher)
        return []
    try:
        told = await telling(turn.rt, talent_id=talent_id, **more)
    except Refusal as refusal:
        told = Content.say(refusal.message, buttons=[human_button()])
    for content in told if isinstance(told, list) else [told]:
        say(dispatcher, content)
    return []
