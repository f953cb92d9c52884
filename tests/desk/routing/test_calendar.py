"""The working calendar: split shifts, holidays, make-up days, the turn of the year."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import Calendar, read_ranges, year_known
from bot.runtime import SHANGHAI

OFFICE = [["08:30", "12:00"], ["13:30", "17:30"]]
DAY_S = 7.5 * 3600


@dataclass
class Row:
    week: dict[str, Any] = field(default_factory=lambda: {str(day): OFFICE for day in range(1, 6)})
    days: dict[str, Any] = field(default_factory=dict)
    public_holidays: bool = True


OFFICE_HOURS = Calendar.of(Row())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T08:29:59", False),
        ("2026-11-20T08:30", True),
        ("2026-11-20T11:59:59", True),
        ("2026-11-20T12:00", False),  # noon
        ("2026-11-20T13:30", True),
        ("2026-11-20T17:30", False),
        ("2026-11-21T09:00", False),  # Saturday
        ("2026-10-01T09:00", False),  # National Day, a Thursday
        ("2026-10-10T09:00", True),  # make-up day, a Saturday
        ("2026-10-10T12:30", False),  # with Monday's split shift
        ("2027-01-01T09:00", True),  # unknown year: the weekday alone
    ],
)
def test_open(moment: str, is_open: bool) -> None:
    assert OFFICE_HOURS.is_open(at(moment)) is is_open


def test_years_not_announced_yet_are_known_to_be_unknown() -> None:
    assert year_known(2026)
    assert not year_known(2090)


def test_a_single_day_overrides_week_holiday_and_make_up_day() -> None:
    calendar = Calendar.of(Row(days={"2026-10-01": [["09:00", "10:00"]], "2026-10-10": [], "2026-11-20": []}))
    assert calendar.is_open(at("2026-10-01T09:30"))
    assert not calendar.is_open(at("2026-10-10T09:00"))
    assert not calendar.is_open(at("2026-11-20T09:00"))


def test_without_public_holidays_every_day_counts() -> None:
    always = Calendar.of(
        Row(week={str(day): [["00:00", "24:00"]] for day in range(1, 8)}, public_holidays=False)
    )
    assert always.is_open(at("2026-10-01T03:00"))
    assert always.open_seconds(at("2026-10-01T00:00"), at("2026-10-03T00:00")) == 2 * 86_400


def test_a_holiday_on_a_weekend_shuts_a_team_that_works_then() -> None:
    every_day = Calendar.of(Row(week={str(day): OFFICE for day in range(1, 8)}))
    assert not every_day.is_open(at("2026-10-03T09:00"))  # Saturday within National Day
    assert every_day.is_open(at("2026-11-21T09:00"))  # a plain Saturday


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-20T09:00", "2026-11-20T09:00"),
        ("2026-11-20T12:10", "2026-11-20T13:30"),
        ("2026-11-20T17:30", "2026-11-23T08:30"),  # over the weekend
        ("2026-09-30T18:00", "2026-10-08T08:30"),  # over the holiday
        ("2026-12-31T18:00", "2027-01-01T08:30"),
    ],
)
def test_next_open(asked: str, opens: str) -> None:
    assert OFFICE_HOURS.next_open(at(asked)) == at(opens)


def test_a_calendar_that_never_opens() -> None:
    never = Calendar.of(Row(week={}, public_holidays=False))
    now = at("2026-11-20T09:00")
    assert never.next_open(now) is None
    assert never.open_seconds(now, now + timedelta(days=900)) == 0
    assert never.add_open_seconds(now, 60) > now + timedelta(days=365)


def test_working_time_over_noon_night_weekend_and_new_year() -> None:
    assert OFFICE_HOURS.open_seconds(at("2026-11-20T11:00"), at("2026-11-20T14:30")) == 2 * 3600
    assert OFFICE_HOURS.open_seconds(at("2026-11-20T17:00"), at("2026-11-23T09:00")) == 3600
    assert OFFICE_HOURS.open_seconds(at("2026-12-31T00:00"), at("2027-01-02T00:00")) == 2 * DAY_S
    assert OFFICE_HOURS.open_seconds(at("2026-09-28T00:00"), at("2026-10-12T00:00")) == 6 * DAY_S
    assert OFFICE_HOURS.add_open_seconds(at("2026-11-20T17:00"), 3600) == at("2026-11-23T09:00")


@pytest.mark.parametrize(
    "raw",
    [[["12:00", "08:00"]], [["08:00", "08:00"]], [["22:00", "24:30"]], [["8", "9"]], [["08:75", "09:00"]]],
)
def test_ranges_that_mean_nothing_are_refused(raw: list[list[str]]) -> None:
    with pytest.raises(ValueError):
        read_ranges(raw)


def test_overlapping_ranges_count_once() -> None:
    assert read_ranges([["10:00", "12:00"], ["08:00", "11:00"], ["12:00", "13:00"]]) == ((480, 780),)


moments = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2028, 6, 30), timezones=st.just(UTC)
)
spans = st.integers(min_value=0, max_value=40 * 8 * 3600)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    def ranges() -> list[list[str]]:
        cuts = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
        return [
            [f"{a // 4:02}:{a % 4 * 15:02}", f"{b // 4:02}:{b % 4 * 15:02}"]
            for a, b in zip(cuts[::2], cuts[1::2], strict=False)
        ]

    week = {str(day): ranges() for day in range(1, 8)} | {"1": OFFICE}
    days = draw(st.lists(st.dates(date(2024, 1, 1), date(2028, 6, 30)), max_size=4))
    return Calendar.of(Row(week, {day.isoformat(): ranges() for day in days}, draw(st.booleans())))


@given(calendars(), moments, spans)
def test_added_working_time_is_the_working_time_between(calendar: Calendar, a: datetime, s: int) -> None:
    end = calendar.add_open_seconds(a, s)
    assert calendar.open_seconds(a, end) == s
    if s:  # and it is the first such moment
        assert calendar.open_seconds(a, end - timedelta(microseconds=1)) < s


@given(calendars(), moments, spans, spans)
def test_more_working_time_never_ends_earlier(calendar: Calendar, a: datetime, s: int, more: int) -> None:
    assert calendar.add_open_seconds(a, s) <= calendar.add_open_seconds(a, s + more)
    assert calendar.add_open_seconds(calendar.add_open_seconds(a, s), more) == calendar.add_open_seconds(
        a, s + more
    )


@given(calendars(), st.lists(moments, min_size=3, max_size=3))
def test_working_time_adds_up_and_never_shrinks(calendar: Calendar, three: list[datetime]) -> None:
    a, b, c = sorted(three)
    total = calendar.open_seconds(a, c)
    assert calendar.open_seconds(a, b) + calendar.open_seconds(b, c) == pytest.approx(total)
    assert 0 <= calendar.open_seconds(a, b) <= total


@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it(calendar: Calendar, a: datetime) -> None:
    opens = calendar.next_open(a)
    assert opens is not None and opens >= a
    assert calendar.is_open(opens)
    assert calendar.open_seconds(a, opens) == 0
