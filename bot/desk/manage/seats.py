"""坐席设置: what each specialist is asked for, and where they work."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.accounts.colleagues import Colleague, access_colleague, colleagues_with, place_colleague
from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import audit
from bot.desk.manage.changes import apply, check_region, check_unchanged, may_region, unknown
from bot.desk.manage.teams import check_team
from bot.desk.models import Kind, Level, Seat, SeatStatus
from bot.runtime import Runtime


@dataclass(frozen=True)
class SeatEdit:
    level: Level
    kind: Kind
    categories: list[str]
    languages: list[str]
    skills: list[str]
    capacity: int
    region: str
    team_id: str | None
    updated_at: datetime

    def of_seat(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "kind": self.kind,
            "categories": self.categories,
            "languages": self.languages,
            "skills": self.skills,
            "capacity": self.capacity,
        }


SeatRow = tuple[Colleague, Seat | None]


async def list_seats(rt: Runtime, *, staff: Staff) -> list[SeatRow]:
    """Everybody who may chat, within the person's region; without a row, a seat not set up yet."""
    async with rt.db.read() as session:
        people = await colleagues_with(session, permission=Permission.DESK_CHAT)
        seats = {seat.staff_id: seat for seat in await session.scalars(select(Seat))}
    return [(one, seats.get(one.id)) for one in people if may_region(staff, one.region)]


async def save_seat(rt: Runtime, *, staff_id: str, edit: SeatEdit, staff: Staff) -> SeatRow:
    check_region(staff, edit.region)
    now = rt.clock.now()
    async with rt.db.write() as session:
        person = await access_colleague(session, staff_id=staff_id, permission=Permission.DESK_CHAT)
        if person is None:
            raise unknown("坐席")
        check_region(staff, person.region)
        check_unchanged(person.updated_at, edit.updated_at)
        if edit.team_id != person.team_id:
            await check_team(session, team_id=edit.team_id, staff=staff)
        seat = await session.get(Seat, staff_id, with_for_update=True)
        if seat is None:
            seat = Seat(
                staff_id=staff_id,
                **edit.of_seat(),
                status=SeatStatus.OFFLINE,
                status_at=now,
                seen_at=now,
                missed=0,
            )
            session.add(seat)
            changed: dict[str, Any] = {"seat": [None, edit.level]}
        else:
            changed = apply(seat, edit.of_seat(), texts=frozenset({"skills"}))
        # The account's row is the lock of both, and its `updated_at` theirs.
        changed |= await place_colleague(
            session, staff_id=staff_id, region=edit.region, team_id=edit.team_id, at=now
        )
        await session.flush()
        await audit(
            session,
            staff_id=staff.id,
            action="settings.seat",
            subject=staff_id,
            detail={"changed": changed},
            at=now,
        )
    rt.hints.notify("desk")
    return replace(person, region=edit.region, team_id=edit.team_id, updated_at=now), seat
