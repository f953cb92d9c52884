"""Raw personal values, encrypted with a key that is not in the database."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.conversation.masking import Secret, mask, take_out
from bot.conversation.models import Conversation, Message, VaultEntry
from bot.runtime import Runtime
from bot.text.personal import (
    LANDLINE,
    MOBILE,
    NAME,
    QUERY_CODE,
    SOMEBODYS_OWN,
    find_personal,
    hint_of,
    readable,
)

NONCE_BYTES = 12


def _cipher(rt: Runtime) -> AESGCM:
    # The generated secret is urlsafe base64 of 32 random bytes without padding.
    return AESGCM(base64.urlsafe_b64decode(rt.secrets.vault + "="))


def seal(rt: Runtime, text: str) -> bytes:
    return seal_bytes(rt, text.encode())


def open_sealed(rt: Runtime, sealed: bytes) -> str:
    return open_bytes(rt, sealed).decode()


def seal_bytes(rt: Runtime, data: bytes) -> bytes:
    """AES-256-GCM: nonce (12 bytes) then ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(rt).encrypt(nonce, data, None)


def open_bytes(rt: Runtime, sealed: bytes) -> bytes:
    """Raises cryptography.exceptions.InvalidTag when the key or the data is wrong."""
    return _cipher(rt).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


def fingerprint(rt: Runtime, value: str) -> str:
    """Keyed hash for look-up of a value without storing it."""
    return hmac.new(rt.secrets.fingerprint.encode(), value.encode(), hashlib.sha256).hexdigest()


async def known_tokens(
    session: AsyncSession, rt: Runtime, *, conversation_id: str
) -> dict[tuple[str, str], str]:
    """(kind, value) → token, for `mask`."""
    rows = await session.scalars(select(VaultEntry).where(VaultEntry.conversation_id == conversation_id))
    return {(row.kind, open_sealed(rt, row.sealed)): row.token for row in rows}


def keep(session: AsyncSession, rt: Runtime, *, conversation_id: str, secrets: Iterable[Secret]) -> None:
    for secret in secrets:
        session.add(
            VaultEntry(
                conversation_id=conversation_id,
                token=secret.token,
                kind=secret.kind,
                sealed=seal(rt, secret.value),
                fingerprint=fingerprint(rt, f"{secret.kind}:{secret.value}"),
                hint=secret.hint,
                created_at=rt.clock.now(),
            )
        )


async def mask_known(
    session: AsyncSession, rt: Runtime, *, conversation_id: str, text: str, told: bool = False
) -> str:
    """Staff words with what the talent gave masked, and what is somebody's own; the name may stay.

    `told`: they are for the talent, who may need the mobile number of an office.
    """
    known = await known_tokens(session, rt, conversation_id=conversation_id)
    for (kind, value), token in known.items():
        if kind != NAME:
            text = text.replace(value, token)
    hidden = SOMEBODYS_OWN if told else SOMEBODYS_OWN | {MOBILE}
    plain = readable(text)
    findings = [finding for finding in find_personal(plain) if finding.kind in hidden]
    if findings:
        masked = take_out(plain, findings, known=known)
        keep(session, rt, conversation_id=conversation_id, secrets=masked.secrets)
        text = masked.text
    return text.strip()


async def show_code(session: AsyncSession, *, conversation_id: str, token: str, code: str) -> None:
    """A query code just made, in full until `hide_codes`."""
    await session.flush()
    await session.execute(
        update(VaultEntry)
        .where(VaultEntry.conversation_id == conversation_id, VaultEntry.token == token)
        .values(hint=f"{code[:4]}-{code[4:]}")
    )


async def hide_codes(session: AsyncSession, *, conversation_id: str) -> None:
    """With the next word of the talent: whoever reads the chat later does not read the code."""
    await session.execute(
        update(VaultEntry)
        .where(VaultEntry.conversation_id == conversation_id, VaultEntry.kind == QUERY_CODE)
        .values(hint=hint_of(QUERY_CODE, ""))
    )


async def values_of(rt: Runtime, *, conversation_id: str, tokens: Iterable[str]) -> dict[str, str]:
    """Token → raw value, for actions that must write the real data (a submitted application)."""
    async with rt.db.read() as session:
        rows = await session.scalars(
            select(VaultEntry).where(
                VaultEntry.conversation_id == conversation_id, VaultEntry.token.in_(list(tokens))
            )
        )
        return {row.token: open_sealed(rt, row.sealed) for row in rows}


async def hints_by_conversation(
    session: AsyncSession, conversation_ids: Iterable[str]
) -> dict[str, dict[str, str]]:
    """`hints_of` for many at once."""
    found: dict[str, dict[str, str]] = {conversation_id: {} for conversation_id in conversation_ids}
    rows = await session.execute(
        select(VaultEntry.conversation_id, VaultEntry.token, VaultEntry.hint).where(
            VaultEntry.conversation_id.in_(found)
        )
    )
    for conversation_id, token, hint in rows:
        found[conversation_id][token] = hint
    return found


async def hints_of(session: AsyncSession, *, conversation_id: str) -> dict[str, str]:
    """Token → what may be shown in its place."""
    return (await hints_by_conversation(session, [conversation_id]))[conversation_id]


async def conversations_with(session: AsyncSession, rt: Runtime, text: str) -> list[str]:
    """Chats in which one of these values was given, e.g. somebody's telephone number."""
    secrets = mask(text, awaiting=None, known={}).secrets
    hashes = [fingerprint(rt, f"{secret.kind}:{secret.value}") for secret in secrets]
    query = select(VaultEntry.conversation_id).where(VaultEntry.fingerprint.in_(hashes)).distinct()
    return sorted(await session.scalars(query))


def since_former_person(conversation_id: str, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Condition: not from the time when the chat was another person's."""
    former = (
        select(Message.created_at)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.id == conversation_id, Message.seq == Conversation.hidden_seq)
        .scalar_subquery()
    )
    return or_(former.is_(None), moment > former)


async def last_phone(session: AsyncSession, *, conversation_id: str) -> str | None:
    """The token of the number the talent gave last in this chat; never one of an earlier person's."""
    return await session.scalar(
        select(VaultEntry.token)
        .where(VaultEntry.conversation_id == conversation_id, VaultEntry.kind.in_((MOBILE, LANDLINE)))
        .where(since_former_person(conversation_id, VaultEntry.created_at))
        .order_by(VaultEntry.created_at.desc(), VaultEntry.id.desc())
        .limit(1)
    )
