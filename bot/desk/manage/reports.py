"""Reports over a range of days: by day, team, category, reason and specialist.

Rows are read flat and counted in Python: no query that one of the two databases lacks, and days in
Shanghai's time. A year's rows come in small parts, each counted in a thread and forgotten.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from bot.accounts.service import names_of
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.manage.days import day_of, days_between, span
from bot.desk.manage.figures import EpisodeRow, Tally
from bot.desk.manage.parts import in_parts
from bot.desk.manage.quality_rules import most_points
from bot.desk.manage.report_log import ReportLog, read_report_log
from bot.desk.manage.sla import Hold, SlaKind, kept
from bot.desk.manage.sla_clock import Clocks, read_clocks
from bot.desk.manage.teams import team_names
from bot.desk.models import QualityCheck
from bot.runtime import Runtime

_GROUPS = {
    "by_day": "day",
    "by_team": "team_id",
    "by_category": "category",
    "by_reason": "reason",
    "by_specialist": "staff_id",
}


@dataclass(frozen=True)
class ReportFilter:
    first: date
    last: date
    team_id: str | None = None
    category: str | None = None


def _groups() -> dict[str, dict[Any, Tally]]:
    return {part: defaultdict(Tally) for part in _GROUPS}


@dataclass
class Counting:
    """A report on the way."""

    log: ReportLog
    clocks: Clocks
    now: datetime
    total: Tally = field(default_factory=Tally)
    groups: dict[str, dict[Any, Tally]] = field(default_factory=_groups)
    last_id: str = ""

    def add(self, rows: Sequence[Any]) -> None:
        for row in rows:
            # One asked again twice comes twice, next to each other.
            if row.id != self.last_id:
                self._add(_episode(row, self.log, self.clocks, self.now))
            self.last_id = row.id

    def _add(self, episode: EpisodeRow) -> None:
        self.total.add(episode)
        for part, name in _GROUPS.items():
            self.groups[part][getattr(episode, name)].add(episode)


async def report(rt: Runtime, *, scope: Scope, which: ReportFilter) -> dict[str, Any]:
    """`{"from", "to", "total", "by_day", "by_team", …}`; each group has `key`, `name` and figures."""
    since, until = span(which.first, which.last)
    condition = _condition(scope, which, since, until)
    async with rt.db.read() as session:
        log = await read_report_log(session, condition)
        teams = await team_names(session)
        counting = Counting(log, await read_clocks(session), rt.clock.now())
        async for part in in_parts(session, _episodes(condition)):
            await asyncio.to_thread(counting.add, part)
    people = {*counting.groups["by_specialist"], *log.missed_by}
    staff = await names_of(rt, staff_ids=people)
    return await asyncio.to_thread(_report, counting, which, teams, staff)


def _condition(
    scope: Scope, which: ReportFilter, since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:
    wanted = [Handover.requested_at >= since, Handover.requested_at < until, visible(scope)]
    if which.team_id:
        wanted.append(Handover.team_id == which.team_id)
    if which.category:
        wanted.append(Handover.category == which.category)
    return tuple(wanted)


def _episodes(condition: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    again = aliased(Handover)
    return (
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
            again.requested_at.label("asked_again_at"),
            QualityCheck.total.label("points"),
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .outerjoin(again, again.previous_id == Handover.id)
        .outerjoin(QualityCheck, QualityCheck.handover_id == Handover.id)
        .where(*condition)
        .order_by(Handover.requested_at, Handover.id, again.requested_at)
    )


def _episode(row: Any, log: ReportLog, clocks: Clocks, now: datetime) -> EpisodeRow:
    holds = log.holds.get(row.id, [])
    until = row.ended_at or now
    held = sum((min(hold.until or until, until) - hold.since).total_seconds() for hold in holds)
    return EpisodeRow(
        id=row.id,
        day=day_of(row.requested_at),
        team_id=row.team_id,
        category=row.category,
        reason=row.reason,
        staff_id=row.staff_id,
        status=HandoverStatus(row.status),
        requested_at=row.requested_at,
        accepted_at=row.accepted_at,
        first_reply_at=row.first_reply_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        rating=row.rating,
        asked_again_at=row.asked_again_at,
        held_s=held,
        transfers=log.transfers.get(row.id, 0),
        missed=log.missed.get(row.id, 0),
        kept=_kept(row, holds, clocks, now),
        quality=None if row.points is None else round(100 * row.points / most_points()),
    )


def _kept(row: Any, holds: list[Hold], clocks: Clocks, now: datetime) -> dict[SlaKind, bool]:
    """What was kept or missed. What may still be kept is not judged, nor what the talent no longer
    wanted while there was time."""
    clock = clocks.of(row.team_id)
    if clock is None:
        return {}
    targets, calendar = clock
    until = row.ended_at or now
    if row.due_at is not None:
        called = row.ended_at if row.status != HandoverStatus.CANCELLED else None
        within = (called or until) <= row.due_at
        return {SlaKind.CALLBACK: within} if called or not within else {}
    # Since when it was owed, and when it was given.
    owed: dict[SlaKind, tuple[datetime, datetime | None]] = {
        SlaKind.QUEUE_WAIT: (row.requested_at, row.accepted_at)
    }
    if row.accepted_at:
        owed[SlaKind.FIRST_REPLY] = (row.accepted_at, row.first_reply_at)
        owed[SlaKind.RESOLUTION] = (row.requested_at, row.ended_at)
    judged: dict[SlaKind, bool] = {}
    for kind, (start, given) in owed.items():
        within = kept(targets.of(kind), start, given or until, calendar=calendar, holds=holds)
        if given is not None or not within:
            judged[kind] = within
    return judged


def _report(
    counting: Counting, which: ReportFilter, teams: dict[str, str], staff: dict[str, str]
) -> dict[str, Any]:
    groups = counting.groups
    found: dict[str, Any] = {
        "from": which.first,
        "to": which.last,
        "total": counting.total.figures(),
        "by_day": [
            _group(day.isoformat(), day.isoformat(), groups["by_day"][day])
            for day in days_between(which.first, which.last)
        ],
    }
    for part in ("by_team", "by_category", "by_reason"):
        names = teams if part == "by_team" else {}
        found[part] = [
            _group(key or "", names.get(key, key or "未分班组"), tally)
            for key, tally in _most_first(groups[part])
        ]
    found["by_specialist"] = _by_specialist(groups["by_specialist"], staff, counting.log.missed_by)
    return found


def _by_specialist(
    groups: dict[str | None, Tally], staff: dict[str, str], missed_by: dict[str, int]
) -> list[dict[str, Any]]:
    """Of who held an episode last. Missed offers count for whom they rang at."""
    everybody = {person: groups.get(person) or Tally() for person in {*groups, *missed_by} if person}
    return [
        _group(person, staff.get(person, person), tally) | {"missed": missed_by.get(person, 0)}
        for person, tally in _most_first(everybody)
    ]


def _most_first(groups: dict[Any, Tally]) -> list[tuple[Any, Tally]]:
    return sorted(groups.items(), key=lambda item: (-item[1].counts["requested"], item[0] or ""))


def _group(key: str, name: str, tally: Tally) -> dict[str, Any]:
    return {"key": key, "name": name, **tally.figures()}
