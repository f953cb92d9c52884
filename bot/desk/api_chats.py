"""Lists, search, one chat, and the live streams."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from bot.accounts.permissions import Staff
from bot.conversation.lists import View
from bot.conversation.search import Sought, words_of
from bot.desk import reading
from bot.desk.access import check_view
from bot.desk.callers import ID, ChatId, Exporter, Reader, Rt, Unmasker
from bot.desk.schemas import UnmaskBody
from bot.desk.streams import chat_events, list_events, streaming_staff
from bot.desk.transcript import MEDIA, FileType, Form, export
from bot.desk.views import (
    ChatDetailView,
    ChatsView,
    CountsView,
    FoundView,
    MessagesView,
    ValueView,
)
from bot.desk.words import unmask
from bot.edge.sse import event_stream
from bot.runtime import SHANGHAI

router = APIRouter()

StreamReader = Annotated[Staff, Depends(streaming_staff)]
Seq = Annotated[int, Query(ge=0, le=2**31 - 1)]
Filter = Annotated[str, Query(max_length=40)]


@router.get("/chats")
async def list_chats(rt: Rt, staff: Reader, view: View, before: AwareDatetime | None = None) -> ChatsView:
    return ChatsView.model_validate({"chats": await reading.chats(rt, view=view, staff=staff, before=before)})


@router.get("/counts")
async def count_chats(rt: Rt, staff: Reader) -> CountsView:
    return CountsView.model_validate(await reading.count_chats(rt, staff=staff))


@router.get("/search")
async def search(
    rt: Rt,
    staff: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    category: Filter = "",
    staff_id: Annotated[str, Query(alias="staff", pattern=rf"{ID}|^$")] = "",
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    label: Filter = "",
) -> FoundView:
    """`from` and `to` are days in Shanghai, both included."""
    sought = Sought(
        words=words_of(q),
        category=category or None,
        staff_id=staff_id or None,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        label=label or None,
    )
    return FoundView.model_validate({"chats": await reading.find_chats(rt, sought=sought, staff=staff)})


@router.get("/events")
async def follow_lists(rt: Rt, staff: StreamReader) -> Response:
    return event_stream(list_events(rt, staff=staff))


@router.get("/chats/{chat_id}")
async def open_chat(chat_id: ChatId, rt: Rt, staff: Reader) -> ChatDetailView:
    detail = await reading.view_chat(rt, conversation_id=chat_id, staff=staff)
    return ChatDetailView.model_validate(detail)


@router.get("/chats/{chat_id}/messages")
async def earlier_messages(chat_id: ChatId, rt: Rt, staff: Reader, before: Seq) -> MessagesView:
    """Of a very long talk: what came before a seq."""
    messages = await reading.earlier(rt, conversation_id=chat_id, staff=staff, before=before)
    return MessagesView(messages=messages)


@router.get("/chats/{chat_id}/events")
async def follow_chat(chat_id: ChatId, rt: Rt, staff: StreamReader, after: Seq = 0) -> Response:
    await check_view(rt, conversation_id=chat_id, staff=staff)
    return event_stream(chat_events(rt, conversation_id=chat_id, after=after, staff=staff))


@router.post("/chats/{chat_id}/unmask")
async def open_value(chat_id: ChatId, body: UnmaskBody, rt: Rt, staff: Unmasker) -> ValueView:
    value = await unmask(rt, conversation_id=chat_id, staff=staff, token=body.token)
    return ValueView(value=value)


@router.get("/chats/{chat_id}/transcript")
async def transcript(
    chat_id: ChatId,
    rt: Rt,
    staff: Exporter,
    form: Form = Form.REDACTED,
    file_type: Annotated[FileType, Query(alias="type")] = FileType.TXT,
) -> Response:
    name, data = await export(rt, conversation_id=chat_id, staff=staff, form=form, file_type=file_type)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type=MEDIA[file_type], headers=headers)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
