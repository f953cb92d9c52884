"""Tables of the message log, the vault, turns, control and deliveries."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base, new_id


class Channel(StrEnum):
    WEB = "web"
    WECHAT = "wechat"


class Control(StrEnum):
    """Who may answer."""

    BOT = "bot"
    QUEUED = "queued"
    OFFERED = "offered"  # rings at one specialist
    HUMAN = "human"
    ON_HOLD = "on_hold"
    WRAP_UP = "wrap_up"  # the talk has ended, its summary is being written
    CLOSED = "closed"


class Author(StrEnum):
    TALENT = "talent"
    ASSISTANT = "assistant"
    STAFF = "staff"
    SYSTEM = "system"


class TurnStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DISCARDED = "discarded"  # control left the bot before the turn ran


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    PARKED = "parked"  # waits for the user's next message
    UNKNOWN = "unknown"  # outside outcome unknown, not repeated blindly


class Conversation(Base):
    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "account", "external_user"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[Channel] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    external_user: Mapped[str] = mapped_column(String(128))
    control: Mapped[Control] = mapped_column(String(16), default=Control.BOT)
    version: Mapped[int] = mapped_column(default=1)  # raised by every control change
    epoch: Mapped[int] = mapped_column(default=1)  # raised on entry to and exit from bot
    last_seq: Mapped[int] = mapped_column(default=0)
    shown_seq: Mapped[int] = mapped_column(default=0)  # of the last message the talent may see
    engine_state: Mapped[dict[str, Any] | None]
    awaiting: Mapped[str | None] = mapped_column(String(64))  # personal field the guide waits for
    region: Mapped[str | None] = mapped_column(String(32))  # region code, e.g. 370000
    staff_id: Mapped[str | None] = mapped_column(String(32))  # who holds the chat while not the bot's
    specialist_id: Mapped[str | None] = mapped_column(String(32), index=True)  # 责任专员, at most one
    talent_id: Mapped[str | None] = mapped_column(String(32), index=True)  # proven, see bot/identity
    hidden_seq: Mapped[int] = mapped_column(default=0)  # up to here an earlier person's, kept for staff alone
    talent_seen_seq: Mapped[int] = mapped_column(default=0)  # read by the talent
    staff_seen_seq: Mapped[int] = mapped_column(default=0)  # read by whoever holds the chat
    blocked_at: Mapped[datetime | None]
    block_reason: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def slots(self) -> dict[str, Any]:
        """What the dialogue has learnt, by name; to be read, not written."""
        return (self.engine_state or {}).get("slots") or {}


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "external_key"),
        UniqueConstraint("turn_id", "position"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    author: Mapped[Author] = mapped_column(String(16))
    author_name: Mapped[str | None] = mapped_column(String(64))
    internal: Mapped[bool] = mapped_column(default=False)  # notes: never leave the desk
    content: Mapped[dict[str, Any]]  # bot.conversation.content.Content, masked
    plain: Mapped[str] = mapped_column(Text, default="")  # normalised text, for search
    log: Mapped[dict[str, Any] | None]  # AnswerLog
    external_key: Mapped[str | None] = mapped_column(String(160))
    turn_id: Mapped[str | None] = mapped_column(String(32))
    position: Mapped[int | None]
    created_at: Mapped[datetime]


class Turn(Base):
    __tablename__ = "turns"
    __table_args__ = (
        Index("ix_turns_due", "status", "due_at"),
        Index("ix_turns_of_conversation", "conversation_id", "status", "seq"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    seq: Mapped[int]  # of the message, so that turns run in order
    epoch: Mapped[int]
    text: Mapped[str] = mapped_column(Text)  # masked
    payload: Mapped[str | None] = mapped_column(Text)  # of a pressed button
    status: Mapped[TurnStatus] = mapped_column(String(16), default=TurnStatus.WAITING)
    attempt: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]  # next run, or end of the lease while running
    apologised: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)  # engine up, yet no usable answer
    result: Mapped[dict[str, Any] | None]  # intent, confidence, entities
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class VaultEntry(Base):
    """A raw personal value, encrypted. The message log holds only its token."""

    __tablename__ = "vault_entries"
    __table_args__ = (UniqueConstraint("conversation_id", "token"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    token: Mapped[str] = mapped_column(String(32))  # e.g. 〔身份证号1〕
    kind: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(64))  # shown in place of the token, e.g. 138****0000
    created_at: Mapped[datetime]


class Feedback(Base):
    __tablename__ = "feedback"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    helpful: Mapped[bool]
    created_at: Mapped[datetime]


class Delivery(Base):
    """A message on its way to an outside channel. The web reads the log itself and has none."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "status", "due_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    message: Mapped[Message] = relationship()
    turn_id: Mapped[str | None] = mapped_column(String(32))
    seq: Mapped[int]
    status: Mapped[DeliveryStatus] = mapped_column(String(16), default=DeliveryStatus.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    parts_sent: Mapped[int] = mapped_column(default=0)  # of a message too long for one sending
    due_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
