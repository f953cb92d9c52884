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
from bot.knowledge.documents.extract import Unreadable
from bot.knowledge.documents.force import key_of
from bot.knowledge.documents.models import DocumentRow, DocumentText, TextState
from bot.knowledge.documents.reading import Draft, read_draft
from bot.knowledge.documents.rules import title_key
from bot.knowledge.documents.sandbox import extract_safely
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
        draft = await read_draft(await extract_safely(rt, data))
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
    newest = await session.scalar(
        select(func.max(DocumentText.version)).where(DocumentText.document_id == document.id)
    )
    await supersede_drafts(session, document_id=document.id)
    document.updated_at = now
    # A discarded file that comes back is read anew, by what the cleaner knows today.
    text = await session.scalar(select(DocumentText).where(DocumentText.content_hash == digest))
    if text is None:
        text = DocumentText(id=new_id(), content_hash=digest, created_at=now, revision=0)
        session.add(text)
    text.document_id, text.version, text.state = document.id, (newest or 0) + 1, TextState.DRAFT
    text.file_name, text.file_format = PurePath(name).name[-200:], draft.format.value
    text.facts, text.paragraphs = _completed(draft.facts, document), draft.paragraphs
    text.clauses, text.report = draft.clauses, draft.report
    text.staff_id, text.staff_name, text.updated_at, text.published_at = by.staff_id, by.staff_name, now, None
    text.revision += 1
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
    key = key_of(draft.facts["number"])
    found = await same_document(session, number_key=key, title=draft.facts["title"])
    if found is not None:
        return found
    now = rt.clock.now()
    document = DocumentRow(
        id=new_id(),
        title=draft.facts["title"],
        number=draft.facts["number"] or None,
        number_key=key,
        issuers=draft.facts["issuers"],
        published=draft.facts["published"],
        ends=[],
        created_at=now,
        updated_at=now,
    )
    session.add(document)
    await session.flush()
    return document


async def same_document(session: AsyncSession, *, number_key: str | None, title: str) -> DocumentRow | None:
    """By 文号; a document without one by its title, if that tells enough."""
    if number_key:
        found: DocumentRow | None = await session.scalar(
            select(DocumentRow).where(DocumentRow.number_key == number_key)
        )
        return found
    wanted = title_key(title)
    if len(wanted) < _TELLING_TITLE:
        return None
    rows = await session.scalars(select(DocumentRow).where(DocumentRow.number_key.is_(None)))
    return next((row for row in rows if title_key(row.title) == wanted), None)


async def supersede_drafts(session: AsyncSession, *, document_id: str) -> None:
    """A document has one open draft; an older one stays in the history."""
    drafts = await session.scalars(
        select(DocumentText)
        .where(DocumentText.document_id == document_id)
        .where(DocumentText.state == TextState.DRAFT)
    )
    for draft in drafts:
        draft.state = TextState.SUPERSEDED
