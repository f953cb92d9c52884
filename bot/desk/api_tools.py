"""What specialists work with beside the chats: answers, phrases, labels, their seat, notices."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bot.desk import notices, outcomes, phrases, seats, suggestions
from bot.desk.callers import ID, Reader, RowId, Rt, Specialist
from bot.desk.schemas import PhraseBody, SeatBody
from bot.desk.views import (
    AnswersView,
    LabelsView,
    NoticesView,
    PhrasesView,
    PhraseView,
    SuggestionView,
)

router = APIRouter()

SeatView = dict[str, Any]


@router.get("/suggest")
async def suggest(
    rt: Rt,
    staff: Specialist,
    conversation_id: Annotated[str, Query(pattern=ID)],
    seq: Annotated[int, Query(ge=0)] = 0,
) -> SuggestionView:
    """`seq` is what the page shows; the answer says what it was made for, which may be newer."""
    found = await suggestions.suggest(rt, conversation_id=conversation_id, staff=staff)
    return SuggestionView.model_validate(found)


@router.get("/faq")
async def look_up(
    rt: Rt,
    staff: Specialist,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    region: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
) -> AnswersView:
    answers = await suggestions.look_up(rt, question=q, region=region or None)
    return AnswersView.model_validate({"answers": answers})


@router.get("/phrases")
async def list_phrases(rt: Rt, staff: Specialist) -> PhrasesView:
    return PhrasesView.model_validate({"phrases": await phrases.phrases(rt, staff=staff)})


@router.post("/phrases")
async def add_phrase(body: PhraseBody, rt: Rt, staff: Specialist) -> PhraseView:
    return PhraseView.model_validate(await phrases.add(rt, staff=staff, title=body.title, text=body.text))


@router.put("/phrases/{phrase_id}")
async def change_phrase(phrase_id: RowId, body: PhraseBody, rt: Rt, staff: Specialist) -> PhraseView:
    changed = await phrases.change(rt, phrase_id=phrase_id, staff=staff, title=body.title, text=body.text)
    return PhraseView.model_validate(changed)


@router.delete("/phrases/{phrase_id}", status_code=204)
async def drop_phrase(phrase_id: RowId, rt: Rt, staff: Specialist) -> None:
    await phrases.drop(rt, phrase_id=phrase_id, staff=staff)


@router.post("/phrases/{phrase_id}/used", status_code=204)
async def used_phrase(phrase_id: RowId, rt: Rt, staff: Specialist) -> None:
    await phrases.used(rt, phrase_id=phrase_id, staff=staff)


@router.get("/labels")
async def labels(rt: Rt, staff: Reader) -> LabelsView:
    """Who only reads chats searches by them as well."""
    return LabelsView(labels=await outcomes.labels_offered(rt))


@router.get("/seat")
async def my_seat(rt: Rt, staff: Specialist) -> SeatView:
    async with rt.db.write() as session:
        return await seats.seat_view(session, rt, staff=staff)


@router.put("/seat")
async def set_seat(body: SeatBody, rt: Rt, staff: Specialist) -> SeatView:
    async with rt.db.write() as session:
        await seats.set_status(session, rt, staff=staff, status=body.status)
        await session.flush()
        view = await seats.seat_view(session, rt, staff=staff)
    rt.hints.notify("desk")
    return view


@router.post("/seat/alive")
async def alive(rt: Rt, staff: Specialist) -> SeatView:
    async with rt.db.write() as session:
        await seats.keep_alive(session, rt, staff=staff)
        await session.flush()
        return await seats.seat_view(session, rt, staff=staff)


@router.get("/notices")
async def list_notices(rt: Rt, staff: Reader) -> NoticesView:
    async with rt.db.read() as session:
        return NoticesView.model_validate({"notices": await notices.unseen(session, staff=staff)})


@router.post("/notices/{notice_id}/seen", status_code=204)
async def notice_seen(notice_id: RowId, rt: Rt, staff: Reader) -> None:
    await notices.mark_seen(rt, notice_id=notice_id, staff=staff)
