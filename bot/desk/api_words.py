"""Words, notes, drafts, files and marks in one chat."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from bot.conversation.log import MessageView
from bot.desk import words
from bot.desk.callers import ID, ChatId, Reader, Rt, Specialist
from bot.desk.schemas import DraftBody, DraftKind, NoteBody, SayBody, SeenBody
from bot.edge.files import file_response, read_body

router = APIRouter()

NOTHING = 204


@router.post("/chats/{chat_id}/messages")
async def send(chat_id: ChatId, body: SayBody, rt: Rt, staff: Specialist) -> MessageView:
    return await words.say(
        rt,
        conversation_id=chat_id,
        staff=staff,
        client_msg_id=str(body.client_msg_id),
        text=body.text,
        based_on_seq=body.based_on_seq,
        force=body.force,
        faq=body.faq,
    )


@router.post("/chats/{chat_id}/notes")
async def add_note(chat_id: ChatId, body: NoteBody, rt: Rt, staff: Specialist) -> MessageView:
    return await words.add_note(
        rt,
        conversation_id=chat_id,
        staff=staff,
        client_msg_id=str(body.client_msg_id),
        text=body.text,
    )


@router.put("/chats/{chat_id}/drafts/{kind}", status_code=NOTHING)
async def keep_draft(chat_id: ChatId, kind: DraftKind, body: DraftBody, rt: Rt, staff: Specialist) -> None:
    await words.keep_draft(
        rt,
        conversation_id=chat_id,
        staff=staff,
        kind=kind,
        text=body.text,
        based_on_seq=body.based_on_seq,
    )


@router.post("/chats/{chat_id}/typing", status_code=NOTHING)
async def is_typing(chat_id: ChatId, rt: Rt, staff: Specialist) -> None:
    await words.is_typing(rt, conversation_id=chat_id, staff=staff)


@router.post("/chats/{chat_id}/seen", status_code=NOTHING)
async def has_seen(chat_id: ChatId, body: SeenBody, rt: Rt, staff: Reader) -> None:
    await words.has_seen(rt, conversation_id=chat_id, staff=staff, seq=body.seq)


@router.post("/chats/{chat_id}/files")
async def send_file(
    chat_id: ChatId,
    request: Request,
    rt: Rt,
    staff: Specialist,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    key: UUID,
) -> MessageView:
    return await words.send_file(
        rt,
        conversation_id=chat_id,
        staff=staff,
        key=str(key),
        name=name,
        data=await read_body(request),
    )


@router.get("/chats/{chat_id}/files/{file_id}")
async def open_file(
    chat_id: ChatId, file_id: Annotated[str, Path(pattern=ID)], rt: Rt, staff: Reader
) -> Response:
    file, data = await words.open_file(rt, conversation_id=chat_id, staff=staff, file_id=file_id)
    return file_response(file, data)
