"""What the console and the command line show of the documents."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.errors import Refusal
from bot.knowledge.documents.changes import unknown_document
from bot.knowledge.documents.models import DocumentRow, DocumentText, TextState
from bot.knowledge.documents.records import record_of
from bot.knowledge.documents.rules import Register, Standing, last_day, number_keys, standing, title_key
from bot.knowledge.published import library_of
from bot.runtime import SHANGHAI, Runtime
from bot.texts import sentence

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """One row of the list. `standing` is None while the document is not registered."""

    row: DocumentRow
    standing: Standing | None
    draft: bool
    doubts: int  # of the draft
    version: int | None  # of the published text
    citing: int  # FAQs that answer now or did until it ended
    review: int  # of them, those that rest on something ended


@dataclass(frozen=True)
class Citing:
    key: str
    question: str
    clause: str | None
    last_day: date | None
    ended: bool  # no longer given as current: to be looked at again


@dataclass(frozen=True)
class Detail:
    row: DocumentRow
    standing: Standing | None
    draft: DocumentText | None
    current: DocumentText | None
    history: Sequence[DocumentText]  # newest first
    citing: Sequence[Citing]


async def list_documents(
    rt: Runtime, *, query: str = "", status: str = "", page: int = 1
) -> tuple[int, list[Line]]:
    """`status` is a standing, `draft`, or `review`; what changed last comes first."""
    today = today_of(rt)
    async with rt.db.read() as session:
        rows = (await session.scalars(select(DocumentRow))).all()
        texts = (
            await session.execute(
                select(
                    DocumentText.document_id, DocumentText.state, DocumentText.version, DocumentText.report
                ).where(DocumentText.state.in_((TextState.DRAFT, TextState.PUBLISHED)))
            )
        ).all()
    drafts = {document: report for document, state, _, report in texts if state == TextState.DRAFT}
    versions = {document: version for document, state, version, _ in texts if state == TextState.PUBLISHED}
    citing, review = await _counts(rt, today)
    lines = [
        Line(
            row=row,
            standing=standing(record_of(row), today=today) if row.registered else None,
            draft=row.id in drafts,
            doubts=len(drafts[row.id]["doubts"]) if row.id in drafts else 0,
            version=versions.get(row.id),
            citing=citing[row.id],
            review=review[row.id],
        )
        for row in rows
    ]
    found = [line for line in lines if _has_status(line, status) and _mentions(line.row, query)]
    found.sort(key=lambda line: (line.row.updated_at, line.row.id), reverse=True)
    return len(found), found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


async def read_document(rt: Runtime, *, document_id: str) -> Detail:
    today = today_of(rt)
    async with rt.db.read() as session:
        row = await session.get(DocumentRow, document_id)
        if row is None:
            raise unknown_document()
        history = (
            await session.scalars(
                select(DocumentText)
                .where(DocumentText.document_id == document_id)
                .order_by(DocumentText.version.desc())
                .limit(50)
            )
        ).all()
    return Detail(
        row=row,
        standing=standing(record_of(row), today=today) if row.registered else None,
        draft=next((text for text in history if text.state == TextState.DRAFT), None),
        current=next((text for text in history if text.state == TextState.PUBLISHED), None),
        history=history,
        citing=await _citing(rt, row, today),
    )


async def find_document(rt: Runtime, *, name: str) -> str:
    """The id for an id, a 文号 or a title, as typed on the command line."""
    keys = set(number_keys(name))
    async with rt.db.read() as session:
        rows = (await session.scalars(select(DocumentRow))).all()
    found = [row.id for row in rows if row.id == name or row.number_key in keys]
    found = found or [row.id for row in rows if title_key(row.title) == title_key(name)]
    found = found or [row.id for row in rows if title_key(name) and title_key(name) in title_key(row.title)]
    if not found:
        raise unknown_document()
    if len(found) > 1:
        raise Refusal("ambiguous_document", sentence("documents.ambiguous_document", name=name), status=409)
    return found[0]


def today_of(rt: Runtime) -> date:
    return rt.clock.now().astimezone(SHANGHAI).date()


async def _counts(rt: Runtime, today: date) -> tuple[Counter[str], Counter[str]]:
    citing: Counter[str] = Counter()
    review: Counter[str] = Counter()
    for entry in (await library_of(rt)).snapshot.index.entries:
        cited = entry.faq.grounds.cited if entry.faq.grounds else ()
        for document in {ground.record.id for ground in cited}:
            citing[document] += 1
        ended = {g.record.id for g in cited if standing(g.record, today=today, clause=g.clause).ended}
        review.update(ended)
    return citing, review


async def _citing(rt: Runtime, row: DocumentRow, today: date) -> list[Citing]:
    """Published FAQs; also for a draft, whose document the answers do not follow yet."""
    record = record_of(row)
    register = Register.of([record])
    found = []
    for entry in (await library_of(rt)).snapshot.index.entries:
        sources = [s for s in entry.faq.sources if register.cited(number=s.number, title=s.title)]
        if not sources:
            continue
        ended = row.registered and any(
            standing(record, today=today, clause=source.clause).ended for source in sources
        )
        days = [day for s in sources if (day := last_day(record, clause=s.clause))]
        found.append(
            Citing(
                key=entry.faq.key,
                question=entry.faq.question,
                clause="、".join(dict.fromkeys(s.clause for s in sources if s.clause)) or None,
                last_day=min(days, default=None),
                ended=ended,
            )
        )
    return sorted(found, key=lambda one: (not one.ended, one.key))


def _has_status(line: Line, status: str) -> bool:
    match status:
        case "":
            return True
        case "draft":
            return line.draft
        case "review":
            return line.review > 0
        case _:
            return line.standing is not None and line.standing.value == status


def _mentions(row: DocumentRow, query: str) -> bool:
    text = title_key("".join([row.title, row.number or "", *row.issuers]))
    return all(title_key(word) in text for word in query.split())
