"""A desk as the conversation sees it, for tests: open or not, with a figure for the wait."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk_port import Admission
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation
from bot.runtime import Runtime


@dataclass
class DeskDouble:
    why: str | None = None  # "hours" or "full": nobody is admitted
    opens_at: datetime | None = None
    call_by: datetime | None = None
    wait_s: int | None = None
    asked: list[str] = field(default_factory=list)  # categories
    ratings: list[int] = field(default_factory=list)

    async def admit(
        self, session: AsyncSession, rt: Runtime, *, conversation: Conversation, category: str
    ) -> Admission:
        self.asked.append(category)
        return Admission(
            open=self.why is None,
            why=self.why,
            team_id=f"team of {category}",
            opens_at=self.opens_at,
            call_by=self.call_by,
        )

    async def expected_wait_s(
        self, session: AsyncSession, rt: Runtime, *, team_id: str | None, ahead: int
    ) -> int | None:
        return self.wait_s

    async def call_time(
        self, session: AsyncSession, rt: Runtime, *, ticket: Handover, forenoon: bool
    ) -> datetime | None:
        return None

    async def rated(self, session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
        assert handover.rating is not None
        self.ratings.append(handover.rating)
