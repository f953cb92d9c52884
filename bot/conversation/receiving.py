"""Receiving what talents send: masked and stored, with its turn, before anything is acknowledged."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.blocking import check_not_blocked
from bot.conversation.content import Content
from bot.conversation.control import tell
from bot.conversation.hearing import hear
from bot.conversation.log import append, wish_of
from bot.conversation.masking import mask
from bot.conversation.models import Author, Channel, Control, Conversation, Message, Turn
from bot.conversation.rules import TEXT_LIMIT
from bot.conversation.tickets import NOBODY
from bot.errors import Refusal
from bot.identity.bindings import adopt_applications
from bot.identity.here import awaited_code, hear_code
from bot.runtime import Runtime
from bot.store.base import new_id


@dataclass(frozen=True)
class Received:
    conversation_id: str
    message_id: str
    seq: int
    turn_id: str | None  # None: nothing for the assistant to answer
    duplicate: bool = False


async def open_conversation(
    rt: Runtime, *, channel: Channel, account: str, external_user: str, region: str | None
) -> str:
    """Create the conversation of a new visitor; returns its id."""
    async with rt.db.write() as session:
        row = await conversation_of(
            session, rt, channel=channel, account=account, external_user=external_user, region=region
        )
        return row.id


async def receive(
    rt: Runtime,
    *,
    channel: Channel,
    account: str,
    external_user: str,
    external_key: str,
    text: str = "",
    button: tuple[str, int] | None = None,
    payload: str | None = None,
    region: str | None = None,
) -> Received:
    """Mask and store one message of a talent, with its turn, before anything is acknowledged.

    `button` is (message id, index) of a pressed choice; `payload` is one the server itself chose
    (a menu entry). A repeated `external_key` returns the first result.
    """
    if len(text) > TEXT_LIMIT:
        raise Refusal("text_too_long", f"一条消息最多 {TEXT_LIMIT} 个字，请分几条发送。", status=413)
    async with rt.db.write() as session:
        conversation = await conversation_of(
            session, rt, channel=channel, account=account, external_user=external_user, region=region
        )
        if first := await first_result(session, conversation, external_key):
            return first
        check_not_blocked(conversation, said=text)
        version = conversation.version
        if button:
            text, payload = await _pressed(session, conversation, *button)
        elif payload is None and conversation.control in NOBODY:
            payload = await _titled(session, conversation, text)
        code = None if payload else await awaited_code(session, rt, conversation=conversation, text=text)
        message, masked = await keep_said(
            session, rt, conversation=conversation, text=text, external_key=external_key
        )
        bound, turn = False, None
        if code:
            bound = await hear_code(session, rt, conversation=conversation, code=code)
        else:
            turn = await hear(
                session, rt, conversation=conversation, message=message, text=masked, payload=payload
            )
    if bound:
        await adopt_applications(rt, conversation_id=conversation.id)
    # A wish to wait no longer lets turns run again that were stopped by the wait.
    turns, changed = bound or conversation.control == Control.BOT, conversation.version != version
    holder = None if changed else conversation.staff_id
    tell(rt, conversation.id, turns=turns, desk=turn is None and holder is None, holder=holder)
    return Received(conversation.id, message.id, message.seq, turn.id if turn else None)


async def keep_said(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, text: str, external_key: str
) -> tuple[Message, str]:
    """The talent's words into the log, masked; returns them as stored."""
    # A person is not the guide: what they are told is no answer to the guide's open field.
    awaiting = conversation.awaiting if conversation.control in (Control.BOT, Control.CLOSED) else None
    masked = mask(text, awaiting=awaiting, known={})
    if masked.secrets:  # a value given before keeps its token
        known = await vault.known_tokens(session, rt, conversation_id=conversation.id)
        masked = mask(text, awaiting=awaiting, known=known)
    if not masked.text:
        raise Refusal("empty_message", "消息是空的，请输入想咨询的内容。", status=422)
    vault.keep(session, rt, conversation_id=conversation.id, secrets=masked.secrets)
    await vault.hide_codes(session, conversation_id=conversation.id)
    message = append(
        session,
        rt,
        conversation=conversation,
        author=Author.TALENT,
        content=Content.say(masked.text),
        external_key=external_key,
    )
    message.id = message.id or new_id()
    await session.flush()
    return message, masked.text


async def first_result(
    session: AsyncSession, conversation: Conversation, external_key: str
) -> Received | None:
    """What a repeated message was answered with the first time."""
    first = await session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.external_key == external_key
        )
    )
    if first is None:
        return None
    turn_id = await session.scalar(select(Turn.id).where(Turn.message_id == first.id))
    return Received(conversation.id, first.id, first.seq, turn_id, duplicate=True)


async def conversation_of(
    session: AsyncSession,
    rt: Runtime,
    *,
    channel: Channel,
    account: str,
    external_user: str,
    region: str | None = None,
) -> Conversation:
    """The visitor's conversation, locked; created on their first message."""
    query = (
        select(Conversation)
        .where(
            Conversation.channel == channel,
            Conversation.account == account,
            Conversation.external_user == external_user,
        )
        .with_for_update()
    )
    row = await session.scalar(query)
    if row is not None:
        return row
    now = rt.clock.now()
    # Two first messages of one person may arrive at once: the second insert gives way.
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    await session.execute(
        insert(Conversation)
        .values(
            id=new_id(),
            channel=channel,
            account=account,
            external_user=external_user,
            region=region,
            control=Control.BOT,
            version=1,
            epoch=1,
            last_seq=0,
            shown_seq=0,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
    )
    return (await session.scalars(query)).one()


async def _titled(session: AsyncSession, conversation: Conversation, text: str) -> str | None:
    """Payload of the one button under the newest answer whose title was typed instead of pressed."""
    said = text.strip()
    last_said = (
        select(func.coalesce(func.max(Message.seq), 0))
        .where(Message.conversation_id == conversation.id, Message.author == Author.TALENT)
        .scalar_subquery()
    )
    answers = await session.scalars(
        select(Message.content)
        .where(Message.conversation_id == conversation.id, Message.internal.is_(False))
        .where(Message.seq > last_said, Message.seq > conversation.hidden_seq)
    )
    buttons = [button for content in answers for button in Content.model_validate(content).buttons]
    # What a page opens in its own way, as the sheet of identity, has words of its own.
    payloads = {b.payload for b in buttons if b.title == said and wish_of(b.payload) is None}
    return payloads.pop() if len(payloads) == 1 else None


async def _pressed(
    session: AsyncSession, conversation: Conversation, message_id: str, index: int
) -> tuple[str, str]:
    """Title and payload."""
    message = await session.get(Message, message_id)
    theirs = message is not None and message.conversation_id == conversation.id and not message.internal
    if message is None or not theirs or message.seq <= conversation.hidden_seq:
        raise Refusal("no_such_button", "这个选项已失效，请直接输入您的问题。", status=404)
    buttons = Content.model_validate(message.content).buttons
    if not 0 <= index < len(buttons):
        raise Refusal("no_such_button", "这个选项已失效，请直接输入您的问题。", status=404)
    return buttons[index].title, buttons[index].payload
