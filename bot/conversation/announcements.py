"""What the service itself says to the talent when control changes."""

import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.change import Change
from bot.conversation.content import Button, Content
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import ahead_of
from bot.conversation.handover_models import Handover
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.runtime import SHANGHAI, Runtime
from bot.texts import sentence

RATINGS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")  # 5 down to 1, 政务服务“好差评”
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
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
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
        return await queue_content(session, rt, handover=handover, again=before in _WAITING)
    if event == ControlEvent.LEAVE_TICKET and handover:
        return _ticket(handover)
    if event == ControlEvent.CANCEL:
        return _say("cancelled" if before in _WAITING else "left")
    if event in (ControlEvent.ACCEPT, ControlEvent.PICK, ControlEvent.TAKE_OVER):
        return _say("claimed" if before in _WAITING else "transferred", name=name)
    if event == ControlEvent.HOLD:
        return _say("held", name=name, until=_clock(change.until) if change.until else "")
    if event == ControlEvent.REQUEUE and before in _TALKED:
        return _say("requeued")
    if event == ControlEvent.GIVE_BACK and before in _TALKED:
        return _say("given_back", name=name)
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
    lines = [sentence(f"conversation.{name}", ahead=ahead, category=handover.category)]
    if wait_s is not None:
        lines.append(sentence("conversation.expected_wait", minutes=max(1, round(wait_s / 60))))
    return Content.say(*lines, buttons=[ticket_button(handover.category), cancel_button()])


def _ticket(handover: Handover) -> Content:
    when = sentence("conversation.ticket_by", by=_clock(handover.due_at)) if handover.due_at else ""
    return Content.say(
        sentence("conversation.ticket_left", when=when), sentence("conversation.ticket_contact")
    )


def rating_question(handover: Handover) -> Content:
    buttons = [
        Button(title=title, payload="/rate" + json.dumps({"handover": handover.id, "score": 5 - index}))
        for index, title in enumerate(RATINGS)
    ]
    return Content(question=sentence("conversation.rate"), buttons=buttons)


def _asks_rating(event: ControlEvent, before: Control, handover: Handover) -> bool:
    over = event in (ControlEvent.END, ControlEvent.GIVE_BACK, ControlEvent.CANCEL)
    return over and before in _TALKED and handover.first_reply_at is not None and handover.rating is None


def cancel_button() -> Button:
    return Button(title=sentence("conversation.button_cancel"), payload="/cancel_human")


def ticket_button(category: str) -> Button:
    payload = "/leave_ticket" + json.dumps({"category": category}, ensure_ascii=False)
    return Button(title=sentence("conversation.button_ticket"), payload=payload)


def _say(key: str, /, **values: object) -> Content:
    return Content.say(sentence(f"conversation.{key}", **values))


def _clock(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
