"""What specialists write: words to the talent, and internal notes."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.change import StaffName
from bot.conversation.content import AnswerLog, Content, Source
from bot.conversation.control import situation_of, tell
from bot.conversation.control_rules import check_holder
from bot.conversation.episodes import note_reply, open_handover
from bot.conversation.log import MessageView, access_conversation, append, views
from bot.conversation.models import Author, Conversation, Message
from bot.conversation.rules import TEXT_LIMIT
from bot.errors import Refusal
from bot.runtime import Runtime


@dataclass(frozen=True)
class Cited:
    """What an answer taken from a FAQ carries along with its words."""

    sources: tuple[Source, ...] = ()
    scope: str | None = None
    caution: str | None = None
    status: str | None = None
    faq: str | None = None  # what the talk is about from then on


@dataclass(frozen=True)
class Words:
    """`based_on_seq` is the last message the writer had seen; None says whatever came since."""

    key: str
    text: str
    internal: bool = False
    based_on_seq: int | None = None
    cited: Cited = Cited()


async def say_as_staff(
    rt: Runtime, *, conversation_id: str, staff: StaffName, client_key: str, text: str
) -> MessageView:
    """A specialist's words to the talent, in a transaction of their own."""
    return await _alone(rt, conversation_id, staff, Words(client_key, text))


async def note(
    rt: Runtime, *, conversation_id: str, staff: StaffName, client_key: str, text: str
) -> MessageView:
    """An internal note; it never reaches the talent."""
    return await _alone(rt, conversation_id, staff, Words(client_key, text, internal=True))


async def _alone(rt: Runtime, conversation_id: str, staff: StaffName, words: Words) -> MessageView:
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        view = await write(session, rt, conversation=conversation, staff=staff, words=words)
        holder = conversation.staff_id
    tell(rt, conversation_id, desk=holder is None, holder=holder)
    return view


async def write(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff: StaffName, words: Words
) -> MessageView:
    """Words of a specialist into a locked conversation; a repeated key returns the first message.

    Only the holder speaks to the talent. The caller commits, then calls `control.tell`.
    """
    key = f"staff:{staff.id}:{words.key}"
    message = await session.scalar(
        select(Message).where(Message.conversation_id == conversation.id, Message.external_key == key)
    )
    if message is None:
        message = await _append(session, rt, conversation, staff, words, key)
    return (await views(session, conversation_id=conversation.id, messages=[message]))[0]


async def _append(
    session: AsyncSession,
    rt: Runtime,
    conversation: Conversation,
    staff: StaffName,
    words: Words,
    key: str,
) -> Message:
    if not words.text.strip() or len(words.text) > TEXT_LIMIT:
        raise Refusal("bad_text", f"请输入 1 到 {TEXT_LIMIT} 个字。", status=422)
    if not words.internal:
        handover = await open_handover(session, conversation_id=conversation.id)
        check_holder(situation_of(conversation, handover), staff.id)
        if words.based_on_seq is not None:
            await _check_nothing_new(session, conversation, words.based_on_seq)
        if handover:
            note_reply(handover, at=rt.clock.now())
    said = await vault.mask_known(
        session, rt, conversation_id=conversation.id, text=words.text, told=not words.internal
    )
    content = Content.say(*said.split("\n"))
    if not words.internal:
        content = content.model_copy(
            update={
                "sources": list(words.cited.sources),
                "scope": words.cited.scope,
                "caution": words.cited.caution,
                "status": words.cited.status,
            }
        )
    message = append(
        session,
        rt,
        conversation=conversation,
        author=Author.STAFF,
        author_name=staff.name,
        content=content,
        internal=words.internal,
        log=AnswerLog(band="answer", faq=words.cited.faq) if words.cited.faq else None,
        external_key=key,
    )
    await session.flush()
    return message


async def _check_nothing_new(session: AsyncSession, conversation: Conversation, seq: int) -> None:
    """The unsent-since guard: the talent wrote while this was being written."""
    last = await session.scalar(
        select(func.max(Message.seq)).where(
            Message.conversation_id == conversation.id, Message.author == Author.TALENT
        )
    )
    if (last or 0) > seq:
        raise Refusal("overtaken", "对方刚刚又发来消息，请看过再决定是否发送。", status=409)
