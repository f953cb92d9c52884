"""A draft is corrected, then published or discarded."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.errors import Refusal
from bot.knowledge.documents.changes import access_document, changed, stale
from bot.knowledge.documents.force import key_of
from bot.knowledge.documents.imports import make_draft_of, new_document, same_document
from bot.knowledge.documents.models import DocumentRow, DocumentText, TextState
from bot.knowledge.documents.reading import stored_clauses
from bot.knowledge.documents.schemas import DraftEdit, Facts, InvalidDocument, parse
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.text.document_clauses import clauses_of
from bot.texts import sentence


async def save_draft(rt: Runtime, *, document_id: str, edit: object, revision: int, by: By) -> str:
    """Store corrections; the id of the document, which is another one if the 文号 is another's."""
    parsed = parse(DraftEdit, edit)
    try:
        async with rt.db.write() as session:
            document = await access_document(rt, session, document_id=document_id)
            text = await access_draft(session, document_id=document_id, revision=revision)
            document = await _under_its_number(rt, session, document, text, parsed.facts)
            edits = 0
            paragraphs = list(text.paragraphs)
            for at, words in parsed.paragraphs.items():
                if not 0 <= at < len(paragraphs):
                    raise stale()
                if (words := words.strip()) != paragraphs[at]["text"]:
                    paragraphs[at] = {**paragraphs[at], "text": words, "edited": True}
                    edits += 1
            if not any(one["text"] for one in paragraphs):
                raise InvalidDocument({"paragraphs": sentence("documents.nothing_left")})
            text.paragraphs = paragraphs
            text.facts = {**text.facts, **parsed.facts.model_dump(mode="json")}
            text.clauses = stored_clauses(clauses_of(one["text"] for one in paragraphs))
            text.revision += 1
            text.updated_at = rt.clock.now()
            detail = {"text": text.id, "revision": text.revision, "paragraphs": edits}
            await _note(rt, session, by=by, action="document.save", document=document, detail=detail)
            return document.id
    except IntegrityError:  # somebody registered that 文号 at the same moment
        raise stale() from None


async def publish(rt: Runtime, *, document_id: str, revision: int, by: By) -> int:
    """The draft becomes the document's text and decides about answers; the release's number."""

    async def step(session: AsyncSession) -> None:
        document = await access_document(rt, session, document_id=document_id)
        text = await access_draft(session, document_id=document_id, revision=revision)
        facts = parse(Facts, {name: text.facts[name] for name in Facts.model_fields})
        await _refuse_taken_number(session, document, facts)
        now = rt.clock.now()
        current = await session.scalars(
            select(DocumentText)
            .where(DocumentText.document_id == document_id)
            .where(DocumentText.state == TextState.PUBLISHED)
        )
        for old in current:
            old.state = TextState.SUPERSEDED
        text.state, text.published_at, text.updated_at = TextState.PUBLISHED, now, now
        put_facts(document, facts)
        document.effective_from, document.effective_until = facts.effective_from, facts.effective_until
        document.in_force, document.registered, document.loaded_digest = facts.in_force, True, None
        document.revision += 1
        document.updated_at = now
        detail = {"text": text.id, "version": text.version}
        await _note(rt, session, by=by, action="document.publish", document=document, detail=detail)

    number, _ = await changed(rt, by=by, step=step)
    return number


async def discard(rt: Runtime, *, document_id: str, revision: int, by: By) -> bool:
    """Whether the document itself is still there: one that was never registered goes with its draft."""
    async with rt.db.write() as session:
        document = await access_document(rt, session, document_id=document_id)
        text = await access_draft(session, document_id=document_id, revision=revision)
        detail = {"text": text.id, "version": text.version}
        await _note(rt, session, by=by, action="document.discard", document=document, detail=detail)
        if document.registered:
            text.state, text.updated_at = TextState.DISCARDED, rt.clock.now()
            return True
        await _forget(session, document)
        return False


async def access_draft(session: AsyncSession, *, document_id: str, revision: int) -> DocumentText:
    text: DocumentText | None = await session.scalar(
        select(DocumentText)
        .where(DocumentText.document_id == document_id)
        .where(DocumentText.state == TextState.DRAFT)
    )
    if text is None:
        raise Refusal("no_draft", sentence("documents.no_draft"), status=409)
    if text.revision != revision:
        raise stale()
    return text


def put_facts(document: DocumentRow, facts: Facts) -> None:
    document.title, document.number = facts.title, facts.number or None
    document.number_key = key_of(facts.number)
    document.issuers, document.published = list(facts.issuers), facts.published
    document.url = facts.url or None


async def _under_its_number(
    rt: Runtime, session: AsyncSession, document: DocumentRow, text: DocumentText, facts: Facts
) -> DocumentRow:
    """A corrected 文号 is that of another document: then this is a text of that one, known or new.

    A registered document keeps its own, because answers cite it by that.
    """
    key, known = key_of(facts.number), facts.model_dump(mode="json")
    other = await same_document(session, known) if key else None
    if other is None and document.registered and document.number_key not in (None, key):
        other = await new_document(rt, session, known)
    if other is not None and other.id != document.id:
        other = await access_document(rt, session, document_id=other.id)
        await make_draft_of(session, text=text, document_id=other.id)
        await session.flush()
        if not document.registered:
            await _forget(session, document)
        return other
    if not document.registered:
        put_facts(document, facts)
        document.updated_at = rt.clock.now()
    return document


async def _refuse_taken_number(session: AsyncSession, document: DocumentRow, facts: Facts) -> None:
    """It may have been imported under its own name since the draft was saved."""
    key = key_of(facts.number)
    taken = select(DocumentRow.id).where(DocumentRow.number_key == key).where(DocumentRow.id != document.id)
    if key and await session.scalar(taken):
        raise Refusal("number_taken", sentence("documents.number_taken"), status=409)


async def _forget(session: AsyncSession, document: DocumentRow) -> None:
    await session.execute(delete(DocumentText).where(DocumentText.document_id == document.id))
    await session.delete(document)


async def _note(
    rt: Runtime,
    session: AsyncSession,
    *,
    by: By,
    action: str,
    document: DocumentRow,
    detail: dict[str, Any],
) -> None:
    await audit(
        session, staff_id=by.staff_id, action=action, subject=document.id, detail=detail, at=rt.clock.now()
    )
