"""The message log of a conversation: gap-free `seq`, and how a message looks on the wire."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.content import AnswerLog, Content
from bot.conversation.models import (
    Author,
    Channel,
    Control,
    Conversation,
    Delivery,
    Message,
    Turn,
    TurnStatus,
)
from bot.conversation.rules import PASSIVE_WINDOW_S, PATIENT_S
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.materials import FILE
from bot.text.normalise import normalise
from bot.text.personal import TOKEN

MessageView = dict[str, Any]  # "Message on the wire" in docs/architecture.md


async def access_conversation(
    session: AsyncSession, *, conversation_id: str, lock: bool = False
) -> Conversation:
    """The only way to a conversation row. `lock` serialises writers (SQLite: BEGIN IMMEDIATE)."""
    query = select(Conversation).where(Conversation.id == conversation_id)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise Refusal("no_such_conversation", "没有找到这个会话，请刷新页面后重试。", status=404)
    return row


def append(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    author: Author,
    content: Content,
    author_name: str | None = None,
    internal: bool = False,
    log: AnswerLog | None = None,
    external_key: str | None = None,
    turn: Turn | None = None,
    position: int | None = None,
    patient: bool = False,
) -> Message:
    """Add a message under the conversation's lock, and its delivery where the channel needs one.

    `patient`: it may wait a little, so that the next words go out in one sending with it.
    """
    now = rt.clock.now()
    conversation.last_seq += 1
    if not internal:
        conversation.shown_seq = conversation.last_seq
    conversation.updated_at = now
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author,
        author_name=author_name,
        internal=internal,
        content=content.model_dump(mode="json"),
        plain=normalise(content.plain_text()),
        log=log.model_dump(mode="json") if log else None,
        external_key=external_key,
        turn_id=turn.id if turn else None,
        position=position,
        created_at=now,
    )
    session.add(message)
    if conversation.channel != Channel.WEB and author != Author.TALENT and not internal:
        # Replies within WeChat's window belong to its open request, which may claim them first.
        window = turn.created_at + timedelta(seconds=PASSIVE_WINDOW_S) if turn else now
        window += timedelta(seconds=PATIENT_S if patient else 0)
        session.add(
            Delivery(
                conversation_id=conversation.id,
                message=message,
                turn_id=turn.id if turn else None,
                seq=message.seq,
                due_at=max(now, window),
                created_at=now,
            )
        )
    return message


@dataclass(frozen=True)
class ConversationState:
    control: str
    last_seq: int
    thinking: bool
    staff_id: str | None
    seen_by_talent: int
    seen_by_staff: int
    hidden_seq: int  # up to here nothing is shown to the talent any more
    asks_file: bool  # the guide waits for one

    def wire(self) -> dict[str, Any]:
        """The `state` event, still with `staff_id` for the caller to turn into a name."""
        return asdict(self)


async def state_of(
    session: AsyncSession, *, conversation: Conversation, internal: bool = False
) -> ConversationState:
    """`last_seq` is the last one the reader may see."""
    unanswered = select(Turn.id).where(
        Turn.conversation_id == conversation.id,
        Turn.status.in_((TurnStatus.WAITING, TurnStatus.RUNNING)),
    )
    asks_the_bot = conversation.control == Control.BOT
    thinking = asks_the_bot and bool(await session.scalar(unanswered.limit(1)))
    last_seq = conversation.last_seq if internal else conversation.shown_seq
    return ConversationState(
        control=conversation.control,
        last_seq=last_seq,
        thinking=thinking,
        staff_id=conversation.staff_id,
        seen_by_talent=conversation.talent_seen_seq,
        seen_by_staff=conversation.staff_seen_seq,
        hidden_seq=conversation.hidden_seq,
        asks_file=conversation.awaiting == FILE and conversation.control in (Control.BOT, Control.CLOSED),
    )


async def read_log(
    session: AsyncSession,
    *,
    conversation_id: str,
    after: int = 0,
    before: int | None = None,
    internal: bool = False,
    limit: int = 200,
) -> list[MessageView]:
    """Messages with after < seq (< before), ascending. With `before`, the newest ones of that range.

    `prev` is the seq of the message shown before it, so that a reader who is not shown internal
    notes can still tell a gap.
    """
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > after)
    hidden = select(Conversation.hidden_seq).where(Conversation.id == conversation_id).scalar_subquery()
    if not internal:
        query = query.where(Message.internal.is_(False), Message.seq > hidden)
    if before is None:
        rows = list(await session.scalars(query.order_by(Message.seq).limit(limit)))
    else:
        query = query.where(Message.seq < before).order_by(Message.seq.desc()).limit(limit)
        rows = list(await session.scalars(query))[::-1]
    if not rows:
        return []
    earlier = select(Message.seq).where(Message.conversation_id == conversation_id, Message.seq < rows[0].seq)
    if not internal:
        earlier = earlier.where(Message.internal.is_(False), Message.seq > hidden)
    previous = await session.scalar(earlier.order_by(Message.seq.desc()).limit(1)) or 0
    result = await views(session, conversation_id=conversation_id, messages=rows)
    for view in result:
        view["prev"], previous = previous, view["seq"]
        if not internal and view["author"] != Author.TALENT:
            view["key"] = None  # a specialist's key names the account
    return result


async def views(
    session: AsyncSession, *, conversation_id: str, messages: Sequence[Message]
) -> list[MessageView]:
    """Rows to wire form: personal tokens as their hints, button payloads left out."""
    rows = [_view(message) for message in messages]
    if any(TOKEN.search(str(row["content"])) for row in rows):
        hints = await vault.hints_of(session, conversation_id=conversation_id)
        for row in rows:
            row["content"] = with_hints(row["content"], hints)
    return rows


def _view(message: Message) -> MessageView:
    content = dict(message.content)
    content["buttons"] = [
        {"title": button["title"], "wish": wish_of(button["payload"])}
        for button in content.get("buttons", ())
    ]
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "author_name": message.author_name,
        "internal": message.internal,
        "at": wire_time(message.created_at),
        "content": content,
        "key": message.external_key if message.author != Author.ASSISTANT else None,
        "band": (message.log or {}).get("band"),
    }


def wish_of(payload: str) -> str | None:
    """Buttons a page may show its own way: ask for a person, leave a ticket, stop waiting, prove oneself."""
    known = {
        "/request_human": "person",
        "/leave_ticket": "ticket",
        "/cancel_human": "cancel",
        "/verify_identity": "identity",
    }
    return known.get(payload if payload.startswith("/request") else payload.partition("{")[0])


def wire_time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_hints(value: Any, hints: dict[str, str]) -> Any:
    """Personal tokens, wherever they stand, as what may be shown in their place."""
    if isinstance(value, str):
        return TOKEN.sub(lambda match: hints.get(match.group(), match.group()), value)
    if isinstance(value, list):
        return [with_hints(item, hints) for item in value]
    if isinstance(value, dict):
        return {key: with_hints(item, hints) for key, item in value.items()}
    return value
