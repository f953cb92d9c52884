"""Drafts of applications as rows: taken up again days later, or in another chat of the same person.

A draft is named by the turn that began it, wherever it goes; its `content` holds tokens of the vault of
the chat it is in, never personal data.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.log import access_conversation
from bot.conversation.masking import Secret, fresh_token
from bot.conversation.models import Channel, Conversation, VaultEntry
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.models import ApplicationDraft, DraftStatus
from bot.text import personal

GOING_ON = (DraftStatus.OPEN, DraftStatus.PARKED)
_SLOT = "application"
# What the engine keeps of a form; without its draft it must not go on asking.
_FORM_SLOTS = frozenset({_SLOT, "awaiting", "requested_slot", "application_answer"})
MOST_LISTED = 9


@dataclass(frozen=True)
class OpenDraft:
    id: str
    items: str  # keys joined by +
    here: bool
    channel: Channel
    content: dict[str, Any]
    updated_at: datetime


async def remember(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, state: dict[str, Any]
) -> dict[str, Any]:
    """Keep the draft in the engine's new state; returns the state to store.

    Called before the old state of the locked conversation is replaced. A draft that has meanwhile moved
    to another chat, or belongs to somebody else by now, is taken out of the state.
    """
    draft: dict[str, Any] = (state.get("slots") or {}).get(_SLOT) or {}
    left, key = _key(conversation.slots.get(_SLOT)), _key(draft)
    if left and left != key:
        await session.execute(
            update(ApplicationDraft)
            .where(ApplicationDraft.id == left, ApplicationDraft.status.in_(GOING_ON))
            .where(ApplicationDraft.conversation_id == conversation.id)
            .values(status=DraftStatus.PARKED if key else DraftStatus.CANCELLED)
        )
    if not key or not _worth_keeping(draft):
        return state
    row = await session.get(ApplicationDraft, key)
    if row is None:
        row = ApplicationDraft(id=key, conversation_id=conversation.id, items=draft["item"], content={})
        row.status = DraftStatus.OPEN
        session.add(row)
    elif row.conversation_id != conversation.id or not _owns(row, conversation):
        return _without_form(state)
    if row.status in (*GOING_ON, DraftStatus.CANCELLED):
        row.status = DraftStatus.PARKED if draft.get("parked") else DraftStatus.OPEN
    if row.content != draft:
        row.content, row.items, row.updated_at = draft, draft["item"], rt.clock.now()
    row.talent_id = conversation.talent_id
    return state


async def open_drafts(rt: Runtime, *, conversation_id: str) -> list[OpenDraft]:
    """This chat's and, where its person is proven, those of their other chats; the newest first."""
    async with rt.db.read() as session:
        here = await session.get(Conversation, conversation_id)
        if here is None:
            return []
        owned = ApplicationDraft.talent_id == here.talent_id
        mine = ApplicationDraft.conversation_id == here.id
        mine = mine & (ApplicationDraft.talent_id.is_(None) | owned)
        rows = await session.execute(
            select(ApplicationDraft, Conversation.channel)
            .join(Conversation, Conversation.id == ApplicationDraft.conversation_id)
            .where(ApplicationDraft.status.in_(GOING_ON), (mine | owned) if here.talent_id else mine)
            .order_by(ApplicationDraft.updated_at.desc(), ApplicationDraft.id)
            .limit(MOST_LISTED)
        )
        return [
            OpenDraft(r.id, r.items, r.conversation_id == here.id, Channel(channel), r.content, r.updated_at)
            for r, channel in rows
        ]


async def take_over(rt: Runtime, *, draft_id: str, conversation_id: str) -> dict[str, Any]:
    """The draft's content with tokens of this chat's vault; from now on it goes on here alone."""
    async with rt.db.read() as session:
        row = await session.get(ApplicationDraft, draft_id)
        source = row.conversation_id if row else conversation_id
    async with rt.db.write() as session:
        # Always in one order, so that two chats that take from each other do not wait for ever.
        ids = sorted({conversation_id, source})
        chats = {c: await access_conversation(session, conversation_id=c, lock=True) for c in ids}
        here = chats[conversation_id]
        row = await session.get(ApplicationDraft, draft_id, with_for_update=True)
        if row is None or row.status not in GOING_ON or row.conversation_id not in chats:
            raise _gone()
        there = chats[row.conversation_id]
        same_person = here.talent_id is not None and row.talent_id == here.talent_id
        if not (same_person or (there is here and _owns(row, here))):
            raise _gone()
        if there is not here:
            row.content = await _rekeyed(session, rt, row.content, there=there.id, here=here.id)
            row.conversation_id, row.status, row.updated_at = here.id, DraftStatus.PARKED, rt.clock.now()
            if _key(there.slots.get(_SLOT)) == row.id:
                there.engine_state, there.awaiting = _without_form(there.engine_state or {}), None
        return row.content


async def mark_submitted(session: AsyncSession, *, draft_id: str) -> None:
    """In the transaction that stores the application."""
    await session.execute(
        update(ApplicationDraft).where(ApplicationDraft.id == draft_id).values(status=DraftStatus.SUBMITTED)
    )


async def _rekeyed(
    session: AsyncSession, rt: Runtime, content: dict[str, Any], *, there: str, here: str
) -> dict[str, Any]:
    """What the other chat's vault no longer has is asked for again."""
    values: dict[str, str] = content.get("values") or {}
    tokens = {match.group() for value in values.values() for match in personal.TOKEN.finditer(value)}
    entries = await session.scalars(
        select(VaultEntry).where(VaultEntry.conversation_id == there, VaultEntry.token.in_(tokens))
    )
    known = await vault.known_tokens(session, rt, conversation_id=here)
    new_token: dict[str, str] = {}
    fresh: list[Secret] = []
    for entry in sorted(entries, key=lambda one: one.token):
        named = (entry.kind, vault.open_sealed(rt, entry.sealed))
        if named not in known:
            known[named] = fresh_token(entry.kind, known)
            fresh.append(Secret(known[named], *named))
        new_token[entry.token] = known[named]
    vault.keep(session, rt, conversation_id=here, secrets=fresh)

    def moved(value: str) -> str | None:
        if any(match.group() not in new_token for match in personal.TOKEN.finditer(value)):
            return None
        return personal.TOKEN.sub(lambda match: new_token[match.group()], value)

    kept = {key: new for key, value in values.items() if (new := moved(value)) is not None}
    return {**content, "values": kept, "parked": True}


def _without_form(state: dict[str, Any]) -> dict[str, Any]:
    slots = {key: value for key, value in (state.get("slots") or {}).items() if key not in _FORM_SLOTS}
    return {**state, "slots": slots, "loop": None, "events": []}


def _owns(row: ApplicationDraft, conversation: Conversation) -> bool:
    return row.talent_id in (None, conversation.talent_id)


def _worth_keeping(draft: dict[str, Any]) -> bool:
    return bool(draft.get("values"))


def _key(draft: object) -> str:
    key = draft.get("id") if isinstance(draft, dict) else None
    return key if isinstance(key, str) and re.fullmatch(r"[0-9a-f]{32}", key) else ""


def _gone() -> Refusal:
    return Refusal("no_such_draft", "这份申请已经提交、取消，或者不在您的名下，请重新选择。", status=404)
