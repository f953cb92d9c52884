"""Call-back tickets: whom to call, when, and what the talent is told. The assistant goes on meanwhile."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.announcements import ticket_content, times_question
from bot.conversation.change import Change
from bot.conversation.content import Content, HandoverRequest
from bot.conversation.control import change_control
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import open_ticket
from bot.conversation.handover_models import Handover
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.conversation.rules import ANY_TIME, FORENOON, TICKET_TIMES
from bot.conversation.standing import end_ticket
from bot.runtime import SHANGHAI, Runtime
from bot.text.personal import LANDLINE, MOBILE, TOKEN
from bot.texts import sentence

NOBODY = (Control.BOT, Control.CLOSED)  # no person has to do with the conversation
_PHONES = (MOBILE, LANDLINE)
# What stands around a number and says nothing more.
_AROUND = re.compile(
    r"(?:请|可以|麻烦|就)?(?:我|你们)?(?:的)?(?:手机号码?|手机|电话号码?|电话|号码|联系方式|联系电话|座机|"
    r"打给我|打这个|打我|回电|联系我|拨打|拨|打)+(?:是|为|吧|就行|就好|即可|这个)*|\W+|^(?:我|的|是|吧|谢谢)+$"
)


def phone_in(masked: str) -> str | None:
    """The token of the last phone number in a masked text."""
    tokens = [match.group() for match in TOKEN.finditer(masked) if match.group(1) in _PHONES]
    return tokens[-1] if tokens else None


async def leave_ticket(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    request: HandoverRequest,
    contact: str | None = None,
    when: str | None = None,
) -> None:
    """One is enough: whoever asks again is told that it stands, and may complete it."""
    ticket = None
    if conversation.control in NOBODY:
        ticket = await open_ticket(session, conversation_id=conversation.id)
    again = ticket is not None
    if ticket is None:
        category = request.category or "政策咨询"
        admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=category)
        change = Change(ControlEvent.LEAVE_TICKET, request=request, admission=admission, silent=True)
        ticket = (await change_control(session, rt, conversation=conversation, change=change)).handover
        assert ticket is not None
    ticket.contact_token = contact or ticket.contact_token
    await _wish_time(session, rt, ticket, when)
    known = await vault.last_phone(session, conversation_id=conversation.id)
    _say(session, rt, conversation, ticket_content(ticket, known=known, again=again))


async def hear_contact(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, text: str
) -> str | None:
    """Take a phone number out of the talent's words for the open ticket; returns what is left to answer.

    A number that the guide waits for is its answer as well, so the words stay whole then.
    """
    token = phone_in(text)
    if token is None:
        return text
    ticket = await open_ticket(session, conversation_id=conversation.id)
    if ticket is None:
        return text
    rest = text.replace(token, " ").strip()
    bare = not _AROUND.sub("", rest)
    if ticket.contact_token and not bare:
        return text
    ticket.contact_token = token
    _say(session, rt, conversation, times_question(ticket))
    if conversation.awaiting:
        return text
    return None if bare else rest


async def set_when(session: AsyncSession, rt: Runtime, *, conversation: Conversation, when: str) -> None:
    ticket = await open_ticket(session, conversation_id=conversation.id)
    if ticket is None:
        _say(session, rt, conversation, Content.say(sentence("conversation.no_ticket")))
        return
    await _wish_time(session, rt, ticket, when)
    _say(session, rt, conversation, ticket_content(ticket, known=None, again=False))


async def use_known_phone(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> None:
    ticket = await open_ticket(session, conversation_id=conversation.id)
    known = await vault.last_phone(session, conversation_id=conversation.id)
    if ticket is None or known is None:
        _say(session, rt, conversation, Content.say(sentence("conversation.no_ticket")))
        return
    ticket.contact_token = known
    _say(session, rt, conversation, times_question(ticket))


async def reply_here(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> bool:
    """In the chat instead of by telephone; False without a ticket."""
    ticket = await open_ticket(session, conversation_id=conversation.id)
    if ticket is None:
        return False
    ticket.contact_token = None
    ticket.contact_when = sentence("conversation.contact_here")
    _say(session, rt, conversation, Content.say(sentence("conversation.ticket_here")))
    return True


async def cancel_ticket(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> bool:
    """False when there is none."""
    ticket = await open_ticket(session, conversation_id=conversation.id)
    if ticket is None:
        return False
    now = rt.clock.now()
    end_ticket(session, conversation=conversation, ticket=ticket, by="talent", why="ticket", now=now)
    _say(session, rt, conversation, Content.say(sentence("conversation.ticket_cancelled")))
    return True


async def _wish_time(session: AsyncSession, rt: Runtime, ticket: Handover, when: str | None) -> None:
    """「11月23日上午」: the part of the day the talent chose, on the day the call is due or, when that
    part is over by then, the next one with it; the call is owed until that part ends."""
    if when is None or when not in TICKET_TIMES:
        return
    if ticket.due_at is None:
        ticket.contact_when = when
        return
    part = when
    if when == ANY_TIME:
        part = sentence("conversation.whole_day")
    else:
        until = await desk_of(rt).call_time(session, rt, ticket=ticket, forenoon=when == FORENOON)
        ticket.due_at = max(ticket.due_at, until) if until else ticket.due_at
    local = ticket.due_at.astimezone(SHANGHAI)
    ticket.contact_when = f"{local.month}月{local.day}日{part}"


def _say(session: AsyncSession, rt: Runtime, conversation: Conversation, content: Content) -> None:
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
