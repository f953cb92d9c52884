"""HTTP of the talents' workbook under /api/office/talents."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from bot.accounts.permissions import Staff, require
from bot.edge.files import XLSX, read_body
from bot.edge.request import Rt
from bot.talent import exchange, workbook
from bot.talent.api import Filters, Words

router = APIRouter(prefix="/api/office/talents", tags=["talents"])

Exchanger = Annotated[Staff, Depends(require("talent.exchange"))]


@router.get("/template.xlsx")
async def empty_workbook(staff: Exchanger) -> Response:
    return _file(workbook.template(), "talents-template.xlsx")


@router.get("/export.xlsx")
async def export(
    staff: Exchanger, rt: Rt, filters: Filters, query: Words = "", clear: bool = False
) -> Response:
    data = await exchange.export_workbook(rt, staff=staff, query=query, filters=filters, clear=clear)
    return _file(data, "talents.xlsx")


@router.post("/import")
async def import_workbook(
    request: Request, staff: Exchanger, rt: Rt, dry_run: Annotated[bool, Query()] = True
) -> dict[str, Any]:
    """The body is the file itself. Without `dry_run=false` nothing is stored."""
    data = await read_body(request)
    report = await exchange.import_workbook(rt, staff=staff, data=data, dry_run=dry_run)
    return report.view


def _file(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=XLSX, headers=headers)
