"""What the conversation asks of the desk, which it does not import: set by `bot.desk` at start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation
from bot.runtime import Runtime


@dataclass(frozen=True)
class Admission:
    """Whether a talent may queue now, and where."""

    open: bool
    why: str | None = None  # "hours" or "full" when not open
    team_id: str | None = None
    wanted_staff_id: str | None = None  # 责任专员, or who served the talent last
    opens_at: datetime | None = None  # when people answer again
    call_by: datetime | None = None  # until when a ticket left now is to be called back


class DeskPort(Protocol):
    async def admit(
        self, session: AsyncSession, rt: Runtime, *, conversation: Conversation, category: str
    ) -> Admission:
        """Asked in the transaction that would queue the conversation."""

    async def expected_wait_s(
        self, session: AsyncSession, rt: Runtime, *, team_id: str | None, ahead: int
    ) -> int | None:
        """Of somebody with `ahead` people before them; None when it cannot be told honestly."""

    async def call_time(
        self, session: AsyncSession, rt: Runtime, *, ticket: Handover, forenoon: bool
    ) -> datetime | None:
        """Until when a call-back wished for before or after noon is made: the end of the first working
        time of that kind on or after the day it is due that is not over; None without a calendar."""

    async def rated(self, session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
        """A talent has rated an episode; in the rating's transaction."""


class NoDesk:
    """Before a desk is set up (and in tests of the conversation alone): always open."""

    async def admit(
        self, session: AsyncSession, rt: Runtime, *, conversation: Conversation, category: str
    ) -> Admission:
        return Admission(open=True)

    async def expected_wait_s(
        self, session: AsyncSession, rt: Runtime, *, team_id: str | None, ahead: int
    ) -> int | None:
        return None

    async def call_time(
        self, session: AsyncSession, rt: Runtime, *, ticket: Handover, forenoon: bool
    ) -> datetime | None:
        return None

    async def rated(self, session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
        return None


def desk_of(rt: Runtime) -> DeskPort:
    desk: DeskPort = rt.parts.get("desk") or NoDesk()
    return desk
