"""The items as they are offered, and the sentences of the guide: a snapshot every process keeps fresh."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import trace_of
from bot.runtime import Runtime
from bot.service.composing import JOINT, MOST_TOGETHER, compose
from bot.service.item_models import ItemRelease, ItemRow, ItemVersion
from bot.service.schemas import ServiceItem
from bot.service.texts import Texts, load_texts
from bot.settings import PROJECT
from bot.talent.places import covers

PART = "service"
HINT = "service_items"
POLL_S = 0.5
_READ_AT_ONCE = 500  # SQLite allows only so many parameters
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Catalogue:
    """What the guide needs that changes only with a release; readers keep one for a whole turn."""

    items: dict[str, ServiceItem]  # by key, as last published; `active` says whether it is offered
    texts: Texts
    versions: dict[tuple[str, int], ServiceItem] = field(default_factory=dict)
    release: int = 0
    _composed: dict[str, ServiceItem] = field(default_factory=dict, compare=False, repr=False)

    def item(self, key: object) -> ServiceItem | None:
        """What is offered now under a key, or under several joined by + (one submission)."""
        if not isinstance(key, str):
            return None
        if JOINT in key:
            return self._together(key)
        found = self.items.get(key)
        return found if found and found.active else None

    def version(self, key: str, number: int) -> ServiceItem | None:
        """An item as it was published under a number, offered or not."""
        now = self.items.get(key)
        if now is not None and now.version == number:
            return now
        return self.versions.get((key, number))

    @property
    def offered(self) -> list[ServiceItem]:
        return [item for item in self.items.values() if item.active]

    def near(self, region: str | None) -> list[ServiceItem]:
        """What is offered in a place and around it; all where no place is known or none fits."""
        if not region:
            return self.offered
        found = [item for item in self.offered if covers(item.region, region) or covers(region, item.region)]
        return found or self.offered

    def _together(self, key: str) -> ServiceItem | None:
        if key not in self._composed:
            keys = key.split(JOINT)
            found = [item for item in map(self.item, keys) if item is not None]
            if len(found) != len(keys) or len(set(keys)) != len(keys) or len(keys) > MOST_TOGETHER:
                return None
            self._composed[key] = compose(found)
        return self._composed[key]


@dataclass
class _Following:
    """What one process has read so far; published versions never change, so each is read once."""

    texts: Texts
    versions: dict[tuple[str, int], ServiceItem] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    task: asyncio.Task[None] | None = None


_FOLLOWING = "service_following"


async def start(rt: Runtime) -> None:
    following = await _following(rt)
    following.task = asyncio.create_task(_follow(rt), name="service-items-follower")


async def stop(rt: Runtime) -> None:
    following: _Following | None = rt.parts.pop(_FOLLOWING, None)
    if following is not None and following.task is not None:
        following.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following.task
    rt.parts.pop(PART, None)


def catalogue(rt: Runtime) -> Catalogue:
    found: Catalogue = rt.parts[PART]
    return found


async def refresh(rt: Runtime) -> Catalogue:
    """Take over every release newer than ours; the new snapshot is complete before it shows."""
    following = await _following(rt)
    async with following.refreshing:
        now = catalogue(rt)
        async with rt.db.read() as session:
            release = await session.scalar(select(ItemRelease.number)) or 0
            if release <= now.release:
                return now
            await _read_versions(session, following)
            rows = (
                await session.execute(
                    select(ItemRow.key, ItemRow.published_version, ItemRow.active).order_by(ItemRow.key)
                )
            ).all()
        items = {}
        for key, number, active in rows:
            version = following.versions.get((key, number)) if number else None
            if version is not None:
                items[key] = version.model_copy(update={"active": active})
        rt.parts[PART] = Catalogue(items, following.texts, dict(following.versions), release)
        return catalogue(rt)


async def _following(rt: Runtime) -> _Following:
    """This process's reader; the first caller loads the snapshot."""
    following: _Following | None = rt.parts.get(_FOLLOWING)
    if following is None:
        texts = await asyncio.to_thread(load_texts, PROJECT / "data" / "dialogue" / "texts.yml")
        fresh = _Following(texts)
        following = rt.parts.setdefault(_FOLLOWING, fresh)
        if following is fresh:
            rt.parts[PART] = Catalogue({}, texts)
            await refresh(rt)
    return following


async def _read_versions(session: AsyncSession, following: _Following) -> None:
    ids = (await session.execute(select(ItemVersion.id, ItemVersion.key, ItemVersion.version))).all()
    new = [
        id_
        for id_, key, number in ids
        if (key, number) not in following.versions and id_ not in following.unreadable
    ]
    for start_at in range(0, len(new), _READ_AT_ONCE):
        rows = await session.scalars(
            select(ItemVersion).where(ItemVersion.id.in_(new[start_at : start_at + _READ_AT_ONCE]))
        )
        for row in rows:
            try:
                item = ServiceItem.model_validate({**row.content, "key": row.key, "version": row.version})
            except ValidationError as problem:  # one that cannot be read must not keep the others away
                following.unreadable.add(row.id)
                _log.error("item %s version %d: %s", row.key, row.version, trace_of(problem))
                continue
            following.versions[row.key, row.version] = item


async def _follow(rt: Runtime) -> None:
    """Hints make it quick, polling makes it sure."""
    with rt.hints.subscribe(HINT) as hints:
        while True:
            await hints.wait(POLL_S)
            try:
                await refresh(rt)
            except Exception as error:  # the last good snapshot goes on serving
                _log.error("following service items failed: %s", trace_of(error))
                await asyncio.sleep(POLL_S)
