"""What specialists write: words to the talent, and internal notes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.content import Content
from bot.conversation.control import StaffName, check_holder, tell
from bot.conversation.log import MessageView, access_conversation, append, views
from bot.conversation.models import Author, Conversation, Message
from bot.conversation.rules import TEXT_LIMIT
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.text.personal import NAME


async def say_as_staff(
    rt: Runtime, *, conversation_id: str, staff: StaffName, client_key: str, text: str
) -> MessageView:
    """A specialist's words to the talent; a repeated key returns the first message."""
    return await _from_staff(rt, conversation_id, staff, client_key, text, internal=False)


async def note(
    rt: Runtime, *, conversation_id: str, staff: StaffName, client_key: str, text: str
) -> MessageView:
    """An internal note; it never reaches the talent."""
    return await _from_staff(rt, conversation_id, staff, client_key, text, internal=True)


async def _from_staff(
    rt: Runtime, conversation_id: str, staff: StaffName, client_key: str, text: str, *, internal: bool
) -> MessageView:
    if not text.strip() or len(text) > TEXT_LIMIT:
        raise Refusal("bad_text", f"请输入 1 到 {TEXT_LIMIT} 个字。", status=422)
    key = f"staff:{staff.id}:{client_key}"
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        message = await session.scalar(
            select(Message).where(Message.conversation_id == conversation_id, Message.external_key == key)
        )
        if message is None:
            if not internal:
                check_holder(conversation, staff)
            message = append(
                session,
                rt,
                conversation=conversation,
                author=Author.STAFF,
                author_name=staff.name,
                content=await _masked_content(session, rt, conversation, text),
                internal=internal,
                external_key=key,
            )
            await session.flush()
        view = (await views(session, conversation_id=conversation_id, messages=[message]))[0]
    tell(rt, conversation_id, desk=True)
    return view


async def _masked_content(
    session: AsyncSession, rt: Runtime, conversation: Conversation, text: str
) -> Content:
    """Staff words keep public numbers (hotlines), so only what the talent gave is masked."""
    known = await vault.known_tokens(session, rt, conversation_id=conversation.id)
    for (kind, value), token in known.items():
        if kind != NAME:  # a specialist may address the talent by name
            text = text.replace(value, token)
    return Content.say(*text.strip().split("\n"))
