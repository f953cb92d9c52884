"""坐席设置: what each specialist is asked for, and where they work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Staff, permissions_of
from bot.accounts.service import audit
from bot.desk.manage.changes import apply, check_region, check_unchanged, may_region, unknown
from bot.desk.models import Kind, Level, Seat, SeatStatus, Team
from bot.errors import Refusal
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

    def of_account(self) -> dict[str, Any]:
        return {"region": self.region, "team_id": self.team_id}

    def of_seat(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "kind": self.kind,
            "categories": self.categories,
            "languages": self.languages,
            "skills": self.skills,
            "capacity": self.capacity,
        }


SeatRow = tuple[StaffAccount, Seat | None]


async def list_seats(rt: Runtime, *, staff: Staff) -> list[SeatRow]:
    """Everybody who may chat, within the person's region; without a row, a seat not set up yet."""
    query = (
        select(StaffAccount, Seat)
        .outerjoin(Seat, Seat.staff_id == StaffAccount.id)
        .where(StaffAccount.active.is_(True))
        .order_by(StaffAccount.username)
    )
    async with rt.db.read() as session:
        rows = [(account, seat) for account, seat in await session.execute(query)]
    return [row for row in rows if _chats(row[0]) and may_region(staff, row[0].region)]


async def save_seat(rt: Runtime, *, staff_id: str, edit: SeatEdit, staff: Staff) -> SeatRow:
    check_region(staff, edit.region)
    now = rt.clock.now()
    async with rt.db.write() as session:
        account = await session.get(StaffAccount, staff_id, with_for_update=True)
        if account is None or not account.active or not _chats(account):
            raise unknown("坐席")
        check_region(staff, account.region)
        check_unchanged(account.updated_at, edit.updated_at)
        if edit.team_id is not None:
            team = await session.get(Team, edit.team_id)
            if team is None or not (team.active or edit.team_id == account.team_id):
                raise Refusal("unknown_team", "没有找到这个班组，请刷新后重新选择。", status=422)
            if edit.team_id != account.team_id:
                check_region(staff, team.region)
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
        changed |= apply(account, edit.of_account())
        account.updated_at = now  # the lock of both rows
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
    return account, seat


def _chats(account: StaffAccount) -> bool:
    return Permission.DESK_CHAT in permissions_of(account.roles)
