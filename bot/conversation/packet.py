"""What a specialist should know before the first word: a snapshot taken when a person is asked for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import HandoverRequest
from bot.conversation.handover_models import ENDED, Handover
from bot.conversation.log import wire_time
from bot.conversation.models import Author, Conversation, Feedback, Message
from bot.conversation.settling import SETTLED_SLOTS
from bot.knowledge.published import shipped_analyser
from bot.knowledge.service import title_of
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.service.rules import adopt, summary

VERSION = 1
LAST_MESSAGES = 30
LAST_TURNS = 10  # messages repeated in the packet itself
EARLIER = 3  # episodes
_SHOWN_SLOTS = (*SETTLED_SLOTS, "last_question")


async def snapshot(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, request: HandoverRequest
) -> dict[str, Any]:
    """docs/desk.md, "Packet"; everything in it is masked as the log is."""
    rows = await _last_messages(session, conversation)
    slots = conversation.slots
    return {
        "version": VERSION,
        "reason": request.reason,
        "category": request.category,
        "note": request.note,
        "tried": _tried(rt, rows),
        "slots": {name: slots[name] for name in _SHOWN_SLOTS if slots.get(name)},
        "facts": _facts(rt, slots),
        "profile": slots.get("profile"),  # for routing by skill, e.g. 外籍
        "application": _application(rt, slots.get("application")),
        "last": [{"author": row.author, "text": _text(row)} for row in _spoken(rows)[-LAST_TURNS:]],
        "feedback": await _feedback(session, rows),
        "files": [file for row in rows for file in row.content.get("files") or ()],
        "earlier": await _earlier(session, conversation),
    }


async def _last_messages(session: AsyncSession, conversation: Conversation) -> list[Message]:
    await session.flush()
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.internal.is_(False))
        .order_by(Message.seq.desc())
        .limit(LAST_MESSAGES)
    )
    return list(rows)[::-1]


def _spoken(rows: list[Message]) -> list[Message]:
    return [row for row in rows if row.author != Author.SYSTEM]


def _text(row: Message) -> str:
    return " ".join(row.content.get("paragraphs", ()))


def _tried(rt: Runtime, rows: list[Message]) -> list[dict[str, Any]]:
    """What the assistant answered: `[{"question", "faq", "title", "band", "sources"}]`."""
    tried: list[dict[str, Any]] = []
    question = ""
    for row in rows:
        if row.author == Author.TALENT:
            question = _text(row)
        elif row.author == Author.ASSISTANT and row.log:
            key = row.log["faq"]
            sources = row.content.get("sources") or ()
            tried.append(
                {
                    "question": question,
                    "faq": key,
                    "title": title_of(rt, key=key) if key else None,
                    "band": row.log["band"],
                    "sources": [source.get("number") or source["title"] for source in sources],
                }
            )
    return tried


def _facts(rt: Runtime, slots: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of the talent, in Chinese: label and value."""
    lexicon = shipped_analyser().lexicon
    facts = []
    for name, label in SETTLED_SLOTS.items():
        value = slots.get(name) or ""
        if name == "region" and value in lexicon.regions:
            value = lexicon.region_name(value)
        if name == "last_faq":
            value = title_of(rt, key=value) if value else None
        if value:
            facts.append((label, str(value)))
    return facts


def _application(rt: Runtime, draft: Any) -> dict[str, Any] | None:
    """The guide's draft with its name and, as on its own summary, labels and shown values."""
    if not isinstance(draft, dict):
        return None
    item = catalogue(rt).item(draft.get("item")) if "service" in rt.parts else None
    if item is None:
        return draft
    rows = summary(item=item, draft=adopt(item=item, stored=draft))
    return {**draft, "name": item.name, "rows": [list(row) for row in rows]}


async def _feedback(session: AsyncSession, rows: list[Message]) -> list[dict[str, Any]]:
    given = await session.scalars(select(Feedback).where(Feedback.message_id.in_([row.id for row in rows])))
    by_message = {row.id: row for row in rows}
    return [{"text": _text(by_message[one.message_id])[:80], "helpful": one.helpful} for one in given]


async def _earlier(session: AsyncSession, conversation: Conversation) -> list[dict[str, Any]]:
    """How the episodes before ended, newest first."""
    rows = await session.scalars(
        select(Handover)
        .where(Handover.conversation_id == conversation.id, Handover.status.in_(ENDED))
        .order_by(Handover.ended_at.desc(), Handover.id.desc())
        .limit(EARLIER)
    )
    return [
        {
            "category": row.category,
            "status": row.status,
            "ended_at": wire_time(row.ended_at) if row.ended_at else None,
            "result": (row.summary or {}).get("result") or row.note,
            "rating": row.rating,
        }
        for row in rows
    ]
