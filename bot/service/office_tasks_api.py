"""HTTP of what case work leaves to do: tasks for the centre, questions for departments."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from bot.accounts.permissions import Permission, Staff, require
from bot.edge.files import file_response
from bot.edge.request import Rt
from bot.service import case_dispatch, case_files, case_tasks
from bot.service.case_deeds import ROW_ID
from bot.service.case_schemas import OpinionBody, TaskBody

router = APIRouter(prefix="/api/office", tags=["office"])

Reader = Annotated[Staff, Depends(require(Permission.CASE_READ))]
Opinion = Annotated[Staff, Depends(require(Permission.CASE_OPINION))]
RowId = Annotated[str, Path(pattern=ROW_ID)]
Page = Annotated[int, Query(ge=1, le=2000)]


@router.get("/tasks")
async def list_tasks(rt: Rt, staff: Reader, done: bool = False, page: Page = 1) -> dict[str, Any]:
    return await case_tasks.tasks(rt, staff=staff, done=done, page=page)


@router.post("/tasks/{task_id}/done", status_code=204)
async def finish_task(task_id: RowId, body: TaskBody, rt: Rt, staff: Reader) -> None:
    await case_tasks.finish_task(rt, task_id=task_id, staff=staff, result=body.result)


@router.get("/dispatches")
async def list_dispatches(
    rt: Rt, staff: Opinion, state: case_dispatch.State = "open", page: Page = 1
) -> dict[str, Any]:
    return await case_dispatch.list_dispatches(rt, staff=staff, state=state, page=page)


@router.get("/dispatches/{dispatch_id}")
async def read_dispatch(dispatch_id: RowId, rt: Rt, staff: Opinion) -> dict[str, Any]:
    return await case_dispatch.read_dispatch(rt, dispatch_id=dispatch_id, staff=staff)


@router.post("/dispatches/{dispatch_id}/unmask")
async def unmask(dispatch_id: RowId, rt: Rt, staff: Opinion) -> dict[str, Any]:
    return {"values": await case_dispatch.in_clear(rt, dispatch_id=dispatch_id, staff=staff)}


@router.get("/dispatches/{dispatch_id}/files/{file_id}")
async def open_file(dispatch_id: RowId, file_id: RowId, rt: Rt, staff: Opinion) -> Response:
    part_id = await case_dispatch.part_of(rt, dispatch_id=dispatch_id, staff=staff)
    file, data = await case_files.read_case_file(rt, part_id=part_id, file_id=file_id, staff=staff)
    return file_response(file, data)


@router.post("/dispatches/{dispatch_id}/answer", status_code=204)
async def answer(dispatch_id: RowId, body: OpinionBody, rt: Rt, staff: Opinion) -> None:
    await case_dispatch.answer(
        rt, dispatch_id=dispatch_id, staff=staff, opinion=body.opinion, words=body.answer
    )
