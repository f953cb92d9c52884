"""上门解读: an employer asks the centre to come and explain; a specialist arranges it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from bot.accounts.colleagues import access_colleague
from bot.accounts.permissions import Permission, Staff
from bot.conversation import vault
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.demand_models import Visit
from bot.talent.grassroots_schemas import ArrangeBody, VisitWish
from bot.talent.moves import events_of, move
from bot.talent.network_models import Employer
from bot.talent.places import region_name
from bot.talent.projects import PAGE, note
from bot.talent.scope import in_reach


async def request_visit(
    rt: Runtime, *, employer_id: str, body: VisitWish, by: str, once_key: str
) -> dict[str, Any]:
    """By an employer's account. A repeat with the same key gives the same appointment."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        # Locked: a repeat of the same request waits for the first.
        employer = await session.get(Employer, employer_id, with_for_update={"key_share": True})
        if employer is None:
            raise Refusal("unknown_employer", "没有找到这家单位，请刷新后重试。", status=404)
        key = f"{employer_id}:{once_key}"[:64]
        row = await session.scalar(select(Visit).where(Visit.once_key == key))
        if row is None:
            row = Visit(
                employer_id=employer_id,
                once_key=key,
                region=employer.region,
                contact_sealed=vault.seal(rt, body.contact),
                status="待安排",
                created_at=now,
                updated_at=now,
                **body.model_dump(exclude={"contact"}),
            )
            session.add(row)
            await session.flush()
            await note(session, by=by, deed="visit.request", subject=row.id, at=now)
    return visit_view(row, employer.name)


async def of_employer(rt: Runtime, *, employer_id: str, page: int = 1) -> dict[str, Any]:
    return await _listed(rt, where=[Visit.employer_id == employer_id], page=page)


async def list_visits(
    rt: Runtime, *, staff: Staff, status: str | None = None, page: int = 1
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [in_reach(staff, Visit.region)]
    where += [Visit.status == status] if status else []
    return await _listed(rt, where=where, page=page)


async def arrange(rt: Runtime, *, visit_id: str, body: ArrangeBody, staff: Staff) -> dict[str, Any]:
    """Somebody of the centre goes; whoever arranges it, unless another is named."""
    who = body.staff_id or staff.id
    return await _move(
        rt, visit_id=visit_id, event="arrange", staff=staff, arranged_for=body.arranged_for, staff_id=who
    )


async def finish(rt: Runtime, *, visit_id: str, result: str, staff: Staff) -> dict[str, Any]:
    return await _move(rt, visit_id=visit_id, event="finish", staff=staff, result=result)


async def cancel(rt: Runtime, *, visit_id: str, reason: str, staff: Staff) -> dict[str, Any]:
    return await _move(rt, visit_id=visit_id, event="cancel", staff=staff, result=reason)


async def show_contact(rt: Runtime, *, visit_id: str, staff: Staff) -> str | None:
    """Whom to call; every look is audited."""
    async with rt.db.write() as session:
        row = await _access(session, visit_id, staff)
        await note(session, by=staff.id, deed="visit.contact", subject=row.id, at=rt.clock.now())
    return vault.open_sealed(rt, row.contact_sealed) if row.contact_sealed else None


def visit_view(row: Visit, employer: str | None) -> dict[str, Any]:
    names = ("id", "employer_id", "region", "topic", "people", "wished", "place", "status", "staff_id")
    more = ("arranged_for", "result", "created_at", "updated_at")
    return {name: getattr(row, name) for name in (*names, *more)} | {
        "employer": employer,
        "region_name": region_name(row.region),
        "can": events_of(Visit, row.status),
    }


async def _move(rt: Runtime, *, visit_id: str, event: str, staff: Staff, **values: Any) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await _access(session, visit_id, staff)
        who = values.get("staff_id", staff.id)
        if who != staff.id and not await access_colleague(
            session, staff_id=who, permission=Permission.CASE_READ
        ):
            raise Refusal("no_such_colleague", "没有找到这位同事，请刷新后重新选择。", status=422)
        await move(session, row, event=event, now=now, **values)
        await note(session, by=staff.id, deed=f"visit.{event}", subject=row.id, at=now)
        employer = await session.get(Employer, row.employer_id) if row.employer_id else None
    return visit_view(row, employer.name if employer else None)


async def _listed(rt: Runtime, *, where: list[ColumnElement[bool]], page: int) -> dict[str, Any]:
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Visit).where(*where)) or 0
        rows = await session.execute(
            select(Visit, Employer.name)
            .outerjoin(Employer, Employer.id == Visit.employer_id)
            .where(*where)
            .order_by(Visit.created_at.desc(), Visit.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = [visit_view(row, name) for row, name in rows]
    return {"total": total, "page_size": PAGE, "rows": listed}


async def _access(session: Any, visit_id: str, staff: Staff) -> Visit:
    """The centre's people by region, an employer's account its own."""
    own = Visit.employer_id == staff.employer_id if staff.employer_id else in_reach(staff, Visit.region)
    row: Visit | None = await session.scalar(select(Visit).where(Visit.id == visit_id, own))
    if row is None:
        raise Refusal("not_found", "没有找到这条预约，请刷新列表后再看。", status=404)
    return row
