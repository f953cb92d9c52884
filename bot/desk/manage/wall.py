"""大屏: how the desk stands at this moment, within the caller's reach. Three queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, permissions_of
from bot.accounts.reach import Reach
from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.manage.days import day_of, day_start
from bot.desk.manage.teams import team_names
from bot.desk.models import Seat, SeatStatus
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


async def wall(rt: Runtime, *, scope: Scope) -> dict[str, Any]:
    now = rt.clock.now()
    today = day_start(day_of(now))
    async with rt.db.read() as session:
        open_now = await _open(session, scope)
        episodes = await _today(session, scope, today)
        ratings = await _ratings(session, scope, today)
        seats = await _seats(session, scope)
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
    abandoned = [row for row in rows if row.status == HandoverStatus.CANCELLED and not row.accepted_at]
    return {
        "requested": len(rows),
        "answered": sum(1 for row in rows if row.accepted_at),
        "abandoned": len(abandoned),
        "by_reason": _counted(row.reason for row in rows),
        "by_category": _counted(row.category for row in rows),
        "first_reply_s": _mean(first),
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


async def _seats(session: AsyncSession, scope: Scope) -> list[dict[str, Any]]:
    """Whoever may chat and works where the caller leads, the ready ones first."""
    held = (
        select(Handover.staff_id, func.count().label("chats"))
        .where(Handover.status == HandoverStatus.ACTIVE)
        .group_by(Handover.staff_id)
        .subquery()
    )
    query = (
        select(StaffAccount, Seat, held.c.chats)
        .join(Seat, Seat.staff_id == StaffAccount.id)
        .outerjoin(held, held.c.staff_id == StaffAccount.id)
        .where(StaffAccount.active.is_(True))
    )
    teams = await team_names(session)
    rows = [row for row in await session.execute(query) if _leads(scope, row[0])]
    rows.sort(key=lambda row: (_SHOWN_LAST[row[1].status], row[0].name, row[0].id))
    return [
        {
            "staff_id": account.id,
            "name": account.name,
            "team_name": teams.get(account.team_id or ""),
            "status": seat.status,
            "status_at": seat.status_at,
            "load": chats or 0,
            "capacity": seat.capacity,
        }
        for account, seat, chats in rows
    ]


def _leads(scope: Scope, account: StaffAccount) -> bool:
    if Permission.DESK_CHAT not in permissions_of(account.roles):
        return False
    if account.id == scope.staff_id or scope.reach == Reach.ALL:
        return True
    if scope.reach == Reach.REGION and account.region.startswith(scope.region_prefix):
        return True
    of_team = scope.team_id is not None and account.team_id == scope.team_id
    return of_team and scope.reach != Reach.OWN
