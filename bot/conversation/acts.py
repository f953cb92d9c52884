"""What staff do with a conversation, in a transaction of the desk's."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.change import Change
from bot.conversation.content import Content
from bot.conversation.control import Changed, change_control
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author
from bot.runtime import Runtime


async def act(session: AsyncSession, rt: Runtime, *, conversation_id: str, change: Change) -> Changed:
    """Lock the conversation and apply one event. A note is masked and kept as an internal message.

    The caller commits, then calls `control.tell`.
    """
    conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
    if change.note:
        masked = await vault.mask_known(session, rt, conversation_id=conversation_id, text=change.note)
        change = replace(change, note=masked)
    changed = await change_control(session, rt, conversation=conversation, change=change)
    if change.note and change.by:
        append(
            session,
            rt,
            conversation=conversation,
            author=Author.STAFF,
            author_name=change.by.name,
            content=Content.say(*change.note.split("\n")),
            internal=True,
        )
    return changed
