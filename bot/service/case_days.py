"""Days and hours of case work, in Shanghai's time. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from bot.desk.calendar import MONDAY, Calendar
from bot.runtime import SHANGHAI

# Offices work by the state calendar, whatever hours the desk keeps: weekdays, make-up days, no holidays.
_OFFICE = Calendar({day: ((0, 24 * 60),) for day in range(MONDAY, MONDAY + 5)}, {})
EVENING = time(20, 0)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def publicity_span(now: datetime, *, days: int) -> tuple[datetime, datetime]:
    """Whole days from midnight to midnight: the day it is put up does not count."""
    first = day_of(now) + timedelta(days=1)
    return midnight(first), midnight(first + timedelta(days=days))


def end_of_days(now: datetime, *, days: int) -> datetime:
    """The midnight that ends the n-th calendar day after today."""
    return midnight(day_of(now) + timedelta(days=days + 1))


def end_of_workdays(now: datetime, *, days: int) -> datetime:
    """The midnight that ends the n-th working day after today."""
    day = day_of(now)
    while days > 0:
        day += timedelta(days=1)
        days -= bool(_OFFICE.ranges(day))
    return midnight(day + timedelta(days=1))


def this_evening(now: datetime, *, within_hours: int) -> datetime:
    """By this evening; what comes up later than that, within the hours given."""
    local = now.astimezone(SHANGHAI)
    evening = datetime.combine(local.date(), EVENING, SHANGHAI).astimezone(UTC)
    latest = now + timedelta(hours=within_hours)
    return min(evening, latest) if evening > now else latest


def spoken(moment: datetime) -> str:
    """2026年11月21日."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def last_day(until: datetime) -> str:
    """The last whole day before a midnight, in words."""
    return spoken(until - timedelta(seconds=1))
