"""Documents as the pages get them."""

from dataclasses import asdict
from typing import Any

from bot.knowledge.documents.models import DocumentText
from bot.knowledge.documents.queries import Detail, Line


def line_view(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "issuers": row.issuers,
        "published": row.published,
        "standing": line.standing,
        "draft": line.draft,
        "doubts": line.doubts,
        "version": line.version,
        "effective_from": row.effective_from,
        "effective_until": row.effective_until,
        "ends": row.ends,
        "citing": line.citing,
        "review": line.review,
        "updated_at": row.updated_at,
    }


def detail_view(detail: Detail) -> dict[str, Any]:
    row = detail.row
    return {
        "document": {
            "id": row.id,
            "number": row.number,
            "title": row.title,
            "issuers": row.issuers,
            "published": row.published,
            "url": row.url,
            "registered": row.registered,
            "standing": detail.standing,
            "revision": row.revision,
            "force": {
                "in_force": row.in_force,
                "effective_from": row.effective_from,
                "effective_until": row.effective_until,
                "ends": [
                    {**end, "successor": end["successor"] or "", "clause": end["clause"] or ""}
                    for end in row.ends
                ],
                "note": row.note,
            },
        },
        "draft": _text_view(detail.draft) if detail.draft else None,
        "text": _text_view(detail.current) if detail.current else None,
        "history": [
            {
                "version": text.version,
                "state": text.state,
                "file_name": text.file_name,
                "staff_name": text.staff_name,
                "at": text.published_at or text.updated_at,
            }
            for text in detail.history
        ],
        "citing": [asdict(one) for one in detail.citing],
    }


def _text_view(text: DocumentText) -> dict[str, Any]:
    return {
        "version": text.version,
        "revision": text.revision,
        "state": text.state,
        "file_name": text.file_name,
        "facts": text.facts,
        "paragraphs": text.paragraphs,
        "clauses": text.clauses,
        "report": text.report,
        "staff_name": text.staff_name,
        "at": text.updated_at,
    }
