"""HTTP of the desk under /api/desk."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from bot.accounts.permissions import Staff, require
from bot.channels.sse import event_stream
from bot.conversation.log import MessageView
from bot.conversation.service import ControlEvent
from bot.desk import service
from bot.desk.schemas import ChatDetailView, ChatsView, ChatView, EndBody, SayBody, View
from bot.desk.streams import chat_events, list_events, streaming_staff
from bot.runtime import Runtime

router = APIRouter(prefix="/api/desk", tags=["desk"])

ChatId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Reader = Annotated[Staff, Depends(require("desk.watch"))]
Specialist = Annotated[Staff, Depends(require("desk.chat"))]
StreamReader = Annotated[Staff, Depends(streaming_staff)]


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


@router.get("/chats")
async def list_chats(view: View, staff: Reader, request: Request) -> ChatsView:
    return ChatsView(chats=await service.chats(_runtime(request), view=view, staff=staff))


@router.get("/events")
async def follow_lists(staff: StreamReader, request: Request) -> Response:
    return event_stream(list_events(_runtime(request), staff=staff))


@router.get("/chats/{chat_id}")
async def open_chat(chat_id: ChatId, staff: Reader, request: Request) -> ChatDetailView:
    detail = await service.view_chat(_runtime(request), conversation_id=chat_id, staff=staff)
    return ChatDetailView.model_validate(detail)


@router.get("/chats/{chat_id}/events")
async def follow_chat(
    chat_id: ChatId,
    staff: StreamReader,
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    rt = _runtime(request)
    await service.check_view(rt, conversation_id=chat_id, staff=staff)
    return event_stream(chat_events(rt, conversation_id=chat_id, after=after, staff=staff))


@router.post("/chats/{chat_id}/claim")
async def claim(chat_id: ChatId, staff: Specialist, request: Request) -> ChatView:
    return ChatView(chat=await service.claim(_runtime(request), conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/return")
async def give_back(chat_id: ChatId, body: EndBody, staff: Specialist, request: Request) -> ChatView:
    chat = await service.end(
        _runtime(request),
        conversation_id=chat_id,
        event=ControlEvent.GIVE_BACK,
        staff=staff,
        note=body.note,
    )
    return ChatView(chat=chat)


@router.post("/chats/{chat_id}/close")
async def close(chat_id: ChatId, body: EndBody, staff: Specialist, request: Request) -> ChatView:
    chat = await service.end(
        _runtime(request),
        conversation_id=chat_id,
        event=ControlEvent.END,
        staff=staff,
        note=body.note,
    )
    return ChatView(chat=chat)


@router.post("/chats/{chat_id}/messages")
async def send(chat_id: ChatId, body: SayBody, staff: Specialist, request: Request) -> MessageView:
    return await _say(chat_id, body, staff, request, internal=False)


@router.post("/chats/{chat_id}/notes")
async def add_note(chat_id: ChatId, body: SayBody, staff: Specialist, request: Request) -> MessageView:
    return await _say(chat_id, body, staff, request, internal=True)


async def _say(chat_id: str, body: SayBody, staff: Staff, request: Request, *, internal: bool) -> MessageView:
    return await service.say(
        _runtime(request),
        conversation_id=chat_id,
        staff=staff,
        client_msg_id=str(body.client_msg_id),
        text=body.text,
        internal=internal,
    )
