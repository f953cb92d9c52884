"""Tables of service items: the drafts staff edit, and what was published of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class ItemStatus(StrEnum):
    DRAFT = "draft"  # never published
    PUBLISHED = "published"
    CHANGED = "changed"  # published, and the draft has moved on
    WITHDRAWN = "withdrawn"


class ItemRow(Base):
    """事项: the draft staff edit. What talents see is the published version."""

    __tablename__ = "service_items"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    draft: Mapped[dict[str, Any]]  # schemas.ServiceItem
    revision: Mapped[int] = mapped_column(default=1)
    published_version: Mapped[int | None]
    published_revision: Mapped[int | None]  # the revision of the draft that was published
    active: Mapped[bool] = mapped_column(default=False)  # offered to talents
    # Digest of the file's record last taken over; None once staff have changed the item.
    loaded_digest: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[datetime]
    updated_by: Mapped[str | None] = mapped_column(String(32))


class ItemVersion(Base):
    """Append-only: an item as it was published; applications keep the version they were made under."""

    __tablename__ = "service_item_versions"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(ForeignKey("service_items.key"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str | None] = mapped_column(String(32))


class ItemRelease(Base):
    """One row: raised by every change of what is offered, so that every process reloads."""

    __tablename__ = "service_item_releases"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    number: Mapped[int]


keep_append_only(ItemVersion)
