"""Tables of the knowledge: drafts, immutable published versions, releases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class VersionState(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class FaqStatus(StrEnum):
    DRAFT = "draft"  # never published
    PUBLISHED = "published"
    CHANGED = "changed"  # published, and the draft has moved on
    WITHDRAWN = "withdrawn"


class FaqRow(Base):
    """The draft of one FAQ; what answers is its newest row in `faq_versions`."""

    __tablename__ = "faqs"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)  # raised by every save
    draft: Mapped[dict[str, Any]]
    question: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40), index=True)
    search_text: Mapped[str] = mapped_column(Text)  # question and phrasings, for the console's list
    status: Mapped[FaqStatus] = mapped_column(String(16), default=FaqStatus.DRAFT)
    published_version: Mapped[int | None]
    # Digest of the file's record last taken over; None once staff have edited the draft.
    loaded_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ReleaseRow(Base):
    """One change of what answers. Numbers have no gaps and are committed in order."""

    __tablename__ = "releases"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    calibration: Mapped[dict[str, Any] | None]
    staff_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]


class FaqVersion(Base):
    __tablename__ = "faq_versions"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        Index("ix_faq_versions_release", "release_number"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(ForeignKey("faqs.key"))
    version: Mapped[int]
    release_number: Mapped[int] = mapped_column(ForeignKey("releases.number"))
    state: Mapped[VersionState] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    staff_id: Mapped[str | None] = mapped_column(String(32))
    staff_name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
