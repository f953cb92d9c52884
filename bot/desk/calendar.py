"""When a team works: ranges per weekday, single days that differ, public holidays and make-up days.

Pure. Moments are UTC; the days and hours of the calendar are those of Asia/Shanghai.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, Protocol

import chinese_calendar

from bot.runtime import SHANGHAI

MONDAY = 1
HORIZON_DAYS = 400  # a calendar that does not open for so long never does
_DAY_MINUTES = 24 * 60
NOON = 12 * 60
_NOTHING = timedelta()

Range = tuple[int, int]  # minutes since midnight: from, until


class CalendarRow(Protocol):
    """The row of work_calendars, or anything like it."""

    week: Any
    days: Any
    public_holidays: Any


@dataclass(frozen=True)
class Calendar:
    week: Mapping[int, tuple[Range, ...]]  # ISO weekday → ranges
    days: Mapping[date, tuple[Range, ...]]
    public_holidays: bool = True

    @classmethod
    def of(cls, row: CalendarRow) -> "Calendar":
        """ValueError for ranges or days that mean nothing, e.g. one that ends before it begins."""
        week = {int(day): read_ranges(ranges) for day, ranges in row.week.items()}
        if not set(week) <= set(range(1, 8)):
            raise ValueError("week: days are 1 (Monday) to 7")
        days = {date.fromisoformat(day): read_ranges(ranges) for day, ranges in row.days.items()}
        return cls(week, days, row.public_holidays)

    def ranges(self, day: date) -> tuple[Range, ...]:
        """A single day's own ranges, else a holiday's none, a make-up day's of Monday, the weekday's."""
        if day in self.days:
            return self.days[day]
        weekday = day.isoweekday()
        if self.public_holidays and year_known(day.year):
            closed = _public(day)
            if closed is not None:
                return () if closed else self.week.get(MONDAY, ())
        return self.week.get(weekday, ())

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(SHANGHAI)
        return any(start <= moment < end for start, end in self._spans(local.date(), 1))

    def next_open(self, moment: datetime) -> datetime | None:
        """The moment itself while open; None when it does not open again."""
        for start, end in self._spans(moment.astimezone(SHANGHAI).date(), HORIZON_DAYS):
            if end > moment:
                return max(start, moment)
        return None

    def end_of_part(self, *, day: date, after: datetime, forenoon: bool) -> datetime | None:
        """When the working time before or after noon ends, on the first day from `day` on on which it
        ends later than `after`; None when there is none."""
        part = (0, NOON) if forenoon else (NOON, _DAY_MINUTES)
        for offset in range(HORIZON_DAYS):
            the_day = day + timedelta(days=offset)
            for start, end in reversed(self.ranges(the_day)):
                start, end = max(start, part[0]), min(end, part[1])
                if start < end and _moment(the_day, end) > after:
                    return _moment(the_day, end)
        return None

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Working time between two moments; 0 when they are the wrong way round."""
        first, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
        total = _NOTHING
        for opens, closes in self._spans(first, (last - first).days + 1):
            total += max(_NOTHING, min(closes, end) - max(opens, start))
        return total.total_seconds()

    def add_open_seconds(self, moment: datetime, seconds: float) -> datetime:
        """The first moment at which so much working time has passed since; the end of the horizon
        where the calendar never opens again."""
        left = timedelta(seconds=seconds)
        if left <= _NOTHING:
            return moment
        day = moment.astimezone(SHANGHAI).date()
        shut = 0
        while shut < HORIZON_DAYS:
            spans = [span for span in self._spans(day, 1) if span[1] > moment]
            for opens, closes in spans:
                begin = max(opens, moment)
                if closes - begin >= left:
                    return begin + left
                left -= closes - begin
            shut = 0 if spans else shut + 1
            day += timedelta(days=1)
        return moment + timedelta(days=HORIZON_DAYS)

    def _spans(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        for offset in range(days):
            day = first + timedelta(days=offset)
            for start, end in self.ranges(day):
                yield _moment(day, start), _moment(day, end)


@lru_cache(maxsize=HORIZON_DAYS * 4)  # the library walks through all its holidays each time
def _public(day: date) -> bool | None:
    """True on a public holiday, False on a make-up day, None on any other."""
    closed, name = chinese_calendar.get_holiday_detail(day)
    return None if name is None else bool(closed)


@cache
def year_known(year: int) -> bool:
    """Whether the State Council's holidays of that year are known; staff are warned when not."""
    try:
        chinese_calendar.get_holiday_detail(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def read_ranges(raw: Sequence[Sequence[str]]) -> tuple[Range, ...]:
    """`[["08:30", "12:00"], …]` sorted, with what overlaps or touches joined. No range passes midnight."""
    joined: list[Range] = []
    for start, end in sorted((_minutes(start), _minutes(end)) for start, end in raw):
        if end <= start:
            raise ValueError("a range ends after it begins, on the same day")
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _minutes(text: str) -> int:
    hour, colon, minute = text.partition(":")
    minutes = int(hour) * 60 + int(minute)
    if not colon or not (0 <= int(minute) < 60 and 0 <= minutes <= _DAY_MINUTES):
        raise ValueError("times are written 08:30, from 00:00 to 24:00")
    return minutes


def _moment(day: date, minutes: int) -> datetime:
    whole, rest = divmod(minutes, _DAY_MINUTES)
    clock = time(rest // 60, rest % 60)
    return datetime.combine(day + timedelta(days=whole), clock, SHANGHAI).astimezone(UTC)
