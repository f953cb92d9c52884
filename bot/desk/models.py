"""Tables of the desk: teams, seats, calendars, phrases, drafts, service levels, follow-up, quality."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class Level(StrEnum):
    """三级."""

    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"


class Kind(StrEnum):
    """四类专员."""

    EMPLOYER = "用人单位"
    DEPARTMENT = "职能主管部门"
    PROVIDER = "服务承接单位"
    WINDOW = "服务窗口"


class SeatStatus(StrEnum):
    READY = "ready"  # 在线: rings
    BUSY = "busy"  # 忙碌: keeps what it has, does not ring
    AWAY = "away"  # 离开: by hand or after missed offers
    OFFLINE = "offline"


class WorkCalendar(Base):
    __tablename__ = "work_calendars"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    week: Mapped[dict[str, Any]]  # "1" (Monday) … "7" → [["08:30", "12:00"], …]
    days: Mapped[dict[str, Any]]  # ISO date → ranges of that day alone; [] closed
    public_holidays: Mapped[bool] = mapped_column(default=True)  # closed then, open on make-up days
    updated_at: Mapped[datetime]


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    region: Mapped[str] = mapped_column(String(6))  # serves this code and all below; 000000 everywhere
    categories: Mapped[list[str]] = mapped_column(default=list)  # empty: all
    calendar_id: Mapped[str] = mapped_column(ForeignKey("work_calendars.id"))
    queue_limit: Mapped[int] = mapped_column(default=50)  # waiting chats; more become tickets
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]


class Seat(Base):
    """坐席: a specialist at work. One row per account that may chat; team and region are the account's."""

    __tablename__ = "seats"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    level: Mapped[Level] = mapped_column(String(8), default=Level.PROVINCE)
    kind: Mapped[Kind] = mapped_column(String(16), default=Kind.WINDOW)
    categories: Mapped[list[str]] = mapped_column(default=list)  # empty: all
    languages: Mapped[list[str]] = mapped_column(default=list)  # besides Chinese, e.g. en
    skills: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(default=5)  # chats at once, see routing.WEIGHTS
    status: Mapped[SeatStatus] = mapped_column(String(16), default=SeatStatus.OFFLINE)
    status_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # last sign of an open desk page
    missed: Mapped[int] = mapped_column(default=0)  # offers missed in a row
    given_at: Mapped[datetime | None]  # last chat given, for the longest idle


class SpecialistChange(Base):
    """Append-only: who became or ceased to be a talent's own specialist, and why."""

    __tablename__ = "specialist_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))
    by: Mapped[str | None] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Phrase(Base):
    """常用语. `staff_id` set: one's own; else `team_id` set: the team's; else everybody's."""

    __tablename__ = "phrases"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str | None] = mapped_column(String(32), index=True)
    team_id: Mapped[str | None] = mapped_column(String(32), index=True)
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)  # variables: {专员} {称呼} {时间} {受理编号} …
    uses: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class Label(Base):
    """标签: what an episode was about, chosen when it ends. Episodes keep the name itself."""

    __tablename__ = "labels"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]


class Draft(Base):
    """Unsent words of one specialist in one chat."""

    __tablename__ = "drafts"

    staff_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # reply | note
    text: Mapped[str] = mapped_column(Text)
    based_on_seq: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class ServiceLevel(Base):
    """Targets against the team's working calendar; team_id "" is the default row."""

    __tablename__ = "service_levels"

    team_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    queue_wait_s: Mapped[int]
    first_reply_s: Mapped[int]
    resolution_s: Mapped[int]
    callback_s: Mapped[int]
    warn_percent: Mapped[int] = mapped_column(default=80)  # of a target, when the lead is warned
    updated_at: Mapped[datetime]


class Notice(Base):
    """Something a person at the desk must hear of, until seen."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("staff_id", "once_key"),
        Index("ix_notices_unseen", "staff_id", "seen_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(24))  # sla_warning, sla_breach, requeued, low_rating, …
    text: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    once_key: Mapped[str] = mapped_column(String(96))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class FollowUp(Base):
    """回访: something somebody owes after an episode, e.g. a call after a low rating."""

    __tablename__ = "follow_ups"
    __table_args__ = (UniqueConstraint("handover_id", "kind"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    handover_id: Mapped[str] = mapped_column(ForeignKey("handovers.id"))
    kind: Mapped[str] = mapped_column(String(24))  # low_rating
    team_id: Mapped[str | None] = mapped_column(String(32), index=True)
    staff_id: Mapped[str | None] = mapped_column(String(32))  # who took it on
    due_at: Mapped[datetime]
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class QualityCheck(Base):
    """质检: one sampled episode and its score sheet."""

    __tablename__ = "quality_checks"

    handover_id: Mapped[str] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    sampled_at: Mapped[datetime]
    sampled_by: Mapped[str | None] = mapped_column(String(32))
    scores: Mapped[dict[str, Any] | None]  # criterion key → points
    total: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Text)
    reviewer_id: Mapped[str | None] = mapped_column(String(32))
    reviewed_at: Mapped[datetime | None]


keep_append_only(SpecialistChange)
