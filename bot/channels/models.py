"""What a channel must remember beyond the message log."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class PassiveAnswer(Base):
    """What WeChat's request for a message was answered with, for its repeats; kept for minutes."""

    __tablename__ = "passive_answers"

    message_id: Mapped[str] = mapped_column(String(32), ForeignKey("messages.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
