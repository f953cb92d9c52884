"""Whether documents are in force: the register's file, and what staff change in it."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.errors import Refusal
from bot.knowledge.documents.changes import access_document, changed, stale
from bot.knowledge.documents.models import DocumentRow, DocumentText, TextState
from bot.knowledge.documents.records import read_register, stored_end
from bot.knowledge.documents.rules import End, Register, number_keys, title_key
from bot.knowledge.documents.schemas import Force, InvalidDocument, RegisterEntry, parse
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence


@dataclass
class Loaded:
    """What a load did; nothing was stored when there are `problems`."""

    added: int = 0
    changed: int = 0
    kept: int = 0  # changed by staff, so the file did not win
    unchanged: int = 0
    problems: dict[str, dict[str, str]] = field(default_factory=dict)
    release: int | None = None


async def load(rt: Runtime, *, folder: Path) -> Loaded:
    """Take the register's files over, as one release. Repeating it changes nothing."""
    entries, outcome = await asyncio.to_thread(_read, folder)
    if outcome.problems:
        return outcome
    async with rt.db.read() as session:
        rows = (await session.scalars(select(DocumentRow))).all()
    known = _Known(rows)
    due: list[RegisterEntry] = []
    for entry in entries:
        row = known.as_entered(entry)
        if row is None or (not row.registered and row.loaded_digest is None):
            outcome.added += 1
        elif row.loaded_digest is None:
            outcome.kept += 1
            continue
        elif row.loaded_digest == _digest(entry):
            outcome.unchanged += 1
            continue
        else:
            outcome.changed += 1
        due.append(entry)
    if not due:
        return outcome

    async def step(session: AsyncSession) -> None:
        for entry in due:
            at = known.as_entered(entry)
            row = await access_document(rt, session, document_id=at.id) if at else None
            if row is None:
                row = DocumentRow(id=new_id(), created_at=rt.clock.now(), revision=0)
                session.add(row)
            row.title, row.issuers = entry.title, list(entry.issuers)
            row.number = entry.number or row.number
            row.number_key = key_of(row.number)
            row.published, row.url = entry.published, entry.url or None
            put_force(row, entry, ends=[end.as_end() for end in entry.ends], rt=rt)
            if row.registered:
                await _tell_draft(session, row)
            row.registered, row.loaded_digest = True, _digest(entry)

    outcome.release, _ = await changed(rt, by=By(), step=step)
    return outcome


async def change_force(rt: Runtime, *, document_id: str, force: object, revision: int, by: By) -> int:
    """Replace what the register says about its force; the new release's number."""
    entry = parse(Force, force)

    async def step(session: AsyncSession) -> None:
        row = await access_document(rt, session, document_id=document_id)
        if not row.registered:
            raise Refusal("not_registered", sentence("documents.not_registered"), status=409)
        if row.revision != revision:
            raise stale()
        register = await read_register(session)
        ends = [_named(end.as_end(), register) for end in entry.ends]
        put_force(row, entry, ends=ends, rt=rt)
        await _tell_draft(session, row)
        row.loaded_digest = None  # from now on the files leave it alone
        detail = {"revision": row.revision, "in_force": row.in_force, "ends": len(ends)}
        await audit(
            session,
            staff_id=by.staff_id,
            action="document.force",
            subject=row.id,
            detail=detail,
            at=rt.clock.now(),
        )

    number, _ = await changed(rt, by=by, step=step)
    return number


def put_force(row: DocumentRow, entry: Force, *, ends: list[End], rt: Runtime) -> None:
    row.in_force = entry.in_force
    row.effective_from, row.effective_until = entry.effective_from, entry.effective_until
    row.ends = [stored_end(end) for end in ends]
    row.note = entry.note
    row.revision += 1
    row.updated_at = rt.clock.now()


async def _tell_draft(session: AsyncSession, row: DocumentRow) -> None:
    """The open draft was read before this change: publishing it must not undo it."""
    draft = await session.scalar(
        select(DocumentText)
        .where(DocumentText.document_id == row.id)
        .where(DocumentText.state == TextState.DRAFT)
    )
    if draft is not None:
        draft.facts = {
            **draft.facts,
            "in_force": row.in_force,
            "effective_from": row.effective_from.isoformat() if row.effective_from else None,
            "effective_until": row.effective_until.isoformat() if row.effective_until else None,
        }
        draft.revision += 1


def key_of(number: str | None) -> str | None:
    """The look-up key: the first 文号 of the field."""
    return next(iter(number_keys(number)), None)


def _named(end: End, register: Register) -> End:
    """A successor given by its number alone is shown with its title."""
    found = register.cited(number=end.successor, title="") if end.successor else []
    return End(end.how, end.on, found[0].name, end.clause) if found else end


class _Known:
    """The documents stored; the file or staff may know the 文号 of one that the other knows by title only."""

    def __init__(self, rows: Sequence[DocumentRow]) -> None:
        self._by_number = {row.number_key: row for row in rows if row.number_key}
        self._by_title = {
            title_key(row.title): row for row in sorted(rows, key=lambda row: (row.registered, row.id))
        }

    def as_entered(self, entry: RegisterEntry) -> DocumentRow | None:
        key = key_of(entry.number)
        if key in self._by_number:
            return self._by_number[key]
        row = self._by_title.get(title_key(entry.title))
        return None if row and key and row.number_key else row


def _identity(number: str | None, title: str) -> str:
    return key_of(number) or title_key(title)


def _read(folder: Path) -> tuple[list[RegisterEntry], Loaded]:
    outcome, entries = Loaded(), dict[str, RegisterEntry]()
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for at, record in enumerate(data.get("documents") or []):
            place = f"{path.name}: {at + 1}"
            try:
                entry = parse(RegisterEntry, record)
            except InvalidDocument as problem:
                outcome.problems[place] = problem.fields
                continue
            identity = _identity(entry.number, entry.title)
            if identity in entries:
                outcome.problems[place] = {"number": sentence("documents.number_taken")}
            entries[identity] = entry
    return list(entries.values()), outcome


def _digest(entry: RegisterEntry) -> str:
    return hashlib.sha256(entry.model_dump_json().encode()).hexdigest()
