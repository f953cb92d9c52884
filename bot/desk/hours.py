"""Teams with their hours: which serves whom, which is open, until when a call-back is owed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.permissions import Permission
from bot.conversation import queue
from bot.desk.calendar import Calendar
from bot.desk.models import ServiceLevel, Team, WorkCalendar
from bot.desk.routing import TeamFacts, present
from bot.desk.seats import read_seats

LONGEST_BREAK = timedelta(hours=2)  # over which whoever waits keeps their place
CALLBACK_S = 4 * 3600  # of working time, where no service level is kept


async def team_facts(session: AsyncSession, now: datetime) -> list[TeamFacts]:
    """All active teams as routing sees them."""
    lengths = await queue.queue_lengths(session)
    on_line = {seat.team_id for seat in await read_seats(session) if present(seat, now)}
    staffed = {one.team_id for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
    return [
        TeamFacts(
            id=team.id,
            region=team.region,
            categories=frozenset(team.categories),
            open=Calendar.of(calendar).is_open(now),
            staffed=team.id in staffed,
            on_line=team.id in on_line,
            full=lengths.get(team.id, 0) >= team.queue_limit,
        )
        for team, calendar in await _teams(session)
        if team.active
    ]


async def closed_teams(session: AsyncSession, now: datetime) -> dict[str, datetime | None]:
    """Teams that do not answer now, by their hours or because they were given up, and when they are
    back where it is only a break."""
    closed: dict[str, datetime | None] = {}
    for team, row in await _teams(session):
        calendar = Calendar.of(row)
        if not (team.active and calendar.is_open(now)):
            back = calendar.next_open(now) if team.active else None
            closed[team.id] = back if back and back - now <= LONGEST_BREAK else None
    return closed


async def calendar_of(session: AsyncSession, team_id: str | None) -> Calendar | None:
    for team, calendar in await _teams(session):
        if team.id == team_id:
            return Calendar.of(calendar)
    return None


async def call_by(session: AsyncSession, *, team_id: str | None, now: datetime) -> datetime:
    """Until when somebody who leaves a ticket now is to be called."""
    levels = {level.team_id: level for level in await session.scalars(select(ServiceLevel))}
    level = levels.get(team_id or "") or levels.get("")
    seconds = level.callback_s if level else CALLBACK_S
    calendar = await calendar_of(session, team_id)
    return calendar.add_open_seconds(now, seconds) if calendar else now + timedelta(seconds=seconds)


async def _teams(session: AsyncSession) -> list[tuple[Team, WorkCalendar]]:
    query = select(Team, WorkCalendar).join(WorkCalendar, WorkCalendar.id == Team.calendar_id)
    return [(team, calendar) for team, calendar in await session.execute(query.order_by(Team.id))]
