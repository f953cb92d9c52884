"""What a specialist settled with a talent, told to the assistant so that it does not ask again."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.errors import Refusal

# Slots of the engine a person may settle, and how people call them.
SETTLED_SLOTS = {"region": "地区", "tier": "人才层次", "last_faq": "谈到的问题"}
_STATE_VERSION = 1  # of bot.engine.state


async def settle(session: AsyncSession, *, conversation: Conversation, values: dict[str, Any]) -> None:
    """Merge agreed slots into the engine's state of a locked conversation; the caller commits.

    An empty value forgets the slot. Only slots that are known here; others are refused.
    """
    unknown = sorted(set(values) - set(SETTLED_SLOTS))
    if unknown or any(
        not isinstance(value, str | None) or len(value or "") > 64 for value in values.values()
    ):
        raise Refusal("unknown_slot", f"只能确定这些内容：{'、'.join(SETTLED_SLOTS.values())}。", status=422)
    if not values:
        return
    state = conversation.engine_state or {"version": _STATE_VERSION, "slots": {}, "loop": None, "events": []}
    slots = dict(state.get("slots") or {})
    for name, value in values.items():
        if value:
            slots[name] = value
        else:
            slots.pop(name, None)
    conversation.engine_state = {**state, "slots": slots}
    await session.flush()
