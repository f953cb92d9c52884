"""People for a demand: who fits, who was recommended or wants it, and what comes of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.demand_models import Demand, DemandMatch
from bot.talent.demands import PUBLISHED, access_demand, match_view, need_of
from bot.talent.experts import candidates, claim_ask
from bot.talent.models import Talent
from bot.talent.moves import move
from bot.talent.projects import note
from bot.talent.scope import visible


async def demand_candidates(rt: Runtime, *, demand_id: str, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        row = await access_demand(session, demand_id=demand_id, staff=staff)
        matched = select(DemandMatch.talent_id).where(DemandMatch.demand_id == row.id)
        people = visible(staff) & Talent.id.not_in(matched)
        return await candidates(session, need=need_of(row), now=rt.clock.now(), people=people)


async def propose(rt: Runtime, *, demand_id: str, talent_id: str, staff: Staff) -> dict[str, Any]:
    """推荐: the centre asks somebody about a demand, within the interval rule."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await access_demand(session, demand_id=demand_id, staff=staff)
        if row.status != PUBLISHED:
            raise Refusal("not_now", "只有已发布的需求才能推荐人选。", status=409)
        await claim_ask(session, talent_id=talent_id, need=need_of(row), now=now, people=visible(staff))
        found = DemandMatch(
            demand_id=row.id, talent_id=talent_id, status="推荐", asked_at=now, updated_at=now
        )
        try:
            async with session.begin_nested():
                session.add(found)
        except IntegrityError:
            raise Refusal("matched_already", "这位人才已经推荐给这条需求了。", status=409) from None
        await note(session, by=staff.id, deed="demand.propose", subject=talent_id, at=now)
        talent = await session.get_one(Talent, talent_id)
    return match_view(found, talent)


async def express_interest(rt: Runtime, *, demand_id: str, talent_id: str) -> Demand:
    """A proven talent wants it; a repeat changes nothing."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(Demand, demand_id)
        if row is None or row.status != PUBLISHED or row.closes_on < today_of(rt):
            raise Refusal("closed", "这条需求已经截止，请看看别的需求。", status=409)
        match = DemandMatch(demand_id=demand_id, talent_id=talent_id, status="有意向", updated_at=now)
        try:
            async with session.begin_nested():
                session.add(match)
        except IntegrityError:
            mine = DemandMatch.demand_id == demand_id, DemandMatch.talent_id == talent_id
            known = (await session.scalars(select(DemandMatch).where(*mine))).one()
            if known.status == "推荐":
                await move(session, known, event="accept", now=now)
            elif known.status == "不合适":
                raise Refusal(
                    "not_fitting",
                    "这条需求之前已答复暂不合适。请看看别的需求，或转专员了解。",
                    status=409,
                ) from None
    return row


async def move_match(rt: Runtime, *, match_id: str, event: str, staff: Staff) -> dict[str, Any]:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(DemandMatch, match_id)
        talent = await session.scalar(
            select(Talent).where(Talent.id == (row.talent_id if row else ""), visible(staff))
        )
        if row is None or talent is None:
            raise Refusal("not_found", "没有找到这条推荐，请刷新后再看。", status=404)
        await access_demand(session, demand_id=row.demand_id, staff=staff)
        await move(session, row, event=event, now=now)
        await note(session, by=staff.id, deed=f"match.{event}", subject=row.id, at=now)
    return match_view(row, talent)
