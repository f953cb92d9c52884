"""Finding staff by what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, permissions_of, reach_of
from bot.accounts.reach import Reach


@dataclass(frozen=True)
class Colleague:
    id: str
    name: str
    username: str
    reach: Reach
    region: str
    team_id: str | None
    updated_at: datetime


async def colleagues_with(session: AsyncSession, *, permission: Permission) -> list[Colleague]:
    """Everybody at work who may do this, by user name."""
    accounts = await session.scalars(
        select(StaffAccount).where(StaffAccount.active.is_(True)).order_by(StaffAccount.username)
    )
    return [_colleague(account, permission) for account in accounts if _may(account, permission)]


async def access_colleague(
    session: AsyncSession, *, staff_id: str, permission: Permission
) -> Colleague | None:
    """Somebody at work who may do this, the row locked until the commit."""
    account = await session.get(StaffAccount, staff_id, with_for_update=True)
    if account is None or not account.active or not _may(account, permission):
        return None
    return _colleague(account, permission)


async def place_colleague(
    session: AsyncSession, *, staff_id: str, region: str, team_id: str | None, at: datetime
) -> dict[str, Any]:
    """Where somebody works from now on; what changed, as `{name: [before, after]}`."""
    account = await session.get_one(StaffAccount, staff_id)
    before = {"region": account.region, "team_id": account.team_id}
    account.region, account.team_id, account.updated_at = region, team_id, at
    after = {"region": region, "team_id": team_id}
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


async def staff_names(session: AsyncSession, ids: Iterable[str | None]) -> dict[str | None, str]:
    """The names shown for these ids; closed accounts keep theirs."""
    wanted = {staff_id for staff_id in ids if staff_id}
    if not wanted:
        return {}
    query = select(StaffAccount.id, StaffAccount.name).where(StaffAccount.id.in_(wanted))
    return {staff_id: name for staff_id, name in await session.execute(query)}


async def contact_of(session: AsyncSession, *, staff_id: str) -> tuple[str, str | None] | None:
    """Name and work phone of somebody at work; None once the account is closed."""
    account = await session.get(StaffAccount, staff_id)
    return (account.name, account.work_phone) if account and account.active else None


async def join_team(session: AsyncSession, *, staff_id: str, team_id: str) -> None:
    """Give a team to who has none; whoever is in one stays there."""
    nobody_yet = (StaffAccount.id == staff_id) & StaffAccount.team_id.is_(None)
    await session.execute(update(StaffAccount).where(nobody_yet).values(team_id=team_id))


def _may(account: StaffAccount, permission: Permission) -> bool:
    return permission in permissions_of(account.roles)


def _colleague(account: StaffAccount, permission: Permission) -> Colleague:
    return Colleague(
        account.id,
        account.name,
        account.username,
        reach_of(account.roles, permission),
        account.region,
        account.team_id,
        account.updated_at,
    )
