"""Editing: drafts are saved freely, publishing makes a release, every change is audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.service import audit
from bot.errors import Refusal
from bot.knowledge.files import put_draft
from bot.knowledge.models import FaqRow, FaqStatus, FaqVersion, VersionState
from bot.knowledge.published import PART, refresh, shipped_analyser
from bot.knowledge.releases import By, release
from bot.knowledge.schemas import FEWEST_PHRASINGS, Faq, InvalidFaq, parse_faq
from bot.runtime import Runtime
from bot.texts import sentence

PAGE_SIZE = 50
_RELEASE_TRIES = 5


@dataclass(frozen=True)
class FaqPage:
    total: int
    rows: Sequence[FaqRow]
    categories: Sequence[str]


@dataclass(frozen=True)
class FaqDetail:
    row: FaqRow
    history: Sequence[FaqVersion]  # newest first
    warnings: Sequence[str]


async def list_faqs(
    rt: Runtime,
    *,
    query: str = "",
    category: str | None = None,
    status: FaqStatus | None = None,
    page: int = 1,
) -> FaqPage:
    """Drafts, one page of them, the last edited first."""
    where = []
    for word in query.split():
        where.append(FaqRow.search_text.contains(word, autoescape=True))
    if category:
        where.append(FaqRow.category == category)
    if status:
        where.append(FaqRow.status == status)
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(FaqRow).where(*where)) or 0
        rows = (
            await session.scalars(
                select(FaqRow)
                .where(*where)
                .order_by(FaqRow.updated_at.desc(), FaqRow.key)
                .offset((page - 1) * PAGE_SIZE)
                .limit(PAGE_SIZE)
            )
        ).all()
        categories = (
            await session.scalars(select(FaqRow.category).distinct().order_by(FaqRow.category))
        ).all()
    return FaqPage(total=total, rows=rows, categories=categories)


async def read_faq(rt: Runtime, *, key: str) -> FaqDetail:
    async with rt.db.read() as session:
        row = await session.get(FaqRow, key)
        if row is None:
            raise unknown_faq()
        history = (
            await session.scalars(
                select(FaqVersion).where(FaqVersion.key == key).order_by(FaqVersion.version.desc()).limit(50)
            )
        ).all()
    return FaqDetail(row=row, history=history, warnings=warnings_of(Faq.model_validate(row.draft)))


async def save_draft(rt: Runtime, *, faq: dict[str, Any], revision: int | None, staff_id: str) -> int:
    """Store a draft and return its new revision.

    `revision` is the one that was edited, None for a new FAQ; a stale one is refused.
    """
    parsed = parse_faq(faq)
    if parsed.region not in shipped_analyser().lexicon.regions:
        raise InvalidFaq({"region": sentence("knowledge.unknown_region")})
    try:
        return await _save(rt, parsed=parsed, revision=revision, staff_id=staff_id)
    except IntegrityError:  # another process made the same new FAQ at the same moment
        raise Refusal("key_exists", sentence("knowledge.key_exists"), status=409) from None


async def _save(rt: Runtime, *, parsed: Faq, revision: int | None, staff_id: str) -> int:
    async with rt.db.write() as session:
        row = await session.get(FaqRow, parsed.key, with_for_update=not rt.db.is_sqlite)
        if revision is None:
            if row is not None:
                raise Refusal("key_exists", sentence("knowledge.key_exists"), status=409)
            row = FaqRow(key=parsed.key, created_at=rt.clock.now(), revision=0)
            row.status = FaqStatus.DRAFT
            session.add(row)
        elif row is None:
            raise unknown_faq()
        elif row.revision != revision:
            raise Refusal("changed_meanwhile", sentence("knowledge.saved_meanwhile"), status=409)
        put_draft(row, parsed, rt=rt)
        row.loaded_digest = None  # from now on the files leave it alone
        if row.status != FaqStatus.DRAFT:
            row.status = FaqStatus.CHANGED
        await audit(
            session,
            staff_id=staff_id,
            action="faq.save",
            subject=row.key,
            detail={"revision": row.revision},
            at=rt.clock.now(),
        )
        return row.revision


async def publish(rt: Runtime, *, key: str, staff_id: str | None, staff_name: str | None = None) -> int:
    """Make the draft answer, everywhere; returns the release's number."""
    return await _release(rt, key=key, state=VersionState.PUBLISHED, by=By(staff_id, staff_name))


async def withdraw(rt: Runtime, *, key: str, staff_id: str | None, staff_name: str | None = None) -> int:
    return await _release(rt, key=key, state=VersionState.WITHDRAWN, by=By(staff_id, staff_name))


def warnings_of(faq: Faq) -> list[str]:
    """Advice for the editor; never blocks."""
    found = []
    if len(faq.phrasings) < FEWEST_PHRASINGS:
        found.append(sentence("knowledge.few_phrasings", count=len(faq.phrasings), least=FEWEST_PHRASINGS))
    if faq.sources and not any(source.number or source.url for source in faq.sources):
        found.append(sentence("knowledge.thin_source"))
    if faq.confidence != "高" and not faq.year:
        found.append(sentence("knowledge.no_year"))
    return found


def unknown_faq() -> Refusal:
    return Refusal("unknown_faq", sentence("knowledge.unknown_faq"), status=404)


async def _release(rt: Runtime, *, key: str, state: VersionState, by: By) -> int:
    for attempt in range(_RELEASE_TRIES):
        try:
            number = await _release_once(rt, key=key, state=state, by=by)
            break
        except IntegrityError:  # another process took the number
            if attempt == _RELEASE_TRIES - 1:
                raise
    rt.hints.notify("release")
    if (library := rt.parts.get(PART)) is not None:
        await refresh(rt, library)  # whoever published sees it at once
    return number


async def _release_once(rt: Runtime, *, key: str, state: VersionState, by: By) -> int:
    async with rt.db.write() as session:
        row = await session.get(FaqRow, key, with_for_update=not rt.db.is_sqlite)
        if row is None:
            raise unknown_faq()
        if state is VersionState.WITHDRAWN and row.published_version is None:
            raise Refusal("not_published", sentence("knowledge.not_published"), status=409)
        number = await release(rt, session, rows=[row], state=state, by=by)
        # Published as it stands: the files no longer decide about it either.
        row.loaded_digest = None
        await audit(
            session,
            staff_id=by.staff_id,
            action=f"faq.{state}",
            subject=key,
            detail={"release": number},
            at=rt.clock.now(),
        )
        return number
