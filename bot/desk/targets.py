"""Whom a chat may be transferred to: who is on line, fits and has room. Never into limbo."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation.change import StaffName
from bot.conversation.chat_access import Chat, access_chat
from bot.desk.access import scope_of
from bot.desk.models import Team
from bot.desk.routing import SeatFacts, present
from bot.desk.rows import team_names
from bot.desk.seats import read_seats
from bot.errors import Refusal
from bot.runtime import Runtime


async def targets(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        ready = await _ready(session, rt, chat=chat, staff=staff)
        names = await team_names(session, {seat.team_id for seat in ready})
        teams = [
            {"id": team.id, "name": team.name, "ready": count}
            for team in await _teams(session, chat=chat)
            if (count := sum(seat.team_id == team.id for seat in ready))
        ]
    people = [
        {
            "id": seat.staff_id,
            "name": seat.name,
            "team_name": names.get(seat.team_id),
            "status": seat.status,
            "free": seat.free,
        }
        for seat in sorted(ready, key=lambda seat: (-seat.free, seat.name))
    ]
    return {"staff": people, "teams": teams}


async def access_person(
    session: AsyncSession, rt: Runtime, *, chat: Chat, staff: Staff, staff_id: str
) -> StaffName:
    for seat in await _ready(session, rt, chat=chat, staff=staff):
        if seat.staff_id == staff_id:
            return StaffName(seat.staff_id, seat.name)
    raise _not_on_line()


async def access_team(session: AsyncSession, rt: Runtime, *, chat: Chat, staff: Staff, team_id: str) -> Team:
    ready = await _ready(session, rt, chat=chat, staff=staff)
    for team in await _teams(session, chat=chat):
        if team.id == team_id and any(seat.team_id == team_id for seat in ready):
            return team
    raise _not_on_line()


async def _ready(session: AsyncSession, rt: Runtime, *, chat: Chat, staff: Staff) -> list[SeatFacts]:
    now = rt.clock.now()
    return [
        seat
        for seat in await read_seats(session)
        if seat.staff_id != staff.id
        and present(seat, now)
        and seat.free
        and _fits(seat.categories, chat.handover.category)
    ]


async def _teams(session: AsyncSession, *, chat: Chat) -> list[Team]:
    teams = await session.scalars(select(Team).where(Team.active).order_by(Team.name))
    return [team for team in teams if _fits(frozenset(team.categories), chat.handover.category)]


def _fits(categories: frozenset[str], category: str) -> bool:
    return not categories or category in categories


def _not_on_line() -> Refusal:
    return Refusal("target_gone", "对方现在不在线或已满额，请选别的同事或小组。", status=409)
