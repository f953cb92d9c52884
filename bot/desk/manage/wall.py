"""大屏: how the desk stands at this moment, within the caller's reach. A few queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission
from bot.accounts.reach import Reach
from bot.accounts.service import Colleague, colleagues_with
from bot.conversation import queue
from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.manage.days import day_of, day_start
from bot.desk.manage.figures import given_up, spread
from bot.desk.manage.teams import team_names
from bot.desk.models import Seat, SeatStatus
from bot.desk.routing import QUARTERS, alive
from bot.desk.seats import quarters
from bot.runtime import Runtime

_SHOWN_LAST = {SeatStatus.READY: 0, SeatStatus.BUSY: 1, SeatStatus.AWAY: 2, SeatStatus.OFFLINE: 3}


@dataclass(frozen=True)
class Open:
    control: Control
    status: HandoverStatus
    requested_at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class Episode:
    """One of today's."""

    reason: str
    category: str
    status: HandoverStatus
    accepted_at: datetime | None
    first_reply_at: datetime | None
    due_at: datetime | None  # of a ticket


async def wall(rt: Runtime, *, scope: Scope) -> dict[str, Any]:
    now = rt.clock.now()
    today = day_start(day_of(now))
    async with rt.db.read() as session:
        open_now = await _open(session, scope)
        episodes = await _today(session, scope, today)
        ratings = await _ratings(session, scope, today)
        seats = await _seats(session, scope, now=now)
    return {
        "at": now,
        **standing(open_now, now=now),
        "seats": seats,
        "today": today_of(episodes) | {"rating": _mean(ratings), "rated": len(ratings)},
    }


def standing(rows: Iterable[Open], *, now: datetime) -> dict[str, Any]:
    rows = list(rows)
    count = Counter(row.control for row in rows if row.status != HandoverStatus.TICKETED)
    waits = [row.requested_at for row in rows if row.status == HandoverStatus.WAITING]
    tickets = [row for row in rows if row.status == HandoverStatus.TICKETED]
    return {
        "waiting": count[Control.QUEUED],
        "ringing": count[Control.OFFERED],
        "active": count[Control.HUMAN],
        "on_hold": count[Control.ON_HOLD],
        "wrap_up": count[Control.WRAP_UP],
        "longest_wait_s": int((now - min(waits)).total_seconds()) if waits else None,
        "waiting_since": min(waits, default=None),
        "tickets": len(tickets),
        "tickets_overdue": sum(1 for row in tickets if row.due_at and row.due_at < now),
    }


def today_of(episodes: Iterable[Episode]) -> dict[str, Any]:
    rows = list(episodes)
    first = [
        (row.first_reply_at - row.accepted_at).total_seconds()
        for row in rows
        if row.accepted_at and row.first_reply_at
    ]
    abandoned = [row for row in rows if given_up(row.status, accepted_at=row.accepted_at, due_at=row.due_at)]
    return {
        "requested": len(rows),
        "answered": sum(1 for row in rows if row.accepted_at),
        "abandoned": len(abandoned),
        "by_reason": _counted(row.reason for row in rows),
        "by_category": _counted(row.category for row in rows),
        "first_reply_s": spread(first)["median_s"],
    }


def _counted(keys: Iterable[str]) -> list[dict[str, Any]]:
    counts = sorted(Counter(keys).items(), key=lambda item: (-item[1], item[0]))
    return [{"key": key, "count": count} for key, count in counts]


def _mean(values: list[Any]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


async def _open(session: AsyncSession, scope: Scope) -> list[Open]:
    query = (
        select(Conversation.control, Handover.status, Handover.requested_at, Handover.due_at)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(Handover.status.in_((*LIVE, HandoverStatus.TICKETED)), visible(scope))
    )
    return [Open(*row) for row in await session.execute(query)]


async def _today(session: AsyncSession, scope: Scope, since: datetime) -> list[Episode]:
    query = (
        select(
            Handover.reason,
            Handover.category,
            Handover.status,
            Handover.accepted_at,
            Handover.first_reply_at,
            Handover.due_at,
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.requested_at >= since, visible(scope))
    )
    return [Episode(*row) for row in await session.execute(query)]


async def _ratings(session: AsyncSession, scope: Scope, since: datetime) -> list[int]:
    query = (
        select(Handover.rating)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.rated_at >= since, Handover.rating.is_not(None), visible(scope))
    )
    return [rating for rating in await session.scalars(query) if rating is not None]


async def _seats(session: AsyncSession, scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Whoever may chat and works where the caller leads, the ready ones first."""
    people = await colleagues_with(session, permission=Permission.DESK_CHAT)
    led = {person.id: person for person in people if _leads(scope, person)}
    seats = [seat for seat in await session.scalars(select(Seat)) if seat.staff_id in led]
    held = await queue.loads(session)
    teams = await team_names(session)
    rows = [_seat(led[seat.staff_id], seat, held.get(seat.staff_id), teams, now) for seat in seats]
    return sorted(rows, key=lambda row: (_SHOWN_LAST[row["status"]], row["name"], row["staff_id"]))


def _seat(
    person: Colleague, seat: Seat, held: queue.Load | None, teams: dict[str, str], now: datetime
) -> dict[str, Any]:
    chats = held or queue.Load()
    # A page that is not heard of any more takes nobody, whatever its status says.
    here = alive(seat.seen_at, now)
    return {
        "staff_id": person.id,
        "name": person.name,
        "team_name": teams.get(person.team_id or ""),
        "status": seat.status if here else SeatStatus.OFFLINE,
        "load": chats.total() - chats[Control.OFFERED],
        "free": max(0, seat.capacity * QUARTERS - quarters(held)) // QUARTERS,
        "capacity": seat.capacity,
    }


def _leads(scope: Scope, person: Colleague) -> bool:
    if person.id == scope.staff_id or scope.reach == Reach.ALL:
        return True
    if scope.reach == Reach.REGION and person.region.startswith(scope.region_prefix):
        return True
    of_team = scope.team_id is not None and person.team_id == scope.team_id
    return of_team and scope.reach != Reach.OWN
