"""Seats: who is at work, how much they hold, and what a missed ring or a closed page does to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import Colleague, colleagues_with, join_team
from bot.accounts.permissions import Permission, Staff
from bot.conversation import queue
from bot.desk.manage.notices import Told, add_notices
from bot.desk.models import Kind, Seat, SeatStatus, Team
from bot.desk.routing import NATION, QUARTERS, WEIGHTS, SeatFacts, alive, level_of, region_chain
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

SEEN_EVERY_S = 5  # several windows of one desk write no more often
MISSED_TO_AWAY = 3  # offers missed in a row
OFFLINE_AFTER_S = 600  # without a sign of life; tomorrow's first look at the desk must not ring


async def ensure_seat(session: AsyncSession, rt: Runtime, *, staff: Staff) -> Seat:
    """The caller's seat, made at first use of the desk. Who has no team joins that of their place."""
    seat = await session.get(Seat, staff.id)
    if seat is not None:
        return seat
    now = rt.clock.now()
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    await session.execute(
        insert(Seat)
        .values(
            staff_id=staff.id,
            level=level_of(staff.region),
            kind=Kind.WINDOW,
            categories=[],
            languages=[],
            skills=[],
            capacity=Seat.capacity.default.arg,
            status=SeatStatus.OFFLINE,
            status_at=now,
            seen_at=now,
            missed=0,
        )
        .on_conflict_do_nothing(index_elements=[Seat.staff_id])
    )
    if staff.team_id is None:
        team = await team_of_place(session, region=staff.region)
        if team:
            await join_team(session, staff_id=staff.id, team_id=team.id)
    return await session.get_one(Seat, staff.id)


async def team_of_place(session: AsyncSession, *, region: str = NATION) -> Team | None:
    """The active team nearest to a place that serves it: county, city, province, everywhere."""
    chain = region_chain(region)
    teams = await session.scalars(select(Team).where(Team.active, Team.region.in_(chain)).order_by(Team.id))
    return min(teams, key=lambda team: chain.index(team.region), default=None)


async def set_status(session: AsyncSession, rt: Runtime, *, staff: Staff, status: SeatStatus) -> Seat:
    """By hand. Coming back to work forgets missed rings."""
    await ensure_seat(session, rt, staff=staff)
    seat = await access_seat(session, staff_id=staff.id)
    now = rt.clock.now()
    if seat.status != status:
        seat.status, seat.status_at = status, now
    seat.seen_at = now
    if status == SeatStatus.READY:
        seat.missed = 0
    return seat


async def keep_alive(session: AsyncSession, rt: Runtime, *, staff: Staff) -> Seat:
    """An open desk page shows itself. The status stays: away after missed rings is left by hand."""
    seat = await ensure_seat(session, rt, staff=staff)
    now = rt.clock.now()
    if now - seat.seen_at >= timedelta(seconds=SEEN_EVERY_S):
        seat.seen_at = now
    return seat


async def signed_out(session: AsyncSession, rt: Runtime, *, staff_id: str) -> None:
    """Off line at once; what is still held goes back after the grace."""
    seat = await session.get(Seat, staff_id)
    if seat and seat.status != SeatStatus.OFFLINE:
        seat.status, seat.status_at = SeatStatus.OFFLINE, rt.clock.now()


async def access_seat(session: AsyncSession, *, staff_id: str) -> Seat:
    """The locked row. Lock a conversation first, then at most one seat: so nobody waits in a circle."""
    query = select(Seat).where(Seat.staff_id == staff_id).with_for_update()
    seat = await session.scalar(query.execution_options(populate_existing=True))
    if seat is None:
        raise Refusal("no_seat", "这位同事还没有使用过工作台，请换一位同事。", status=409)
    return seat


async def missed_one(session: AsyncSession, rt: Runtime, *, staff_id: str) -> None:
    """A ring nobody answered, or a chat without a first word. The third in a row means away."""
    seat = await access_seat(session, staff_id=staff_id)
    if seat.status != SeatStatus.READY:  # rung by hand although not ready
        return
    seat.missed += 1
    if seat.missed < MISSED_TO_AWAY:
        return
    now = rt.clock.now()
    seat.status, seat.status_at, seat.missed = SeatStatus.AWAY, now, 0
    told = Told(
        staff_id=staff_id,
        kind="away",
        text=sentence("routing.now_away", count=MISSED_TO_AWAY),
        conversation_id=None,
        once_key=f"away:{staff_id}:{now:%Y%m%d%H%M%S}",
    )
    await add_notices(session, rt, [told])


async def read_seats(session: AsyncSession) -> list[SeatFacts]:
    """The seats of all active accounts that may chat, with what they hold."""
    people = {one.id: one for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
    held = await queue.loads(session)
    rows = await session.scalars(select(Seat).order_by(Seat.staff_id))
    return [_facts(row, people[row.staff_id], held) for row in rows if row.staff_id in people]


async def gone(session: AsyncSession, now: datetime) -> tuple[list[str], list[str]]:
    """Holders whose page is not heard of, or who may not chat any more; and seats that are so long
    gone that they count as off line."""
    people = {one.id for one in await colleagues_with(session, permission=Permission.DESK_CHAT)}
    seats = {seat.staff_id: seat for seat in await session.scalars(select(Seat))}
    here = {key for key, seat in seats.items() if key in people and alive(seat.seen_at, now)}
    long_ago = now - timedelta(seconds=OFFLINE_AFTER_S)
    asleep = [
        key
        for key, seat in seats.items()
        if seat.status != SeatStatus.OFFLINE and (seat.seen_at < long_ago or key not in people)
    ]
    return sorted(set(await queue.loads(session)) - here), sorted(asleep)


async def put_to_sleep(session: AsyncSession, rt: Runtime, *, staff_id: str) -> None:
    """Whoever has come back meanwhile stays."""
    seat = await access_seat(session, staff_id=staff_id)
    now = rt.clock.now()
    _, asleep = await gone(session, now)
    if staff_id in asleep:
        seat.status, seat.status_at = SeatStatus.OFFLINE, now


async def check_room(session: AsyncSession, *, staff_id: str, more: int = 0) -> Seat:
    """That a seat is not over its capacity: called after the change that gives it a chat, or before
    it with `more` quarters, once the conversation is locked. Whoever comes second waits here for the
    seat's row, counts both, and is rolled back."""
    seat = await access_seat(session, staff_id=staff_id)
    load = quarters((await queue.loads(session, staff_id=staff_id)).get(staff_id))
    if load + more > seat.capacity * QUARTERS:
        raise Refusal("no_room", "接待数量已满，请先结束或暂存一个会话再接待。", status=409)
    return seat


def quarters(load: queue.Load | None) -> int:
    """A load in quarters of a chat."""
    return sum(WEIGHTS.get(control, 0) * count for control, count in (load or {}).items())


async def seat_view(session: AsyncSession, rt: Runtime, *, staff: Staff) -> dict[str, Any]:
    """`Seat` of the HTTP contract."""
    seat = await ensure_seat(session, rt, staff=staff)
    held = (await queue.loads(session, staff_id=staff.id)).get(staff.id) or queue.Load()
    if staff.team_id:
        team = await session.get(Team, staff.team_id)
    else:  # joined just now
        team = await team_of_place(session, region=staff.region)
    spare = max(0, seat.capacity * QUARTERS - quarters(held)) // QUARTERS
    return {
        "staff_id": staff.id,
        "status": seat.status,
        "alive": alive(seat.seen_at, rt.clock.now()),
        "capacity": seat.capacity,
        "free": spare,
        "chats": {control.value: held[control] for control in WEIGHTS},
        "missed": seat.missed,
        "level": seat.level,
        "kind": seat.kind,
        "categories": seat.categories,
        "languages": seat.languages,
        "skills": seat.skills,
        "team_id": team.id if team else None,
        "team_name": team.name if team else None,
    }


def _facts(row: Seat, person: Colleague, held: dict[str, queue.Load]) -> SeatFacts:
    return SeatFacts(
        staff_id=row.staff_id,
        name=person.name,
        team_id=person.team_id,
        region=person.region,
        level=row.level,
        kind=row.kind,
        categories=frozenset(row.categories),
        languages=frozenset(row.languages),
        skills=frozenset(row.skills),
        capacity=row.capacity,
        status=row.status,
        seen_at=row.seen_at,
        given_at=row.given_at,
        load=quarters(held.get(row.staff_id)),
    )


def skills_in_use(seats: Sequence[SeatFacts]) -> frozenset[str]:
    return frozenset().union(*(seat.skills for seat in seats))
