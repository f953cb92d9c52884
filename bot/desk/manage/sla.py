"""Service levels of one episode against the team's working calendar. Pure.

An episode owes one thing at a time: to be taken, then a first word, then an end; a ticket owes the
call. Time outside working hours does not count, and time on hold does not count towards the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.conversation.handover_models import HandoverStatus
from bot.conversation.log import wire_time
from bot.conversation.models import Control


class SlaKind(StrEnum):
    QUEUE_WAIT = "queue_wait"
    FIRST_REPLY = "first_reply"
    RESOLUTION = "resolution"
    CALLBACK = "callback"


class SlaState(StrEnum):
    OK = "ok"
    WARN = "warn"
    BREACH = "breach"


class WorkingTime(Protocol):
    """What is asked of a team's calendar."""

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Working time between two moments."""

    def add_open_seconds(self, start: datetime, seconds: float) -> datetime:
        """The moment at which so much working time has passed."""


@dataclass(frozen=True)
class Targets:
    queue_wait_s: int
    first_reply_s: int
    resolution_s: int
    callback_s: int
    warn_percent: int

    def of(self, kind: SlaKind) -> int:
        seconds: int = getattr(self, f"{kind}_s")
        return seconds


@dataclass(frozen=True)
class Hold:
    since: datetime
    until: datetime | None = None  # None: still held


@dataclass(frozen=True)
class Progress:
    """How far an episode has come."""

    status: HandoverStatus
    control: Control
    requested_at: datetime
    queued_at: datetime
    taken_at: datetime | None = None
    replied_at: datetime | None = None
    due_at: datetime | None = None  # of a ticket
    hold_until: datetime | None = None
    holds: Sequence[Hold] = ()


@dataclass(frozen=True)
class Sla:
    kind: SlaKind
    due_at: datetime
    state: SlaState

    def wire(self) -> dict[str, str]:
        return {"kind": self.kind, "due_at": wire_time(self.due_at), "state": self.state}


def state_of(at: Progress, *, targets: Targets, calendar: WorkingTime, now: datetime) -> Sla | None:
    """What is owed now and how it stands; None when nothing is owed any more."""
    match at.status:
        case HandoverStatus.WAITING:
            return _running(SlaKind.QUEUE_WAIT, at.queued_at, targets, calendar, now)
        case HandoverStatus.TICKETED:
            return _call_back(at, targets, calendar, now)
        case HandoverStatus.ACTIVE if at.control == Control.WRAP_UP:
            return None
        case HandoverStatus.ACTIVE if at.replied_at is None:
            return _running(SlaKind.FIRST_REPLY, at.taken_at or at.queued_at, targets, calendar, now)
        case HandoverStatus.ACTIVE:
            return _resolution(at, targets, calendar, now)
        case _:
            return None


def used_seconds(
    start: datetime, end: datetime, *, calendar: WorkingTime, holds: Sequence[Hold] = ()
) -> float:
    """Working time between two moments, without what was on hold."""
    held = 0.0
    for hold in holds:
        since, until = max(hold.since, start), min(hold.until or end, end)
        if since < until:
            held += calendar.open_seconds(since, until)
    return max(0.0, calendar.open_seconds(start, end) - held)


def kept(
    target_s: int,
    start: datetime,
    end: datetime,
    *,
    calendar: WorkingTime,
    holds: Sequence[Hold] = (),
) -> bool:
    """Whether what ended in time was in time."""
    if (end - start).total_seconds() <= target_s:  # working time is never more
        return True
    return used_seconds(start, end, calendar=calendar, holds=holds) <= target_s


def _running(
    kind: SlaKind,
    start: datetime,
    targets: Targets,
    calendar: WorkingTime,
    now: datetime,
) -> Sla:
    used = used_seconds(start, now, calendar=calendar)
    return Sla(kind, calendar.add_open_seconds(start, targets.of(kind)), _state(used, targets, kind))


def _state(used: float, targets: Targets, kind: SlaKind) -> SlaState:
    target = targets.of(kind)
    if used >= target:
        return SlaState.BREACH
    return SlaState.WARN if used * 100 >= target * targets.warn_percent else SlaState.OK


def _resolution(at: Progress, targets: Targets, calendar: WorkingTime, now: datetime) -> Sla:
    kind = SlaKind.RESOLUTION
    used = used_seconds(at.requested_at, now, calendar=calendar, holds=at.holds)
    state = _state(used, targets, kind)
    if at.control == Control.ON_HOLD:
        # It goes on counting when the hold ends, at the latest then.
        goes_on = max(now, at.hold_until or now)
        return Sla(kind, calendar.add_open_seconds(goes_on, max(0.0, targets.of(kind) - used)), state)
    due = _due(at.requested_at, targets.of(kind), calendar, at.holds)
    return Sla(kind, due, state)


def _due(start: datetime, target_s: int, calendar: WorkingTime, holds: Sequence[Hold]) -> datetime:
    """When the target is used up, the finished holds put in between."""
    left, moment = float(target_s), start
    for hold in sorted(holds, key=lambda hold: hold.since):
        if hold.until is None or hold.until <= moment:
            continue
        before = calendar.open_seconds(moment, hold.since) if hold.since > moment else 0.0
        if before >= left:
            break
        left, moment = left - before, hold.until
    return calendar.add_open_seconds(moment, left)


def _call_back(at: Progress, targets: Targets, calendar: WorkingTime, now: datetime) -> Sla | None:
    if at.due_at is None:
        return None
    if now >= at.due_at:
        return Sla(SlaKind.CALLBACK, at.due_at, SlaState.BREACH)
    spare = targets.callback_s * (100 - targets.warn_percent) / 100
    near = calendar.open_seconds(now, at.due_at) <= spare
    return Sla(SlaKind.CALLBACK, at.due_at, SlaState.WARN if near else SlaState.OK)
