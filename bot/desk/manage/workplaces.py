"""Departments and employers an account may be bound to."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.schemas import NamedView
from bot.desk.access import scope_of
from bot.desk.manage.changes import check_region, may_region
from bot.errors import Refusal
from bot.talent.network_models import Department, Employer

SHOWN = 30


async def check_workplace(
    session: AsyncSession, *, staff: Staff, department: str | None, employer_id: str | None
) -> None:
    """Both exist, are in use, and lie within what the administrator answers for."""
    if department is not None:
        found = await session.get(Department, department)
        if found is None:
            raise Refusal("unknown_department", "没有找到这个部门，请重新选择。", status=422)
        check_region(staff, found.region)
    if employer_id is not None:
        employer = await session.get(Employer, employer_id)
        if employer is None or not employer.active:
            raise Refusal("unknown_employer", "没有找到这个单位或单位已停用，请重新选择。", status=422)
        check_region(staff, employer.region)


async def departments_for(session: AsyncSession, *, staff: Staff) -> list[NamedView]:
    rows = await session.scalars(select(Department).order_by(Department.position, Department.key))
    return [NamedView(key=row.key, name=row.name) for row in rows if may_region(staff, row.region)]


async def employers_named(session: AsyncSession, *, staff: Staff, query: str) -> list[NamedView]:
    found = select(Employer).where(
        Employer.active.is_(True),
        Employer.name.contains(query.strip(), autoescape=True),
        Employer.region.startswith(scope_of(staff).region_prefix),
    )
    rows = await session.scalars(found.order_by(Employer.name).limit(SHOWN))
    return [NamedView(key=row.id, name=row.name) for row in rows]


async def workplace_names(session: AsyncSession, employer_ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {employer_id for employer_id in employer_ids if employer_id}
    if not wanted:
        return {}
    rows = await session.execute(select(Employer.id, Employer.name).where(Employer.id.in_(wanted)))
    return {employer_id: name for employer_id, name in rows}
