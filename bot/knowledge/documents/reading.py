"""A file's text through the cleaner into what a reviewer gets: facts, paragraphs, clauses, a report."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from bot.knowledge.documents.extract import Extracted, Format, Unreadable
from bot.knowledge.documents.schemas import MOST_PARAGRAPHS
from bot.settings import PROJECT
from bot.text.clean import clean
from bot.text.clean_clutter import Clutter, load_clutter
from bot.text.clean_findings import Finding
from bot.text.document import Clause, read_document

_IN_FORCE = "有效"
_ENDED = ("失效", "废止", "无效", "已被")
_TITLE_LENGTH = 300
_UNTITLED = "（未识别标题）"


@dataclass(frozen=True)
class Draft:
    format: Format
    facts: dict[str, Any]
    paragraphs: list[dict[str, Any]]  # {"text", "edited"}
    clauses: list[dict[str, Any]]  # {"label", "heading", "text", "first"}: `first` is its first paragraph
    report: dict[str, Any]  # {"removed": […], "doubts": […]}


def stored_clauses(clauses: Iterable[Clause]) -> list[dict[str, Any]]:
    return [asdict(clause) for clause in clauses]


def draft_of(extracted: Extracted) -> Draft:
    cleaned = clean(extracted.text, clutter=_clutter())
    document = read_document(cleaned)
    paragraphs = list(document.paragraphs)
    if not paragraphs:
        raise Unreadable("no_text")
    if len(paragraphs) > MOST_PARAGRAPHS:
        raise Unreadable("too_long")
    status = document.status_text or ""
    notes = [asdict(note) for note in extracted.notes]
    facts: dict[str, Any] = {
        "title": document.title.strip()[:_TITLE_LENGTH] or _UNTITLED,
        "number": document.number or "",
        "issuers": list(document.issuers),
        "published": document.published.isoformat() if document.published else "",
        "effective_from": document.effective.isoformat() if document.effective else None,
        "effective_until": document.until.isoformat() if document.until else None,
        "in_force": _IN_FORCE in status and not any(word in status for word in _ENDED),
        "url": "",
        "status_text": status,
        "source_site": document.source_site or "",
    }
    return Draft(
        format=extracted.format,
        facts=facts,
        paragraphs=[{"text": words, "edited": False} for words in paragraphs],
        clauses=stored_clauses(document.clauses),
        report={
            "removed": [_told(note, None) for note in notes if note["removed"]]
            + [_told(_finding(one), None) for one in cleaned.removed],
            "doubts": [_told(note, None) for note in notes if not note["removed"]]
            + _located([_finding(one) for one in cleaned.doubts], paragraphs),
        },
    )


@cache
def _clutter() -> Clutter:
    return load_clutter(PROJECT / "data" / "lexicon")


def _finding(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind.value, "line": finding.line, "text": finding.text, "note": finding.note}


def _told(found: dict[str, Any], paragraph: int | None) -> dict[str, Any]:
    return {
        "kind": found["kind"],
        "line": found.get("line"),
        "text": found["text"],
        "note": found["note"],
        "paragraph": paragraph,
    }


def _located(doubts: Sequence[dict[str, Any]], paragraphs: Sequence[str]) -> list[dict[str, Any]]:
    """Each with the paragraph that holds its words: the same words twice are two places."""
    taken: dict[str, tuple[int, int]] = {}
    told = []
    for doubt in doubts:
        words, place = doubt["text"], None
        start, offset = taken.get(words, (0, 0))
        for at in range(start, len(paragraphs)) if words else ():
            found = paragraphs[at].find(words, offset if at == start else 0)
            if found >= 0:
                place, taken[words] = at, (at, found + len(words))
                break
        told.append(_told(doubt, place))
    return told
