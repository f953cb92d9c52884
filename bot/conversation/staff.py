"""What specialists write: words to the talent, and internal notes."""

from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.change import StaffName
from bot.conversation.content import Content
from bot.conversation.control import situation_of, tell
from bot.conversation.control_rules import check_holder
from bot.conversation.episodes import open_handover
from bot.conversation.log import MessageView, access_conversation, append, views
from bot.conversation.models import Author, Message
from bot.conversation.rules import TEXT_LIMIT
from bot.errors import Refusal
from bot.runtime import Runtime


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
            handover = await open_handover(session, conversation_id=conversation_id)
            if not internal:
                check_holder(situation_of(conversation, handover), staff.id)
                if handover:
                    now = rt.clock.now()
                    handover.first_reply_at = handover.first_reply_at or now
                    handover.replied_at = handover.replied_at or now
            said = await vault.mask_known(session, rt, conversation_id=conversation_id, text=text)
            message = append(
                session,
                rt,
                conversation=conversation,
                author=Author.STAFF,
                author_name=staff.name,
                content=Content.say(*said.split("\n")),
                internal=internal,
                external_key=key,
            )
            await session.flush()
        view = (await views(session, conversation_id=conversation_id, messages=[message]))[0]
    tell(rt, conversation_id, desk=True)
    return view
