"""人才需求 and 技术需求: registered, looked through, published within the grid, matched, closed in time."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.demand_models import CollectionPeriod, Demand, DemandMatch
from bot.talent.grassroots_schemas import DemandBody, StaffDemandBody
from bot.talent.matching import Need
from bot.talent.models import Talent
from bot.talent.moves import events_of, move
from bot.talent.network_models import Employer
from bot.talent.places import check_region, covers, full_name, prefix_of, region_name, within
from bot.talent.projects import PAGE, note
from bot.talent.scope import check_place, in_reach, visible

PUBLISHED = "已发布"


async def register(
    rt: Runtime,
    *,
    employer_id: str,
    body: DemandBody,
    by: str,
    key_chain: bool = False,
    once_key: str | None = None,
) -> dict[str, Any]:
    """A demand handed in by an employer's account or by the centre for it; it waits to be looked through.

    A repeat with the same key gives the same demand.
    """
    now = rt.clock.now()
    _check(rt, body)
    async with rt.db.write() as session:
        # Locked: a repeat of the same request waits for the first.
        employer = await session.get(Employer, employer_id, with_for_update={"key_share": True})
        if employer is None or not employer.active:
            raise Refusal("unknown_employer", "没有找到这家单位，请刷新后重新选择。", status=404)
        if once_key:
            known = await session.scalar(
                select(Demand).where(Demand.once_key == once_key, Demand.employer_id == employer_id)
            )
            if known:
                return demand_view(known, employer.name)
        row = Demand(
            **body.model_dump(include=set(DemandBody.model_fields)),
            employer_id=employer_id,
            once_key=once_key,
            period_id=await _period(session, region=body.region, today=today_of(rt)),
            key_chain=key_chain,
            status="待审核",
            created_at=now,
            updated_at=now,
        )
        session.add(row)
        await session.flush()
        await note(session, by=by, deed="demand.register", subject=row.id, at=now)
    return demand_view(row, employer.name)


async def register_by_staff(rt: Runtime, *, body: StaffDemandBody, staff: Staff) -> dict[str, Any]:
    check_place(staff, body.region)
    plain = DemandBody.model_validate(body.model_dump(include=set(DemandBody.model_fields)))
    return await register(rt, employer_id=body.employer_id, body=plain, by=staff.id, key_chain=body.key_chain)


async def correct(
    rt: Runtime, *, employer_id: str, demand_id: str, body: DemandBody, by: str
) -> dict[str, Any]:
    """A demand that was sent back, mended by its employer; it waits again."""
    now = rt.clock.now()
    _check(rt, body)
    async with rt.db.write() as session:
        row = await session.scalar(
            select(Demand).where(Demand.id == demand_id, Demand.employer_id == employer_id)
        )
        if row is None:
            raise Refusal("not_found", "没有找到这条需求，请刷新后再看。", status=404)
        await move(session, row, event="resubmit", now=now, reason=None, **body.model_dump())
        await note(session, by=by, deed="demand.resubmit", subject=row.id, at=now)
        employer = await session.get_one(Employer, employer_id)
    return demand_view(row, employer.name)


async def of_employer(rt: Runtime, *, employer_id: str, page: int = 1) -> dict[str, Any]:
    """An employer's own demands."""
    return await _listed(rt, where=[Demand.employer_id == employer_id], page=page)


async def list_demands(
    rt: Runtime,
    *,
    staff: Staff,
    status: str | None = None,
    kind: str | None = None,
    region: str | None = None,
    field: str | None = None,
    period: str | None = None,
    query: str | None = None,
    page: int = 1,
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [in_reach(staff, Demand.region)]
    if region:
        where.append(within(Demand.region, region))
    chosen = ((Demand.status, status), (Demand.kind, kind), (Demand.field, field), (Demand.period_id, period))
    where += [column == value for column, value in chosen if value]
    if query:
        named = select(Employer.id).where(Employer.name.contains(query, autoescape=True))
        where.append(Demand.title.contains(query, autoescape=True) | Demand.employer_id.in_(named))
    return await _listed(rt, where=where, page=page)


async def grid(rt: Runtime, *, staff: Staff, region: str | None = None) -> list[dict[str, Any]]:
    """How many published demands each cell (place × field) holds."""
    where = [in_reach(staff, Demand.region), Demand.status == PUBLISHED]
    if region:
        where.append(within(Demand.region, region))
    async with rt.db.read() as session:
        rows = await session.execute(
            select(Demand.region, Demand.field, func.count(), func.sum(Demand.places))
            .where(*where)
            .group_by(Demand.region, Demand.field)
            .order_by(Demand.region, Demand.field)
        )
    return [
        {"region": code, "region_name": full_name(code), "field": field, "demands": count, "places": places}
        for code, field, count, places in rows
    ]


async def read_demand(rt: Runtime, *, demand_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        row = await access_demand(session, demand_id=demand_id, staff=staff)
        employer = await session.get(Employer, row.employer_id) if row.employer_id else None
        matches = await session.execute(
            select(DemandMatch, Talent)
            .join(Talent, Talent.id == DemandMatch.talent_id)
            .where(DemandMatch.demand_id == row.id, visible(staff))
            .order_by(DemandMatch.updated_at.desc(), DemandMatch.id)
        )
        return demand_view(row, employer.name if employer else None) | {
            "matches": [match_view(one, talent) for one, talent in matches]
        }


async def move_demand(
    rt: Runtime, *, demand_id: str, event: str, reason: str | None, staff: Staff
) -> dict[str, Any]:
    if event == "return" and not reason:
        raise Refusal("reason_missing", "退回需求要写明原因，单位才知道怎么改。", status=422)
    if event == "resubmit":
        raise Refusal("not_allowed", "退回的需求要由单位修改后重新提交。", status=403)
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await access_demand(session, demand_id=demand_id, staff=staff)
        if event == "publish" and row.closes_on < today_of(rt):
            raise Refusal("closed_already", "这条需求的截止日期已过，不能发布。", status=409)
        await move(session, row, event=event, now=now, reason=reason)
        await note(session, by=staff.id, deed=f"demand.{event}", subject=row.id, at=now)
        employer = await session.get(Employer, row.employer_id) if row.employer_id else None
    return demand_view(row, employer.name if employer else None)


async def close_past(rt: Runtime) -> int:
    """Demands whose day has passed close by themselves."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        closed = await session.scalars(
            update(Demand)
            .where(Demand.status.in_((PUBLISHED, "待审核")), Demand.closes_on < today_of(rt))
            .values(status="已关闭", updated_at=now)
            .returning(Demand.id)
        )
        return len(list(closed))


def _check(rt: Runtime, body: DemandBody) -> None:
    check_region(body.region)
    if body.closes_on < today_of(rt):
        raise Refusal("closed_already", "截止日期不能早于今天，请重新选择。", status=422)


async def access_demand(session: AsyncSession, *, demand_id: str, staff: Staff) -> Demand:
    row = await session.scalar(select(Demand).where(Demand.id == demand_id, in_reach(staff, Demand.region)))
    if row is None:
        raise Refusal("not_found", "没有找到这条需求，请刷新列表后再看。", status=404)
    return row


def need_of(row: Demand) -> Need:
    return Need(row.field, row.region, row.education, row.key_chain)


def demand_view(row: Demand, employer: str | None) -> dict[str, Any]:
    names = ("id", "period_id", "employer_id", "kind", "title", "field", "region", "education", "places")
    more = ("key_chain", "about", "status", "reason", "closes_on", "sample", "created_at", "updated_at")
    return {name: getattr(row, name) for name in (*names, *more)} | {
        "employer": employer,
        "region_name": region_name(row.region),
        "can": events_of(Demand, row.status),
    }


def match_view(row: DemandMatch, talent: Talent) -> dict[str, Any]:
    return {
        "id": row.id,
        "demand_id": row.demand_id,
        "talent_id": talent.id,
        "name": talent.name,
        "region_name": region_name(talent.region),
        "status": row.status,
        "asked_at": row.asked_at,
        "updated_at": row.updated_at,
        "can": events_of(DemandMatch, row.status),
    }


async def _listed(rt: Runtime, *, where: list[ColumnElement[bool]], page: int) -> dict[str, Any]:
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Demand).where(*where)) or 0
        rows = await session.execute(
            select(Demand, Employer.name)
            .outerjoin(Employer, Employer.id == Demand.employer_id)
            .where(*where)
            .order_by(Demand.created_at.desc(), Demand.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = [demand_view(row, employer) for row, employer in rows]
    return {"total": total, "page_size": PAGE, "rows": listed}


async def _period(session: AsyncSession, *, region: str, today: date) -> str | None:
    """The collection that is open there now, if one is; the narrowest counts."""
    rows = await session.scalars(
        select(CollectionPeriod).where(
            CollectionPeriod.opens_on <= today, CollectionPeriod.closes_on >= today
        )
    )
    fitting = [row for row in rows if covers(row.region, region)]
    narrowest = max(fitting, key=lambda row: len(prefix_of(row.region)), default=None)
    return narrowest.id if narrowest else None
