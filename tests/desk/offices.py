"""Teams and the people in them, as tests of the desk need them."""

from datetime import datetime

from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation.desk_port import Admission
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation
from bot.desk.models import Team, WorkCalendar
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, at_work

ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(1, 8)}


class OneTeam:
    """The desk's port with every decision made: all chats go to one team, or become tickets."""

    def __init__(self, team_id: str | None) -> None:
        self.team_id = team_id
        self.open = True
        self.call_by: datetime | None = None
        self.rated_episodes: list[str] = []

    async def admit(
        self, session: AsyncSession, rt: Runtime, *, conversation: Conversation, category: str
    ) -> Admission:
        return Admission(
            open=self.open,
            why=None if self.open else "hours",
            team_id=self.team_id,
            call_by=self.call_by,
        )

    async def expected_wait_s(
        self, session: AsyncSession, rt: Runtime, *, team_id: str | None, ahead: int
    ) -> int | None:
        return None

    async def call_time(
        self, session: AsyncSession, rt: Runtime, *, ticket: Handover, forenoon: bool
    ) -> datetime | None:
        return None

    async def rated(self, session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
        self.rated_episodes.append(handover.id)


async def found_team(rt: Runtime, name: str, *, region: str = "370000", default: bool = False) -> str:
    async with rt.db.write() as session:
        now = rt.clock.now()
        calendar = WorkCalendar(
            name=f"{name}的日历", week=ALWAYS, days={}, public_holidays=False, updated_at=now
        )
        session.add(calendar)
        await session.flush()
        team = Team(name=name, region=region, categories=[], calendar_id=calendar.id, updated_at=now)
        session.add(team)
        await session.flush()
    if default:
        rt.parts["desk"] = OneTeam(team.id)
    return team.id


async def join(
    app: FastAPI, rt: Runtime, username: str, *roles: Role, team: str | None, region: str = "370000"
) -> Person:
    """Hired, signed in and in a team."""
    person = await at_work(app, rt, username, *roles)
    async with rt.db.write() as session:
        await session.execute(
            update(StaffAccount).where(StaffAccount.id == person.id).values(team_id=team, region=region)
        )
    return person


async def ready(person: Person) -> None:
    """At the desk with the page open, and ready to be rung."""
    (await person.http.put("/api/desk/seat", json={"status": "ready"})).raise_for_status()


def answers_for(rt: Runtime) -> OneTeam:
    desk = rt.parts["desk"]
    assert isinstance(desk, OneTeam)
    return desk
