"""What a new desk begins with: calendars, teams, service levels, phrases; seats of the sample accounts."""

from collections.abc import Sequence
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with, join_team
from bot.accounts.permissions import Permission
from bot.accounts.service import audit
from bot.desk.calendar import Calendar
from bot.desk.manage.labels import ensure_labels
from bot.desk.manage.sla_clock import EVERY_TEAM
from bot.desk.models import Phrase, Seat, ServiceLevel, Team, WorkCalendar
from bot.desk.routing import level_of
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.store.base import new_id

OFFICE, ALWAYS = "工作日", "全天"  # names of the calendars that `set_hours` switches between
_FILE = PROJECT / "data" / "desk" / "start.yml"


async def ensure_defaults(rt: Runtime) -> bool:
    """On a desk without teams, everything it needs to work. False when it was set up already."""
    await ensure_labels(rt)
    start = _start()
    try:
        async with rt.db.write() as session:
            if await session.scalar(select(Team.id).limit(1)):
                return False
            calendars = await _add_calendars(session, rt, start["calendars"])
            await _add_teams(session, rt, start["teams"], calendars)
            now = rt.clock.now()
            if await session.get(ServiceLevel, EVERY_TEAM) is None:
                session.add(ServiceLevel(team_id=EVERY_TEAM, **start["service_levels"], updated_at=now))
            if not await session.scalar(select(Phrase.id).limit(1)):
                session.add_all(Phrase(**phrase, uses=0, updated_at=now) for phrase in start["phrases"])
    except IntegrityError:  # another process began at the same moment
        return False
    return True


async def seat_sample_accounts(rt: Runtime, *, usernames: Sequence[str]) -> None:
    """Teams and seats of the accounts just made as samples."""
    async with rt.db.write() as session:
        teams = {team.name: team.id for team in await session.scalars(select(Team))}
        people = await colleagues_with(session, permission=Permission.DESK_WATCH)
        chatting = {one.id for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
        now = rt.clock.now()
        for username, seat in _start()["seats"].items():
            person = next((one for one in people if one.username == username), None)
            if person is None or username not in usernames or seat["team"] not in teams:
                continue
            await join_team(session, staff_id=person.id, team_id=teams[seat["team"]])
            if person.id in chatting and await session.get(Seat, person.id) is None:
                given = {key: value for key, value in seat.items() if key != "team"}
                level = level_of(person.region)
                session.add(Seat(staff_id=person.id, level=level, status_at=now, seen_at=now, **given))


async def set_hours(rt: Runtime, *, always: bool) -> list[str]:
    """Every team round the clock (to try the service out), or back to the example's office hours.

    Returns the names of the teams. The calendars are those of the example; others are left alone.
    """
    name = ALWAYS if always else OFFICE
    async with rt.db.write() as session:
        calendar = await session.scalar(select(WorkCalendar).where(WorkCalendar.name == name))
        if calendar is None:
            (example,) = (one for one in _start()["calendars"] if one["name"] == name)
            calendar = (await _add_calendars(session, rt, [example]))[name]
        teams = list(await session.scalars(select(Team).order_by(Team.id)))
        now = rt.clock.now()
        for team in teams:
            team.calendar_id, team.updated_at = calendar.id, now
            detail = {"calendar": calendar.id}
            await audit(session, staff_id=None, action="desk.hours", subject=team.id, detail=detail, at=now)
        return [team.name for team in teams]


async def _add_calendars(
    session: AsyncSession, rt: Runtime, examples: Sequence[dict[str, Any]]
) -> dict[str, WorkCalendar]:
    known = {row.name: row for row in await session.scalars(select(WorkCalendar))}
    for example in examples:
        if example["name"] in known:
            continue
        row = WorkCalendar(id=new_id(), days={}, updated_at=rt.clock.now(), **example)
        Calendar.of(row)  # a file with impossible hours is refused here, not at the first talent
        session.add(row)
        known[row.name] = row
    await session.flush()
    return known


async def _add_teams(
    session: AsyncSession,
    rt: Runtime,
    examples: Sequence[dict[str, Any]],
    calendars: dict[str, WorkCalendar],
) -> None:
    for example in examples:
        values = {key: value for key, value in example.items() if key != "calendar"}
        calendar = calendars[example["calendar"]]
        session.add(
            Team(**values, categories=[], calendar_id=calendar.id, active=True, updated_at=rt.clock.now())
        )
    await session.flush()


def _start() -> dict[str, Any]:
    start: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return start
