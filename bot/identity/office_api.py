"""/api/office: requests about personal data, and the chats bound to a talent."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.accounts.permissions import Staff, require
from bot.accounts.service import audit
from bot.conversation.log import wire_time
from bot.edge.request import Rt
from bot.identity import bindings, requests, rights
from bot.identity.bindings import Ended
from bot.service.case_deeds import Words
from bot.talent.service import access_talent
from bot.texts import sentence

router = APIRouter(prefix="/api/office", tags=["office: personal data"])

Reader = Annotated[Staff, Depends(require("talent.read"))]
Editor = Annotated[Staff, Depends(require("talent.edit"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answer: Annotated[Words, StringConstraints(min_length=1, max_length=500)]  # told to the talent
    done: bool = True  # False: answered, not carried out
    erase: bool = False  # of a 删除: make the record nobody's


@router.get("/data-requests")
async def list_requests(
    rt: Rt,
    staff: Editor,
    waiting: bool | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    return await requests.list_requests(rt, staff=staff, waiting=waiting, page=page)


@router.post("/data-requests/{request_id}")
async def decide(request_id: Id, body: Decision, rt: Rt, staff: Editor) -> dict[str, Any]:
    return await requests.answer(
        rt, staff=staff, request_id=request_id, text=body.answer, done=body.done, erases=body.erase
    )


@router.get("/talents/{talent_id}/bindings")
async def list_bindings(talent_id: Id, rt: Rt, staff: Reader) -> dict[str, Any]:
    async with rt.db.read() as session:
        await access_talent(session, talent_id=talent_id, staff=staff)
        live = await bindings.bindings_of(session, talent_id=talent_id)
    rows = [
        {
            "id": one.id,
            "channel": one.channel,
            "channel_name": sentence(f"identity.channel_{one.channel}"),
            "since": wire_time(one.since),
        }
        for one in live
    ]
    return {"rows": rows}


@router.delete("/talents/{talent_id}/bindings/{binding_id}", status_code=204)
async def end_binding(talent_id: Id, binding_id: Id, rt: Rt, staff: Editor) -> Response:
    async with rt.db.read() as session:
        await access_talent(session, talent_id=talent_id, staff=staff)
    await rights.end_one(rt, talent_id=talent_id, binding_id=binding_id, why=Ended.STAFF)
    async with rt.db.write() as session:
        await audit(
            session,
            staff_id=staff.id,
            action="talent.unbind",
            subject=talent_id,
            detail={"binding": binding_id},
            at=rt.clock.now(),
        )
    return Response(status_code=204)
