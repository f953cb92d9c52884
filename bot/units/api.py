"""HTTP of an employer's accounts under /api/unit: home, people, what it asks of the centre, accounts."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from bot.accounts.permissions import permissions_of
from bot.edge.request import Rt
from bot.service.models import ENDED, PartStatus
from bot.talent import demands, visits
from bot.talent.experts import experts_counted
from bot.talent.grassroots_schemas import DemandBody, ResultBody, VisitWish
from bot.talent.places import check_region
from bot.units import accounts, cases, people
from bot.units.access import Completer, Head, Reader
from bot.units.schemas import CorrectionBody, Id, NewPersonBody, OfficerAccountBody

router = APIRouter(prefix="/api/unit", tags=["unit"])

RowId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Page = Annotated[int, Query(ge=1, le=10_000)]
Words = Annotated[str, Query(max_length=100)]
RequestId = Annotated[Id, Query()]


@router.get("/home")
async def home(unit: Reader, rt: Rt) -> dict[str, Any]:
    async with rt.db.read() as session:
        counted = await cases.counts(session, unit=unit)
        to_complete = await cases.mine_open(session, unit=unit)
        proposals = await people.count_waiting(session, employer_id=unit.employer_id)
    return {
        "employer": {"id": unit.employer_id, "name": unit.name, "region": unit.region},
        "head": unit.heads,
        "to_approve": counted.get(PartStatus.UNIT, 0),
        "to_complete": to_complete,
        "supplement": counted.get(PartStatus.SUPPLEMENT, 0),
        "open": sum(count for status, count in counted.items() if status not in ENDED),
        "done": counted.get(PartStatus.DONE, 0),
        "proposals": proposals,
    }


@router.get("/people")
async def list_people(unit: Reader, rt: Rt, query: Words = "", page: Page = 1) -> dict[str, Any]:
    return await people.list_people(rt, unit=unit, query=query, page=page)


@router.post("/people", status_code=201)
async def propose_person(body: NewPersonBody, unit: Completer, rt: Rt) -> dict[str, str]:
    asked = {key: value for key, value in body.model_dump(exclude={"request_id"}).items() if value}
    found = await people.propose(rt, unit=unit, request_id=body.request_id, asked=asked, talent_id=None)
    return {"id": found}


@router.get("/people/{talent_id}")
async def read_person(talent_id: RowId, unit: Reader, rt: Rt) -> dict[str, Any]:
    return await people.read_person(rt, unit=unit, talent_id=talent_id)


@router.post("/people/{talent_id}/corrections", status_code=201)
async def propose_correction(
    talent_id: RowId, body: CorrectionBody, unit: Completer, rt: Rt
) -> dict[str, str]:
    found = await people.propose(
        rt, unit=unit, request_id=body.request_id, asked={"text": body.text}, talent_id=talent_id
    )
    return {"id": found}


@router.get("/proposals")
async def list_proposals(unit: Reader, rt: Rt) -> dict[str, Any]:
    rows = await people.list_proposals(rt, unit=unit)
    return {"total": len(rows), "page_size": people.MOST_LISTED, "rows": rows}


@router.get("/demands")
async def list_demands(unit: Reader, rt: Rt, page: Page = 1) -> dict[str, Any]:
    return await demands.of_employer(rt, employer_id=unit.employer_id, page=page)


@router.post("/demands", status_code=201)
async def register_demand(body: DemandBody, unit: Completer, rt: Rt, request_id: RequestId) -> dict[str, Any]:
    return await demands.register(
        rt, employer_id=unit.employer_id, body=body, by=unit.staff.id, once_key=request_id
    )


@router.put("/demands/{demand_id}")
async def correct_demand(demand_id: RowId, body: DemandBody, unit: Completer, rt: Rt) -> dict[str, Any]:
    """One that was sent back; it waits to be looked through again."""
    return await demands.correct(
        rt, employer_id=unit.employer_id, demand_id=demand_id, body=body, by=unit.staff.id
    )


@router.get("/experts")
async def count_experts(
    unit: Reader,
    rt: Rt,
    field: Annotated[str, Query(min_length=1, max_length=32)],
    region: Annotated[str, Query(pattern=r"^\d{6}$")] = "000000",
) -> dict[str, int]:
    """How many there are and how many may be asked now; who, the centre proposes to a demand."""
    check_region(region)
    async with rt.db.read() as session:
        found, free = await experts_counted(session, field=field, region=region, now=rt.clock.now())
    return {"experts": found, "free": free}


@router.get("/visits")
async def list_visits(unit: Reader, rt: Rt, page: Page = 1) -> dict[str, Any]:
    return await visits.of_employer(rt, employer_id=unit.employer_id, page=page)


@router.post("/visits", status_code=201)
async def request_visit(body: VisitWish, unit: Completer, rt: Rt, request_id: RequestId) -> dict[str, Any]:
    return await visits.request_visit(
        rt, employer_id=unit.employer_id, body=body, by=unit.staff.id, once_key=request_id
    )


@router.post("/visits/{visit_id}/cancel")
async def cancel_visit(visit_id: RowId, body: ResultBody, unit: Completer, rt: Rt) -> dict[str, Any]:
    return await visits.cancel(rt, visit_id=visit_id, reason=body.result, staff=unit.staff)


@router.get("/accounts")
async def list_accounts(unit: Reader, rt: Rt) -> dict[str, Any]:
    rows = await accounts.list_accounts(rt, unit=unit)
    return {
        "most": accounts.MOST_OFFICERS,
        "rows": [
            {
                "id": row.id,
                "username": row.username,
                "name": row.name,
                "head": "unit.approve" in permissions_of(row.roles),
                "active": row.active,
                "must_change_password": row.must_change_password,
            }
            for row in rows
        ],
    }


@router.post("/accounts", status_code=201)
async def make_officer(body: OfficerAccountBody, unit: Head, rt: Rt) -> dict[str, str]:
    account_id, password = await accounts.make_officer(rt, unit=unit, username=body.username, name=body.name)
    return {"account_id": account_id, "password": password}


@router.post("/accounts/{account_id}/reset-password")
async def reset_officer(account_id: RowId, unit: Head, rt: Rt) -> dict[str, str]:
    return {
        "account_id": account_id,
        "password": await accounts.reset_officer(rt, unit=unit, staff_id=account_id),
    }


@router.post("/accounts/{account_id}/deactivate", status_code=204)
async def close_officer(account_id: RowId, unit: Head, rt: Rt) -> Response:
    await accounts.close_officer(rt, unit=unit, staff_id=account_id)
    return Response(status_code=204)
