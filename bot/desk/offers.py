"""Giving waiting chats to seats: rung by the router, or taken from the front by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation import queue
from bot.conversation.change import Change, StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover
from bot.conversation.models import Control, Conversation
from bot.conversation.rules import RING_S
from bot.desk import specialists
from bot.desk.access import name_of, note_deed
from bot.desk.manage.notices import Told, add_notices
from bot.desk.models import SeatStatus
from bot.desk.routing import (
    ACTIVE,
    RINGING,
    SeatFacts,
    Waiting,
    alive,
    choose,
    may_take,
    needs,
    next_of_team,
    present,
)
from bot.desk.seats import access_seat, check_room, ensure_seat, read_seats, skills_in_use
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

HEAD = 30  # of the queue
TRIES = 20  # how often somebody else may be faster


async def offer_next(rt: Runtime) -> bool:
    """Ring the first waiting chat that has a seat, at that seat. False when there is none."""
    for _ in range(TRIES):
        found = await _next_to_ring(rt)
        if found is None:
            return False
        if await _ring(rt, found):
            return True
    return False


async def offer_transfers(rt: Runtime) -> bool:
    """Ring the next member for every chat that is to go to a team; withdraw when nobody is left."""
    async with rt.db.read() as session:
        proposed = await queue.team_transfers(session)
    done = False
    for handover in proposed:
        done |= await queue.try_step(
            rt,
            conversation_id=handover.conversation_id,
            decide=lambda session, _, current: _to_team(session, rt, current),
        )
    return done


async def claim_next(rt: Runtime, *, staff: Staff) -> str:
    """Take the first chat of the queue that is for the caller; returns the conversation's id."""
    async with rt.db.write() as session:
        await ensure_seat(session, rt, staff=staff)
    for attempt in range(TRIES):
        mine = await _mine_to_take(rt, staff)
        if not mine:
            break
        # The last attempts wait for whoever is at a chat: it may only be its talent who writes.
        skip_locked = attempt < TRIES // 2
        taken_one = await queue.step_first(
            rt,
            conversation_ids=mine,
            decide=lambda session, at, _: _pick(session, rt, at, staff),
            skip_locked=skip_locked,
        )
        if taken_one:
            return taken_one
    raise Refusal("queue_empty", "现在没有等待您接待的会话。", status=404)


async def taken(session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str) -> None:
    """Whatever follows from a specialist having taken a chat: by accepting, picking or taking over."""
    seat = await access_seat(session, staff_id=staff_id)
    seat.missed, seat.given_at, seat.seen_at = 0, rt.clock.now(), rt.clock.now()
    await specialists.assign_first(session, rt, conversation=conversation, staff_id=staff_id)


async def _next_to_ring(rt: Runtime) -> str | None:
    async with rt.db.read() as session:
        if not await queue.anybody_waits(session):
            return None
        seats, now = await read_seats(session), rt.clock.now()
        if not any(seat.free and present(seat, now) for seat in seats):
            return None
        found = await _first_waiting(session, seats, lambda one: bool(choose(one, seats, now)))
        return found[0] if found else None


async def _mine_to_take(rt: Runtime, staff: Staff) -> list[str]:
    async with rt.db.read() as session:
        seats, now = await read_seats(session), rt.clock.now()
        mine = next(seat for seat in seats if seat.staff_id == staff.id)
        return await _first_waiting(session, seats, lambda one: may_take(one, mine, seats, now))


async def _first_waiting(
    session: AsyncSession, seats: list[SeatFacts], wanted: Callable[[Waiting], bool]
) -> list[str]:
    """The conversations of those wanted, in the order of the queue; all of it is read only when
    nobody is wanted at its head."""
    for limit in (HEAD, queue.AT_ONCE):
        waits = await _as_waiting(session, await queue.waiting(session, limit=limit), seats)
        if found := [one.conversation_id for one in waits if wanted(one)]:
            return found
        if len(waits) < limit:
            break
    return []


async def _as_waiting(session: AsyncSession, rows: list[Handover], seats: list[SeatFacts]) -> list[Waiting]:
    passed_at = await queue.last_passed(session, [row.id for row in rows if row.passed_by])
    known = skills_in_use(seats)
    result: list[Waiting] = []
    for row in rows:
        language, skills = needs(row.packet, known)
        result.append(
            Waiting(
                handover_id=row.id,
                conversation_id=row.conversation_id,
                category=row.category,
                reason=row.reason,
                region=row.region,
                team_id=row.team_id,
                queued_at=row.queued_at,
                wanted_staff_id=row.wanted_staff_id,
                passed_by=tuple(row.passed_by),
                passed_at=passed_at.get(row.id),
                language=language,
                skills=skills,
            )
        )
    return result


async def _ring(rt: Runtime, conversation_id: str) -> bool:
    """Decided again under the lock, with what everybody holds by then."""

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        if at.control != Control.QUEUED:
            return None
        seats = await read_seats(session)
        (waits,) = await _as_waiting(session, [handover], seats)
        seat = choose(waits, seats, rt.clock.now())
        return await _offer(session, rt, seat) if seat else None

    return await queue.try_step(rt, conversation_id=conversation_id, decide=decide)


async def _to_team(session: AsyncSession, rt: Runtime, handover: Handover) -> Change | None:
    if handover.transfer_team_id is None or handover.offered_to is not None:
        return None
    seats = await read_seats(session)
    (waits,) = await _as_waiting(session, [handover], seats)
    tried = (*handover.passed_by, *([handover.staff_id] if handover.staff_id else []))
    asked = replace(waits, team_id=handover.transfer_team_id, wanted_staff_id=None, passed_by=tried)
    seat = next_of_team(asked, seats, rt.clock.now())
    if seat:
        return await _offer(session, rt, seat)
    await transfer_failed(session, rt, handover=handover)
    return Change(ControlEvent.WITHDRAW, why="nobody_left")


async def _offer(session: AsyncSession, rt: Runtime, seat: SeatFacts) -> Change:
    now = rt.clock.now()
    row = await check_room(session, staff_id=seat.staff_id, more=RINGING)
    if row.status != SeatStatus.READY or not alive(row.seen_at, now):
        raise Refusal("seat_gone", "这位同事刚刚离开。", status=409)
    row.given_at = now
    until = now + timedelta(seconds=RING_S)
    return Change(ControlEvent.OFFER, target=StaffName(seat.staff_id, seat.name), until=until)


async def _pick(session: AsyncSession, rt: Runtime, at: Conversation, staff: Staff) -> Change | None:
    if at.control != Control.QUEUED:
        return None
    await check_room(session, staff_id=staff.id, more=ACTIVE)
    await taken(session, rt, conversation=at, staff_id=staff.id)
    await note_deed(session, rt, staff=staff, deed=ControlEvent.PICK, subject=at.id)
    return Change(ControlEvent.PICK, by=name_of(staff))


async def transfer_failed(session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
    """Whoever proposed the transfer still has the chat and must know."""
    if handover.staff_id is None:
        return
    told = Told(
        staff_id=handover.staff_id,
        kind="transfer_failed",
        text=sentence("routing.transfer_failed"),
        conversation_id=handover.conversation_id,
        once_key=f"transfer_failed:{handover.id}:{rt.clock.now():%Y%m%d%H%M%S}",
    )
    await add_notices(session, rt, [told])
