"""基层项目: publishing, joining, recommending, and what is told of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.grassroots_models import Participation, Programme, Project, ProjectNote
from bot.talent.grassroots_schemas import ProjectBody
from bot.talent.matching import Need
from bot.talent.models import Talent
from bot.talent.moves import events_of, move
from bot.talent.places import check_region, region_name, within
from bot.talent.scope import check_place, in_reach, visible

PAGE = 50
OPEN = "征集中"
JOINED = ("报名", "已推荐", "已确认", "已完成")


async def list_projects(
    rt: Runtime,
    *,
    staff: Staff,
    programme: str | None = None,
    status: str | None = None,
    region: str | None = None,
    field: str | None = None,
    query: str | None = None,
    page: int = 1,
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [in_reach(staff, Project.region)]
    if region:
        where.append(within(Project.region, region))
    for column, value in ((Project.programme, programme), (Project.status, status), (Project.field, field)):
        if value:
            where.append(column == value)
    if query:
        where.append(
            Project.title.contains(query, autoescape=True) | Project.host.contains(query, autoescape=True)
        )
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Project).where(*where)) or 0
        rows = await session.scalars(
            select(Project)
            .where(*where)
            .order_by(Project.starts_on.desc(), Project.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = list(rows)
        taken = await places_taken(session, [row.id for row in listed])
    return {
        "total": total,
        "page_size": PAGE,
        "rows": [project_view(row, taken.get(row.id, {})) for row in listed],
    }


async def read_project(rt: Runtime, *, project_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        project = await access_project(session, project_id=project_id, staff=staff)
        taken = await places_taken(session, [project.id])
        people = await session.execute(
            select(Participation, Talent)
            .join(Talent, Talent.id == Participation.talent_id)
            .where(Participation.project_id == project.id, visible(staff))
            .order_by(Participation.updated_at.desc(), Participation.id)
        )
        notes = await session.scalars(
            select(ProjectNote).where(ProjectNote.project_id == project.id).order_by(ProjectNote.at.desc())
        )
        return project_view(project, taken.get(project.id, {})) | {
            "participations": [participation_view(one, talent) for one, talent in people],
            "notes": [note_view(note) for note in notes],
        }


async def save_project(
    rt: Runtime, *, body: ProjectBody, staff: Staff, project_id: str | None = None
) -> dict[str, Any]:
    """A new draft, or a project changed; one that has ended stays as it is."""
    check_place(staff, check_region(body.region))
    now = rt.clock.now()
    async with rt.db.write() as session:
        if await session.get(Programme, body.programme) is None:
            raise Refusal("unknown_programme", "没有找到这项基层计划，请重新选择。", status=422)
        if project_id is None:
            project = Project(status="草稿", created_by=staff.id)
            session.add(project)
        else:
            project = await access_project(session, project_id=project_id, staff=staff, lock=True)
            if project.status in ("已结束", "已取消"):
                raise Refusal("not_now", "这个项目已经结束，不能再修改。", status=409)
        for name, value in body.model_dump().items():
            setattr(project, name, value)
        project.updated_at = now
        await session.flush()
        await note(session, by=staff.id, deed="project.save", subject=project.id, at=now)
        taken = await places_taken(session, [project.id])
    return project_view(project, taken.get(project.id, {}))


async def move_project(rt: Runtime, *, project_id: str, event: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        project = await access_project(session, project_id=project_id, staff=staff)
        await move(session, project, event=event, now=now)
        await note(session, by=staff.id, deed=f"project.{event}", subject=project.id, at=now)
        taken = await places_taken(session, [project.id])
    return project_view(project, taken.get(project.id, {}))


async def add_note(rt: Runtime, *, project_id: str, kind: str, text: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        project = await access_project(session, project_id=project_id, staff=staff)
        row = ProjectNote(project_id=project.id, kind=kind, text=text, by=staff.id, at=now)
        session.add(row)
        await session.flush()
        await note(session, by=staff.id, deed="project.note", subject=project.id, at=now)
    return note_view(row)


async def access_project(
    session: AsyncSession, *, project_id: str, staff: Staff, lock: bool = False
) -> Project:
    chosen = select(Project).where(Project.id == project_id, in_reach(staff, Project.region))
    project = await session.scalar(chosen.with_for_update(key_share=True) if lock else chosen)
    if project is None:
        raise Refusal("not_found", "没有找到这个项目，请刷新列表后再看。", status=404)
    return project


async def places_taken(session: AsyncSession, ids: list[str]) -> dict[str, dict[str, int]]:
    """Project → status → how many people."""
    rows = await session.execute(
        select(Participation.project_id, Participation.status, func.count())
        .where(Participation.project_id.in_(ids))
        .group_by(Participation.project_id, Participation.status)
    )
    found: dict[str, dict[str, int]] = {}
    for project_id, status, count in rows:
        found.setdefault(project_id, {})[status] = count
    return found


async def note(session: AsyncSession, *, by: str, deed: str, subject: str, at: datetime) -> None:
    await audit(session, staff_id=by, action=f"grassroots.{deed}", subject=subject, at=at)


def need_of(project: Project) -> Need:
    return Need(project.field, project.region)


def project_view(project: Project, taken: dict[str, int]) -> dict[str, Any]:
    names = ("id", "programme", "title", "host", "region", "field", "term", "starts_on", "ends_on")
    more = ("places", "days", "status", "about", "sample", "updated_at")
    return {name: getattr(project, name) for name in (*names, *more)} | {
        "region_name": region_name(project.region),
        "joined": sum(count for status, count in taken.items() if status in JOINED),
        "confirmed": taken.get("已确认", 0) + taken.get("已完成", 0),
        "can": events_of(Project, project.status),
    }


def participation_view(row: Participation, talent: Talent) -> dict[str, Any]:
    return {
        "id": row.id,
        "project_id": row.project_id,
        "talent_id": talent.id,
        "name": talent.name,
        "region_name": region_name(talent.region),
        "status": row.status,
        "asked_at": row.asked_at,
        "updated_at": row.updated_at,
        "can": events_of(Participation, row.status),
    }


def note_view(row: ProjectNote) -> dict[str, Any]:
    return {"id": row.id, "kind": row.kind, "text": row.text, "at": row.at}
