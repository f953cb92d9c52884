"""The published knowledge in memory: one snapshot per process, following the releases."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import func, select
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.errors import trace_of
from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import Calibration
from bot.knowledge.documents.records import read_register
from bot.knowledge.documents.rules import Register
from bot.knowledge.grounds import rest_on
from bot.knowledge.index import Index
from bot.knowledge.models import FaqVersion, ReleaseRow, VersionState
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.text.lexicon import load_lexicon

PART = "knowledge"
POLL_S = 0.5
LEXICON = PROJECT / "data" / "lexicon"
_log = logging.getLogger(__name__)


@dataclass
class Library:
    """Readers take `snapshot` once and keep it for the whole question."""

    snapshot: Snapshot
    register: Register = field(default_factory=Register)
    refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    follower: asyncio.Task[None] | None = None


@cache
def one_blas_thread() -> None:
    """A question solves one small system: threads of the linear algebra only wait for each other."""
    threadpool_limits(limits=1, user_api="blas")


@cache
def shipped_analyser() -> Analyser:
    """With the lexicon we ship; immutable, so one serves every library of the process."""
    return Analyser(load_lexicon(LEXICON))


async def library_of(rt: Runtime) -> Library:
    """The process's library; the first caller loads it."""
    library: Library | None = rt.parts.get(PART)
    if library is None:
        one_blas_thread()
        analyser = await asyncio.to_thread(shipped_analyser)
        empty = Index.build(analyser=analyser, faqs=[])
        fresh = Library(Snapshot(release=0, index=empty, calibration=Calibration.of_json(None)))
        library = rt.parts.setdefault(PART, fresh)
        await refresh(rt, library)
    elif library.snapshot.release == 0:
        await refresh(rt, library)
    return library


async def refresh(rt: Runtime, library: Library) -> None:
    """Take over every release newer than ours; the new snapshot is complete before it shows."""
    async with library.refreshing:
        old = library.snapshot
        async with rt.db.read() as session:
            newest = await session.scalar(select(func.max(ReleaseRow.number))) or 0
            if newest <= old.release:
                return
            # The newest version of each FAQ touched since; older ones no longer answer.
            latest = (
                select(FaqVersion.key, func.max(FaqVersion.version).label("version"))
                .where(FaqVersion.release_number > old.release)
                .where(FaqVersion.release_number <= newest)
                .group_by(FaqVersion.key)
                .subquery()
            )
            rows = (
                await session.execute(
                    select(FaqVersion.state, FaqVersion.key, FaqVersion.content).join(
                        latest,
                        (FaqVersion.key == latest.c.key) & (FaqVersion.version == latest.c.version),
                    )
                )
            ).all()
            figures = await session.scalar(select(ReleaseRow.calibration).where(ReleaseRow.number == newest))
            register = await read_register(session)
        library.snapshot = await asyncio.to_thread(
            _next, old, newest, list(rows), figures, register, register != library.register
        )
        library.register = register


def _next(
    old: Snapshot,
    release: int,
    rows: list[tuple[VersionState, str, dict[str, object]]],
    figures: dict[str, object] | None,
    register: Register,
    register_changed: bool,
) -> Snapshot:
    fresh = [Faq.model_validate(c) for state, _, c in rows if state == VersionState.PUBLISHED]
    changed = [rest_on(faq, register) for faq in fresh]
    # A document's end reaches every answer that rests on it, touched by this release or not.
    touched = {key for _, key, _ in rows}
    for entry in old.index.entries if register_changed else ():
        faq = rest_on(entry.faq, register)
        if faq.key not in touched and faq.grounds != entry.faq.grounds:
            changed.append(faq)
    removed = [key for state, key, _ in rows if state == VersionState.WITHDRAWN]
    index = (
        old.index.updated(changed=changed, removed=removed)
        if old.index.entries
        else Index.build(analyser=old.index.analyser, faqs=sorted(changed, key=lambda f: f.key))
    )
    index.warm()
    return Snapshot(release=release, index=index, calibration=Calibration.of_json(figures))


async def follow(rt: Runtime, library: Library) -> None:
    """Hints make it quick, polling makes it sure."""
    with rt.hints.subscribe("release") as hints:
        while True:
            await hints.wait(POLL_S)
            try:
                await refresh(rt, library)
            except Exception as error:  # the last good snapshot goes on answering
                _log.error("following releases failed: %s", trace_of(error))
                await asyncio.sleep(POLL_S)


async def stop_following(library: Library) -> None:
    if library.follower is not None:
        library.follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await library.follower
        library.follower = None
