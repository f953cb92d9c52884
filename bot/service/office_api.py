"""HTTP of case work for the centre's staff: /api/office/cases."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from bot.accounts.permissions import Permission, Staff, require
from bot.desk.manage.days import EARLIEST, LATEST
from bot.edge.files import XLSX, file_response, read_body
from bot.edge.request import Rt
from bot.errors import Refusal
from bot.service import (
    case_batch,
    case_detail,
    case_dispatch,
    case_export,
    case_files,
    case_list,
    case_making,
    case_objections,
    case_work,
)
from bot.service.case_days import midnight
from bot.service.case_deeds import ROW_ID
from bot.service.case_list import CaseFilter
from bot.service.case_rules import CaseEvent
from bot.service.case_schemas import (
    BatchBody,
    EventBody,
    FileMarkBody,
    LinkBody,
    MakeBody,
    NoteBody,
    UrgeBody,
)
from bot.service.models import PartStatus

router = APIRouter(prefix="/api/office/cases", tags=["office"])

Reader = Annotated[Staff, Depends(require(Permission.CASE_READ))]
Intake = Annotated[Staff, Depends(require(Permission.CASE_INTAKE))]
Reviewer = Annotated[Staff, Depends(require(Permission.CASE_REVIEW))]
Exporter = Annotated[Staff, Depends(require(Permission.CASE_EXPORT))]
Unmasker = Annotated[Staff, Depends(require(Permission.DESK_UNMASK))]
PartId = Annotated[str, Path(pattern=ROW_ID)]
FileId = Annotated[str, Path(pattern=ROW_ID)]
Page = Annotated[int, Query(ge=1, le=2000)]


def _filter(
    status: Annotated[list[PartStatus] | None, Query(max_length=12)] = None,
    open: bool = False,
    item: Annotated[str | None, Query(max_length=64)] = None,
    region: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    query: Annotated[str | None, Query(max_length=64)] = None,
    mine: bool = False,
    todo: bool = False,
    due: Literal["overdue", "week"] | None = None,
    first: Annotated[date | None, Query(alias="from", ge=EARLIEST, le=LATEST)] = None,
    last: Annotated[date | None, Query(alias="to", ge=EARLIEST, le=LATEST)] = None,
    talent: Annotated[str | None, Query(pattern=ROW_ID)] = None,
    employer: Annotated[str | None, Query(pattern=ROW_ID)] = None,
) -> CaseFilter:
    return CaseFilter(
        statuses=tuple(status or ()),
        open=open,
        item=item,
        region=region,
        query=query,
        mine=mine,
        todo=todo,
        due=due,
        since=midnight(first) if first else None,
        until=midnight(last + timedelta(days=1)) if last else None,
        talent_id=talent,
        employer_id=employer,
    )


Which = Annotated[CaseFilter, Depends(_filter)]


@router.get("")
async def list_cases(rt: Rt, staff: Reader, which: Which, page: Page = 1) -> dict[str, Any]:
    return await case_list.find_cases(rt, staff=staff, which=which, page=page)


@router.get("/counts")
async def count_cases(rt: Rt, staff: Reader, which: Which) -> dict[str, Any]:
    return {"counts": await case_list.count_by_status(rt, staff=staff, which=which)}


@router.get("/export.xlsx")
async def export_cases(rt: Rt, staff: Exporter, which: Which, clear: bool = False) -> Response:
    book = await case_export.export(rt, staff=staff, which=which, clear=clear)
    name = 'attachment; filename="huicai-cases.xlsx"'
    return Response(
        book, media_type=XLSX, headers={"Content-Disposition": name, "Cache-Control": "private, no-store"}
    )


@router.get("/publicity")
async def list_publicity(
    rt: Rt, staff: Reader, region: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None
) -> dict[str, Any]:
    return {"rows": await case_objections.publicity_list(rt, staff=staff, region=region)}


@router.get("/dispatches")
async def list_dispatches(
    rt: Rt, staff: Reviewer, state: case_dispatch.State = "open", page: Page = 1
) -> dict[str, Any]:
    return await case_dispatch.list_dispatches(rt, staff=staff, state=state, page=page)


@router.get("/items")
async def list_items(rt: Rt, staff: Intake) -> dict[str, Any]:
    return {"rows": case_making.items_offered(rt)}


@router.get("/items/{key}")
async def read_item(
    key: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)], rt: Rt, staff: Intake
) -> dict[str, Any]:
    return case_making.item_form(rt, key=key)


@router.get("/colleagues")
async def list_colleagues(
    rt: Rt, staff: Reader, region: Annotated[str, Query(pattern=r"^\d{6}$")]
) -> dict[str, Any]:
    return {"rows": await case_list.colleagues_for(rt, region=region)}


@router.post("/batch")
async def act_on_many(body: BatchBody, rt: Rt, staff: Reader) -> dict[str, Any]:
    parts = [(part.id, part.version) for part in body.parts]
    done = await case_batch.act_on_all(rt, staff=staff, event=body.event, parts=parts, deed=body.deed())
    return {"results": done}


@router.post("")
async def make_case(body: MakeBody, rt: Rt, staff: Intake) -> dict[str, Any]:
    made = await case_making.make(
        rt,
        staff=staff,
        request_id=body.request_id,
        items=[(one.item, one.values) for one in body.items],
        talent_id=body.talent_id,
        conversation_id=body.conversation_id,
    )
    return case_making.made_view(made)


@router.get("/{part_id}")
async def read_case(part_id: PartId, rt: Rt, staff: Reader) -> dict[str, Any]:
    return await case_detail.detail(rt, part_id=part_id, staff=staff)


@router.post("/{part_id}/unmask")
async def unmask(part_id: PartId, rt: Rt, staff: Unmasker) -> dict[str, Any]:
    return {"values": await case_work.unmask(rt, part_id=part_id, staff=staff)}


@router.get("/{part_id}/objections")
async def list_objections(part_id: PartId, rt: Rt, staff: Reviewer) -> dict[str, Any]:
    return {"rows": await case_objections.objections(rt, part_id=part_id, staff=staff)}


@router.post("/{part_id}/objections")
async def add_objection(part_id: PartId, body: EventBody, rt: Rt, staff: Reader) -> dict[str, Any]:
    return await _act(rt, part_id, CaseEvent.OBJECT, staff, body)


@router.post("/{part_id}/urge")
async def urge(part_id: PartId, body: UrgeBody, rt: Rt, staff: Reviewer) -> dict[str, Any]:
    count = await case_dispatch.urge(rt, part_id=part_id, staff=staff, dispatch_id=body.dispatch_id)
    return {"urged": count}


@router.post("/{part_id}/link")
async def link(part_id: PartId, body: LinkBody, rt: Rt, staff: Reader) -> dict[str, Any]:
    await case_work.link_talent(
        rt, part_id=part_id, staff=staff, version=body.version, talent_id=body.talent_id
    )
    return await case_detail.detail(rt, part_id=part_id, staff=staff)


@router.post("/{part_id}/note", status_code=204)
async def add_note(part_id: PartId, body: NoteBody, rt: Rt, staff: Reader) -> None:
    await case_work.add_note(rt, part_id=part_id, staff=staff, text=body.note)


@router.post("/{part_id}/files")
async def keep_file(
    part_id: PartId,
    request: Request,
    rt: Rt,
    staff: Intake,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    key: UUID,
) -> dict[str, Any]:
    data = await read_body(request)
    return await case_files.keep_file(rt, part_id=part_id, staff=staff, key=str(key), name=name, data=data)


@router.get("/{part_id}/files/{file_id}")
async def open_file(part_id: PartId, file_id: FileId, rt: Rt, staff: Reader) -> Response:
    file, data = await case_files.read_case_file(rt, part_id=part_id, file_id=file_id, staff=staff)
    return file_response(file, data)


@router.post("/{part_id}/files/{file_id}/mark", status_code=204)
async def mark_file(part_id: PartId, file_id: FileId, body: FileMarkBody, rt: Rt, staff: Reader) -> None:
    await case_files.refuse_file(rt, part_id=part_id, file_id=file_id, staff=staff, why=body.why)


@router.post("/{part_id}/{event}")
async def act(part_id: PartId, event: CaseEvent, body: EventBody, rt: Rt, staff: Reader) -> dict[str, Any]:
    """Any event staff may do; who may do which is said by the table of `case_rules`."""
    return await _act(rt, part_id, event, staff, body)


async def _act(rt: Rt, part_id: str, event: CaseEvent, staff: Staff, body: EventBody) -> dict[str, Any]:
    await case_work.act(rt, part_id=part_id, event=event, by=staff, version=body.version, deed=body.deed())
    try:
        return await case_detail.detail(rt, part_id=part_id, staff=staff)
    except Refusal:  # assigned away, out of one's own reach
        return {}
