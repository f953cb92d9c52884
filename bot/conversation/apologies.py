"""Telling people honestly that their message is kept while the answer takes its time."""

from datetime import timedelta

from sqlalchemy import select

from bot.conversation.content import Button, Content
from bot.conversation.crisis import hotlines, is_crisis
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author, Control, Turn, TurnStatus
from bot.conversation.rules import APOLOGY_AFTER_S
from bot.runtime import Runtime
from bot.texts import sentence

OPEN = (TurnStatus.WAITING, TurnStatus.RUNNING)
APOLOGIES_AT_ONCE = 50


async def apologise(rt: Runtime) -> list[str]:
    """Tell everybody who has waited too long that the message is kept; returns conversation ids.

    Said once per conversation for all its waiting messages.
    """
    late = rt.clock.now() - timedelta(seconds=APOLOGY_AFTER_S)
    query = (
        select(Turn.conversation_id)
        .where(Turn.status.in_(OPEN), Turn.created_at <= late, Turn.apologised.is_(False))
        .distinct()
        .limit(APOLOGIES_AT_ONCE)
    )
    async with rt.db.read() as session:
        waiting = list(await session.scalars(query))
    for conversation_id in waiting:
        await _apologise_in(rt, conversation_id)
    return waiting


async def _apologise_in(rt: Runtime, conversation_id: str) -> None:
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        turns = list(
            await session.scalars(
                select(Turn).where(Turn.conversation_id == conversation_id, Turn.status.in_(OPEN))
            )
        )
        told = any(turn.apologised for turn in turns)
        for turn in turns:
            turn.apologised = True
        if not told and conversation.control == Control.BOT and any(is_crisis(turn.text) for turn in turns):
            append(session, rt, conversation=conversation, author=Author.SYSTEM, content=hotlines())
        if turns and not told and conversation.control == Control.BOT:
            append(
                session,
                rt,
                conversation=conversation,
                author=Author.SYSTEM,
                content=Content.say(sentence("conversation.waiting"), buttons=[human_button()]),
            )


def human_button() -> Button:
    return Button(title=sentence("conversation.button_human"), payload="/request_human")
