"""The item an open form is about: one of the catalogue, several together, or what a 补正 asks for."""

from actions.turn import TurnView
from bot.identity.who import proven
from bot.service.schemas import ServiceItem
from bot.service.supplements import is_supplement, supplement


async def item_of(turn: TurnView, key: object) -> ServiceItem | None:
    if not is_supplement(key):
        return turn.catalogue.item(key)
    talent_id = await proven(turn.rt, conversation_id=turn.conversation_id)
    found = await supplement(turn.rt, key=str(key), conversation_id=turn.conversation_id, talent_id=talent_id)
    return found[1] if found else None
