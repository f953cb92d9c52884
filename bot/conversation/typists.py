"""Who is typing in which chat: in memory, lossy on purpose, carried between processes by hints."""

import asyncio
from datetime import datetime, timedelta
from typing import Literal

from bot.runtime import Runtime

Side = Literal["talent", "staff"]
TYPING_S = 4.0  # after the last sign


class Typists:
    """One per process; hears of the other processes' through the hints."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._until: dict[tuple[str, str], datetime] = {}
        rt.hints.hear("typing", self._hear)

    def is_typing(self, conversation_id: str, *, by: Side) -> bool:
        until = self._until.get((by, conversation_id))
        return until is not None and until > self._rt.clock.now()

    def _hear(self, topic: str) -> None:
        _, by, conversation_id = topic.split(":", 2)
        now = self._rt.clock.now()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[by, conversation_id] = now + timedelta(seconds=TYPING_S)
        # Whoever looks on re-reads the state now, and once more when the sign has faded.
        self._rt.hints.wake(f"conversation:{conversation_id}")
        asyncio.get_running_loop().call_later(
            TYPING_S, self._rt.hints.wake, f"conversation:{conversation_id}"
        )


def typists_of(rt: Runtime) -> Typists:
    typists: Typists | None = rt.parts.get("typing")
    if typists is None:
        typists = rt.parts["typing"] = Typists(rt)
    return typists


async def typing(rt: Runtime, *, conversation_id: str, by: Side) -> None:
    """A sign of typing; nothing is stored."""
    typists_of(rt)
    rt.hints.notify(f"typing:{by}:{conversation_id}")


def other_types(rt: Runtime, *, conversation_id: str, internal: bool) -> bool:
    """For the state event: `internal` readers are the desk, and look at the talent."""
    return typists_of(rt).is_typing(conversation_id, by="talent" if internal else "staff")
