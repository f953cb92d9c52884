"""Tables of submitted applications (申报件) and their timeline."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class ApplicationStatus(StrEnum):
    SUBMITTED = "已提交"
    ACCEPTED = "已受理"
    SUPPLEMENT = "待补正"
    REVIEW = "审核中"
    PUBLICITY = "公示中"
    DONE = "已办结"
    RETURNED = "已退回"


class Application(Base):
    __tablename__ = "applications"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_no: Mapped[str] = mapped_column(String(24), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    turn_id: Mapped[str] = mapped_column(String(32), unique=True)  # a repeated turn submits once
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    item: Mapped[str] = mapped_column(String(64))
    item_version: Mapped[int]
    status: Mapped[ApplicationStatus] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))  # of the guide's check, binds nobody
    route: Mapped[str | None] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # all answers as JSON, encrypted
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StatusChange(Base):
    __tablename__ = "application_status_history"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    status: Mapped[ApplicationStatus] = mapped_column(String(16))
    at: Mapped[datetime]


class ProgressAttempts(Base):
    """Failed look-ups, counted per case number and per asker, whether or not the number exists."""

    __tablename__ = "progress_attempts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)  # keyed hash
    failures: Mapped[int]
    first_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
