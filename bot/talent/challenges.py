"""揭榜领题 and 合作意向: topics somebody is wanted for, and what employers and experts agree on."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.demand_models import Challenge, ChallengeClaim, Cooperation
from bot.talent.experts import claim_ask
from bot.talent.grassroots_schemas import ChallengeBody, CooperationBody
from bot.talent.matching import Need
from bot.talent.models import Talent
from bot.talent.moves import events_of, move
from bot.talent.network_models import Employer
from bot.talent.places import check_region, region_name
from bot.talent.projects import PAGE, note
from bot.talent.scope import check_place, in_reach, visible
from bot.talent.service import access_talent

OPEN = "张榜中"


async def list_challenges(
    rt: Runtime, *, staff: Staff, status: str | None = None, field: str | None = None, page: int = 1
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [in_reach(staff, Challenge.region)]
    where += [
        column == value for column, value in ((Challenge.status, status), (Challenge.field, field)) if value
    ]
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(Challenge).where(*where)) or 0
        rows = await session.scalars(
            select(Challenge)
            .where(*where)
            .order_by(Challenge.updated_at.desc(), Challenge.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = list(rows)
        counts = await session.execute(
            select(ChallengeClaim.challenge_id, func.count())
            .where(ChallengeClaim.challenge_id.in_([row.id for row in listed]))
            .group_by(ChallengeClaim.challenge_id)
        )
        claimed = dict(counts.all())
    return {
        "total": total,
        "page_size": PAGE,
        "rows": [challenge_view(row) | {"claims": claimed.get(row.id, 0)} for row in listed],
    }


async def read_challenge(rt: Runtime, *, challenge_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        row = await _access(session, challenge_id, staff)
        claims = await session.execute(
            select(ChallengeClaim, Talent)
            .join(Talent, Talent.id == ChallengeClaim.talent_id)
            .where(ChallengeClaim.challenge_id == row.id, visible(staff))
            .order_by(ChallengeClaim.updated_at, ChallengeClaim.id)
        )
        return challenge_view(row) | {"claims": [_claim_view(one, who) for one, who in claims]}


async def save_challenge(
    rt: Runtime, *, body: ChallengeBody, staff: Staff, challenge_id: str | None = None
) -> dict[str, Any]:
    check_place(staff, check_region(body.region))
    now = rt.clock.now()
    async with rt.db.write() as session:
        if challenge_id is None:
            row = Challenge(status="草稿")
            session.add(row)
        else:
            row = await _access(session, challenge_id, staff)
            if row.status in ("已完成", "已取消"):
                raise Refusal("not_now", "这个课题已经结束，不能再修改。", status=409)
        for name, value in body.model_dump().items():
            setattr(row, name, value)
        row.updated_at = now
        await session.flush()
        await note(session, by=staff.id, deed="challenge.save", subject=row.id, at=now)
    return challenge_view(row)


async def move_challenge(rt: Runtime, *, challenge_id: str, event: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await _access(session, challenge_id, staff)
        if event == "assign" and not await session.scalar(
            select(func.count())
            .select_from(ChallengeClaim)
            .where(ChallengeClaim.challenge_id == row.id, ChallengeClaim.status == "已揭榜")
        ):
            raise Refusal("nobody_chosen", "还没有选定揭榜人，请先在揭榜登记里选定。", status=409)
        await move(session, row, event=event, now=now)
        await note(session, by=staff.id, deed=f"challenge.{event}", subject=row.id, at=now)
    return challenge_view(row)


async def take_up(rt: Runtime, *, challenge_id: str, talent_id: str, by: str | None) -> Challenge:
    """揭榜登记, by the talent (by None) or by staff for them; a repeat changes nothing."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(Challenge, challenge_id)
        if row is None or row.status != OPEN or row.closes_on < today_of(rt):
            raise Refusal("closed", "这个课题现在不接受揭榜，请看看别的课题。", status=409)
        claim = ChallengeClaim(
            challenge_id=challenge_id, talent_id=talent_id, status="已登记", updated_at=now
        )
        try:
            async with session.begin_nested():
                session.add(claim)
        except IntegrityError:
            mine = ChallengeClaim.challenge_id == challenge_id, ChallengeClaim.talent_id == talent_id
            if await session.scalar(select(ChallengeClaim.status).where(*mine)) == "未选中":
                raise Refusal(
                    "not_chosen", "这个课题之前已答复未选中。请看看别的课题，或转专员了解。", status=409
                ) from None
            return row
        if by:
            await note(session, by=by, deed="challenge.claim", subject=talent_id, at=now)
    return row


async def take_up_by_staff(rt: Runtime, *, challenge_id: str, talent_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        await _access(session, challenge_id, staff)
        await access_talent(session, talent_id=talent_id, staff=staff)
    await take_up(rt, challenge_id=challenge_id, talent_id=talent_id, by=staff.id)
    return await read_challenge(rt, challenge_id=challenge_id, staff=staff)


async def move_claim(rt: Runtime, *, claim_id: str, event: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(ChallengeClaim, claim_id)
        talent = await session.scalar(
            select(Talent).where(Talent.id == (row.talent_id if row else ""), visible(staff))
        )
        if row is None or talent is None:
            raise Refusal("not_found", "没有找到这条揭榜登记，请刷新后再看。", status=404)
        await _access(session, row.challenge_id, staff)
        await move(session, row, event=event, now=now)
        await note(session, by=staff.id, deed=f"claim.{event}", subject=row.id, at=now)
    return _claim_view(row, talent)


async def register_cooperation(rt: Runtime, *, body: CooperationBody, staff: Staff) -> dict[str, Any]:
    """合作意向: an expert is asked, so the interval rule holds here as well."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        employer = await session.scalar(
            select(Employer).where(Employer.id == body.employer_id, in_reach(staff, Employer.region))
        )
        if employer is None:
            raise Refusal("unknown_employer", "没有找到这家单位，请刷新后重新选择。", status=404)
        people = visible(staff)
        fields = await session.scalar(select(Talent.fields).where(Talent.id == body.talent_id, people))
        need = Need((fields or [""])[0], employer.region)
        await claim_ask(session, talent_id=body.talent_id, need=need, now=now, people=people)
        row = Cooperation(**body.model_dump(), status="已登记", asked_at=now, created_at=now, updated_at=now)
        session.add(row)
        await session.flush()
        await note(session, by=staff.id, deed="cooperation.register", subject=body.talent_id, at=now)
        talent = await session.get_one(Talent, body.talent_id)
    return _cooperation_view(row, talent, employer)


async def list_cooperations(
    rt: Runtime, *, staff: Staff, status: str | None = None, page: int = 1
) -> dict[str, Any]:
    where: list[ColumnElement[bool]] = [visible(staff)]
    where += [Cooperation.status == status] if status else []
    joined = (
        select(Cooperation, Talent, Employer)
        .join(Talent, Talent.id == Cooperation.talent_id)
        .join(Employer, Employer.id == Cooperation.employer_id)
        .where(*where)
    )
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(joined.subquery())) or 0
        rows = await session.execute(
            joined.order_by(Cooperation.created_at.desc(), Cooperation.id)
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        )
        listed = [_cooperation_view(*row) for row in rows]
    return {"total": total, "page_size": PAGE, "rows": listed}


async def move_cooperation(rt: Runtime, *, cooperation_id: str, event: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        found = await session.execute(
            select(Cooperation, Talent, Employer)
            .join(Talent, Talent.id == Cooperation.talent_id)
            .join(Employer, Employer.id == Cooperation.employer_id)
            .where(Cooperation.id == cooperation_id, visible(staff))
        )
        known = found.first()
        if known is None:
            raise Refusal("not_found", "没有找到这条合作意向，请刷新后再看。", status=404)
        await move(session, known[0], event=event, now=now)
        await note(session, by=staff.id, deed=f"cooperation.{event}", subject=cooperation_id, at=now)
    return _cooperation_view(*known)


def challenge_view(row: Challenge) -> dict[str, Any]:
    names = ("id", "title", "host", "field", "region", "about", "closes_on", "status", "sample", "updated_at")
    return {name: getattr(row, name) for name in names} | {
        "region_name": region_name(row.region),
        "can": events_of(Challenge, row.status),
    }


def _claim_view(row: ChallengeClaim, talent: Talent) -> dict[str, Any]:
    return {
        "id": row.id,
        "talent_id": talent.id,
        "name": talent.name,
        "status": row.status,
        "updated_at": row.updated_at,
        "can": events_of(ChallengeClaim, row.status),
    }


def _cooperation_view(row: Cooperation, talent: Talent, employer: Employer) -> dict[str, Any]:
    names = ("id", "talent_id", "employer_id", "kind", "about", "status", "asked_at", "created_at")
    return {name: getattr(row, name) for name in names} | {
        "name": talent.name,
        "employer": employer.name,
        "can": events_of(Cooperation, row.status),
    }


async def _access(session: Any, challenge_id: str, staff: Staff) -> Challenge:
    row: Challenge | None = await session.scalar(
        select(Challenge).where(Challenge.id == challenge_id, in_reach(staff, Challenge.region))
    )
    if row is None:
        raise Refusal("not_found", "没有找到这个课题，请刷新列表后再看。", status=404)
    return row
