"""工作日历: kept on the settings page, with what the next two weeks come to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
from chinese_calendar.constants import Holiday
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.desk.calendar import Calendar, year_known
from bot.desk.manage.changes import apply, check_region, check_unchanged, unknown
from bot.desk.manage.days import day_of
from bot.desk.models import Team, WorkCalendar
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id

PREVIEW_DAYS = 14
_WARN_FROM_MONTH = 11  # the State Council announces the next year's holidays in November
_TEXTS = frozenset({"name", "week", "days"})


@dataclass
class CalendarEdit:
    name: str
    week: dict[str, list[list[str]]]
    days: dict[str, list[list[str]]]
    public_holidays: bool
    updated_at: datetime | None = None  # None: a new calendar

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "week": self.week,
            "days": self.days,
            "public_holidays": self.public_holidays,
        }


def check_calendar(edit: CalendarEdit) -> Calendar:
    try:
        return Calendar.of(edit)
    except ValueError:
        raise Refusal(
            "invalid_hours",
            "时间写成“08:30”这样的形式，每一段的结束要晚于开始，请检查后再保存。",
            status=422,
        ) from None


def preview(calendar: Calendar, *, now: datetime) -> dict[str, Any]:
    """The coming days as the calendar has them, and whether the holidays ahead are known."""
    today = day_of(now)
    days = [_day(calendar, today + timedelta(days=offset)) for offset in range(PREVIEW_DAYS)]
    years = {today.year, (today + timedelta(days=PREVIEW_DAYS)).year}
    if today.month >= _WARN_FROM_MONTH:
        years.add(today.year + 1)
    unknown_years = sorted(year for year in years if not year_known(year))
    return {"days": days, "unknown_years": unknown_years if calendar.public_holidays else []}


def _day(calendar: Calendar, day: date) -> dict[str, Any]:
    kind, name = "plain", None
    if day in calendar.days:
        kind = "own"
    elif calendar.public_holidays and year_known(day.year):
        closed, english = chinese_calendar.get_holiday_detail(day)
        if english is not None:
            kind, name = ("holiday" if closed else "make_up"), Holiday(english).chinese
    return {
        "date": day,
        "weekday": day.isoweekday(),
        "kind": kind,
        "name": name,
        "ranges": [[_clock(start), _clock(end)] for start, end in calendar.ranges(day)],
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


async def list_calendars(rt: Runtime) -> list[tuple[WorkCalendar, int]]:
    """Each with the number of teams that work by it."""
    async with rt.db.read() as session:
        calendars = list(await session.scalars(select(WorkCalendar).order_by(WorkCalendar.id)))
        used = list(await session.scalars(select(Team.calendar_id)))
    return [(calendar, used.count(calendar.id)) for calendar in calendars]


async def calendar_names(session: AsyncSession) -> dict[str, str]:
    query = select(WorkCalendar.id, WorkCalendar.name)
    return {calendar_id: name for calendar_id, name in await session.execute(query)}


async def save_calendar(
    rt: Runtime, *, calendar_id: str | None, edit: CalendarEdit, staff: Staff
) -> WorkCalendar:
    check_calendar(edit)
    now = rt.clock.now()
    try:
        async with rt.db.write() as session:
            if calendar_id is None:
                calendar = WorkCalendar(id=new_id(), **edit.values(), updated_at=now)
                session.add(calendar)
                changed: dict[str, Any] = {"week": None}
            else:
                found = await session.get(WorkCalendar, calendar_id, with_for_update=True)
                if found is None:
                    raise unknown("日历")
                calendar = found
                check_unchanged(calendar.updated_at, edit.updated_at)
                await _check_teams(session, calendar, staff)
                changed = apply(calendar, edit.values(), texts=_TEXTS)
                calendar.updated_at = now
            await session.flush()
            await audit(
                session,
                staff_id=staff.id,
                action="settings.calendar",
                subject=calendar.id,
                detail={"changed": changed},
                at=now,
            )
    except IntegrityError:
        raise Refusal("name_taken", "已经有同名的日历，请换一个名称。", status=409) from None
    return calendar


async def _check_teams(session: AsyncSession, calendar: WorkCalendar, staff: Staff) -> None:
    """Whoever changes a calendar answers for every team that works by it."""
    regions = list(await session.scalars(select(Team.region).where(Team.calendar_id == calendar.id)))
    for region in regions:
        check_region(staff, region)
