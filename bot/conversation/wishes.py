"""What a talent wishes of the service itself: a person, a call-back, no more waiting, a rating.

None of it needs the engine.
"""

import json

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import tickets, vault
from bot.conversation.announcements import ticket_button, ticket_content
from bot.conversation.apologies import human_button
from bot.conversation.categories import guess_category
from bot.conversation.change import Change
from bot.conversation.content import Category, Content, HandoverRequest
from bot.conversation.control import change_control
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission, desk_of
from bot.conversation.episodes import open_handover, open_ticket
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.conversation.offers import reason_of_request
from bot.conversation.ratings import rate
from bot.conversation.tickets import NOBODY
from bot.errors import Refusal
from bot.identity.offer import offer_in
from bot.runtime import SHANGHAI, Runtime
from bot.service import case_rating
from bot.service.case_scope import Person
from bot.texts import sentence

WAITING = (Control.QUEUED, Control.OFFERED)


class _Wish(BaseModel):
    category: Category | None = None


class _When(BaseModel):
    when: str


class _Rating(BaseModel):
    handover: str
    score: int = Field(ge=1, le=5)


class _CaseRating(BaseModel):
    application: str
    score: int = Field(ge=1, le=5)


async def press(session: AsyncSession, rt: Runtime, *, conversation: Conversation, payload: str) -> bool:
    """Carry out a button's payload if it is a wish of the service itself; else False."""
    name, brace, rest = payload.partition("{")
    try:
        values = json.loads(brace + rest) if brace else {}
        match name.strip():
            case "/request_human":
                if conversation.control not in (*NOBODY, *WAITING):
                    return False  # said to the person who is there
                reason = await reason_of_request(session, conversation=conversation)
                request = HandoverRequest(reason=reason, category=_Wish(**values).category)
                await ask_for_person(session, rt, conversation=conversation, request=request)
            case "/leave_ticket":
                if conversation.control not in (*NOBODY, *WAITING):
                    return False
                reason = await reason_of_request(session, conversation=conversation)
                request = HandoverRequest(reason=reason, category=_Wish(**values).category)
                await leave_ticket(session, rt, conversation=conversation, request=request)
            case "/cancel_human":
                if conversation.control not in NOBODY:
                    await cancel(session, rt, conversation=conversation)
                else:
                    _say(session, rt, conversation, "nothing_to_cancel")
            case "/ticket_when":
                await tickets.set_when(session, rt, conversation=conversation, when=_When(**values).when)
            case "/ticket_phone":
                await tickets.use_known_phone(session, rt, conversation=conversation)
            case "/ticket_here":
                if not await tickets.reply_here(session, rt, conversation=conversation):
                    _say(session, rt, conversation, "no_ticket")
            case "/cancel_ticket":
                if not await tickets.cancel_ticket(session, rt, conversation=conversation):
                    _say(session, rt, conversation, "no_ticket")
            case "/verify_identity":
                if conversation.control in NOBODY:
                    return False  # the assistant answers
                await offer_proof(session, rt, conversation=conversation)
            case "/rate":
                rating = _Rating(**values)
                await _rate(session, rt, conversation, rating)
            case "/rate_case":
                await _rate_case(session, rt, conversation, _CaseRating(**values))
            case _:
                return False
    except (ValidationError, json.JSONDecodeError):
        return False
    return True


async def ask_for_person(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, request: HandoverRequest
) -> None:
    """Queue the conversation; out of hours or when the queue is full, offer a call-back instead.

    Never a question first: a category that was only guessed stands until the talent changes it.
    """
    if conversation.control in WAITING and request.category:
        await _change_category(session, rt, conversation, request.category)
    unsure = False
    if request.category is None:
        guessed = await guess_category(session, conversation=conversation)
        request = request.model_copy(update={"category": guessed.category})
        unsure = not guessed.sure and conversation.control in NOBODY
    category: Category = request.category or "政策咨询"
    admission = Admission(open=True)
    if conversation.control in NOBODY:
        admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=category)
    if admission.open:
        change = Change(
            ControlEvent.REQUEST_HUMAN, request=request, admission=admission, category_unsure=unsure
        )
        await change_control(session, rt, conversation=conversation, change=change)
        _forget_failures(conversation)
        return
    name = "no_person_now" if admission.why == "hours" else "queue_full"
    opens = ""
    if admission.opens_at:
        local = admission.opens_at.astimezone(SHANGHAI)
        opens = sentence("conversation.opens_at", at=f"{local.month}月{local.day}日 {local:%H:%M}")
    closed = sentence(f"conversation.{name}", opens=opens)
    if ticket := await open_ticket(session, conversation_id=conversation.id):
        known = await vault.last_phone(session, conversation_id=conversation.id)
        content = ticket_content(ticket, known=known, again=True)
        content.paragraphs.insert(0, closed)
    else:
        content = Content.say(
            closed, sentence("conversation.ticket_possible"), buttons=[ticket_button(category)]
        )
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)


def _forget_failures(conversation: Conversation) -> None:
    """Whoever comes back from a person is not asked again whether they want one."""
    state = conversation.engine_state or {}
    slots = state.get("slots") or {}
    if slots.get("failed_answers"):
        left = {name: value for name, value in slots.items() if name != "failed_answers"}
        conversation.engine_state = {**state, "slots": left}


async def offer_proof(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> None:
    """While a person has to do with the chat, whom no engine stands beside."""
    content = await offer_in(session, rt, conversation=conversation)
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)


def offer_person(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> None:
    """Instead of calling one at once, where staff want it so."""
    content = Content.say(sentence("conversation.person_offered"), buttons=[human_button()])
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)


async def leave_ticket(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    request: HandoverRequest,
    contact: str | None = None,
    when: str | None = None,
) -> None:
    if request.category is None:
        waiting = await open_handover(session, conversation_id=conversation.id)
        guessed = waiting.category if waiting else None
        guessed = guessed or (await guess_category(session, conversation=conversation)).category
        request = request.model_copy(update={"category": guessed})
    if conversation.control not in (*NOBODY, *WAITING):
        raise Refusal("person_is_here", "专员正在为您服务，有需要请直接在这里说。", status=409)
    await tickets.leave_ticket(
        session, rt, conversation=conversation, request=request, contact=contact, when=when
    )


async def cancel(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> None:
    await change_control(session, rt, conversation=conversation, change=Change(ControlEvent.CANCEL))


async def _change_category(
    session: AsyncSession, rt: Runtime, conversation: Conversation, category: Category
) -> None:
    """Another duty may be another team's, unless it already rings or that team takes nobody now."""
    handover = await open_handover(session, conversation_id=conversation.id)
    if handover is None or handover.category == category or handover.status != HandoverStatus.WAITING:
        return
    handover.category = category
    handover.packet = {**handover.packet, "category": category}
    if conversation.control == Control.QUEUED:
        admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=category)
        if admission.open:
            handover.team_id, handover.wanted_staff_id = admission.team_id, admission.wanted_staff_id
    await session.flush()


async def _rate(session: AsyncSession, rt: Runtime, conversation: Conversation, rating: _Rating) -> None:
    try:
        await rate(session, rt, conversation=conversation, handover_id=rating.handover, score=rating.score)
    except Refusal as refusal:  # a button of long ago: told in the chat, where it was pressed
        content = Content.say(refusal.message)
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)


async def _rate_case(
    session: AsyncSession, rt: Runtime, conversation: Conversation, rating: _CaseRating
) -> None:
    person = Person(conversation.id, conversation.talent_id)
    try:
        low = await case_rating.rate(
            session, rt, application_id=rating.application, person=person, score=rating.score
        )
        text = sentence("cases.rated_low" if low else "cases.rated")
    except Refusal as refusal:
        text = refusal.message
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=Content.say(text))


def _say(session: AsyncSession, rt: Runtime, conversation: Conversation, name: str) -> None:
    content = Content.say(sentence(f"conversation.{name}"))
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
