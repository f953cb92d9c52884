"""引才活动 and 大赛: a calendar people sign up in; a date that is not announced is said to be so."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.demand_models import Event, EventSignUp
from bot.talent.grassroots_models import ExpertBase
from bot.talent.grassroots_schemas import BaseBody, CalendarBody
from bot.talent.models import Talent
from bot.talent.places import check_region, region_name, within
from bot.talent.projects import PAGE, note
from bot.talent.scope import check_place, in_reach, visible


async def list_events(
    rt: Runtime, *, staff: Staff, published: bool | None = None, page: int = 1
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [in_reach(staff, Event.region)]
    where += [Event.published.is_(published)] if published is not None else []
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Event).where(*where)) or 0
        rows = await session.scalars(
            select(Event)
            .where(*where)
            .order_by(Event.starts_on.desc().nulls_last(), Event.name, Event.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = list(rows)
        counts = await session.execute(
            select(EventSignUp.event_id, func.count())
            .where(EventSignUp.event_id.in_([row.id for row in listed]))
            .group_by(EventSignUp.event_id)
        )
        signed = dict(counts.all())
    shown = [event_view(row) | {"signed_up": signed.get(row.id, 0)} for row in listed]
    return {"total": total, "page_size": PAGE, "rows": shown}


async def save_event(
    rt: Runtime, *, body: CalendarBody, staff: Staff, event_id: str | None = None
) -> dict[str, Any]:
    check_place(staff, check_region(body.region))
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = Event() if event_id is None else await _access(session, event_id, staff)
        session.add(row)
        for name, value in body.model_dump().items():
            setattr(row, name, value)
        row.updated_at = now
        await session.flush()
        await note(session, by=staff.id, deed="event.save", subject=row.id, at=now)
    return event_view(row)


async def show_event(rt: Runtime, *, event_id: str, published: bool, staff: Staff) -> dict[str, Any]:
    """Publishes an event, or takes it back."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await _access(session, event_id, staff)
        row.published, row.updated_at = published, now
        deed = "event.publish" if published else "event.withdraw"
        await note(session, by=staff.id, deed=deed, subject=row.id, at=now)
    return event_view(row)


async def list_sign_ups(rt: Runtime, *, event_id: str, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        await _access(session, event_id, staff)
        rows = await session.execute(
            select(EventSignUp.at, Talent)
            .join(Talent, Talent.id == EventSignUp.talent_id)
            .where(EventSignUp.event_id == event_id, visible(staff))
            .order_by(EventSignUp.at)
        )
        return [
            {
                "talent_id": talent.id,
                "name": talent.name,
                "region_name": region_name(talent.region),
                "at": at,
            }
            for at, talent in rows
        ]


async def sign_up(rt: Runtime, *, event_id: str, talent_id: str) -> Event:
    """By a proven talent; a repeat changes nothing."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(Event, event_id)
        last = (row.ends_on or row.starts_on) if row else None
        if row is None or not row.published or (last is not None and last < today_of(rt)):
            raise Refusal("closed", "这个活动现在不接受报名，请看看别的活动。", status=409)
        try:
            async with session.begin_nested():
                session.add(EventSignUp(event_id=event_id, talent_id=talent_id, at=now))
        except IntegrityError:
            pass
    return row


async def list_bases(
    rt: Runtime, *, staff: Staff, region: str | None = None, year: int | None = None
) -> list[dict[str, Any]]:
    where: list[ColumnElement[bool]] = [in_reach(staff, ExpertBase.region)]
    where += [within(ExpertBase.region, region)] if region else []
    where += [ExpertBase.year == year] if year else []
    async with rt.db.read() as session:
        rows = await session.scalars(
            select(ExpertBase).where(*where).order_by(ExpertBase.year.desc(), ExpertBase.name).limit(500)
        )
        return [_base_view(row) for row in rows]


async def add_base(rt: Runtime, *, body: BaseBody, staff: Staff) -> dict[str, Any]:
    check_place(staff, check_region(body.region))
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = ExpertBase(**body.model_dump())
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            raise Refusal("known_already", "已经有同名的基地，请核对名称。", status=409) from None
        await note(session, by=staff.id, deed="base.add", subject=row.id, at=now)
    return _base_view(row)


def event_view(row: Event) -> dict[str, Any]:
    names = ("id", "name", "kind", "region", "place", "starts_on", "ends_on", "organiser", "about")
    more = ("source", "published", "sample", "updated_at")
    return {name: getattr(row, name) for name in (*names, *more)} | {"region_name": region_name(row.region)}


def _base_view(row: ExpertBase) -> dict[str, Any]:
    names = ("id", "name", "kind", "level", "region", "year", "sample")
    return {name: getattr(row, name) for name in names} | {"region_name": region_name(row.region)}


async def _access(session: Any, event_id: str, staff: Staff) -> Event:
    row: Event | None = await session.scalar(
        select(Event).where(Event.id == event_id, in_reach(staff, Event.region))
    )
    if row is None:
        raise Refusal("not_found", "没有找到这个活动，请刷新列表后再看。", status=404)
    return row
