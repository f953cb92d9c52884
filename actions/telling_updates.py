from rasa_sdk.executor import CollectingDispatcher

from actions.turn import TurnView, say
from bot.conversation.content import Content
from bot.service.rendering import tell_once
from bot.service.schemas import ServiceItem
from bot.service.supplements import is_supplement


def tell_update(
    dispatcher: CollectingDispatcher, turn: TurnView, item: ServiceItem, refill: list[str]
) -> None:
    """The item changed under the draft: what that means for what was filled in, and the card anew."""
    text = "updated_refill" if refill else "updated"
    say(dispatcher, Content.say(turn.texts.say(text, name=item.name, labels="、".join(refill))))
    if not is_supplement(item.key):
        say(dispatcher, tell_once(item=item, texts=turn.texts))
