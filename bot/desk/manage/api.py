"""HTTP of the wall and the reports under /api/desk/manage."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from bot.accounts.permissions import Staff, require
from bot.accounts.service import audit
from bot.conversation.content import Category
from bot.desk.access import scope_of
from bot.desk.manage import reports
from bot.desk.manage.days import EARLIEST, LATEST
from bot.desk.manage.reports import ReportFilter
from bot.desk.manage.schemas import ReportView, WallView
from bot.desk.manage.wall import wall
from bot.desk.manage.workbook import workbook_of
from bot.edge.files import XLSX
from bot.edge.request import runtime_of

router = APIRouter(prefix="/api/desk/manage", tags=["manage"])

Reporter = Annotated[Staff, Depends(require("desk.report"))]
# The wall asks by itself every few seconds: that does not count as somebody's work.
Watcher = Annotated[Staff, Depends(require("desk.report", activity=False))]
First = Annotated[date, Query(alias="from", ge=EARLIEST, le=LATEST)]
Last = Annotated[date, Query(alias="to", ge=EARLIEST, le=LATEST)]
TeamId = Annotated[str | None, Query(alias="team", pattern=r"^[0-9a-f]{32}$")]


@router.get("/wall")
async def show_wall(staff: Watcher, request: Request) -> WallView:
    return WallView.model_validate(await wall(runtime_of(request), scope=scope_of(staff)))


@router.get("/reports")
async def show_report(
    first: First,
    last: Last,
    staff: Reporter,
    request: Request,
    team: TeamId = None,
    category: Category | None = None,
) -> ReportView:
    which = ReportFilter(first, last, team, category)
    found = await reports.report(runtime_of(request), scope=scope_of(staff), which=which)
    return ReportView.model_validate(found)


@router.get("/reports.xlsx")
async def export_report(
    first: First,
    last: Last,
    staff: Reporter,
    request: Request,
    team: TeamId = None,
    category: Category | None = None,
) -> Response:
    rt = runtime_of(request)
    which = ReportFilter(first, last, team, category)
    found = await reports.report(rt, scope=scope_of(staff), which=which)
    book = await asyncio.to_thread(workbook_of, found)
    async with rt.db.write() as session:
        await audit(
            session,
            staff_id=staff.id,
            action="report.export",
            subject=f"{first}..{last}",
            detail={"team": team},
            at=rt.clock.now(),
        )
    name = f"huicai-{first}-{last}.xlsx"
    return Response(book, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
