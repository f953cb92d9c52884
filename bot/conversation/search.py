"""Search over chats in reach: every word must occur somewhere in the chat."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.conversation.chat_rows import ChatRow, episodes, last_shown, rows_of
from bot.conversation.handover_models import Handover
from bot.conversation.log import with_hints
from bot.conversation.models import Conversation, Message, VaultEntry
from bot.conversation.scope import Scope, visible
from bot.text.normalise import normalise
from bot.text.personal import TOKEN

MOST_FOUND = 50
MOST_WORDS = 8
AROUND = 24  # characters of the snippet on each side of the word
_ESCAPE = "\\"


@dataclass(frozen=True)
class Sought:
    words: tuple[str, ...] = ()  # normalised
    category: str | None = None
    staff_id: str | None = None
    since: datetime | None = None  # asked for a person from then on
    until: datetime | None = None
    label: str | None = None


def words_of(text: str) -> tuple[str, ...]:
    """Taken apart before they are normalised: blanks between Chinese words do not survive that."""
    words = (normalise(word) for word in text.split())
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


async def search(session: AsyncSession, *, sought: Sought, scope: Scope) -> list[ChatRow]:
    """The newest fitting episode of each chat, newest first, with `snippet`."""
    fitting = [visible(scope), *(_occurs(word) for word in sought.words)]
    if sought.category:
        fitting.append(Handover.category == sought.category)
    if sought.staff_id:
        fitting.append(Handover.staff_id == sought.staff_id)
    if sought.since:
        fitting.append(Handover.requested_at >= sought.since)
    if sought.until:
        fitting.append(Handover.requested_at < sought.until)
    if sought.label:
        fitting.append(_stored_in(Handover.labels, json.dumps(sought.label)))
    place = func.row_number().over(
        partition_by=Handover.conversation_id,
        order_by=(Handover.requested_at.desc(), Handover.id.desc()),
    )
    ranked = (
        select(Handover.id, place.label("place"))
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(and_(*fitting))
        .subquery()
    )
    newest = select(ranked.c.id).where(ranked.c.place == 1)
    query = episodes().where(Handover.id.in_(newest))
    newest_first = (Handover.requested_at.desc(), Handover.id.desc())
    rows = await rows_of(session, query.order_by(*newest_first).limit(MOST_FOUND))
    snippets = await _snippets(session, [row["handover_id"] for row in rows], sought.words)
    return [row | {"snippet": snippets.get(row["conversation_id"], "")} for row in rows]


def _occurs(word: str) -> ColumnElement[bool]:
    """In a message or note up to the episode's end, in its outcome, summary or labels."""
    said = (
        select(Message.id)
        .where(
            Message.conversation_id == Handover.conversation_id,
            Message.seq <= last_shown(),
            Message.plain.like(_pattern(word), escape=_ESCAPE),
        )
        .exists()
    )
    stored = json.dumps(word)[1:-1]
    return or_(
        said,
        _stored_in(Handover.summary, stored),
        _stored_in(Handover.labels, stored),
        Handover.note.like(_pattern(word), escape=_ESCAPE),
    )


def _stored_in(column: InstrumentedAttribute[Any], stored: str) -> ColumnElement[bool]:
    """JSON is stored with everything but ASCII escaped, so `stored` is escaped too."""
    return cast(column, Text).like(_pattern(stored), escape=_ESCAPE)


def _pattern(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return f"%{text}%"


async def _snippets(session: AsyncSession, handover_ids: list[str], words: tuple[str, ...]) -> dict[str, str]:
    """The newest message of each episode's chat that holds one of the words, around that word."""
    if not words or not handover_ids:
        return {}
    holds = or_(*(Message.plain.like(_pattern(word), escape=_ESCAPE) for word in words))
    newest = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(Handover.id.in_(handover_ids), Message.seq <= last_shown(), holds)
        .group_by(Message.conversation_id)
        .subquery()
    )
    query = select(Message.conversation_id, Message.plain).join(
        newest, (Message.conversation_id == newest.c.conversation_id) & (Message.seq == newest.c.seq)
    )
    found = {chat: plain for chat, plain in await session.execute(query)}
    hints: dict[str, dict[str, str]] = {}
    if any(TOKEN.search(plain) for plain in found.values()):
        entries = select(VaultEntry.conversation_id, VaultEntry.token, VaultEntry.hint)
        for chat, token, hint in await session.execute(
            entries.where(VaultEntry.conversation_id.in_(list(found)))
        ):
            hints.setdefault(chat, {})[token] = hint
    return {chat: _around(with_hints(plain, hints.get(chat, {})), words) for chat, plain in found.items()}


def _around(text: str, words: tuple[str, ...]) -> str:
    at = next((place for word in words if (place := text.find(word)) >= 0), 0)
    start = max(0, at - AROUND)
    end = at + AROUND * 2
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
