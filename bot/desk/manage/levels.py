"""服务时限: the default row and each team's own."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.desk.manage.changes import apply, check_everywhere, check_region, check_unchanged, unknown
from bot.desk.manage.sla import Targets
from bot.desk.manage.sla_clock import EVERY_TEAM
from bot.desk.models import ServiceLevel, Team
from bot.runtime import Runtime


async def list_levels(rt: Runtime) -> list[ServiceLevel]:
    async with rt.db.read() as session:
        return list(await session.scalars(select(ServiceLevel).order_by(ServiceLevel.team_id)))


@dataclass(frozen=True)
class LevelEdit:
    targets: Targets
    updated_at: datetime | None  # None: the team had none of its own


async def save_level(rt: Runtime, *, team_id: str, edit: LevelEdit, staff: Staff) -> ServiceLevel:
    now = rt.clock.now()
    async with rt.db.write() as session:
        await _check_reach(session, team_id, staff)
        level = await session.get(ServiceLevel, team_id, with_for_update=True)
        values = asdict(edit.targets)
        if level is None:
            level = ServiceLevel(team_id=team_id, **values, updated_at=now)
            session.add(level)
            changed: dict[str, Any] = {name: [None, value] for name, value in values.items()}
        else:
            check_unchanged(level.updated_at, edit.updated_at)
            changed = apply(level, values)
            level.updated_at = now
        await session.flush()
        await audit(
            session,
            staff_id=staff.id,
            action="settings.level",
            subject=team_id or "default",
            detail={"changed": changed},
            at=now,
        )
    return level


async def drop_level(rt: Runtime, *, team_id: str, staff: Staff) -> None:
    """The team goes by the default again."""
    async with rt.db.write() as session:
        await _check_reach(session, team_id, staff)
        level = await session.get(ServiceLevel, team_id)
        if level is None:
            raise unknown("时限")
        await session.delete(level)
        await audit(
            session,
            staff_id=staff.id,
            action="settings.level_dropped",
            subject=team_id,
            at=rt.clock.now(),
        )


async def _check_reach(session: AsyncSession, team_id: str, staff: Staff) -> None:
    if team_id == EVERY_TEAM:
        check_everywhere(staff)
        return
    team = await session.get(Team, team_id)
    if team is None:
        raise unknown("班组")
    check_region(staff, team.region)
