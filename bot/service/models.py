"""Tables of drafts and of applications (申报件) with their parts (子件)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class PartStatus(StrEnum):
    """Where one part of an application stands; an application stands where its slowest part does."""

    UNIT = "待单位核准"
    SUBMITTED = "已提交"
    ACCEPTED = "已受理"
    SUPPLEMENT = "待补正"
    REVIEW = "审核中"  # at `levels[level]`
    CONSULTED = "会办中"  # departments are asked
    PUBLICITY = "公示中"
    OBJECTED = "异议核实中"
    ISSUING = "待制发"  # granted; the card or benefit is still to be issued
    DONE = "已办结"
    RETURNED = "已退回"
    WITHDRAWN = "已撤回"


SUBMIT = "submit"  # event of the timeline: a part begins
ENDED = (PartStatus.DONE, PartStatus.RETURNED, PartStatus.WITHDRAWN)


class Applicant(StrEnum):
    TALENT = "本人"
    EMPLOYER = "单位"
    SPECIALIST = "专员代办"


class DraftStatus(StrEnum):
    OPEN = "open"
    PARKED = "parked"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"


class ApplicationDraft(Base):
    """The draft of a guide as it last stood, so that it can be taken up on another channel.

    `content` holds tokens of this chat's vault, never personal data. `id` is that of the turn that began it.
    """

    __tablename__ = "application_drafts"
    __table_args__ = (
        Index("ix_application_drafts_of_talent", "talent_id", "status"),
        Index("ix_application_drafts_of_conversation", "conversation_id", "status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    talent_id: Mapped[str | None] = mapped_column(String(32))
    items: Mapped[str] = mapped_column(String(300))  # keys joined by +
    content: Mapped[dict[str, Any]]  # rules.Draft
    status: Mapped[DraftStatus] = mapped_column(String(12))
    updated_at: Mapped[datetime]


class Application(Base):
    """受理件: one submission under one case number, with a part for each item."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_of_talent", "talent_id", "created_at"),
        Index("ix_applications_of_employer", "employer_id", "created_at"),
        Index("ix_applications_by_day", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_no: Mapped[str] = mapped_column(String(24), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    turn_id: Mapped[str] = mapped_column(String(32), unique=True)  # a repeated turn or request submits once
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    talent_id: Mapped[str | None] = mapped_column(String(32))  # only of a proven person
    employer_id: Mapped[str | None] = mapped_column(String(32))
    applicant: Mapped[Applicant] = mapped_column(String(8), default=Applicant.TALENT)
    made_by: Mapped[str | None] = mapped_column(
        String(32), index=True
    )  # staff id of the employer's or the centre's account
    batch_id: Mapped[str | None] = mapped_column(String(32), index=True)  # several people at once
    name_hint: Mapped[str] = mapped_column(String(64), default="")  # 张*, for lists
    name_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # when the last part ended
    rating: Mapped[int | None]  # 1 to 5, 好差评
    rating_comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None]


class ApplicationPart(Base):
    """子件: one item of an application, with its own route, department and state."""

    __tablename__ = "application_parts"
    __table_args__ = (
        UniqueConstraint("application_id", "item"),
        Index("ix_application_parts_work", "status", "region", "staff_id", "application_id"),
        Index("ix_application_parts_due", "status", "due_at"),
        Index("ix_application_parts_item", "item", "created_at"),
        Index("ix_application_parts_staff", "staff_id", "status"),
        # All that lists filter by and figures count, so that neither reads sealed answers.
        Index(
            "ix_application_parts_lists",
            "created_at",
            "id",
            "status",
            "region",
            "item",
            "staff_id",
            "application_id",
            "review_level",
            "due_at",
            "decision",
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"))
    position: Mapped[int] = mapped_column(default=1)
    item: Mapped[str] = mapped_column(String(64))
    item_version: Mapped[int]
    status: Mapped[PartStatus] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)  # raised by every move, compare-and-set
    verdict: Mapped[str | None] = mapped_column(String(16))  # of the guide's check, binds nobody
    route: Mapped[str | None] = mapped_column(String(16))
    levels: Mapped[list[str]] = mapped_column(default=list)  # of review, e.g. ["县", "市", "省"]
    level: Mapped[int] = mapped_column(default=0)  # index in levels
    review_level: Mapped[str | None] = mapped_column(String(4))  # levels[level], for lists
    region: Mapped[str] = mapped_column(String(6), default="000000")  # whose windows it belongs to
    department: Mapped[str | None] = mapped_column(String(48))  # lead department
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # this item's answers as JSON, encrypted
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # chosen options only, for statistics
    staff_id: Mapped[str | None] = mapped_column(String(32))  # who works on it
    unit_staff_id: Mapped[str | None] = mapped_column(String(32))  # 单位专员 who completes it
    due_at: Mapped[datetime | None]  # of the present step, where the item or the centre sets one
    supplement: Mapped[list[Any]] = mapped_column(default=list)  # all that is missing: {"what", "why"}
    supplements: Mapped[int] = mapped_column(default=0)  # how often it was asked
    resumes: Mapped[str | None] = mapped_column(String(16))  # where it goes on after a supplement
    publicity_from: Mapped[datetime | None]
    publicity_to: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(8))  # 通过 | 不予通过
    reason: Mapped[str | None] = mapped_column(Text)  # told to the talent
    result: Mapped[dict[str, Any] | None]  # what was issued, e.g. {"card_id": …}
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PartChange(Base):
    """Append-only timeline of a part."""

    __tablename__ = "part_changes"
    __table_args__ = (Index("ix_part_changes_part", "part_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    part_id: Mapped[str] = mapped_column(ForeignKey("application_parts.id"))
    event: Mapped[str] = mapped_column(String(24))  # case_rules.CaseEvent
    before: Mapped[str | None] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(8))
    by: Mapped[str | None] = mapped_column(String(32))  # staff id; None: the talent or the service
    told: Mapped[str | None] = mapped_column(Text)  # for the talent
    note: Mapped[str | None] = mapped_column(Text)  # for staff alone
    at: Mapped[datetime]


class PartMaterial(Base):
    """A file handed in for one material of a part."""

    __tablename__ = "part_materials"
    __table_args__ = (UniqueConstraint("part_id", "material", "attachment_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    part_id: Mapped[str] = mapped_column(ForeignKey("application_parts.id"))
    material: Mapped[str] = mapped_column(String(32))  # key of the item's material
    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachments.id"))
    refused_why: Mapped[str | None] = mapped_column(String(200))  # set when staff found it unusable
    created_at: Mapped[datetime]


class Dispatch(Base):
    """派发: a department is asked for its opinion on a part, by a date."""

    __tablename__ = "dispatches"
    __table_args__ = (
        Index("ix_dispatches_open", "department", "answered_at", "due_at"),
        Index("ix_dispatches_part", "part_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    part_id: Mapped[str] = mapped_column(ForeignKey("application_parts.id"))
    department: Mapped[str] = mapped_column(ForeignKey("departments.key"))
    question: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    opinion: Mapped[str | None] = mapped_column(String(8))  # 同意 | 不同意
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(32))
    answered_at: Mapped[datetime | None]


class Objection(Base):
    """公示异议. Who objects is sealed; only permitted staff see it."""

    __tablename__ = "objections"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    part_id: Mapped[str] = mapped_column(ForeignKey("application_parts.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # {"text", "name", "contact"}
    upheld: Mapped[bool | None]  # None: being looked into
    finding: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(32))


class CaseTask(Base):
    """Something owed to an applicant: a call after publicity (回访), a call after a low rating."""

    __tablename__ = "case_tasks"
    __table_args__ = (Index("ix_case_tasks_open", "done_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    once_key: Mapped[str] = mapped_column(String(96), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # publicity_call | low_rating | …
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    part_id: Mapped[str | None] = mapped_column(String(32))
    region: Mapped[str] = mapped_column(String(6))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    due_at: Mapped[datetime]
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class ProgressAttempts(Base):
    """Failed look-ups, counted per case number and per asker, whether or not the number exists."""

    __tablename__ = "progress_attempts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)  # keyed hash
    failures: Mapped[int]
    first_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


keep_append_only(PartChange)
