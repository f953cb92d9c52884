"""年度计划指标 and what is done of them. What rests on projects and bases is counted, the rest entered."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.grassroots_models import ExpertBase, Participation, PlanAchievement, PlanFigure, Project
from bot.talent.places import within
from bot.talent.projects import note
from bot.talent.scope import check_place

PROVINCE = "370000"
EXPERT_ACTIVITY, DOCTORS = "expert-activity", "doctor-enterprise"  # keys of programmes


async def plan_of(rt: Runtime, *, year: int) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        return await plan_rows(session, year=year)


async def plan_rows(session: AsyncSession, *, year: int) -> list[dict[str, Any]]:
    """A year without figures of its own has the standing ones (每年…): those of the latest year before."""
    latest = await session.scalar(select(func.max(PlanFigure.year)).where(PlanFigure.year <= year))
    figures = await session.scalars(
        select(PlanFigure).where(PlanFigure.year == latest).order_by(PlanFigure.key)
    )
    counted = await _counted(session, year=year)
    entered = await session.scalars(
        select(PlanAchievement).where(PlanAchievement.year == year).order_by(PlanAchievement.at)
    )
    named: dict[str, list[PlanAchievement]] = {}
    for row in entered:
        named.setdefault(row.key, []).append(row)
    return [
        {
            "year": year,
            "key": figure.key,
            "name": figure.name,
            "planned": figure.planned,
            "unit": figure.unit,
            "basis": figure.basis,
            "done": counted.get(figure.key, 0) + len(named.get(figure.key, ())),
            "counted": figure.key in counted,
            "achievements": [
                {"id": one.id, "name": one.name, "at": one.at} for one in named.get(figure.key, ())
            ],
        }
        for figure in figures
    ]


async def save_figure(
    rt: Runtime, *, year: int, key: str, planned: int, staff: Staff
) -> list[dict[str, Any]]:
    """The plan is the province's: its people keep it."""
    check_place(staff, PROVINCE)
    now = rt.clock.now()
    async with rt.db.write() as session:
        standing = {row["key"]: row for row in await plan_rows(session, year=year)}
        if key not in standing:
            raise Refusal("not_found", "没有找到这项指标，请刷新后再看。", status=404)
        # A year changed for the first time takes over all standing figures.
        for row in standing.values():
            if await session.get(PlanFigure, (year, row["key"])) is None:
                names = ("key", "name", "planned", "unit", "basis")
                session.add(PlanFigure(year=year, **{name: row[name] for name in names}))
        await session.flush()
        figure = await session.get_one(PlanFigure, (year, key), with_for_update=True)
        figure.planned = planned
        await note(session, by=staff.id, deed="plan.save", subject=f"{year}:{key}", at=now)
        return await plan_rows(session, year=year)


async def add_achievement(
    rt: Runtime, *, year: int, key: str, name: str, staff: Staff
) -> list[dict[str, Any]]:
    check_place(staff, PROVINCE)
    now = rt.clock.now()
    async with rt.db.write() as session:
        if key not in {row["key"] for row in await plan_rows(session, year=year)}:
            raise Refusal("not_found", "没有找到这项指标，请刷新后再看。", status=404)
        try:
            async with session.begin_nested():
                session.add(PlanAchievement(year=year, key=key, name=name, at=now, by=staff.id))
        except IntegrityError:
            raise Refusal("known_already", "这一项已经登记过了。", status=409) from None
        await note(session, by=staff.id, deed="plan.achieve", subject=f"{year}:{key}", at=now)
        return await plan_rows(session, year=year)


async def drop_achievement(rt: Runtime, *, achievement_id: str, staff: Staff) -> list[dict[str, Any]]:
    check_place(staff, PROVINCE)
    async with rt.db.write() as session:
        row = await session.get(PlanAchievement, achievement_id)
        if row is None:
            raise Refusal("not_found", "没有找到这条登记，请刷新后再看。", status=404)
        await session.delete(row)
        await session.flush()
        await note(session, by=staff.id, deed="plan.drop", subject=f"{row.year}:{row.key}", at=rt.clock.now())
        return await plan_rows(session, year=row.year)


async def _counted(session: AsyncSession, *, year: int) -> dict[str, int]:
    """Real ones of the province only: neither the demonstration data nor another province's count for it."""
    begun = Project.starts_on.between(date(year, 1, 1), date(year, 12, 31))
    here = within(Project.region, PROVINCE)
    under_way = Project.status.in_(("进行中", "已结束")) & Project.sample.is_(False) & begun & here
    activities = (
        select(func.count()).select_from(Project).where(Project.programme == EXPERT_ACTIVITY, under_way)
    )
    doctors = (
        select(func.count(func.distinct(Participation.talent_id)))
        .join(Project, Project.id == Participation.project_id)
        .where(Project.programme == DOCTORS, under_way, Participation.status.in_(("已确认", "已完成")))
    )
    bases = (
        select(func.count())
        .select_from(ExpertBase)
        .where(ExpertBase.year == year, ExpertBase.level == "省", ExpertBase.sample.is_(False))
        .where(within(ExpertBase.region, PROVINCE))
    )
    return {
        "activities": await session.scalar(activities) or 0,
        "doctors": await session.scalar(doctors) or 0,
        "bases": await session.scalar(bases) or 0,
    }
