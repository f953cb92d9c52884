"""Tables of the policy documents: the register, and the texts imported for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class TextState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # a newer text of the same document took its place
    DISCARDED = "discarded"


class DocumentRow(Base):
    """One document of the register. Only registered ones decide about answers."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str | None] = mapped_column(String(80))  # 文号, as it is shown
    number_key: Mapped[str | None] = mapped_column(String(80), unique=True)  # written one way
    title: Mapped[str] = mapped_column(Text)
    issuers: Mapped[list[str]]
    published: Mapped[str] = mapped_column(String(10), default="")  # as precise as it is known
    effective_from: Mapped[date | None]
    effective_until: Mapped[date | None]  # inclusive
    in_force: Mapped[bool] = mapped_column(default=False)  # stated as 现行有效
    # Repealed or replaced, as a whole or by clause; dates decide when each takes effect.
    ends: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(500))
    registered: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)  # raised by every change
    # Digest of the file's record last taken over; None once staff have changed it.
    loaded_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DocumentText(Base):
    """One imported text of a document: a draft to review, then published."""

    __tablename__ = "document_texts"
    __table_args__ = (
        UniqueConstraint("document_id", "version"),
        Index("ix_document_texts_document", "document_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    version: Mapped[int]
    state: Mapped[TextState] = mapped_column(String(16), default=TextState.DRAFT)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of the file as it came
    file_name: Mapped[str] = mapped_column(String(200))
    file_format: Mapped[str] = mapped_column(String(8))
    facts: Mapped[dict[str, Any]]  # title, number, issuers and dates as read, then as corrected
    paragraphs: Mapped[list[Any]]
    clauses: Mapped[list[Any]]
    report: Mapped[dict[str, Any]]  # what was removed and what is doubtful
    revision: Mapped[int] = mapped_column(default=1)
    staff_id: Mapped[str | None] = mapped_column(String(32))
    staff_name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
