"""Finding staff by what they may do."""

from dataclasses import dataclass

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


async def colleagues_with(session: AsyncSession, *, permission: Permission) -> list[Colleague]:
    """Everybody at work who may do this, by user name."""
    accounts = await session.scalars(
        select(StaffAccount).where(StaffAccount.active.is_(True)).order_by(StaffAccount.username)
    )
    return [
        Colleague(
            account.id,
            account.name,
            account.username,
            reach_of(account.roles),
            account.region,
            account.team_id,
        )
        for account in accounts
        if permission in permissions_of(account.roles)
    ]


async def join_team(session: AsyncSession, *, staff_id: str, team_id: str) -> None:
    """Give a team to who has none; whoever is in one stays there."""
    nobody_yet = (StaffAccount.id == staff_id) & StaffAccount.team_id.is_(None)
    await session.execute(update(StaffAccount).where(nobody_yet).values(team_id=team_id))
