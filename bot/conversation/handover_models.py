"""Tables of hand-over: episodes, the log of control changes, trigger rules, attachments."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class HandoverStatus(StrEnum):
    WAITING = "waiting"  # queued or ringing
    ACTIVE = "active"  # a person has it: human, on_hold, wrap_up
    TICKETED = "ticketed"  # a call-back is owed; the assistant goes on meanwhile
    RETURNED = "returned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


LIVE = (HandoverStatus.WAITING, HandoverStatus.ACTIVE)
ENDED = (HandoverStatus.RETURNED, HandoverStatus.CLOSED, HandoverStatus.CANCELLED)


class Handover(Base):
    """One episode in which a person is asked for, or one call-back ticket."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index("ix_handovers_queue", "status", "requested_at"),
        Index("ix_handovers_of_staff", "staff_id", "status"),
        Index("ix_handovers_of_team", "team_id", "status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    previous_id: Mapped[str | None] = mapped_column(String(32))  # the conversation's episode before
    status: Mapped[HandoverStatus] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32))
    category: Mapped[str] = mapped_column(String(16))
    packet: Mapped[dict[str, Any]]  # what the specialist should know, see packet.snapshot
    region: Mapped[str | None] = mapped_column(String(32))  # region code the episode is about
    team_id: Mapped[str | None] = mapped_column(String(32))
    wanted_staff_id: Mapped[str | None] = mapped_column(String(32))  # waited for before anybody else
    staff_id: Mapped[str | None] = mapped_column(String(32))  # who holds, held or owes it
    priority: Mapped[int] = mapped_column(default=0)  # higher first; 1 after a person was lost
    passed_by: Mapped[list[str]] = mapped_column(default=list)  # who declined or missed it this time

    requested_at: Mapped[datetime]
    queued_at: Mapped[datetime]  # when it last began to wait
    offered_to: Mapped[str | None] = mapped_column(String(32))  # at whose desk it rings
    offered_until: Mapped[datetime | None]
    transfer_to: Mapped[str | None] = mapped_column(String(32))  # a proposed transfer: to a person
    transfer_team_id: Mapped[str | None] = mapped_column(String(32))  # or to a team
    transfer_note: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]  # by the present holder
    first_reply_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]  # the present holder's first words
    hold_until: Mapped[datetime | None]
    wrap_up_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(16))  # staff | talent | system
    ended_seq: Mapped[int | None]  # the conversation's last seq then

    note: Mapped[str | None] = mapped_column(Text)  # outcome, told to the assistant on return
    labels: Mapped[list[str]] = mapped_column(default=list)
    summary: Mapped[dict[str, Any] | None]  # 服务小结
    summary_at: Mapped[datetime | None]
    rating: Mapped[int | None]  # 1 to 5
    rating_comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None]

    contact_token: Mapped[str | None] = mapped_column(String(32))  # vault token of the phone to call
    contact_when: Mapped[str | None] = mapped_column(String(64))  # the time wished for, as said
    due_at: Mapped[datetime | None]  # of a ticket


class ControlChange(Base):
    """Append-only: every change of control, and every refused or missed offer."""

    __tablename__ = "control_changes"
    __table_args__ = (Index("ix_control_changes_episode", "handover_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handover_id: Mapped[str | None] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(String(24))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    by: Mapped[str | None] = mapped_column(String(32))  # staff id; None: the talent or the service
    target: Mapped[str | None] = mapped_column(String(32))  # staff or team id
    why: Mapped[str | None] = mapped_column(String(32))  # code, e.g. no_first_reply
    at: Mapped[datetime] = mapped_column(index=True)


class TriggerRule(Base):
    """When a person is offered or called; kept by permitted staff."""

    __tablename__ = "trigger_rules"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)  # see trigger_rules.KINDS
    enabled: Mapped[bool] = mapped_column(default=True)
    connect: Mapped[bool] = mapped_column(default=False)  # True: connect at once, False: offer
    threshold: Mapped[int | None]
    words: Mapped[list[str]] = mapped_column(default=list)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str | None] = mapped_column(String(32))


class Attachment(Base):
    """A file in a chat, or one an employer handed in for a case. The bytes lie encrypted under
    HUICAI_HOME/attachments, named by id."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("conversation_id", "external_key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    employer_id: Mapped[str | None] = mapped_column(String(32), index=True)
    external_key: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


keep_append_only(ControlChange)
