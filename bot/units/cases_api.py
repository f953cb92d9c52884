"""HTTP of applications of an employer's people under /api/unit."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from bot.edge.files import XLSX, file_response, read_body
from bot.edge.request import Rt
from bot.errors import Refusal
from bot.service.case_deeds import Deed
from bot.service.case_rules import CaseEvent
from bot.service.case_work import act
from bot.service.models import PartStatus
from bot.units import applications, batches, cases, completing, workbook
from bot.units.access import Completer, Head, Reader, Unit
from bot.units.api import Page, RowId, Words
from bot.units.schemas import ApplyBody, ApproveManyBody, CompleteBody, EventBody, Id, OfficerBody

router = APIRouter(prefix="/api/unit", tags=["unit"])

ItemKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
FileName = Annotated[str, Query(min_length=1, max_length=200)]


@router.get("/cases")
async def list_cases(
    unit: Reader,
    rt: Rt,
    status: PartStatus | None = None,
    batch: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    mine: bool = False,
    open_: Annotated[bool, Query(alias="open")] = False,
    query: Words = "",
    page: Page = 1,
) -> dict[str, Any]:
    return await cases.list_cases(
        rt, unit=unit, status=status, batch=batch, mine=mine, open_=open_, query=query, page=page
    )


@router.post("/cases/approve")
async def approve_many(body: ApproveManyBody, unit: Head, rt: Rt) -> dict[str, Any]:
    """Each for itself: what cannot be approved is told, the rest is."""
    results = []
    for part in body.parts:
        try:
            await act(rt, part_id=part.id, event=CaseEvent.UNIT_APPROVE, by=unit.staff, version=part.version)
            results.append({"id": part.id, "ok": True})
        except Refusal as refusal:
            results.append({"id": part.id, "ok": False, "code": refusal.code, "message": refusal.message})
    return {"results": results}


@router.get("/cases/{part_id}")
async def read_case(part_id: RowId, unit: Reader, rt: Rt) -> dict[str, Any]:
    return await cases.read_case(rt, unit=unit, part_id=part_id)


@router.put("/cases/{part_id}/officer")
async def assign_officer(part_id: RowId, body: OfficerBody, unit: Head, rt: Rt) -> dict[str, Any]:
    await completing.assign_officer(
        rt, unit=unit, part_id=part_id, version=body.version, staff_id=body.staff_id
    )
    return await cases.read_case(rt, unit=unit, part_id=part_id)


@router.put("/cases/{part_id}/values")
async def complete(part_id: RowId, body: CompleteBody, unit: Completer, rt: Rt) -> dict[str, Any]:
    await completing.complete(
        rt, unit=unit, part_id=part_id, version=body.version, values=body.values, files=body.files
    )
    return await cases.read_case(rt, unit=unit, part_id=part_id)


@router.post("/cases/{part_id}/unit_approve")
async def approve(part_id: RowId, body: EventBody, unit: Head, rt: Rt) -> dict[str, Any]:
    return await _act(rt, unit, part_id, CaseEvent.UNIT_APPROVE, body)


@router.post("/cases/{part_id}/unit_return")
async def send_back(part_id: RowId, body: EventBody, unit: Head, rt: Rt) -> dict[str, Any]:
    return await _act(rt, unit, part_id, CaseEvent.UNIT_RETURN, body)


@router.post("/cases/{part_id}/ask_supplement")
async def ask_supplement(part_id: RowId, body: EventBody, unit: Head, rt: Rt) -> dict[str, Any]:
    return await _act(rt, unit, part_id, CaseEvent.ASK_SUPPLEMENT, body)


@router.post("/cases/{part_id}/supplied")
async def supply(part_id: RowId, body: EventBody, unit: Completer, rt: Rt) -> dict[str, Any]:
    return await _act(rt, unit, part_id, CaseEvent.SUPPLIED, body)


async def _act(rt: Rt, unit: Unit, part_id: str, event: CaseEvent, body: EventBody) -> dict[str, Any]:
    deed = Deed(reason=body.reason, missing=body.missing, values=body.values, files=body.files)
    await act(rt, part_id=part_id, event=event, by=unit.staff, version=body.version, deed=deed)
    return await cases.read_case(rt, unit=unit, part_id=part_id)


@router.get("/cases/{part_id}/files/{file_id}")
async def read_file(part_id: RowId, file_id: RowId, unit: Reader, rt: Rt) -> Response:
    file, data = await completing.read_file(rt, unit=unit, part_id=part_id, file_id=file_id)
    return file_response(file, data)


@router.post("/files", status_code=201)
async def upload(
    request: Request, unit: Completer, rt: Rt, name: FileName, request_id: Annotated[Id, Query()]
) -> dict[str, Any]:
    """The bytes as they are; the answer's id goes with `values` or `supplied`."""
    data = await read_body(request)
    row = await completing.keep_file(rt, unit=unit, key=request_id, name=name, data=data)
    return {"file_id": row.id, "name": row.name, "size": row.size}


@router.get("/items")
async def list_items(unit: Reader, rt: Rt) -> dict[str, Any]:
    return {
        "rows": [
            {"key": item.key, "name": item.name, "category": item.category, "place": item.place}
            for item in applications.items_for(rt, unit=unit)
        ]
    }


@router.get("/items/{key}")
async def read_item(key: ItemKey, unit: Reader, rt: Rt) -> dict[str, Any]:
    return applications.item_for(rt, unit=unit, key=key).model_dump(mode="json")


@router.get("/items/{key}/form.xlsx")
async def empty_form(key: ItemKey, unit: Completer, rt: Rt) -> Response:
    item = applications.item_for(rt, unit=unit, key=key)
    return Response(
        workbook.empty_form(item),
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{item.key}.xlsx"'},
    )


@router.post("/items/{key}/form")
async def read_form(key: ItemKey, request: Request, unit: Completer, rt: Rt) -> dict[str, Any]:
    """A filled list, read and checked; nothing is kept. The page shows it and hands it in."""
    item = applications.item_for(rt, unit=unit, key=key)
    data = await read_body(request)
    rows = await asyncio.to_thread(workbook.read_form, item, data)
    people = [applications.PersonGiven(values) for _, values in rows]
    checked = await applications.check(rt, unit=unit, item=item, people=people, request_id="")
    return {
        "people": [
            {"row": number, "values": values, "faults": _faults(person)}
            for (number, values), person in zip(rows, checked.people, strict=True)
        ]
    }


@router.get("/applications")
async def list_batches(unit: Reader, rt: Rt) -> dict[str, Any]:
    return {"rows": await batches.listed_batches(rt, unit=unit)}


@router.post("/applications/check")
async def check(body: ApplyBody, unit: Completer, rt: Rt) -> dict[str, Any]:
    checked = await _checked(rt, unit, body)
    return {"people": [{"faults": _faults(person)} for person in checked.people]}


@router.post("/applications", status_code=201)
async def apply(body: ApplyBody, unit: Completer, rt: Rt, response: Response) -> dict[str, Any]:
    """All or none: as long as anything is wrong nothing is stored, and everything wrong is said (422)."""
    checked = await _checked(rt, unit, body)
    if not checked.good:
        response.status_code = 422
        return {
            "error": {"code": "faults", "message": "有内容需要修改，请按提示改好后再提交。"},
            "people": [{"faults": _faults(person)} for person in checked.people],
        }
    made = await applications.store(rt, unit=unit, checked=checked, request_id=body.request_id)
    return {
        "batch_id": applications.batch_of(unit, body.request_id),
        "cases": [{"case_no": one.case_no, "code": one.code} for one in made],
    }


async def _checked(rt: Rt, unit: Unit, body: ApplyBody) -> applications.Checked:
    item = applications.item_for(rt, unit=unit, key=body.item)
    people = [applications.PersonGiven(one.values, one.talent_id) for one in body.people]
    return await applications.check(rt, unit=unit, item=item, people=people, request_id=body.request_id)


def _faults(person: applications.PersonChecked) -> list[dict[str, str]]:
    return [{"field": fault.field, "message": fault.message} for fault in person.faults]
