"""Episodes as rows of the desk's lists: a fixed number of queries, however many rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation.episodes import queue_order
from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.conversation.log import wire_time, with_hints
from bot.conversation.models import Author, Conversation, Message, VaultEntry
from bot.conversation.words import Said, says, word_list

ChatRow = dict[str, Any]  # "ChatRow" in docs/desk.md, without the names of staff and teams
Episode = tuple[Conversation, Handover]
LAST_TEXT = 80  # characters

_LAST = aliased(Message)


def episodes() -> Select[Conversation, Handover, Message, int]:
    """Every episode with its conversation, the last words said in it and the talent's last seq."""
    last_seq = (
        select(func.max(Message.seq))
        .where(
            Message.conversation_id == Conversation.id,
            Message.internal.is_(False),
            Message.author != Author.SYSTEM,
            Message.seq <= last_shown(),
        )
        .correlate(Conversation, Handover)
        .scalar_subquery()
    )
    last_talent_seq = (
        select(func.max(Message.seq))
        .where(
            Message.conversation_id == Conversation.id,
            Message.author == Author.TALENT,
            Message.seq <= last_shown(),
        )
        .correlate(Conversation, Handover)
        .scalar_subquery()
    )
    return (
        select(Conversation, Handover, _LAST, last_talent_seq)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .outerjoin(_LAST, (_LAST.conversation_id == Conversation.id) & (_LAST.seq == last_seq))
    )


def last_shown() -> ColumnElement[int]:
    """Seq up to which an episode's row and search look: what came after its end is not about it."""
    return func.coalesce(Handover.ended_seq, Conversation.last_seq)


async def rows_of(
    session: AsyncSession, query: Select[Conversation, Handover, Message, int]
) -> list[ChatRow]:
    found = (await session.execute(query)).all()
    if not found:
        return []
    hints = await _hints(session, [row[0].id for row in found])
    places: dict[str, int] = {}
    if any(row[1].status == HandoverStatus.WAITING for row in found):
        places = await _places(session)
    owed = await _owed_beside(session, [row[0].id for row in found if row[1].status in LIVE])
    return [
        _row(conversation, handover, last, last_talent_seq or 0, hints.get(conversation.id, {}), places)
        | {"ticket": _ticket(owed.get(conversation.id), hints.get(conversation.id, {}), handover)}
        for conversation, handover, last, last_talent_seq in found
    ]


async def _hints(session: AsyncSession, conversation_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    query = select(VaultEntry.conversation_id, VaultEntry.token, VaultEntry.hint)
    hints: dict[str, dict[str, str]] = {}
    for conversation_id, token, hint in await session.execute(
        query.where(VaultEntry.conversation_id.in_(set(conversation_ids)))
    ):
        hints.setdefault(conversation_id, {})[token] = hint
    return hints


async def _owed_beside(session: AsyncSession, conversation_ids: Sequence[str]) -> dict[str, Handover]:
    """Call-backs that still stand while their talent waits for or talks with a person."""
    if not conversation_ids:
        return {}
    query = select(Handover).where(
        Handover.conversation_id.in_(conversation_ids), Handover.status == HandoverStatus.TICKETED
    )
    return {row.conversation_id: row for row in await session.scalars(query.order_by(Handover.requested_at))}


async def _places(session: AsyncSession) -> dict[str, int]:
    """Place of every waiting episode in the queue of its team."""
    place = func.row_number().over(partition_by=Handover.team_id, order_by=queue_order())
    waiting = select(Handover.id, place).where(Handover.status == HandoverStatus.WAITING)
    return {handover_id: number for handover_id, number in await session.execute(waiting)}


def _row(
    conversation: Conversation,
    handover: Handover,
    last: Message | None,
    last_talent_seq: int,
    hints: dict[str, str],
    places: dict[str, int],
) -> ChatRow:
    return {
        "conversation_id": conversation.id,
        "handover_id": handover.id,
        "handover_status": handover.status,
        "control": conversation.control,
        "version": conversation.version,
        "channel": conversation.channel,
        "category": handover.category,
        "reason": handover.reason,
        "region": handover.region or conversation.region,
        "team_id": handover.team_id,
        "staff_id": handover.staff_id,
        "specialist_id": conversation.specialist_id,
        "waiting_since": wire_time(handover.requested_at),
        "position": places.get(handover.id),
        "offered_to": handover.offered_to,
        "offered_until": _time(handover.offered_until),
        "transfer": _transfer(handover, hints),
        "hold_until": _time(handover.hold_until),
        "wrap_up_until": _time(handover.wrap_up_until),
        "ended_at": _time(handover.ended_at),
        "ended_by": handover.ended_by,
        "labels": handover.labels,
        "rating": handover.rating,
        "blocked": conversation.blocked_at is not None,
        "contact": _contact(handover, hints),
        "last_text": with_hints(_said(handover, last), hints)[:LAST_TEXT] if last else "",
        "last_at": wire_time(last.created_at if last else conversation.updated_at),
        "last_seq": handover.ended_seq or conversation.last_seq,
        "last_talent_seq": last_talent_seq,
        "staff_seen_seq": conversation.staff_seen_seq,
    }


def _transfer(handover: Handover, hints: dict[str, str]) -> dict[str, Any] | None:
    if not (handover.transfer_to or handover.transfer_team_id):
        return None
    return {
        "to": handover.transfer_to,
        "team_id": handover.transfer_team_id,
        "by": handover.staff_id,
        "note": with_hints(handover.transfer_note or "", hints),
    }


def _contact(handover: Handover, hints: dict[str, str]) -> dict[str, Any] | None:
    """How a ticket's talent wants to be called back."""
    if not (handover.contact_token or handover.contact_when or handover.due_at):
        return None
    token = handover.contact_token
    return {
        "token": token,
        "hint": hints.get(token) if token else None,
        "when": handover.contact_when,
        "due_at": _time(handover.due_at),
    }


def _said(handover: Handover, last: Message) -> str:
    """The last words; of somebody who has only asked for a person, the question that led to it."""
    words = _words(last)
    if says(words, word_list(Said.PERSON)) and (tried := handover.packet.get("tried")):
        return str(tried[-1]["question"])
    return words


def _ticket(ticket: Handover | None, hints: dict[str, str], shown: Handover) -> dict[str, Any] | None:
    if ticket is None or shown.status not in LIVE:
        return None
    contact = {"token": None, "hint": None, "when": None, "due_at": None} | (_contact(ticket, hints) or {})
    return {"handover_id": ticket.id, "staff_id": ticket.staff_id} | contact


def _words(message: Message) -> str:
    """One line of a message, whatever it is made of."""
    content = message.content
    said = " ".join(content.get("paragraphs", ()))
    if not said and (files := content.get("files")):
        said = " ".join(f"［{file['name']}］" for file in files)
    card = content.get("card")
    return said or content.get("question") or (card["title"] if card else "")


def _time(moment: datetime | None) -> str | None:
    return wire_time(moment) if moment else None
