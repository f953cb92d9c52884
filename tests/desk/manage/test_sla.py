"""What an episode owes and by when, against a split working day."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.desk.calendar import Calendar
from bot.desk.manage.sla import Hold, Progress, Sla, SlaKind, SlaState, Targets, kept, state_of
from tests.desk.manage.episodes import at

DAY = [["08:30", "12:00"], ["13:30", "17:30"]]
WEEK = {str(day): DAY for day in range(1, 6)}
CALENDAR = Calendar.of(SimpleNamespace(week=WEEK, days={}, public_holidays=True))
TARGETS = Targets(queue_wait_s=600, first_reply_s=60, resolution_s=7200, callback_s=4 * 3600, warn_percent=80)


def waiting(queued: datetime) -> Progress:
    return Progress(
        status=HandoverStatus.WAITING, control=Control.QUEUED, requested_at=queued, queued_at=queued
    )


def talking(**more: object) -> Progress:
    base = {
        "status": HandoverStatus.ACTIVE,
        "control": Control.HUMAN,
        "requested_at": at("11-20 09:00"),
        "queued_at": at("11-20 09:00"),
        "taken_at": at("11-20 09:01"),
    }
    return Progress(**(base | more))  # type: ignore[arg-type]


def owed(progress: Progress, now: datetime) -> Sla | None:
    return state_of(progress, targets=TARGETS, calendar=CALENDAR, now=now)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("11-20 09:07", SlaState.OK),
        ("11-20 09:08", SlaState.WARN),
        ("11-20 09:09", SlaState.WARN),
        ("11-20 09:10", SlaState.BREACH),
    ],
)
def test_a_wait_is_warned_of_at_four_fifths_and_missed_at_its_end(now: str, state: SlaState) -> None:
    assert owed(waiting(at("11-20 09:00")), at(now)) == Sla(SlaKind.QUEUE_WAIT, at("11-20 09:10"), state)


def test_lunch_night_weekend_and_holiday_do_not_count() -> None:
    lunch = owed(waiting(at("11-20 11:55")), at("11-20 13:29"))
    assert lunch == Sla(SlaKind.QUEUE_WAIT, at("11-20 13:35"), SlaState.OK)
    friday = owed(waiting(at("11-20 17:25")), at("11-23 08:34"))
    assert friday == Sla(SlaKind.QUEUE_WAIT, at("11-23 08:35"), SlaState.WARN)
    holiday = owed(waiting(at("09-30 17:25")), at("10-07 10:00"))  # 国庆 until 7 October
    assert holiday == Sla(SlaKind.QUEUE_WAIT, at("10-08 08:35"), SlaState.OK)


def test_a_make_up_sunday_counts() -> None:
    """10 October 2026 is a Saturday on which people work."""
    assert owed(waiting(at("10-10 09:00")), at("10-10 09:10")) == Sla(
        SlaKind.QUEUE_WAIT, at("10-10 09:10"), SlaState.BREACH
    )


def test_whoever_goes_back_to_the_queue_waits_anew() -> None:
    progress = Progress(
        status=HandoverStatus.WAITING,
        control=Control.QUEUED,
        requested_at=at("11-20 09:00"),
        queued_at=at("11-20 10:00"),
    )
    found = owed(progress, at("11-20 10:01"))
    assert found and (found.due_at, found.state) == (at("11-20 10:10"), SlaState.OK)


def test_after_acceptance_the_first_word_is_owed_and_then_the_end() -> None:
    assert owed(talking(), at("11-20 09:01")) == Sla(SlaKind.FIRST_REPLY, at("11-20 09:02"), SlaState.OK)
    replied = talking(replied_at=at("11-20 09:02"))
    assert owed(replied, at("11-20 09:02")) == Sla(SlaKind.RESOLUTION, at("11-20 11:00"), SlaState.OK)
    assert owed(replied, at("11-20 10:36")) == Sla(SlaKind.RESOLUTION, at("11-20 11:00"), SlaState.WARN)


def test_time_on_hold_is_added_to_the_time_until_the_end() -> None:
    hold = Hold(at("11-20 09:30"), at("11-20 10:00"))
    replied = talking(replied_at=at("11-20 09:02"), holds=(hold,))
    assert owed(replied, at("11-20 10:59")) == Sla(SlaKind.RESOLUTION, at("11-20 11:30"), SlaState.OK)
    assert owed(replied, at("11-20 11:30")) == Sla(SlaKind.RESOLUTION, at("11-20 11:30"), SlaState.BREACH)


def test_a_hold_over_lunch_gives_back_only_its_working_time() -> None:
    hold = Hold(at("11-20 10:30"), at("11-20 14:00"))  # 1.5 h of the morning, 0.5 h of the afternoon
    replied = talking(replied_at=at("11-20 09:02"), holds=(hold,))
    found = owed(replied, at("11-20 14:00"))
    assert found == Sla(SlaKind.RESOLUTION, at("11-20 14:30"), SlaState.OK)


def test_a_chat_on_hold_stands_still_and_its_due_time_does_not_move() -> None:
    hold = Hold(at("11-20 09:30"))
    held = talking(
        replied_at=at("11-20 09:02"),
        control=Control.ON_HOLD,
        hold_until=at("11-20 15:00"),
        holds=(hold,),
    )
    first, later = owed(held, at("11-20 09:31")), owed(held, at("11-20 14:50"))
    assert first == later == Sla(SlaKind.RESOLUTION, at("11-20 16:30"), SlaState.OK)


def test_a_ticket_owes_the_call() -> None:
    ticket = Progress(
        status=HandoverStatus.TICKETED,
        control=Control.BOT,
        requested_at=at("11-19 20:00"),
        queued_at=at("11-19 20:00"),
        due_at=at("11-20 14:00"),
    )
    assert owed(ticket, at("11-20 08:30")) == Sla(SlaKind.CALLBACK, at("11-20 14:00"), SlaState.OK)
    assert owed(ticket, at("11-20 13:40")) == Sla(SlaKind.CALLBACK, at("11-20 14:00"), SlaState.WARN)
    assert owed(ticket, at("11-20 14:00")) == Sla(SlaKind.CALLBACK, at("11-20 14:00"), SlaState.BREACH)


@pytest.mark.parametrize(
    "progress",
    [
        talking(control=Control.WRAP_UP, replied_at=at("11-20 09:02")),
        talking(status=HandoverStatus.CLOSED),
        talking(status=HandoverStatus.CANCELLED),
        talking(status=HandoverStatus.RETURNED),
    ],
)
def test_what_has_ended_owes_nothing(progress: Progress) -> None:
    assert owed(progress, at("11-20 16:00")) is None


def test_what_took_a_night_may_have_been_in_time() -> None:
    evening, morning = at("11-19 17:28"), at("11-20 08:35")
    assert kept(600, evening, morning, calendar=CALENDAR)
    assert not kept(600, evening, morning + timedelta(minutes=4), calendar=CALENDAR)
