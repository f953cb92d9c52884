"""Tables of identity: which chats belong to a proven person, codes, one-time pages, consent, rights."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class ChannelBinding(Base):
    """A chat bound to a proven talent. `Conversation.talent_id` is the live one; these are its history."""

    __tablename__ = "channel_bindings"
    __table_args__ = (Index("ix_channel_bindings_of_talent", "talent_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(16))  # talent | staff | other_person | erased


class IdentityCode(Base):
    """A one-time code on its way. Rows exist for wrong data too, so that nothing tells them apart.

    With `page_id` it was shown on that page after a proof, and is good only as said in the chat itself.
    """

    __tablename__ = "identity_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    talent_id: Mapped[str | None] = mapped_column(String(32))  # None: nobody fits, no code was sent
    page_id: Mapped[str | None] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class IdentityAttempts(Base):
    """Attempts counted under keyed hashes: per chat, per address, per claimed name."""

    __tablename__ = "identity_attempts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class IdentityPage(Base):
    """A one-time page opened from WeChat; the address holds the token, here is its hash."""

    __tablename__ = "identity_pages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Consent(Base):
    __tablename__ = "consents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    talent_id: Mapped[str | None] = mapped_column(String(32), index=True)
    notice_version: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DataRequest(Base):
    """更正 or 删除我的信息, asked by a proven talent and decided by staff: 待处理 → 已完成 | 已答复.

    An employer proposes 更正 of its own people, and 新增 of somebody the database lacks.
    """

    __tablename__ = "data_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str | None] = mapped_column(String(32), index=True)  # None: 新增
    employer_id: Mapped[str | None] = mapped_column(String(32), index=True)  # who proposes it
    made_by: Mapped[str | None] = mapped_column(String(32))  # the employer's account
    once_key: Mapped[str | None] = mapped_column(String(64), unique=True)  # a repeat adds nothing
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))  # 更正 | 删除 | 新增
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # what they wrote
    status: Mapped[str] = mapped_column(String(8))
    answer: Mapped[str | None] = mapped_column(Text)
    staff_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
