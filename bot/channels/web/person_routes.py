"""What talents ask of people over the web chat: a person, a call-back, a rating, files, marks."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from bot.channels.limits import limits_of
from bot.channels.web.schemas import AskHuman, GiveRating, Id, LeaveTicket, Seen, receipt_of
from bot.channels.web.visitor import ACCOUNT, CurrentVisitor
from bot.conversation import service as conversation
from bot.edge.files import file_response, read_body
from bot.edge.request import runtime_of

router = APIRouter()


@router.get("/human")
async def human_outlook(request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    """What asking for a person would mean now."""
    return await conversation.person_outlook(runtime_of(request), conversation_id=visitor.conversation_id)


@router.post("/human")
async def ask_human(body: AskHuman, request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    rt = runtime_of(request)
    limits_of(rt).check_message(request, visitor.subject)
    received = await conversation.request_human(
        rt,
        channel=conversation.Channel.WEB,
        account=ACCOUNT,
        external_user=visitor.subject,
        external_key=str(body.client_msg_id),
        category=body.category,
    )
    return receipt_of(received)


@router.post("/cancel-human", status_code=204)
async def cancel_human(request: Request, visitor: CurrentVisitor) -> Response:
    await conversation.cancel_human(runtime_of(request), conversation_id=visitor.conversation_id)
    return Response(status_code=204)


@router.post("/ticket")
async def leave_ticket(body: LeaveTicket, request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    rt = runtime_of(request)
    limits_of(rt).check_message(request, visitor.subject)
    received = await conversation.leave_ticket(
        rt,
        channel=conversation.Channel.WEB,
        account=ACCOUNT,
        external_user=visitor.subject,
        external_key=str(body.client_msg_id),
        category=body.category,
        phone=body.phone,
        when=body.when,
        note=body.note,
    )
    return receipt_of(received)


@router.post("/rating", status_code=204)
async def give_rating(body: GiveRating, request: Request, visitor: CurrentVisitor) -> Response:
    rt = runtime_of(request)
    limits_of(rt).check_message(request, visitor.subject)
    await conversation.rate(
        rt,
        conversation_id=visitor.conversation_id,
        handover_id=body.handover_id,
        score=body.score,
        comment=body.comment,
    )
    return Response(status_code=204)


@router.post("/typing", status_code=204)
async def typing(request: Request, visitor: CurrentVisitor) -> Response:
    rt = runtime_of(request)
    if limits_of(rt).takes_typing(visitor.subject):
        await conversation.typing(rt, conversation_id=visitor.conversation_id, by="talent")
    return Response(status_code=204)


@router.post("/seen", status_code=204)
async def seen(body: Seen, request: Request, visitor: CurrentVisitor) -> Response:
    rt = runtime_of(request)
    limits_of(rt).check_seen(request, visitor.subject)
    await conversation.mark_seen(rt, conversation_id=visitor.conversation_id, by="talent", seq=body.seq)
    return Response(status_code=204)


@router.post("/files")
async def send_file(
    request: Request,
    visitor: CurrentVisitor,
    name: Annotated[str, Query(min_length=1, max_length=300)],
    key: UUID,
) -> dict[str, Any]:
    """A file as it is; who asks is checked before it is read."""
    rt = runtime_of(request)
    limits_of(rt).check_file(request, visitor.subject)
    view = await conversation.keep_file(
        rt,
        conversation_id=visitor.conversation_id,
        external_key=str(key),
        name=name,
        data=await read_body(request),
        staff=None,
    )
    return {"id": view["id"], "seq": view["seq"], "duplicate": False}


@router.get("/files/{file_id}")
async def get_file(file_id: Id, request: Request, visitor: CurrentVisitor) -> Response:
    file, data = await conversation.read_file(
        runtime_of(request), conversation_id=visitor.conversation_id, file_id=file_id, by_talent=True
    )
    return file_response(file, data)
