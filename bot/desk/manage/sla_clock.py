"""The rows that `sla.state_of` needs, read in a few queries for many chats at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import LIVE, ControlChange, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.desk.calendar import Calendar
from bot.desk.manage.sla import Hold, Progress, Sla, Targets, state_of
from bot.desk.models import ServiceLevel, Team, WorkCalendar
from bot.runtime import Runtime

EVERY_TEAM = ""  # key of the default row
OWING = (*LIVE, HandoverStatus.TICKETED)


@dataclass(frozen=True)
class Clocks:
    """Targets and calendars of all teams."""

    targets: dict[str, Targets]  # by team id
    calendars: dict[str, Calendar]  # by team id

    def of(self, team_id: str | None) -> tuple[Targets, Calendar] | None:
        """None before any service level or calendar is kept."""
        targets = self.targets.get(team_id or EVERY_TEAM) or self.targets.get(EVERY_TEAM)
        calendar = self.calendars.get(team_id or EVERY_TEAM) or self.calendars.get(EVERY_TEAM)
        return (targets, calendar) if targets and calendar else None


async def read_clocks(session: AsyncSession) -> Clocks:
    levels = await session.scalars(select(ServiceLevel))
    targets = {level.team_id: targets_of(level) for level in levels}
    rows = list(await session.scalars(select(WorkCalendar).order_by(WorkCalendar.id)))
    by_id = {row.id: Calendar.of(row) for row in rows}
    calendars = {EVERY_TEAM: by_id[rows[0].id]} if rows else {}  # of an episode without a team
    for team_id, calendar_id in await session.execute(select(Team.id, Team.calendar_id)):
        calendars[team_id] = by_id[calendar_id]
    return Clocks(targets, calendars)


def targets_of(level: ServiceLevel) -> Targets:
    return Targets(
        level.queue_wait_s,
        level.first_reply_s,
        level.resolution_s,
        level.callback_s,
        level.warn_percent,
    )


async def sla_of(
    session: AsyncSession, rt: Runtime, rows: Sequence[tuple[Conversation, Handover]]
) -> dict[str, Sla]:
    """By id of the episode; what owes nothing is left out."""
    if not rows:
        return {}
    clocks = await read_clocks(session)
    ids = [handover.id for _, handover in rows]
    holds = await holds_of(session, ControlChange.handover_id.in_(ids))
    found: dict[str, Sla] = {}
    for conversation, handover in rows:
        clock = clocks.of(handover.team_id)
        if clock is None:
            continue
        progress = progress_of(conversation, handover, holds.get(handover.id, ()))
        sla = state_of(progress, targets=clock[0], calendar=clock[1], now=rt.clock.now())
        if sla:
            found[handover.id] = sla
    return found


async def sla_by_episode(
    session: AsyncSession, rt: Runtime, handover_ids: Iterable[str | None]
) -> dict[str, dict[str, str]]:
    """As chat rows show it, for those episodes that still owe something."""
    ids = {handover_id for handover_id in handover_ids if handover_id}
    query = (
        select(Conversation, Handover)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(Handover.id.in_(ids), Handover.status.in_(OWING))
    )
    rows = [(conversation, handover) for conversation, handover in await session.execute(query)]
    return {handover_id: sla.wire() for handover_id, sla in (await sla_of(session, rt, rows)).items()}


def progress_of(conversation: Conversation, handover: Handover, holds: Sequence[Hold]) -> Progress:
    return Progress(
        status=handover.status,
        control=conversation.control,
        requested_at=handover.requested_at,
        queued_at=handover.queued_at,
        taken_at=handover.taken_at,
        replied_at=handover.replied_at,
        due_at=handover.due_at,
        hold_until=handover.hold_until,
        holds=holds,
    )


async def holds_of(session: AsyncSession, which: ColumnElement[bool]) -> dict[str, list[Hold]]:
    """Spans on hold by episode, of the control changes meant."""
    crossing = (ControlChange.before == Control.ON_HOLD) != (ControlChange.after == Control.ON_HOLD)
    query = (
        select(ControlChange.handover_id, ControlChange.after, ControlChange.at)
        .where(which, crossing, ControlChange.handover_id.is_not(None))
        .order_by(ControlChange.at, ControlChange.id)
    )
    return paired((row[0] or "", row[1] == Control.ON_HOLD, row[2]) for row in await session.execute(query))


def paired(crossings: Iterable[tuple[str, bool, datetime]]) -> dict[str, list[Hold]]:
    """Entries into and exits from a hold, in order of time, as spans."""
    holds: dict[str, list[Hold]] = defaultdict(list)
    for handover_id, entered, at in crossings:
        spans = holds[handover_id]
        if entered:
            spans.append(Hold(at))
        elif spans and spans[-1].until is None:
            spans[-1] = Hold(spans[-1].since, at)
    return holds
