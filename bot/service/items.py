"""Editing service items: drafts are saved freely, publishing makes a version, every change is audited."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.catalogue import HINT, refresh
from bot.service.checking import parse_item
from bot.service.item_models import ItemRelease, ItemRow, ItemStatus, ItemVersion
from bot.service.schemas import ServiceItem
from bot.texts import sentence

_RELEASE_TRIES = 5
_MOST_VERSIONS = 100  # of one item that the console lists
# Given by the rows; a file or an editor cannot choose them.
_NOT_CONTENT = {"version", "active"}


@dataclass(frozen=True)
class PublishedVersion:
    version: int
    at: datetime
    staff_name: str | None


@dataclass(frozen=True)
class ItemDetail:
    row: ItemRow
    history: Sequence[PublishedVersion]  # newest first


def content_of(item: ServiceItem) -> dict[str, Any]:
    """What a row and a file keep of an item."""
    return item.model_dump(mode="json", exclude=_NOT_CONTENT)


def status_of(row: ItemRow) -> ItemStatus:
    if row.published_version is None:
        return ItemStatus.DRAFT
    if not row.active:
        return ItemStatus.WITHDRAWN
    return ItemStatus.PUBLISHED if row.published_revision == row.revision else ItemStatus.CHANGED


async def list_items(rt: Runtime) -> list[ItemRow]:
    """All of them, in the order of their menu: there are some dozens, never thousands."""
    async with rt.db.read() as session:
        rows = list(await session.scalars(select(ItemRow)))
    return sorted(rows, key=lambda row: (row.draft["region"], row.draft["category"], row.draft["name"]))


async def read_item(rt: Runtime, *, key: str) -> ItemDetail:
    async with rt.db.read() as session:
        row = await session.get(ItemRow, key)
        if row is None:
            raise unknown_item()
        found = await session.execute(
            select(ItemVersion.version, ItemVersion.published_at, StaffAccount.name)
            .outerjoin(StaffAccount, StaffAccount.id == ItemVersion.published_by)
            .where(ItemVersion.key == key)
            .order_by(ItemVersion.version.desc())
            .limit(_MOST_VERSIONS)
        )
        return ItemDetail(row, [PublishedVersion(*one) for one in found.all()])


async def read_version(rt: Runtime, *, key: str, version: int) -> dict[str, Any]:
    async with rt.db.read() as session:
        content: dict[str, Any] | None = await session.scalar(
            select(ItemVersion.content).where(ItemVersion.key == key, ItemVersion.version == version)
        )
    if content is None:
        raise Refusal("unknown_version", sentence("items.unknown_version"), status=404)
    return content


async def save_draft(rt: Runtime, *, item: dict[str, Any], revision: int | None, staff_id: str) -> int:
    """Store a draft and return its new revision.

    `revision` is the one that was edited, None for a new item; a stale one is refused.
    """
    parsed = parse_item(item)
    try:
        async with rt.db.write() as session:
            row = await session.get(ItemRow, parsed.key, with_for_update=not rt.db.is_sqlite)
            if revision is None:
                if row is not None:
                    raise Refusal("key_exists", sentence("items.key_exists"), status=409)
                row = ItemRow(key=parsed.key, revision=0, active=False)
                session.add(row)
            elif row is None:
                raise unknown_item()
            elif row.revision != revision:
                raise changed_meanwhile()
            put_draft(row, parsed, rt=rt, staff_id=staff_id)
            row.loaded_digest = None  # from now on the files leave it alone
            await _audit(session, rt, row=row, action="item.save", staff_id=staff_id)
            return row.revision
    except IntegrityError:  # another process made the same new item at the same moment
        raise Refusal("key_exists", sentence("items.key_exists"), status=409) from None


def put_draft(row: ItemRow, item: ServiceItem, *, rt: Runtime, staff_id: str | None) -> None:
    row.draft = content_of(item)
    row.revision += 1
    row.updated_at = rt.clock.now()
    row.updated_by = staff_id


async def publish(rt: Runtime, *, key: str, revision: int, staff_id: str) -> int:
    """Offer the draft everywhere; returns the number of its new version.

    `revision` is the one that was looked at: nobody publishes what they have not seen.
    """

    async def step(session: AsyncSession) -> int:
        row = await _row(session, rt, key=key, revision=revision)
        number = add_version(session, rt, row, staff_id=staff_id)
        row.loaded_digest = None
        await _audit(session, rt, row=row, action="item.published", staff_id=staff_id)
        return number

    return await releasing(rt, step)


async def withdraw(rt: Runtime, *, key: str, revision: int, staff_id: str) -> int:
    """Offer it no more; what was applied for under it goes on."""

    async def step(session: AsyncSession) -> int:
        row = await _row(session, rt, key=key, revision=revision)
        if row.published_version is None or not row.active:
            raise Refusal("not_published", sentence("items.not_published"), status=409)
        row.active = False
        row.loaded_digest = None
        row.updated_at, row.updated_by = rt.clock.now(), staff_id
        await _audit(session, rt, row=row, action="item.withdrawn", staff_id=staff_id)
        return row.published_version

    return await releasing(rt, step)


def add_version(
    session: AsyncSession, rt: Runtime, row: ItemRow, *, staff_id: str | None, at_least: int = 1
) -> int:
    """The draft as it stands becomes the version that is offered."""
    number = max((row.published_version or 0) + 1, at_least)
    row.published_version, row.published_revision, row.active = number, row.revision, True
    session.add(
        ItemVersion(
            key=row.key,
            version=number,
            content=row.draft,
            published_at=rt.clock.now(),
            published_by=staff_id,
        )
    )
    return number


async def releasing(rt: Runtime, step: Callable[[AsyncSession], Awaitable[int]]) -> int:
    """One change of what is offered: with it the release is raised, and every process reloads."""
    for attempt in range(_RELEASE_TRIES):
        try:
            async with rt.db.write() as session:
                # First, so that on PostgreSQL its row is locked and releases commit in order.
                await _raise_release(session)
                result = await step(session)
            break
        except IntegrityError:  # the first release ever, or the same version, made by another process
            if attempt == _RELEASE_TRIES - 1:
                raise
    rt.hints.notify(HINT)
    await refresh(rt)  # whoever published sees it at once
    return result


async def _raise_release(session: AsyncSession) -> None:
    raised = await session.scalar(
        update(ItemRelease)
        .where(ItemRelease.id == 1)
        .values(number=ItemRelease.number + 1)
        .returning(ItemRelease.number)
    )
    if raised is None:
        session.add(ItemRelease(id=1, number=1))
        await session.flush()


async def _row(session: AsyncSession, rt: Runtime, *, key: str, revision: int) -> ItemRow:
    row = await session.get(ItemRow, key, with_for_update=not rt.db.is_sqlite)
    if row is None:
        raise unknown_item()
    if row.revision != revision:
        raise changed_meanwhile()
    return row


async def _audit(session: AsyncSession, rt: Runtime, *, row: ItemRow, action: str, staff_id: str) -> None:
    await audit(
        session,
        staff_id=staff_id,
        action=action,
        subject=row.key,
        detail={"revision": row.revision, "version": row.published_version},
        at=rt.clock.now(),
    )


def unknown_item() -> Refusal:
    return Refusal("unknown_item", sentence("items.unknown_item"), status=404)


def changed_meanwhile() -> Refusal:
    return Refusal("changed_meanwhile", sentence("items.saved_meanwhile"), status=409)
