"""Which offered choice a person means by a bare number or a pressed menu line."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Author, Channel, Conversation, Message
from bot.runtime import Runtime

_NUMBER = re.compile(r"[(]?([1-9][0-9]?)[)]?[.、。]?")
_MENU_LINE = re.compile(r"([0-9a-f]{32})-([0-9]{1,2})")


@dataclass(frozen=True, kw_only=True)
class Choice:
    message_id: str
    index: int


async def resolve(
    rt: Runtime, *, account: str, openid: str, text: str, menu_line: str | None
) -> Choice | None:
    """The choice behind a menu line of ours, or behind 「2」: the second of what was said last."""
    line = _MENU_LINE.fullmatch(menu_line or "")
    number = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not line and not number:
        return None
    async with rt.db.read() as session:
        conversation_id = await session.scalar(
            select(Conversation.id).where(
                Conversation.channel == Channel.WECHAT,
                Conversation.account == account,
                Conversation.external_user == openid,
            )
        )
        if conversation_id is None:
            return None
        if line:
            message = await session.get(Message, line.group(1))
            if message and message.conversation_id == conversation_id and not message.internal:
                return _choice(message, int(line.group(2)))
        if number:
            return _choice(
                await _offering(session, conversation_id=conversation_id), int(number.group(1)) - 1
            )
    return None


async def _offering(session: AsyncSession, *, conversation_id: str) -> Message | None:
    """The message with choices among what was said last.

    Older ones do not count: a number may be the answer to a question asked since.
    """
    spoken = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author != Author.TALENT,
            Message.internal.is_(False),
        )
        .order_by(Message.seq.desc())
    )
    last = await session.scalar(spoken.limit(1))
    if last is None or last.turn_id is None:
        return last
    # One turn may have said several things; the choices need not be in the last of them.
    turn = await session.scalars(spoken.where(Message.turn_id == last.turn_id))
    return next((message for message in turn if message.content.get("buttons")), None)


def _choice(message: Message | None, index: int) -> Choice | None:
    buttons = (message.content.get("buttons") or ()) if message else ()
    if message is None or index >= len(buttons):
        return None
    return Choice(
        message_id=message.id,
        index=index,
    )
