"""Lists of parts: one query for the count, one for the page, a few for the names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import staff_names
from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_levels import above, covers, level_of
from bot.service.case_moves import item_of
from bot.service.case_scope import name_print, of_application, of_own_talents, visible
from bot.service.models import ENDED, Application, ApplicationPart, PartStatus
from bot.service.schemas import Level
from bot.talent.models import Talent
from bot.talent.network_models import Department, Employer
from bot.talent.places import region_name, within
from bot.text import personal

PAGE = 50
Row = dict[str, Any]
_CASE_NO = re.compile(r"^HC?\d*-?\d*$|^\d{4,8}-?\d*$", re.IGNORECASE)
_REVIEWED = (PartStatus.ACCEPTED, PartStatus.REVIEW, PartStatus.OBJECTED, PartStatus.ISSUING)


@dataclass(frozen=True)
class CaseFilter:
    statuses: tuple[PartStatus, ...] = ()
    open: bool = False  # only what has not ended
    item: str | None = None
    region: str | None = None
    query: str | None = None
    mine: bool = False  # assigned to me, or of my own talents
    todo: bool = False  # waits for what I may do
    due: Literal["overdue", "week"] | None = None
    since: datetime | None = None
    until: datetime | None = None
    talent_id: str | None = None
    employer_id: str | None = None


async def find_cases(rt: Runtime, *, staff: Staff, which: CaseFilter, page: int = 1) -> dict[str, Any]:
    """Newest first."""
    async with rt.db.read() as session:
        condition = await conditions(session, rt, staff=staff, which=which)
        total = await session.scalar(select(func.count(ApplicationPart.id)).where(*condition)) or 0
        # An index holds all that is filtered by: the wide rows are read for one page only.
        newest = (ApplicationPart.created_at.desc(), ApplicationPart.id.desc())
        chosen = select(ApplicationPart.id).where(*condition).order_by(*newest)
        ids = list(await session.scalars(chosen.limit(PAGE).offset((page - 1) * PAGE)))
        found = await session.execute(
            select(ApplicationPart, Application)
            .join(Application, Application.id == ApplicationPart.application_id)
            .where(ApplicationPart.id.in_(ids))
            .order_by(*newest)
        )
        rows = await rows_of(session, rt, [(part, application) for part, application in found])
    return {"total": total, "page_size": PAGE, "rows": rows}


async def count_by_status(rt: Runtime, *, staff: Staff, which: CaseFilter) -> dict[str, int]:
    """How many of each state, whatever state is filtered by: the page's tabs."""
    async with rt.db.read() as session:
        condition = await conditions(session, rt, staff=staff, which=replace(which, statuses=()))
        counted = select(ApplicationPart.status, func.count(ApplicationPart.id)).where(*condition)
        rows = await session.execute(counted.group_by(ApplicationPart.status))
        return {status: count for status, count in rows}


async def colleagues_for(rt: Runtime, *, region: str) -> list[dict[str, Any]]:
    """Who may be named to work on a case of this place."""
    async with rt.db.read() as session:
        found = await colleagues_with(session, permission=Permission.CASE_READ)
    return [
        {"id": one.id, "name": one.name, "region": one.region, "region_name": region_name(one.region)}
        for one in found
        if covers(one.region, region)
    ]


async def conditions(
    session: AsyncSession, rt: Runtime, *, staff: Staff, which: CaseFilter
) -> list[ColumnElement[bool]]:
    part, now = ApplicationPart, rt.clock.now()
    wanted = [visible(staff)]
    if which.statuses:
        wanted.append(part.status.in_(which.statuses))
    if which.open:
        wanted.append(part.status.not_in(ENDED))
    if which.item:
        wanted.append(part.item == which.item)
    if which.region:
        wanted.append(within(part.region, which.region))
    if which.due == "overdue":
        wanted.append(part.due_at < now)
    if which.due == "week":
        wanted.append(part.due_at.between(now, now + timedelta(days=7)))
    if which.since:
        wanted.append(part.created_at >= which.since)
    if which.until:
        wanted.append(part.created_at < which.until)
    if which.talent_id:
        wanted.append(of_application(Application.talent_id == which.talent_id))
    if which.employer_id:
        wanted.append(of_application(Application.employer_id == which.employer_id))
    if which.mine:
        wanted.append(or_(part.staff_id == staff.id, of_application(of_own_talents(staff))))
    if which.todo:
        wanted.append(await _todo(session, staff))
    if which.query and which.query.strip():
        wanted.append(of_application(*_matches(rt, which.query.strip())))
    return wanted


async def rows_of(
    session: AsyncSession, rt: Runtime, found: Sequence[tuple[ApplicationPart, Application]]
) -> list[Row]:
    names = await staff_names(session, [part.staff_id for part, _ in found])
    employers = await _names(session, Employer.id, Employer.name, {a.employer_id for _, a in found})
    departments = await _names(session, Department.key, Department.name, {p.department for p, _ in found})
    now = rt.clock.now()
    rows = []
    for part, application in found:
        item = item_of(rt, part)
        rows.append(
            {
                "id": part.id,
                "application_id": application.id,
                "case_no": application.case_no,
                "position": part.position,
                "item": part.item,
                "item_name": item.name if item else part.item,
                "applicant": application.name_hint,
                "applicant_kind": application.applicant,
                "talent_id": application.talent_id,
                "employer_id": application.employer_id,
                "employer_name": employers.get(application.employer_id or ""),
                "batch_id": application.batch_id,
                "region": part.region,
                "region_name": region_name(part.region),
                "department": part.department,
                "department_name": departments.get(part.department or ""),
                "status": part.status,
                "level": part.review_level,
                "verdict": part.verdict,
                "route": part.route,
                "staff_id": part.staff_id,
                "staff_name": names.get(part.staff_id),
                "supplements": part.supplements,
                "due_at": part.due_at,
                "overdue": bool(part.due_at and part.due_at < now),
                "version": part.version,
                "created_at": part.created_at,
                "updated_at": part.updated_at,
                "ended_at": part.ended_at,
                "rating": application.rating,
            }
        )
    return rows


async def _names(session: AsyncSession, key: Any, name: Any, wanted: set[str | None]) -> dict[str, str]:
    keys = {one for one in wanted if one}
    if not keys:
        return {}
    return {row[0]: row[1] for row in await session.execute(select(key, name).where(key.in_(keys)))}


def _matches(rt: Runtime, text: str) -> list[ColumnElement[bool]]:
    """By case number, the applicant's full name, telephone, or the record's or employer's name."""
    phone = personal.check_personal(personal.MOBILE, text)
    if phone:
        return [Application.phone_fingerprint == vault.fingerprint(rt, f"{personal.MOBILE}:{phone}")]
    if _CASE_NO.match(text):
        return [Application.case_no.contains(text.upper(), autoescape=True)]
    talents = select(Talent.id).where(Talent.name.startswith(text, autoescape=True))
    employers = select(Employer.id).where(Employer.name.contains(text, autoescape=True))
    return [
        Application.name_fingerprint == name_print(rt, text),
        Application.talent_id.in_(talents),
        Application.employer_id.in_(employers),
    ]


async def _todo(session: AsyncSession, staff: Staff) -> ColumnElement[bool]:
    """The same as `case_rules.possible` says of the main step of each state, as a condition."""
    part, may = ApplicationPart, staff.permissions
    if staff.employer_id is not None:
        approve = Permission.UNIT_APPROVE in may
        return part.status == PartStatus.UNIT if approve else false()
    ways: list[ColumnElement[bool]] = []
    if Permission.CASE_INTAKE in may:
        ways.append(part.status == PartStatus.SUBMITTED)
    if Permission.CASE_REVIEW in may:
        near = or_(within(part.region, staff.region), part.region == "000000")
        ways.append(and_(part.status.in_(_REVIEWED), near, await _of_my_level(session, staff)))
    return or_(*ways) if ways else false()


async def _of_my_level(session: AsyncSession, staff: Staff) -> ColumnElement[bool]:
    mine = level_of(staff.region)
    part = ApplicationPart
    if mine is None:
        return true()
    fitting = [part.review_level.is_(None), part.review_level == mine, part.region == "000000"]
    staffed = {one.region for one in await colleagues_with(session, permission=Permission.CASE_REVIEW)}
    for level in (Level.COUNTY, Level.CITY):
        if above(mine, level):
            here = [place for place in staffed if level_of(place) is level]
            nobody = [~within(part.region, place) for place in here]
            fitting.append(and_(part.review_level == level, *nobody))
    return or_(*fitting)
