"""What the control log adds to the episodes of a report: holds, transfers, missed rings."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import ControlChange, Handover
from bot.conversation.models import Control, Conversation
from bot.desk.manage.parts import in_parts
from bot.desk.manage.sla import Hold
from bot.desk.manage.sla_clock import paired


@dataclass(frozen=True)
class ReportLog:
    holds: dict[str, list[Hold]]
    transfers: dict[str, int]
    missed: dict[str, int]
    missed_by: dict[str, int]  # staff id → offers missed


async def read_report_log(session: AsyncSession, condition: tuple[ColumnElement[bool], ...]) -> ReportLog:
    """Of the episodes meant. Only those with something of this kind take any room."""
    crossing = (ControlChange.before == Control.ON_HOLD) != (ControlChange.after == Control.ON_HOLD)
    expired = aliased(ControlChange)
    # At whom it rang is asked only where a ring was missed.
    missed = exists().where(expired.handover_id == Handover.id, expired.event == ControlEvent.EXPIRE)
    wanted = or_(
        crossing,
        ControlChange.event.in_((ControlEvent.TRANSFER, ControlEvent.EXPIRE)),
        and_(ControlChange.event == ControlEvent.OFFER, missed),
    )
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
        .where(*condition, wanted)
        .order_by(ControlChange.handover_id, ControlChange.version, ControlChange.at, ControlChange.id)
    )
    reading = _Reading()
    async for part in in_parts(session, query):
        for row in part:
            reading.add(row)
    return ReportLog(paired(reading.crossings), reading.transfers, reading.missed, reading.missed_by)


class _Reading:
    """Rows in the order in which they happened, episode by episode."""

    def __init__(self) -> None:
        self.crossings: list[tuple[str, bool, datetime]] = []
        self.transfers: dict[str, int] = defaultdict(int)
        self.missed: dict[str, int] = defaultdict(int)
        self.missed_by: dict[str, int] = defaultdict(int)
        self._rung: tuple[str, str | None] = ("", None)  # the episode, and at whom it rang last

    def add(self, row: Any) -> None:
        episode, event, before, after, target, at = row
        if (before == Control.ON_HOLD) != (after == Control.ON_HOLD):
            self.crossings.append((episode, after == Control.ON_HOLD, at))
        if event == ControlEvent.TRANSFER:
            self.transfers[episode] += 1
        if event in (ControlEvent.OFFER, ControlEvent.TRANSFER):
            self._rung = (episode, target)
        if event == ControlEvent.EXPIRE:
            self.missed[episode] += 1
            if self._rung[0] == episode and self._rung[1]:
                self.missed_by[self._rung[1]] += 1
