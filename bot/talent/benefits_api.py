"""HTTP of lists without application and of the figures, under /api/office."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from bot.accounts.permissions import Staff, require
from bot.accounts.service import audit
from bot.edge.files import XLSX
from bot.edge.request import Rt
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.talent import benefits, statistics, statistics_workbook
from bot.talent.entitled import entitlements_of, views
from bot.talent.grassroots_api import Editor, Reader, RegionCode, RowId, Rows
from bot.talent.grassroots_schemas import ListBody, OfferedBody, RowsBody
from bot.talent.service import access_talent

router = APIRouter(prefix="/api/office", tags=["benefits"])

Counter = Annotated[Staff, Depends(require("statistics.read"))]
First = Annotated[date, Query(alias="from", ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Last = Annotated[date, Query(alias="to", ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Key = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]


@router.get("/grassroots/benefits/entitlements")
async def list_entitlements(rt: Rt, _: Editor) -> Rows:
    return {"rows": await benefits.list_entitlements(rt)}


@router.put("/grassroots/benefits/entitlements/{key}")
async def mark(rt: Rt, staff: Editor, key: Key, body: OfferedBody) -> Rows:
    return {"rows": await benefits.mark(rt, key=key, offered=body.without_application, staff=staff)}


@router.get("/grassroots/benefits")
async def list_lists(rt: Rt, staff: Editor) -> Rows:
    return {"rows": await benefits.lists(rt, staff=staff)}


@router.post("/grassroots/benefits")
async def make_list(rt: Rt, staff: Editor, body: ListBody) -> Rows:
    return await benefits.make_list(rt, key=body.entitlement, year=body.year, region=body.region, staff=staff)


@router.get("/grassroots/benefits/{row_id}")
async def read_list(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return await benefits.read_list(rt, list_id=row_id, staff=staff)


@router.post("/grassroots/benefits/{row_id}/rows")
async def decide_rows(rt: Rt, staff: Editor, row_id: RowId, body: RowsBody) -> Rows:
    return await benefits.decide_rows(
        rt, list_id=row_id, rows=body.rows, status=body.status, why=body.why, staff=staff
    )


@router.post("/grassroots/benefits/{row_id}/publish")
async def publish(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return await benefits.publish(rt, list_id=row_id, staff=staff)


@router.post("/grassroots/benefits/{row_id}/void")
async def void(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return await benefits.void(rt, list_id=row_id, staff=staff)


@router.get("/grassroots/entitled/{row_id}")
async def entitled(rt: Rt, staff: Reader, row_id: RowId) -> Rows:
    """What one talent may claim, for whoever may see the record."""
    async with rt.db.read() as session:
        await access_talent(session, talent_id=row_id, staff=staff)
    found = await entitlements_of(rt, talent_id=row_id)
    return {"rows": views(found) if found else []}


@router.get("/statistics")
async def show(rt: Rt, staff: Counter, first: First, last: Last, region: RegionCode = None) -> Rows:
    return await _figures(rt, staff, first, last, region)


@router.get("/statistics/export.xlsx")
async def export(rt: Rt, staff: Counter, first: First, last: Last, region: RegionCode = None) -> Response:
    found = await _figures(rt, staff, first, last, region)
    book = await asyncio.to_thread(statistics_workbook.workbook_of, found)
    async with rt.db.write() as session:
        await audit(
            session,
            staff_id=staff.id,
            action="statistics.export",
            subject=found["region"],
            detail={"from": str(first), "to": str(last)},
            at=rt.clock.now(),
        )
    name = f"statistics-{first}-{last}.xlsx"
    return Response(
        book,
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _figures(rt: Runtime, staff: Staff, first: First, last: Last, region: str | None) -> Rows:
    where = statistics.region_for(staff, region)
    span = statistics.span_of(first=first, last=last, region=where)
    names = {key: item.name for key, item in catalogue(rt).items.items()}
    return await statistics.statistics(rt, span=span, items=names)
