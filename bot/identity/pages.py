"""One-time pages for channels that have no page of their own: made in a chat, good for one proof."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.errors import Refusal
from bot.identity.models import IdentityPage
from bot.identity.rules import PAGE_LIFE, PASS_LIFE
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence


@dataclass(frozen=True)
class Page:
    page_id: str
    conversation_id: str
    used: bool  # somebody has proven themselves by it


async def make(session: AsyncSession, rt: Runtime, *, conversation_id: str) -> str | None:
    """Address of a new page, the chat's earlier ones end; None where no public address is set."""
    if not rt.settings.public_url:
        return None
    now = rt.clock.now()
    await session.execute(
        update(IdentityPage)
        .where(IdentityPage.conversation_id == conversation_id, IdentityPage.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        IdentityPage(
            id=new_id(),
            token_hash=_hash(rt, token),
            conversation_id=conversation_id,
            created_at=now,
            expires_at=now + PAGE_LIFE,
        )
    )
    await session.flush()
    return f"{rt.settings.public_url.rstrip('/')}/verify/{token}"


async def read(rt: Runtime, *, token: str, used_too: bool = False) -> Page | None:
    """`used_too`: also after somebody proved themselves by it, as long as a pass lasts."""
    now = rt.clock.now()
    live = IdentityPage.used_at.is_(None) & (IdentityPage.expires_at > now)
    shown = live | (IdentityPage.used_at > now - PASS_LIFE) if used_too else live
    async with rt.db.read() as session:
        row = await session.scalar(
            select(IdentityPage).where(IdentityPage.token_hash == _hash(rt, token), shown)
        )
    return Page(row.id, row.conversation_id, row.used_at is not None) if row else None


async def use(session: AsyncSession, rt: Runtime, *, page_id: str) -> str:
    """Under the chat's lock; of two proofs at once by one page, one is refused.

    The token whoever proved themselves goes on with: the address, which others may have read in the chat,
    opens nothing from now on.
    """
    now, token = rt.clock.now(), secrets.token_urlsafe(32)
    done = await session.scalar(
        update(IdentityPage)
        .where(IdentityPage.id == page_id, IdentityPage.used_at.is_(None), IdentityPage.expires_at > now)
        .values(used_at=now, token_hash=_hash(rt, token))
        .returning(IdentityPage.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise Refusal("page_over", sentence("identity.page_over"), status=410)
    return token


def _hash(rt: Runtime, token: str) -> str:
    return vault.fingerprint(rt, f"identity-page:{token}")
