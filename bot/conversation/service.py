"""Receiving what talents send, and reading the log. Control and staff words are re-exported here.

Everything outside this folder uses the conversation through this module (and `content`, `rules`).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault, wishes
from bot.conversation.acts import act
from bot.conversation.change import Change, StaffName
from bot.conversation.content import Content, HandoverRequest
from bot.conversation.control import change_control, tell
from bot.conversation.control_rules import ControlEvent, Effect
from bot.conversation.lists import chat_detail, held, queue, recent, state_for, updates
from bot.conversation.log import MessageView, access_conversation, append, read_log
from bot.conversation.masking import mask
from bot.conversation.models import Author, Channel, Control, Conversation, Feedback, Message, Turn
from bot.conversation.rules import CANCEL_WORDS, TEXT_LIMIT
from bot.conversation.staff import note, say_as_staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence

__all__ = [
    "Change",
    "Channel",
    "ControlEvent",
    "MessageView",
    "Received",
    "StaffName",
    "act",
    "cancel_human",
    "chat_detail",
    "give_feedback",
    "held",
    "log_after",
    "log_before",
    "note",
    "open_conversation",
    "queue",
    "receive",
    "recent",
    "request_human",
    "say_as_staff",
    "set_region",
    "state_for",
    "tell",
    "updates",
]


@dataclass(frozen=True)
class Received:
    conversation_id: str
    message_id: str
    seq: int
    turn_id: str | None  # None while a person holds the chat
    duplicate: bool = False


async def open_conversation(
    rt: Runtime, *, channel: Channel, account: str, external_user: str, region: str | None
) -> str:
    """Create the conversation of a new visitor; returns its id."""
    async with rt.db.write() as session:
        return (await _conversation_of(session, rt, channel, account, external_user, region)).id


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
        conversation = await _conversation_of(session, rt, channel, account, external_user, region)
        first = await session.scalar(
            select(Message).where(
                Message.conversation_id == conversation.id, Message.external_key == external_key
            )
        )
        if first:
            turn_id = await session.scalar(select(Turn.id).where(Turn.message_id == first.id))
            return Received(conversation.id, first.id, first.seq, turn_id, duplicate=True)
        if conversation.blocked_at:
            raise Refusal("blocked", sentence("conversation.blocked"), status=403)
        ours = False  # a button under one of the service's own messages
        if button:
            text, payload, ours = await _pressed(session, conversation.id, *button)
        masked = mask(text, awaiting=conversation.awaiting, known={})
        if masked.secrets:  # a value given before keeps its token
            known = await vault.known_tokens(session, rt, conversation_id=conversation.id)
            masked = mask(text, awaiting=conversation.awaiting, known=known)
        if not masked.text:
            raise Refusal("empty_message", "消息是空的，请输入想咨询的内容。", status=422)
        vault.keep(session, rt, conversation_id=conversation.id, secrets=masked.secrets)
        message = append(
            session,
            rt,
            conversation=conversation,
            author=Author.TALENT,
            content=Content.say(masked.text),
            external_key=external_key,
        )
        turn = None
        if ours and await wishes.press(session, rt, conversation=conversation, payload=payload or ""):
            pass
        elif masked.text.strip("。.!！ ") in CANCEL_WORDS and conversation.control not in wishes.NOBODY:
            await wishes.cancel(session, rt, conversation=conversation)
        else:
            said = Change(ControlEvent.TALENT_MESSAGE)
            changed = await change_control(session, rt, conversation=conversation, change=said)
            if Effect.RUN_TURN in changed.step.effects:
                turn = _new_turn(rt, conversation, message, masked.text, payload)
                session.add(turn)
    tell(rt, conversation.id, turns=turn is not None, desk=turn is None)
    return Received(conversation.id, message.id, message.seq, turn.id if turn else None)


async def request_human(
    rt: Runtime,
    *,
    channel: Channel,
    account: str,
    external_user: str,
    external_key: str,
    category: str = "政策咨询",
) -> Received:
    """The 转人工 button: needs no engine, so it works while the engine is down."""
    async with rt.db.write() as session:
        conversation = await _conversation_of(session, rt, channel, account, external_user, None)
        first = await session.scalar(
            select(Message).where(
                Message.conversation_id == conversation.id, Message.external_key == external_key
            )
        )
        if first:
            return Received(conversation.id, first.id, first.seq, None, duplicate=True)
        message = append(
            session,
            rt,
            conversation=conversation,
            author=Author.TALENT,
            content=Content.say(sentence("conversation.button_human")),
            external_key=external_key,
        )
        request = HandoverRequest.model_validate({"reason": "requested", "category": category})
        await wishes.ask_for_person(session, rt, conversation=conversation, request=request)
    tell(rt, conversation.id, desk=True)
    return Received(conversation.id, message.id, message.seq, None)


async def cancel_human(rt: Runtime, *, conversation_id: str) -> None:
    """The 取消排队 button: out of the queue, or the end of a talk with a person."""
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        await wishes.cancel(session, rt, conversation=conversation)
    tell(rt, conversation_id, turns=True, desk=True)


async def give_feedback(rt: Runtime, *, conversation_id: str, message_id: str, helpful: bool) -> None:
    async with rt.db.write() as session:
        message = await session.get(Message, message_id)
        if message is None or message.conversation_id != conversation_id or message.internal:
            raise Refusal("no_such_message", "没有找到这条消息。", status=404)
        await session.merge(Feedback(message_id=message_id, helpful=helpful, created_at=rt.clock.now()))


async def set_region(rt: Runtime, *, conversation_id: str, region: str | None) -> None:
    async with rt.db.write() as session:
        row = await access_conversation(session, conversation_id=conversation_id, lock=True)
        row.region = region


async def log_after(
    rt: Runtime, *, conversation_id: str, seq: int, internal: bool, limit: int = 200
) -> list[MessageView]:
    async with rt.db.read() as session:
        return await read_log(
            session, conversation_id=conversation_id, after=seq, internal=internal, limit=limit
        )


async def log_before(
    rt: Runtime, *, conversation_id: str, seq: int, internal: bool, limit: int
) -> list[MessageView]:
    """The `limit` messages before `seq`, ascending."""
    async with rt.db.read() as session:
        return await read_log(
            session, conversation_id=conversation_id, before=seq, internal=internal, limit=limit
        )


async def _conversation_of(
    session: AsyncSession,
    rt: Runtime,
    channel: Channel,
    account: str,
    external_user: str,
    region: str | None,
) -> Conversation:
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


async def _pressed(
    session: AsyncSession, conversation_id: str, message_id: str, index: int
) -> tuple[str, str, bool]:
    """Title and payload, and whether it stood under one of the service's own messages."""
    message = await session.get(Message, message_id)
    if message is None or message.conversation_id != conversation_id or message.internal:
        raise Refusal("no_such_button", "这个选项已失效，请直接输入您的问题。", status=404)
    buttons = Content.model_validate(message.content).buttons
    if not 0 <= index < len(buttons):
        raise Refusal("no_such_button", "这个选项已失效，请直接输入您的问题。", status=404)
    pressed = buttons[index]
    return pressed.title, pressed.payload, message.author == Author.SYSTEM


def _new_turn(
    rt: Runtime, conversation: Conversation, message: Message, text: str, payload: str | None
) -> Turn:
    now = rt.clock.now()
    message.id = message.id or new_id()
    return Turn(
        id=new_id(),
        conversation_id=conversation.id,
        message_id=message.id,
        seq=message.seq,
        epoch=conversation.epoch,
        text=text,
        payload=payload,
        due_at=now,
        created_at=now,
    )
