"""What a talent wishes of the service itself: a person, a call-back, no more waiting, a rating.

None of it needs the engine.
"""

import json

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.announcements import ticket_button
from bot.conversation.change import Change
from bot.conversation.content import Category, Content, HandoverRequest
from bot.conversation.control import change_control
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission, desk_of
from bot.conversation.episodes import open_ticket
from bot.conversation.handover_models import Handover
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.runtime import SHANGHAI, Runtime
from bot.texts import sentence

NOBODY = (Control.BOT, Control.CLOSED)  # no person has to do with the conversation


class _Wish(BaseModel):
    category: Category = "政策咨询"


class _Rating(BaseModel):
    handover: str
    score: int = Field(ge=1, le=5)


async def press(session: AsyncSession, rt: Runtime, *, conversation: Conversation, payload: str) -> bool:
    """Carry out the payload of a button under one of the service's own messages; False if none of ours."""
    name, brace, rest = payload.partition("{")
    values = json.loads(brace + rest) if brace else {}
    try:
        match name:
            case "/request_human":
                request = HandoverRequest(reason="requested", category=_Wish(**values).category)
                await ask_for_person(session, rt, conversation=conversation, request=request)
            case "/leave_ticket":
                request = HandoverRequest(reason="requested", category=_Wish(**values).category)
                await leave_ticket(session, rt, conversation=conversation, request=request)
            case "/cancel_human":
                if conversation.control not in NOBODY:
                    await cancel(session, rt, conversation=conversation)
            case "/rate":
                rating = _Rating(**values)
                await rate(
                    session,
                    rt,
                    conversation=conversation,
                    handover_id=rating.handover,
                    score=rating.score,
                )
            case _:
                return False
    except ValidationError:
        return False
    return True


async def ask_for_person(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, request: HandoverRequest
) -> None:
    """Queue the conversation; out of hours or when the queue is full, offer a call-back instead."""
    admission = Admission(open=True)
    if conversation.control in NOBODY:
        admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=request.category)
    if admission.open:
        change = Change(ControlEvent.REQUEST_HUMAN, request=request, admission=admission)
        await change_control(session, rt, conversation=conversation, change=change)
        return
    name = "no_person_now" if admission.why == "hours" else "queue_full"
    opens = ""
    if admission.opens_at:
        local = admission.opens_at.astimezone(SHANGHAI)
        opens = sentence("conversation.opens_at", at=f"{local.month}月{local.day}日 {local:%H:%M}")
    append(
        session,
        rt,
        conversation=conversation,
        author=Author.SYSTEM,
        content=Content.say(
            sentence(f"conversation.{name}", opens=opens), buttons=[ticket_button(request.category)]
        ),
    )


async def leave_ticket(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, request: HandoverRequest
) -> None:
    """A call-back ticket. One is enough: whoever asks again is told that it stands."""
    if conversation.control in NOBODY and await open_ticket(session, conversation_id=conversation.id):
        again = Content.say(sentence("conversation.ticket_again"))
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=again)
        return
    admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=request.category)
    change = Change(ControlEvent.LEAVE_TICKET, request=request, admission=admission)
    await change_control(session, rt, conversation=conversation, change=change)


async def cancel(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> None:
    await change_control(session, rt, conversation=conversation, change=Change(ControlEvent.CANCEL))


async def rate(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    handover_id: str,
    score: int,
    comment: str | None = None,
) -> None:
    """好差评 of one episode, 1 to 5. The first one counts and is thanked for."""
    handover = await session.scalar(
        select(Handover)
        .where(Handover.id == handover_id, Handover.conversation_id == conversation.id)
        .with_for_update()
    )
    if handover is None or handover.rating is not None:
        return
    handover.rating, handover.rating_comment, handover.rated_at = score, comment, rt.clock.now()
    await desk_of(rt).rated(session, rt, handover=handover)
    thanks = Content.say(sentence("conversation.rated" if score >= 3 else "conversation.rated_low"))
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=thanks)
