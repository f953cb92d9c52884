"""班组: who serves which region and which affairs, at which hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.desk.manage.changes import apply, check_region, check_unchanged, may_region, unknown
from bot.desk.models import Team, WorkCalendar
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id

_TEXTS = frozenset({"name"})


@dataclass(frozen=True)
class TeamEdit:
    name: str
    region: str
    categories: list[str]
    calendar_id: str
    queue_limit: int
    active: bool
    updated_at: datetime | None  # None: a new team

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "region": self.region,
            "categories": self.categories,
            "calendar_id": self.calendar_id,
            "queue_limit": self.queue_limit,
            "active": self.active,
        }


async def check_team(session: AsyncSession, *, team_id: str | None, staff: Staff) -> None:
    """That somebody may be put into this team: it works, and is within what the caller keeps. Else
    an administrator of one place could give an account the talks of another."""
    if team_id is None:
        return
    team = await session.get(Team, team_id)
    if team is None or not team.active:
        raise Refusal("unknown_team", "没有找到这个班组，请刷新后重新选择。", status=422)
    check_region(staff, team.region)


async def list_teams(rt: Runtime, *, staff: Staff) -> list[Team]:
    """Those within the person's region."""
    async with rt.db.read() as session:
        teams = await session.scalars(select(Team).order_by(Team.active.desc(), Team.name))
        return [team for team in teams if may_region(staff, team.region) or team.id == staff.team_id]


async def team_names(session: AsyncSession) -> dict[str, str]:
    return {team_id: name for team_id, name in await session.execute(select(Team.id, Team.name))}


async def save_team(rt: Runtime, *, team_id: str | None, edit: TeamEdit, staff: Staff) -> Team:
    check_region(staff, edit.region)
    now = rt.clock.now()
    try:
        async with rt.db.write() as session:
            if await session.get(WorkCalendar, edit.calendar_id) is None:
                raise unknown("日历")
            if team_id is None:
                team = Team(id=new_id(), **edit.values(), updated_at=now)
                session.add(team)
                changed: dict[str, Any] = {"region": [None, edit.region]}
            else:
                found = await session.get(Team, team_id, with_for_update=True)
                if found is None:
                    raise unknown("班组")
                team = found
                check_region(staff, team.region)
                check_unchanged(team.updated_at, edit.updated_at)
                if team.active and not edit.active:
                    await _check_idle(session, team)
                changed = apply(team, edit.values(), texts=_TEXTS)
                team.updated_at = now
            await session.flush()
            await audit(
                session,
                staff_id=staff.id,
                action="settings.team",
                subject=team.id,
                detail={"changed": changed},
                at=now,
            )
    except IntegrityError:
        raise Refusal("name_taken", "已经有同名的班组，请换一个名称。", status=409) from None
    rt.hints.notify("desk")
    return team


async def _check_idle(session: AsyncSession, team: Team) -> None:
    """A team is not closed over the heads of those who wait for it."""
    owed = (*LIVE, HandoverStatus.TICKETED)
    open_chats = await session.scalar(
        select(func.count()).where(Handover.team_id == team.id, Handover.status.in_(owed))
    )
    if open_chats:
        raise Refusal(
            "team_busy",
            f"这个班组还有 {open_chats} 个未办结的会话或工单，请先处理或转给其他班组，再停用。",
            status=409,
        )
