"""A file becomes a draft. The same file again is the same draft, the same 文号 a new text of its document."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.errors import Refusal
from bot.knowledge.documents.changes import access_document
from bot.knowledge.documents.extract import Unreadable
from bot.knowledge.documents.force import key_of
from bot.knowledge.documents.models import DocumentRow, DocumentText, TextState
from bot.knowledge.documents.reading import Draft
from bot.knowledge.documents.rules import title_key
from bot.knowledge.documents.sandbox import read_safely
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence

MOST_BYTES = 10 * 1024 * 1024
SUFFIXES = (".txt", ".html", ".htm", ".docx", ".pdf")
_TELLING_TITLE = 8  # a shorter one (关于…的通知) may be of another document


@dataclass(frozen=True)
class Imported:
    document_id: str
    text_id: str
    known: bool  # this very file had been imported before


async def import_file(rt: Runtime, *, name: str, data: bytes, by: By) -> Imported:
    """Refused with a sentence for people when it is no text we can read."""
    if PurePath(name).suffix.lower() not in SUFFIXES:
        raise Refusal("wrong_type", sentence("documents.wrong_type"), status=415)
    if len(data) > MOST_BYTES:
        raise Refusal(
            "too_large", sentence("documents.too_large", limit=MOST_BYTES // 1024 // 1024), status=413
        )
    digest = hashlib.sha256(data).hexdigest()
    if (known := await _known(rt, digest)) is not None:
        return known
    try:
        draft = await read_safely(rt, data)
    except Unreadable as problem:
        raise Refusal(problem.code, sentence(f"documents.{problem.code}"), status=422) from None
    try:
        async with rt.db.write() as session:
            return await _store(rt, session, name=name, digest=digest, draft=draft, by=by)
    except IntegrityError:  # the same file, or the same 文号, from somebody else at the same moment
        if (known := await _known(rt, digest)) is not None:
            return known
        async with rt.db.write() as session:
            return await _store(rt, session, name=name, digest=digest, draft=draft, by=by)


async def _known(rt: Runtime, digest: str) -> Imported | None:
    async with rt.db.read() as session:
        row = await session.scalar(
            select(DocumentText)
            .where(DocumentText.content_hash == digest)
            .where(DocumentText.state != TextState.DISCARDED)
        )
    return Imported(row.document_id, row.id, known=True) if row else None


async def _store(
    rt: Runtime, session: AsyncSession, *, name: str, digest: str, draft: Draft, by: By
) -> Imported:
    now = rt.clock.now()
    document = await _document_for(rt, session, draft)
    document.updated_at = now
    # A discarded file that comes back is read anew, by what the cleaner knows today.
    text = await session.scalar(select(DocumentText).where(DocumentText.content_hash == digest))
    if text is None:
        text = DocumentText(id=new_id(), content_hash=digest, created_at=now)
    await make_draft_of(session, text=text, document_id=document.id)
    text.file_name, text.file_format = PurePath(name).name[-200:], draft.format.value
    text.facts, text.paragraphs = _completed(draft.facts, document), draft.paragraphs
    text.clauses, text.report = draft.clauses, draft.report
    text.staff_id, text.staff_name, text.updated_at, text.published_at = by.staff_id, by.staff_name, now, None
    session.add(text)
    await session.flush()
    await audit(
        session,
        staff_id=by.staff_id,
        action="document.import",
        subject=document.id,
        detail={"text": text.id, "version": text.version, "format": text.file_format},
        at=now,
    )
    return Imported(document.id, text.id, known=False)


def _completed(facts: dict[str, Any], document: DocumentRow) -> dict[str, Any]:
    """What the text does not say, the register may know already."""
    if not document.registered:
        return facts
    known = {
        "issuers": document.issuers,
        "published": document.published,
        "effective_from": document.effective_from.isoformat() if document.effective_from else None,
        "effective_until": document.effective_until.isoformat() if document.effective_until else None,
        "in_force": document.in_force and not facts["status_text"],
        "url": document.url or "",
    }
    return {**facts, **{name: facts[name] or value for name, value in known.items()}}


async def _document_for(rt: Runtime, session: AsyncSession, draft: Draft) -> DocumentRow:
    found = await same_document(session, draft.facts)
    if found is not None:
        return await access_document(rt, session, document_id=found.id)
    return await new_document(rt, session, draft.facts)


async def new_document(rt: Runtime, session: AsyncSession, facts: dict[str, Any]) -> DocumentRow:
    now = rt.clock.now()
    document = DocumentRow(
        id=new_id(),
        title=facts["title"],
        number=facts["number"] or None,
        number_key=key_of(facts["number"]),
        issuers=facts["issuers"],
        published=facts["published"],
        ends=[],
        created_at=now,
        updated_at=now,
    )
    session.add(document)
    await session.flush()
    return document


async def same_document(session: AsyncSession, facts: dict[str, Any]) -> DocumentRow | None:
    """By 文号; one that is known without a 文号 by its title, if that tells enough."""
    if key := key_of(facts["number"]):
        found: DocumentRow | None = await session.scalar(
            select(DocumentRow).where(DocumentRow.number_key == key)
        )
        if found is not None:
            return found
    wanted = title_key(facts["title"])
    if len(wanted) < _TELLING_TITLE:
        return None
    rows = await session.scalars(select(DocumentRow).where(DocumentRow.number_key.is_(None)))
    return next((row for row in rows if title_key(row.title) == wanted and _may_be(row, facts)), None)


def _may_be(row: DocumentRow, facts: dict[str, Any]) -> bool:
    """Every year and every city has its 关于组织申报…的通知."""
    years = row.published[:4], facts["published"][:4]
    if all(years) and years[0] != years[1]:
        return False
    return not (row.issuers and facts["issuers"]) or not set(row.issuers).isdisjoint(facts["issuers"])


async def make_draft_of(session: AsyncSession, *, text: DocumentText, document_id: str) -> None:
    """A document has one open draft; an older one stays in the history.

    Revisions go on from text to text: who still has an older text open must not change this one.
    """
    drafts = await session.scalars(
        select(DocumentText)
        .where(DocumentText.document_id == document_id)
        .where(DocumentText.state == TextState.DRAFT)
    )
    for draft in drafts:
        draft.state = TextState.SUPERSEDED
    version, revision = (
        await session.execute(
            select(func.max(DocumentText.version), func.max(DocumentText.revision)).where(
                DocumentText.document_id == document_id
            )
        )
    ).one()
    text.document_id, text.state = document_id, TextState.DRAFT
    text.version, text.revision = (version or 0) + 1, (revision or 0) + 1
