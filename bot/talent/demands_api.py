"""HTTP of demands under /api/office/grassroots: periods, demands, matches, challenges, experts, visits."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from bot.accounts.permissions import Staff, require
from bot.edge.request import Rt
from bot.talent import challenges, demands, experts, matches, programmes, visits
from bot.talent.grassroots_api import Editor, Page, Reader, RegionCode, RowId, Rows, Word
from bot.talent.grassroots_schemas import (
    ArrangeBody,
    ChallengeBody,
    CooperationBody,
    EventBody,
    PeriodBody,
    ResultBody,
    StaffDemandBody,
    TalentBody,
)
from bot.talent.scope import visible

router = APIRouter(prefix="/api/office/grassroots", tags=["demands"])

Unmasker = Annotated[Staff, Depends(require("desk.unmask"))]


@router.get("/periods")
async def list_periods(rt: Rt, staff: Reader) -> Rows:
    return {"rows": await programmes.list_periods(rt, staff=staff)}


@router.post("/periods")
async def add_period(rt: Rt, staff: Editor, body: PeriodBody) -> Rows:
    return await programmes.add_period(rt, body=body, staff=staff)


@router.get("/demands")
async def list_demands(
    rt: Rt,
    staff: Reader,
    status: Word = None,
    kind: Word = None,
    region: RegionCode = None,
    field: Word = None,
    period: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    query: Word = None,
    page: Page = 1,
) -> Rows:
    return await demands.list_demands(
        rt,
        staff=staff,
        status=status,
        kind=kind,
        region=region,
        field=field,
        period=period,
        query=query,
        page=page,
    )


@router.get("/demands/grid")
async def grid(rt: Rt, staff: Reader, region: RegionCode = None) -> Rows:
    return {"rows": await demands.grid(rt, staff=staff, region=region)}


@router.post("/demands")
async def add_demand(rt: Rt, staff: Editor, body: StaffDemandBody) -> Rows:
    return await demands.register_by_staff(rt, body=body, staff=staff)


@router.get("/demands/{row_id}")
async def read_demand(rt: Rt, staff: Reader, row_id: RowId) -> Rows:
    return await demands.read_demand(rt, demand_id=row_id, staff=staff)


@router.get("/demands/{row_id}/candidates")
async def demand_candidates(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return {"rows": await matches.demand_candidates(rt, demand_id=row_id, staff=staff)}


@router.post("/demands/{row_id}/matches")
async def propose(rt: Rt, staff: Editor, row_id: RowId, body: TalentBody) -> Rows:
    return await matches.propose(rt, demand_id=row_id, talent_id=body.talent_id, staff=staff)


@router.post("/demands/{row_id}/{event}")
async def move_demand(
    rt: Rt,
    staff: Editor,
    row_id: RowId,
    event: Literal["publish", "return", "settle", "close"],
    body: EventBody | None = None,
) -> Rows:
    return await demands.move_demand(
        rt, demand_id=row_id, event=event, reason=body.reason if body else None, staff=staff
    )


@router.post("/matches/{row_id}/{event}")
async def move_match(
    rt: Rt, staff: Editor, row_id: RowId, event: Literal["accept", "settle", "decline"]
) -> Rows:
    return await matches.move_match(rt, match_id=row_id, event=event, staff=staff)


@router.get("/experts")
async def list_experts(
    rt: Rt,
    staff: Reader,
    field: Word = None,
    region: RegionCode = None,
    abroad: bool | None = None,
    query: Word = None,
    page: Page = 1,
) -> Rows:
    return await experts.list_experts(
        rt,
        people=visible(staff),
        field=field,
        region=region,
        abroad=abroad,
        query=query,
        page=page,
    )


@router.get("/challenges")
async def list_challenges(
    rt: Rt, staff: Reader, status: Word = None, field: Word = None, page: Page = 1
) -> Rows:
    return await challenges.list_challenges(rt, staff=staff, status=status, field=field, page=page)


@router.post("/challenges")
async def add_challenge(rt: Rt, staff: Editor, body: ChallengeBody) -> Rows:
    return await challenges.save_challenge(rt, body=body, staff=staff)


@router.get("/challenges/{row_id}")
async def read_challenge(rt: Rt, staff: Reader, row_id: RowId) -> Rows:
    return await challenges.read_challenge(rt, challenge_id=row_id, staff=staff)


@router.put("/challenges/{row_id}")
async def change_challenge(rt: Rt, staff: Editor, row_id: RowId, body: ChallengeBody) -> Rows:
    return await challenges.save_challenge(rt, body=body, staff=staff, challenge_id=row_id)


@router.post("/challenges/{row_id}/claims")
async def take_up(rt: Rt, staff: Editor, row_id: RowId, body: TalentBody) -> Rows:
    return await challenges.take_up_by_staff(rt, challenge_id=row_id, talent_id=body.talent_id, staff=staff)


@router.post("/challenges/{row_id}/{event}")
async def move_challenge(
    rt: Rt, staff: Editor, row_id: RowId, event: Literal["publish", "assign", "finish", "cancel"]
) -> Rows:
    return await challenges.move_challenge(rt, challenge_id=row_id, event=event, staff=staff)


@router.post("/claims/{row_id}/{event}")
async def move_claim(
    rt: Rt, staff: Editor, row_id: RowId, event: Literal["choose", "refuse", "finish"]
) -> Rows:
    return await challenges.move_claim(rt, claim_id=row_id, event=event, staff=staff)


@router.get("/cooperations")
async def list_cooperations(rt: Rt, staff: Reader, status: Word = None, page: Page = 1) -> Rows:
    return await challenges.list_cooperations(rt, staff=staff, status=status, page=page)


@router.post("/cooperations")
async def add_cooperation(rt: Rt, staff: Editor, body: CooperationBody) -> Rows:
    return await challenges.register_cooperation(rt, body=body, staff=staff)


@router.post("/cooperations/{row_id}/{event}")
async def move_cooperation(
    rt: Rt, staff: Editor, row_id: RowId, event: Literal["begin", "agree", "fail"]
) -> Rows:
    return await challenges.move_cooperation(rt, cooperation_id=row_id, event=event, staff=staff)


@router.get("/visits")
async def list_visits(rt: Rt, staff: Reader, status: Word = None, page: Page = 1) -> Rows:
    return await visits.list_visits(rt, staff=staff, status=status, page=page)


@router.post("/visits/{row_id}/contact")
async def show_contact(rt: Rt, staff: Unmasker, row_id: RowId) -> Rows:
    return {"contact": await visits.show_contact(rt, visit_id=row_id, staff=staff)}


@router.post("/visits/{row_id}/arrange")
async def arrange(rt: Rt, staff: Editor, row_id: RowId, body: ArrangeBody) -> Rows:
    return await visits.arrange(rt, visit_id=row_id, body=body, staff=staff)


@router.post("/visits/{row_id}/finish")
async def finish_visit(rt: Rt, staff: Editor, row_id: RowId, body: ResultBody) -> Rows:
    return await visits.finish(rt, visit_id=row_id, result=body.result, staff=staff)


@router.post("/visits/{row_id}/cancel")
async def cancel_visit(rt: Rt, staff: Editor, row_id: RowId, body: ResultBody) -> Rows:
    return await visits.cancel(rt, visit_id=row_id, reason=body.result, staff=staff)
