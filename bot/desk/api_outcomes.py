"""How an episode ends, call-backs, blocks, and the talent's own specialist."""

from fastapi import APIRouter

from bot.conversation.chat_rows import ChatRow
from bot.desk import outcomes, tickets
from bot.desk.callers import ChatId, Lead, RowId, Rt, Specialist
from bot.desk.schemas import (
    BlockBody,
    ReturnBody,
    SpecialistBody,
    SummaryBody,
    TicketBody,
    UnblockBody,
)
from bot.desk.views import (
    ChatView,
    SummaryView,
)

router = APIRouter()


def _view(row: ChatRow) -> ChatView:
    return ChatView.model_validate({"chat": row})


@router.post("/chats/{chat_id}/return")
async def give_back(chat_id: ChatId, body: ReturnBody, rt: Rt, staff: Specialist) -> ChatView:
    row = await outcomes.give_back(
        rt,
        conversation_id=chat_id,
        staff=staff,
        note=body.note,
        labels=body.labels,
        summary=body.summary.model_dump() if body.summary else None,
        settled=body.settled,
        ticket_done=body.ticket_done,
    )
    return _view(row)


@router.get("/chats/{chat_id}/summary")
async def draft_summary(chat_id: ChatId, rt: Rt, staff: Specialist) -> SummaryView:
    return SummaryView.model_validate(await outcomes.draft_summary(rt, conversation_id=chat_id, staff=staff))


@router.post("/chats/{chat_id}/summary")
async def save_summary(chat_id: ChatId, body: SummaryBody, rt: Rt, staff: Specialist) -> ChatView:
    row = await outcomes.save_summary(
        rt,
        conversation_id=chat_id,
        staff=staff,
        summary=body.summary.model_dump(),
        labels=body.labels,
        ticket_done=body.ticket_done,
    )
    return _view(row)


@router.post("/chats/{chat_id}/block")
async def block(chat_id: ChatId, body: BlockBody, rt: Rt, staff: Lead) -> ChatView:
    return _view(await outcomes.block(rt, conversation_id=chat_id, staff=staff, reason=body.reason))


@router.post("/chats/{chat_id}/unblock")
async def let_in(chat_id: ChatId, rt: Rt, staff: Lead, body: UnblockBody | None = None) -> ChatView:
    reason = body.reason if body else ""
    return _view(await outcomes.let_in(rt, conversation_id=chat_id, staff=staff, reason=reason))


@router.put("/chats/{chat_id}/specialist")
async def set_specialist(chat_id: ChatId, body: SpecialistBody, rt: Rt, staff: Lead) -> ChatView:
    row = await outcomes.set_specialist(
        rt, conversation_id=chat_id, staff=staff, to=body.staff_id, why=body.why
    )
    return _view(row)


@router.post("/tickets/{handover_id}/take")
async def take_ticket(handover_id: RowId, rt: Rt, staff: Specialist) -> ChatView:
    return _view(await tickets.take(rt, handover_id=handover_id, staff=staff))


@router.post("/tickets/{handover_id}/done")
async def ticket_done(handover_id: RowId, body: TicketBody, rt: Rt, staff: Specialist) -> ChatView:
    row = await tickets.done(rt, handover_id=handover_id, staff=staff, result=body.result, tell=body.tell)
    return _view(row)
