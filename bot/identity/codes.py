"""One-time codes: six digits, hashed with a key, for five minutes and five tries, used once."""

import hmac
import secrets

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.identity.models import IdentityCode
from bot.identity.rules import CODE_LIFE, SAID_CODE_LIFE, TRIES_PER_CODE
from bot.runtime import Runtime
from bot.store.base import new_id


async def make_code(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation_id: str,
    talent_id: str | None,
    page_id: str | None = None,
) -> tuple[IdentityCode, str]:
    """Row and code; the chat's earlier codes end. Also for nobody, so that nothing tells it apart.

    `page_id`: to be said in the chat by whoever has the page before them.
    """
    now = rt.clock.now()
    await session.execute(
        update(IdentityCode)
        .where(IdentityCode.conversation_id == conversation_id, IdentityCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = IdentityCode(
        id=new_id(),
        conversation_id=conversation_id,
        talent_id=talent_id,
        page_id=page_id,
        code_hash="",
        created_at=now,
        expires_at=now + (SAID_CODE_LIFE if page_id else CODE_LIFE),
    )
    row.code_hash = _hash(rt, row.id, code)
    session.add(row)
    await session.flush()
    return row, code


async def newest_for(rt: Runtime, *, conversation_id: str) -> str | None:
    """Whom the chat's newest code is for, so that their row can be locked first."""
    async with rt.db.read() as session:
        talent_id: str | None = await session.scalar(
            select(IdentityCode.talent_id).where(IdentityCode.id == _newest(conversation_id, said=False))
        )
    return talent_id


async def use_code(
    session: AsyncSession, rt: Runtime, *, conversation_id: str, code: str, said: bool = False
) -> IdentityCode | None:
    """The code's row if it is right; every try is counted before it is looked at.

    `said` in the chat, or else typed in the form: a code of the one kind is none of the other.
    """
    now = rt.clock.now()
    row = await session.scalar(
        update(IdentityCode)
        .where(
            IdentityCode.id == _newest(conversation_id, said=said),
            IdentityCode.used_at.is_(None),
            IdentityCode.expires_at > now,
            IdentityCode.tries < TRIES_PER_CODE,
        )
        .values(tries=IdentityCode.tries + 1)
        .returning(IdentityCode)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    expected = row.code_hash if row else ""
    given = _hash(rt, row.id if row else "", code)
    if not hmac.compare_digest(expected, given) or row is None or row.talent_id is None:
        return None
    row.used_at = now
    await session.flush()
    return row


async def awaited_in(session: AsyncSession, rt: Runtime, *, conversation_id: str) -> str | None:
    """Whose proof waits for its code to be said in the chat."""
    talent_id: str | None = await session.scalar(
        select(IdentityCode.talent_id).where(
            IdentityCode.id == _newest(conversation_id, said=True),
            IdentityCode.used_at.is_(None),
            IdentityCode.expires_at > rt.clock.now(),
            IdentityCode.tries < TRIES_PER_CODE,
        )
    )
    return talent_id


def _newest(conversation_id: str, *, said: bool) -> ScalarSelect[str]:
    kind = IdentityCode.page_id.is_not(None) if said else IdentityCode.page_id.is_(None)
    return (
        select(IdentityCode.id)
        .where(IdentityCode.conversation_id == conversation_id, kind)
        .order_by(IdentityCode.created_at.desc(), IdentityCode.used_at.is_not(None), IdentityCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _hash(rt: Runtime, row_id: str, code: str) -> str:
    return vault.fingerprint(rt, f"identity-code:{row_id}:{code}")
