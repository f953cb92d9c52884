"""Tables of staff accounts, their sessions, failed log-ins and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class StaffAccount(Base):
    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(64), unique=True)  # see rules.plain_username
    name: Mapped[str] = mapped_column(String(64))  # shown to talents, e.g. 专员 林晓
    password_hash: Mapped[str] = mapped_column(String(256))  # argon2id
    roles: Mapped[list[str]]
    region: Mapped[str] = mapped_column(String(6), default="000000")  # sees this code and all below
    team_id: Mapped[str | None] = mapped_column(String(32))  # a team of the desk
    work_phone: Mapped[str | None] = mapped_column(String(32))  # told to the talents they serve
    department: Mapped[str | None] = mapped_column(String(48))  # key of the 职能部门 they work for
    employer_id: Mapped[str | None] = mapped_column(String(32), index=True)  # an employer's account
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in browser. Keeps no address and no device data."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # the cookie itself is unknown
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LoginFailure(Base):
    """Counts failed log-ins under a keyed hash, so that no address or typed name is stored."""

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what, when. Append-only; `detail` holds ids and counts, never personal data.

    No foreign key on `staff_id`: the log stays whole whatever happens to accounts.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "subject", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[str | None] = mapped_column(String(32), index=True)
    action: Mapped[str] = mapped_column(String(64))  # e.g. desk.view, staff.login
    subject: Mapped[str] = mapped_column(String(64))  # id of what was acted on
    detail: Mapped[dict[str, Any]]
    once_key: Mapped[str | None] = mapped_column(String(128), unique=True)  # drops repeats


keep_append_only(AuditEntry)
