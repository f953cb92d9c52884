"""What the conversation asks of the desk: may a talent queue now, how long will it take, a rating came."""

from datetime import datetime, timedelta
from statistics import mean

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.permissions import Permission
from bot.conversation import queue
from bot.conversation.control import place_of
from bot.conversation.desk_port import Admission
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation
from bot.conversation.rules import RING_S
from bot.desk import hours
from bot.desk.manage import follow_ups
from bot.desk.routing import choose_team, present
from bot.desk.seats import read_seats
from bot.runtime import SHANGHAI, Runtime

SAME_PERSON_DAYS = 7  # whoever served a talent within this time is asked first
CALL_ROOM_S = 1800  # what must be left of a forenoon for a call promised in it
FIGURES_DAYS = 7
FIGURES_AT_MOST = 50
FIGURES_AT_LEAST = 5  # fewer say nothing about a wait


class Desk:
    """The conversation's `DeskPort`."""

    async def admit(
        self, session: AsyncSession, rt: Runtime, *, conversation: Conversation, category: str
    ) -> Admission:
        now = rt.clock.now()
        teams = await hours.team_facts(session, now)
        team, why = choose_team(teams, region=place_of(conversation), category=category)
        wanted = await _wanted(session, rt, conversation)
        if team is None:  # no team is set up: whoever is at work takes it
            return Admission(open=True, wanted_staff_id=wanted)
        calendar = await hours.calendar_of(session, team.id)
        return Admission(
            open=why is None,
            why=why,
            team_id=team.id,
            wanted_staff_id=wanted,
            opens_at=calendar.next_open(now) if calendar and why == "hours" else None,
            call_by=await hours.call_by(session, team_id=team.id, now=now),
        )

    async def expected_wait_s(
        self, session: AsyncSession, rt: Runtime, *, team_id: str | None, ahead: int
    ) -> int | None:
        """From how long talks lasted lately and who is at work; None with too few figures."""
        now = rt.clock.now()
        team = [
            seat
            for seat in await read_seats(session)
            if present(seat, now) and (team_id is None or seat.team_id == team_id)
        ]
        if not team:
            return None
        if ahead < sum(seat.free for seat in team):
            return RING_S
        since = now - timedelta(days=FIGURES_DAYS)
        times = await queue.handling_times(session, team_id=team_id, since=since, limit=FIGURES_AT_MOST)
        if len(times) < FIGURES_AT_LEAST:
            return None
        chats = sum(seat.capacity for seat in team)
        return round(mean(times) * (ahead + 1) / chats)

    async def call_time(
        self, session: AsyncSession, rt: Runtime, *, ticket: Handover, forenoon: bool
    ) -> datetime | None:
        calendar = await hours.calendar_of(session, ticket.team_id)
        if calendar is None or ticket.due_at is None:
            return None
        soon = rt.clock.now() + timedelta(seconds=CALL_ROOM_S)
        return calendar.end_of_part(
            day=ticket.due_at.astimezone(SHANGHAI).date(), after=soon, forenoon=forenoon
        )

    async def rated(self, session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
        await follow_ups.on_rating(session, rt, handover=handover)


async def _wanted(session: AsyncSession, rt: Runtime, conversation: Conversation) -> str | None:
    """The talent's own specialist, else whoever served them last, while they may still chat."""
    since = rt.clock.now() - timedelta(days=SAME_PERSON_DAYS)
    chatting = {one.id for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
    if conversation.specialist_id in chatting:
        return conversation.specialist_id
    last = await queue.last_served_by(session, conversation_id=conversation.id, since=since)
    return last if last in chatting else None
