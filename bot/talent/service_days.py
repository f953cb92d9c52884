"""服务基层天数: registered, confirmed, summed against what is owed in a year, and who lacks."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.notices.service import notify, tell_after
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.grassroots_models import Project, ServiceDay
from bot.talent.grassroots_schemas import ServiceDaysBody
from bot.talent.models import Talent
from bot.talent.places import region_name
from bot.talent.projects import PAGE, access_project, note
from bot.talent.scope import visible
from bot.talent.service import access_talent
from bot.talent.settings import setting
from bot.texts import sentence

REQUIRED = "service_days_a_year"


def of_year(year: int) -> ColumnElement[bool]:
    return ServiceDay.day.between(date(year, 1, 1), date(year, 12, 31))


def sums(year: int) -> Any:
    """Talent → confirmed and registered days of a year."""
    confirmed = case((ServiceDay.confirmed_by.is_not(None), ServiceDay.days), else_=0.0)
    return (
        select(
            ServiceDay.talent_id,
            func.sum(confirmed).label("confirmed"),
            func.sum(ServiceDay.days).label("registered"),
        )
        .where(of_year(year))
        .group_by(ServiceDay.talent_id)
        .subquery()
    )


async def list_days(
    rt: Runtime,
    *,
    staff: Staff,
    year: int,
    lacking: bool = False,
    query: str | None = None,
    page: int = 1,
) -> dict[str, Any]:
    """Everybody who owes days or has served, with what is confirmed and what lacks."""
    found = sums(year)
    done = func.coalesce(found.c.confirmed, 0.0)
    where = [visible(staff), or_(Talent.serves_grassroots.is_(True), found.c.talent_id.is_not(None))]
    async with rt.db.read() as session:
        required = await setting(session, REQUIRED)
        if lacking:
            where.append(and_(Talent.serves_grassroots.is_(True), done < required))
        if query:
            where.append(Talent.name.contains(query, autoescape=True))
        # Counted beside the rows: the sums are worked out once.
        columns = (Talent.id, Talent.name, Talent.region, Talent.serves_grassroots)
        every = await session.execute(
            select(*columns, done, func.coalesce(found.c.registered, 0.0), func.count().over())
            .outerjoin(found, found.c.talent_id == Talent.id)
            .where(*where)
            .order_by(done, Talent.name, Talent.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        rows = every.all()
    listed = [
        {
            "talent_id": talent_id,
            "name": name,
            "region_name": region_name(region),
            "owes": owes,
            "confirmed": confirmed,
            "registered": registered,
            "required": required,
            "lacks": max(0.0, required - confirmed) if owes else 0.0,
        }
        for talent_id, name, region, owes, confirmed, registered, _ in rows
    ]
    return {
        "total": rows[0][6] if rows else 0,
        "page_size": PAGE,
        "year": year,
        "required": required,
        "rows": listed,
    }


async def read_days(rt: Runtime, *, talent_id: str, year: int, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        await access_talent(session, talent_id=talent_id, staff=staff)
        return await days_of(session, talent_id=talent_id, year=year)


async def days_of(session: AsyncSession, *, talent_id: str, year: int) -> list[dict[str, Any]]:
    """The caller answers for whose they are."""
    rows = await session.execute(
        select(ServiceDay, Project.title)
        .outerjoin(Project, Project.id == ServiceDay.project_id)
        .where(ServiceDay.talent_id == talent_id, of_year(year))
        .order_by(ServiceDay.day.desc(), ServiceDay.id)
    )
    return [
        {
            "id": row.id,
            "day": row.day,
            "days": row.days,
            "project_id": row.project_id,
            "project": title,
            "note": row.note,
            "confirmed": row.confirmed_by is not None,
        }
        for row, title in rows
    ]


async def register_days(rt: Runtime, *, body: ServiceDaysBody, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    if body.day > today_of(rt):
        raise Refusal("in_future", "服务日期不能晚于今天，请核对后再登记。", status=422)
    async with rt.db.write() as session:
        # Locked: of two who register the same at once, the second is told.
        await access_talent(session, talent_id=body.talent_id, staff=staff, lock=True)
        if body.project_id:
            await access_project(session, project_id=body.project_id, staff=staff)
        same = (getattr(ServiceDay, name) == value for name, value in body.model_dump().items())
        if await session.scalar(select(ServiceDay.id).where(*same).limit(1)):
            raise Refusal(
                "known_already", "这一天已经登记过同样的服务；确实另有一次的，请在说明里写清。", status=409
            )
        row = ServiceDay(**body.model_dump(), confirmed_by=None, created_at=now)
        session.add(row)
        await session.flush()
        await note(session, by=staff.id, deed="days.register", subject=body.talent_id, at=now)
    return {"id": row.id, "confirmed": False}


async def confirm_days(rt: Runtime, *, row_id: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await _row(session, row_id=row_id, staff=staff)
        if row.confirmed_by is None:
            row.confirmed_by = staff.id
            await note(session, by=staff.id, deed="days.confirm", subject=row.talent_id, at=now)
    return {"id": row.id, "confirmed": True}


async def drop_days(rt: Runtime, *, row_id: str, staff: Staff) -> None:
    """Only what was not confirmed may go."""
    async with rt.db.write() as session:
        row = await _row(session, row_id=row_id, staff=staff)
        if row.confirmed_by is not None:
            raise Refusal("confirmed", "已经核实的服务天数不能删除。", status=409)
        await session.delete(row)
        await note(session, by=staff.id, deed="days.drop", subject=row.talent_id, at=rt.clock.now())


async def remind(rt: Runtime, *, year: int, talents: list[str], staff: Staff) -> int:
    """Tells those chosen what they still lack, once a day each; returns how many were told."""
    now = rt.clock.now()
    today = today_of(rt)
    if year > today.year:
        raise Refusal("in_future", "这一年还没有到，不能催告，请重新选择年份。", status=422)
    found = sums(year)
    async with rt.db.write() as session:
        required = await setting(session, REQUIRED)
        rows = await session.execute(
            select(Talent.id, func.coalesce(found.c.confirmed, 0.0))
            .outerjoin(found, found.c.talent_id == Talent.id)
            .where(Talent.id.in_(talents), Talent.serves_grassroots.is_(True), visible(staff))
            .order_by(Talent.id)
        )
        told, people = [], 0
        for talent_id, done in rows:
            if done >= required:
                continue
            text = lack_text(year=year, done=done, required=required)
            key = f"service_days:{talent_id}:{year}:{today}"
            told.append(
                await notify(
                    session, rt, talent_id=talent_id, kind="service_days", once_key=key, text=text, sms=True
                )
            )
            people += bool(told[-1].conversation_ids or told[-1].sms)
        await note(session, by=staff.id, deed="days.remind", subject=str(year), at=now)
    tell_after(rt, *told)
    return people


def lack_text(*, year: int, done: float, required: float) -> str:
    return sentence(
        "grassroots.days_lack",
        year=year,
        done=plain(done),
        required=plain(required),
        lacks=plain(required - done),
    )


def plain(days: float) -> str:
    """15.0 → 15, 2.5 → 2.5"""
    return f"{days:g}"


async def _row(session: AsyncSession, *, row_id: str, staff: Staff) -> ServiceDay:
    row = await session.scalar(select(ServiceDay).where(ServiceDay.id == row_id).with_for_update())
    if row is None:
        raise Refusal("not_found", "没有找到这条服务记录，请刷新后再看。", status=404)
    await access_talent(session, talent_id=row.talent_id, staff=staff)
    return row
