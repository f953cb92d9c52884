"""Taking, keeping and handing on a chat."""

from fastapi import APIRouter

from bot.conversation.chat_rows import ChatRow
from bot.desk import acting
from bot.desk.callers import ChatId, Lead, Rt, Specialist
from bot.desk.schemas import EndBody, HoldBody, TakeOverBody, TransferBody
from bot.desk.targets import targets
from bot.desk.views import (
    ChatView,
    TargetsView,
)

router = APIRouter()


def _view(row: ChatRow) -> ChatView:
    return ChatView.model_validate({"chat": row})


@router.post("/next")
async def take_next(rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.take_next(rt, staff=staff))


@router.post("/chats/{chat_id}/claim")
async def claim(chat_id: ChatId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.pick(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/accept")
async def accept(chat_id: ChatId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.accept(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/decline")
async def decline(chat_id: ChatId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.decline(rt, conversation_id=chat_id, staff=staff))


@router.get("/chats/{chat_id}/targets")
async def list_targets(chat_id: ChatId, rt: Rt, staff: Specialist) -> TargetsView:
    return TargetsView.model_validate(await targets(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/transfer")
async def transfer(chat_id: ChatId, body: TransferBody, rt: Rt, staff: Specialist) -> ChatView:
    row = await acting.transfer(
        rt, conversation_id=chat_id, staff=staff, to=body.staff_id, team=body.team_id, note=body.note
    )
    return _view(row)


@router.delete("/chats/{chat_id}/transfer")
async def withdraw(chat_id: ChatId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.withdraw(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/hold")
async def hold(chat_id: ChatId, body: HoldBody, rt: Rt, staff: Specialist) -> ChatView:
    row = await acting.hold(rt, conversation_id=chat_id, staff=staff, until=body.until, note=body.note)
    return _view(row)


@router.post("/chats/{chat_id}/resume")
async def resume(chat_id: ChatId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await acting.resume(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/take-over")
async def take_over(chat_id: ChatId, rt: Rt, staff: Lead, body: TakeOverBody | None = None) -> ChatView:
    note = body.note if body else ""
    return _view(await acting.take_over(rt, conversation_id=chat_id, staff=staff, note=note))


@router.post("/chats/{chat_id}/end")
async def end(chat_id: ChatId, rt: Rt, staff: Specialist, body: EndBody | None = None) -> ChatView:
    note = body.note if body else ""
    return _view(await acting.end(rt, conversation_id=chat_id, staff=staff, note=note))
