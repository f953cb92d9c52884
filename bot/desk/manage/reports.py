"""Reports over a range of days: by day, team, category, reason and specialist.

Rows are read flat and counted in Python: no query that one of the two databases lacks, and days in
Shanghai's time.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.accounts.service import names_of
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.manage.days import day_of, days_between, span
from bot.desk.manage.figures import EpisodeRow, figures_of, grouped
from bot.desk.manage.quality_rules import most_points
from bot.desk.manage.sla import Hold, SlaKind, kept
from bot.desk.manage.sla_clock import Clocks, paired, read_clocks
from bot.desk.manage.teams import team_names
from bot.desk.models import QualityCheck
from bot.runtime import Runtime

_RINGS = (ControlEvent.OFFER, ControlEvent.TRANSFER, ControlEvent.EXPIRE)
_NAMES = {"by_team": "team_id", "by_category": "category", "by_reason": "reason"}


@dataclass(frozen=True)
class ReportFilter:
    first: date
    last: date
    team_id: str | None = None
    category: str | None = None


async def report(rt: Runtime, *, scope: Scope, which: ReportFilter) -> dict[str, Any]:
    """`{"from", "to", "total", "by_day", "by_team", …}`; each group has `key`, `name` and figures."""
    since, until = span(which.first, which.last)
    condition = _condition(scope, which, since, until)
    async with rt.db.read() as session:
        rows = await _episodes(session, condition)
        log = await _log(session, condition)
        clocks = await read_clocks(session)
        teams = await team_names(session)
    now = rt.clock.now()
    # Minutes of a year's rows: not on the loop that serves the chats.
    full = await asyncio.to_thread(_completed, rows, log, clocks, now)
    holders = {row.staff_id for row in full} | set(log.missed_by)
    staff = await names_of(rt, staff_ids=holders)
    return await asyncio.to_thread(_report, full, which, teams, staff, log.missed_by)


def _condition(
    scope: Scope, which: ReportFilter, since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:
    wanted = [Handover.requested_at >= since, Handover.requested_at < until, visible(scope)]
    if which.team_id:
        wanted.append(Handover.team_id == which.team_id)
    if which.category:
        wanted.append(Handover.category == which.category)
    return tuple(wanted)


async def _episodes(session: AsyncSession, condition: tuple[ColumnElement[bool], ...]) -> list[EpisodeRow]:
    again = aliased(Handover)
    query = (
        select(
            Handover.id,
            Handover.team_id,
            Handover.category,
            Handover.reason,
            Handover.staff_id,
            Handover.status,
            Handover.requested_at,
            Handover.accepted_at,
            Handover.first_reply_at,
            Handover.ended_at,
            Handover.due_at,
            Handover.rating,
            again.requested_at,
            QualityCheck.total,
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .outerjoin(again, again.previous_id == Handover.id)
        .outerjoin(QualityCheck, QualityCheck.handover_id == Handover.id)
        .where(*condition)
        .order_by(Handover.requested_at, Handover.id)
    )
    most = most_points()
    found: dict[str, EpisodeRow] = {}
    for row in await session.execute(query):
        total = row[13]
        found.setdefault(
            row[0],
            EpisodeRow(
                id=row[0],
                day=day_of(row[6]),
                team_id=row[1],
                category=row[2],
                reason=row[3],
                staff_id=row[4],
                status=HandoverStatus(row[5]),
                requested_at=row[6],
                accepted_at=row[7],
                first_reply_at=row[8],
                ended_at=row[9],
                due_at=row[10],
                rating=row[11],
                asked_again_at=row[12],
                quality=None if total is None else round(100 * total / most),
            ),
        )
    return list(found.values())


@dataclass
class Log:
    """What the control log adds to the episodes."""

    holds: dict[str, list[Hold]]
    transfers: dict[str, int]
    missed: dict[str, int]
    missed_by: dict[str, int]  # staff id → offers missed


async def _log(session: AsyncSession, condition: tuple[ColumnElement[bool], ...]) -> Log:
    crossing = (ControlChange.before == Control.ON_HOLD) != (ControlChange.after == Control.ON_HOLD)
    query = (
        select(
            ControlChange.handover_id,
            ControlChange.event,
            ControlChange.before,
            ControlChange.after,
            ControlChange.target,
            ControlChange.at,
        )
        .join(Handover, Handover.id == ControlChange.handover_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(*condition, or_(ControlChange.event.in_(_RINGS), crossing))
        .order_by(ControlChange.handover_id, ControlChange.version, ControlChange.at, ControlChange.id)
    )
    log = Log({}, defaultdict(int), defaultdict(int), defaultdict(int))
    crossings: list[tuple[str, bool, datetime]] = []
    rung: dict[str, str | None] = {}
    for found, event, before, after, target, at in await session.execute(query):
        episode = found or ""
        if (before == Control.ON_HOLD) != (after == Control.ON_HOLD):
            crossings.append((episode, after == Control.ON_HOLD, at))
        if event == ControlEvent.TRANSFER:
            log.transfers[episode] += 1
        if event in (ControlEvent.OFFER, ControlEvent.TRANSFER):
            rung[episode] = target
        if event == ControlEvent.EXPIRE:
            log.missed[episode] += 1
            if missed_by := rung.get(episode):
                log.missed_by[missed_by] += 1
    log.holds = paired(crossings)
    return log


def _completed(rows: list[EpisodeRow], log: Log, clocks: Clocks, now: datetime) -> list[EpisodeRow]:
    full = []
    for row in rows:
        holds = log.holds.get(row.id, [])
        until = row.ended_at or now
        held = sum((min(hold.until or until, until) - hold.since).total_seconds() for hold in holds)
        full.append(
            replace(
                row,
                held_s=held,
                transfers=log.transfers.get(row.id, 0),
                missed=log.missed.get(row.id, 0),
                kept=_kept(row, holds, clocks, now),
            )
        )
    return full


def _kept(row: EpisodeRow, holds: list[Hold], clocks: Clocks, now: datetime) -> dict[SlaKind, bool]:
    """What was kept or missed; what may still be kept is not judged."""
    clock = clocks.of(row.team_id)
    if clock is None:
        return {}
    targets, calendar = clock
    spans: dict[SlaKind, tuple[datetime, datetime | None]] = {}
    if row.ticketed:
        if row.due_at is None:
            return {}
        if row.ended_at is None and now < row.due_at:
            return {}
        return {SlaKind.CALLBACK: (row.ended_at or now) <= row.due_at}
    if row.abandoned:
        return {}
    spans[SlaKind.QUEUE_WAIT] = (row.requested_at, row.accepted_at)
    if row.accepted_at:
        spans[SlaKind.FIRST_REPLY] = (row.accepted_at, row.first_reply_at or row.ended_at)
        spans[SlaKind.RESOLUTION] = (row.requested_at, row.ended_at)
    judged: dict[SlaKind, bool] = {}
    for kind, (start, end) in spans.items():
        within = kept(targets.of(kind), start, end or now, calendar=calendar, holds=holds)
        if end is not None or not within:
            judged[kind] = within
    return judged


def _report(
    rows: list[EpisodeRow],
    which: ReportFilter,
    teams: dict[str, str],
    staff: dict[str, str],
    missed_by: dict[str, int],
) -> dict[str, Any]:
    days = grouped(rows, lambda row: row.day)
    by_day = [
        {"key": day.isoformat(), "name": day.isoformat(), **figures_of(days.get(day, []))}
        for day in days_between(which.first, which.last)
    ]
    found: dict[str, Any] = {
        "from": which.first,
        "to": which.last,
        "total": figures_of(rows),
        "by_day": by_day,
    }
    for part, field in _NAMES.items():
        names = teams if field == "team_id" else {}
        groups = grouped(rows, lambda row, field=field: getattr(row, field))  # type: ignore[misc]
        found[part] = [
            {"key": key or "", "name": names.get(key or "", key or "未分班组"), **figures_of(group)}
            for key, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0] or ""))
        ]
    found["by_specialist"] = _by_specialist(rows, staff, missed_by)
    return found


def _by_specialist(
    rows: list[EpisodeRow], staff: dict[str, str], missed_by: dict[str, int]
) -> list[dict[str, Any]]:
    """Of who held an episode last. Missed offers count for whom they rang at."""
    held = grouped((row for row in rows if row.staff_id), lambda row: row.staff_id)
    people = sorted({*held, *missed_by}, key=lambda person: (-len(held.get(person, [])), person))
    return [
        {
            "key": person,
            "name": staff.get(person, person),
            **figures_of(held.get(person, [])),
            "missed": missed_by.get(person, 0),
        }
        for person in people
    ]
