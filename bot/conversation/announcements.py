"""What the service itself says to the talent when control changes."""

import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.categories import CATEGORIES
from bot.conversation.change import Change
from bot.conversation.content import Button, Content
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import ahead_of
from bot.conversation.handover_models import Handover
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.conversation.rules import TICKET_TIMES
from bot.runtime import SHANGHAI, Runtime
from bot.texts import sentence

RATINGS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")  # 5 down to 1, 政务服务“好差评”
# Notices in the midst of a talk, soon followed by somebody's own words.
_FOLLOWED_BY_WORDS = (
    ControlEvent.HOLD,
    ControlEvent.REQUEUE,
    ControlEvent.ACCEPT,
    ControlEvent.TAKE_OVER,
    ControlEvent.PICK,
)
_TALKED = (Control.HUMAN, Control.ON_HOLD)
_WAITING = (Control.QUEUED, Control.OFFERED)


async def announce(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    before: Control,
    change: Change,
    handover: Handover | None,
) -> None:
    content = await _content(session, rt, conversation, before, change, handover)
    if content:
        patient = before in _TALKED and change.event in _FOLLOWED_BY_WORDS
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content, patient=patient)
    if handover and _asks_rating(change.event, before, handover):
        append(
            session, rt, conversation=conversation, author=Author.SYSTEM, content=rating_question(handover)
        )


async def _content(
    session: AsyncSession,
    rt: Runtime,
    conversation: Conversation,
    before: Control,
    change: Change,
    handover: Handover | None,
) -> Content | None:
    event, name = change.event, change.by.name if change.by else ""
    if event == ControlEvent.REQUEST_HUMAN and handover and conversation.control in _WAITING:
        content = await queue_content(session, rt, handover=handover, again=before in _WAITING)
        if before not in _WAITING and _form_open(conversation):
            content.paragraphs.append(sentence("conversation.form_kept"))
        if change.category_unsure:
            content.paragraphs.append(sentence("conversation.category_guessed", category=handover.category))
            content.buttons = [*category_buttons(but=handover.category), *content.buttons]
        return content
    if event == ControlEvent.LEAVE_TICKET and handover:
        known = await vault.last_phone(session, conversation_id=conversation.id)
        return ticket_content(handover, known=known, again=False)
    if event == ControlEvent.CANCEL:
        return _say("cancelled" if before in _WAITING else "left")
    if event in (ControlEvent.ACCEPT, ControlEvent.PICK, ControlEvent.TAKE_OVER):
        lines = [sentence(f"conversation.{'claimed' if before in _WAITING else 'transferred'}", name=name)]
        if change.by and change.by.phone:
            lines.append(sentence("conversation.staff_phone", name=name, phone=change.by.phone))
        return Content.say(*lines)
    if event == ControlEvent.HOLD:
        return _say("held", name=name, until=_clock(change.until) if change.until else "")
    if event == ControlEvent.REQUEUE and before in _TALKED:
        return _say("requeued")
    if event == ControlEvent.GIVE_BACK and before in _TALKED:
        content = _say("given_back", name=name)
        if _form_open(conversation):
            content.paragraphs.append(sentence("conversation.form_goes_on"))
            content.buttons.append(
                Button(title=sentence("conversation.button_resume"), payload="/resume_application")
            )
        return content
    if event == ControlEvent.END:
        return _say("closed", name=name)
    if event == ControlEvent.BLOCK:
        return _say("blocked")
    return None


async def queue_content(session: AsyncSession, rt: Runtime, *, handover: Handover, again: bool) -> Content:
    """The place in the queue and the wait to expect, with the ways out of it."""
    ahead = await ahead_of(session, handover=handover)
    wait_s = await desk_of(rt).expected_wait_s(session, rt, team_id=handover.team_id, ahead=ahead)
    name = "still_queued" if again else "queued" if ahead else "queued_first"
    lines = [sentence(f"conversation.{name}", ahead=ahead, place=ahead + 1, category=handover.category)]
    if wait_s is not None:
        lines.append(sentence("conversation.expected_wait", minutes=max(1, round(wait_s / 60))))
    return Content.say(*lines, buttons=[ticket_button(handover.category), cancel_button()])


def ticket_content(ticket: Handover, *, known: str | None, again: bool) -> Content:
    """That it stands, and the one thing still to be asked: whom to call, then when.

    `known` is the token of a number the talent gave before.
    """
    by = sentence("conversation.ticket_by", by=_clock(ticket.due_at)) if ticket.due_at else ""
    lines = [sentence("conversation.ticket_again" if again else "conversation.ticket_left", by=by)]
    if ticket.contact_token:
        lines.append(
            sentence(
                "conversation.ticket_call",
                phone=ticket.contact_token,
                when=f"（{ticket.contact_when}）" if ticket.contact_when else "",
            )
        )
        buttons = [] if ticket.contact_when else time_buttons()
        question = None if ticket.contact_when else sentence("conversation.ticket_when")
        return Content(paragraphs=lines, question=question, buttons=[*buttons, cancel_ticket_button()])
    if ticket.contact_when and ticket.contact_when == sentence("conversation.contact_here"):
        return Content(paragraphs=[*lines, sentence("conversation.ticket_here")])
    buttons = [
        Button(title=sentence("conversation.button_here"), payload="/ticket_here"),
        cancel_ticket_button(),
    ]
    if known:
        buttons.insert(0, Button(title=sentence("conversation.button_known_phone"), payload="/ticket_phone"))
        lines.append(sentence("conversation.ticket_known_phone", phone=known))
    return Content(paragraphs=lines, question=sentence("conversation.ticket_contact"), buttons=buttons)


def times_question(ticket: Handover) -> Content:
    """The number is kept; when does a call suit?"""
    kept = sentence("conversation.ticket_phone", phone=ticket.contact_token)
    if ticket.contact_when:
        return Content.say(kept)
    question = sentence("conversation.ticket_when")
    return Content(paragraphs=[kept], question=question, buttons=time_buttons())


def time_buttons() -> list[Button]:
    return [
        Button(title=when, payload="/ticket_when" + json.dumps({"when": when}, ensure_ascii=False))
        for when in TICKET_TIMES
    ]


def category_buttons(*, but: str) -> list[Button]:
    """To change a category that was only guessed."""
    return [
        Button(
            title=category,
            payload="/request_human" + json.dumps({"category": category}, ensure_ascii=False),
        )
        for category in CATEGORIES
        if category != but
    ]


def rating_question(handover: Handover) -> Content:
    buttons = [
        Button(title=title, payload="/rate" + json.dumps({"handover": handover.id, "score": 5 - index}))
        for index, title in enumerate(RATINGS)
    ]
    return Content(question=sentence("conversation.rate"), buttons=buttons, rate=handover.id)


def _asks_rating(event: ControlEvent, before: Control, handover: Handover) -> bool:
    over = event in (ControlEvent.END, ControlEvent.GIVE_BACK, ControlEvent.CANCEL)
    return over and before in _TALKED and handover.first_reply_at is not None and handover.rating is None


def cancel_button() -> Button:
    return Button(title=sentence("conversation.button_cancel"), payload="/cancel_human")


def ticket_button(category: str) -> Button:
    payload = "/leave_ticket" + json.dumps({"category": category}, ensure_ascii=False)
    return Button(title=sentence("conversation.button_ticket"), payload=payload)


def cancel_ticket_button() -> Button:
    return Button(title=sentence("conversation.button_cancel_ticket"), payload="/cancel_ticket")


def _form_open(conversation: Conversation) -> bool:
    return bool(conversation.slots.get("application"))


def _say(key: str, /, **values: object) -> Content:
    return Content.say(sentence(f"conversation.{key}", **values))


def _clock(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
