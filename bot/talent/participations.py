"""Who takes part in a project, recommended by the centre or by signing up, and what comes of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.notices.service import Told, notify, tell_after
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.experts import candidates, claim_ask
from bot.talent.grassroots_models import Participation, Project, ServiceDay
from bot.talent.models import Talent
from bot.talent.moves import move
from bot.talent.projects import OPEN, access_project, need_of, note, participation_view, places_taken
from bot.talent.scope import visible
from bot.texts import sentence


async def project_candidates(rt: Runtime, *, project_id: str, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        project = await access_project(session, project_id=project_id, staff=staff)
        joined = select(Participation.talent_id).where(Participation.project_id == project.id)
        people = visible(staff) & Talent.id.not_in(joined)
        return await candidates(session, need=need_of(project), now=rt.clock.now(), people=people)


async def recommend(rt: Runtime, *, project_id: str, talent_id: str, staff: Staff) -> dict[str, Any]:
    """The centre asks somebody to join; refused with another to ask where they were asked too often."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        project = await access_project(session, project_id=project_id, staff=staff)
        _check_open(project)
        people = visible(staff)
        await claim_ask(session, talent_id=talent_id, need=need_of(project), now=now, people=people)
        row = await _join(
            session, project=project, talent_id=talent_id, now=now, status="已推荐", asked_at=now
        )
        await note(session, by=staff.id, deed="project.recommend", subject=talent_id, at=now)
        talent = await session.get_one(Talent, talent_id)
    return participation_view(row, talent)


async def sign_up(rt: Runtime, *, project_id: str, talent_id: str) -> Project:
    """报名 by the talent, again after leaving; a repeat changes nothing. The caller has proven whose chat it
    is."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        project = await session.get(Project, project_id)
        if project is None or project.status != OPEN or project.ends_on < today_of(rt):
            raise Refusal("closed", "这个项目现在不接受报名，请看看别的项目。", status=409)
        known = await session.scalar(
            select(Participation).where(
                Participation.project_id == project_id, Participation.talent_id == talent_id
            )
        )
        if known is None:
            await _join(session, project=project, talent_id=talent_id, now=now, status="报名", asked_at=None)
        elif known.status == "已退出":
            await move(session, known, event="rejoin", now=now)
        elif known.status == "未采纳":
            raise Refusal("not_taken", "这个项目之前已答复未采纳。请看看别的项目，或转专员了解。", status=409)
    return project


async def move_participation(
    rt: Runtime, *, participation_id: str, event: str, staff: Staff
) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(Participation, participation_id)
        found = await session.scalar(
            select(Talent).where(Talent.id == (row.talent_id if row else ""), visible(staff))
        )
        if row is None or found is None:
            raise Refusal("not_found", "没有找到这条报名，请刷新后再看。", status=404)
        project = await access_project(session, project_id=row.project_id, staff=staff, lock=True)
        if event == "recommend":
            people = visible(staff)
            await claim_ask(session, talent_id=row.talent_id, need=need_of(project), now=now, people=people)
            await move(session, row, event=event, now=now, asked_at=now)
        else:
            if event == "confirm":
                await _check_places(session, project)
            await move(session, row, event=event, now=now)
        if event == "complete":
            session.add(
                ServiceDay(
                    talent_id=row.talent_id,
                    project_id=project.id,
                    day=min(project.ends_on, today_of(rt)),
                    days=project.days,
                    note=project.title,
                    confirmed_by=staff.id,
                    created_at=now,
                )
            )
        told = await _tell(session, rt, row=row, project=project, event=event)
        await note(session, by=staff.id, deed=f"participation.{event}", subject=row.id, at=now)
    tell_after(rt, told)
    return participation_view(row, found)


async def _tell(
    session: AsyncSession, rt: Runtime, *, row: Participation, project: Project, event: str
) -> Told:
    """Whoever signed up was promised to hear what came of it."""
    if event not in ("confirm", "refuse"):
        return Told()
    return await notify(
        session,
        rt,
        talent_id=row.talent_id,
        kind="project",
        once_key=f"participation:{row.id}:{row.updated_at.timestamp():.0f}",
        text=sentence(f"grassroots.told_{event}", title=project.title),
    )


def _check_open(project: Project) -> None:
    if project.status not in (OPEN, "进行中"):
        raise Refusal("not_now", "这个项目没有在征集，不能推荐人选。", status=409)


async def _check_places(session: AsyncSession, project: Project) -> None:
    """The project's row is locked: of two confirmations of the last place one is refused."""
    taken = (await places_taken(session, [project.id])).get(project.id, {})
    if taken.get("已确认", 0) + taken.get("已完成", 0) >= project.places:
        raise Refusal("full", f"这个项目的 {project.places} 个名额已经确认满了。", status=409)


async def _join(
    session: AsyncSession,
    *,
    project: Project,
    talent_id: str,
    now: datetime,
    status: str,
    asked_at: datetime | None,
) -> Participation:
    row = Participation(
        project_id=project.id, talent_id=talent_id, status=status, asked_at=asked_at, updated_at=now
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refusal("joined_already", "这位人才已经在这个项目里了。", status=409) from None
    return row
