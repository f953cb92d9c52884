"""Table of what is told to people outside a turn: codes, moves of a case, reminders."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class NoticeStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # outside outcome unknown, not repeated blindly


class TalentNotice(Base):
    """One short message to a registered phone. What is said in a chat is a message there instead."""

    __tablename__ = "talent_notices"
    __table_args__ = (Index("ix_talent_notices_due", "status", "due_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str | None] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # code, case, card_expiring, service_days, benefit …
    once_key: Mapped[str] = mapped_column(String(120), unique=True)  # a repeat tells nothing twice
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # {"phone", "text"}
    status: Mapped[NoticeStatus] = mapped_column(String(8), default=NoticeStatus.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
