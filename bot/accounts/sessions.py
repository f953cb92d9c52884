"""From a cookie to the signed-in account, and the checks against forged requests."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request
from sqlalchemy import ColumnElement, select, update

from bot.accounts.models import StaffAccount, StaffSession
from bot.accounts.rules import SEEN_EVERY, session_alive
from bot.errors import Refusal
from bot.runtime import Runtime

COOKIE = "huicai_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session. `account` is a detached row: read it, never write it."""

    session_id: str
    csrf: str
    account: StaffAccount


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def session_of(request: Request, *, activity: bool = True) -> SignedIn:
    """The caller's session, or 401. `activity=False` does not postpone the idle limit."""
    rt: Runtime = request.app.state.runtime
    token = request.cookies.get(COOKIE)
    found = await _find(rt, StaffSession.token_hash == token_hash(token)) if token else None
    if found is None:
        raise Refusal("not_signed_in", "您还没有登录，或登录已过期，请重新登录。", status=401)
    session, account = found
    now = rt.clock.now()
    if activity and now - session.last_seen_at >= SEEN_EVERY:
        async with rt.db.write() as db:
            await db.execute(
                update(StaffSession).where(StaffSession.id == session.id).values(last_seen_at=now)
            )
    return SignedIn(session.id, session.csrf, account)


async def still_signed_in(rt: Runtime, *, session_id: str) -> StaffAccount | None:
    """For streams: the account as it is now, or None once the session has ended."""
    found = await _find(rt, StaffSession.id == session_id)
    return found[1] if found else None


def check_same_origin(request: Request) -> None:
    """Refuse what another site's page sent. Browsers set both headers; programs may set neither."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if (site is None or site == "same-origin") and (origin is None or origin in _own_origins(request)):
        return
    raise Refusal("foreign_origin", "请求来源不被允许，请从本系统页面操作。", status=403)


def check_csrf(request: Request, *, expected: str) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refusal("csrf_failed", "页面已过期，请刷新后重试。", status=403)


def _own_origins(request: Request) -> set[str]:
    origins = {f"{request.url.scheme}://{request.headers.get('host', '')}"}
    rt: Runtime = request.app.state.runtime
    if rt.settings.public_url:
        public = urlsplit(rt.settings.public_url)
        origins.add(f"{public.scheme}://{public.netloc}")
    return origins


async def _find(rt: Runtime, condition: ColumnElement[bool]) -> tuple[StaffSession, StaffAccount] | None:
    async with rt.db.read() as db:
        row = (
            await db.execute(
                select(StaffSession, StaffAccount)
                .join(StaffAccount, StaffAccount.id == StaffSession.staff_id)
                .where(condition, StaffAccount.active)
            )
        ).one_or_none()
    if row is None:
        return None
    session, account = row
    alive = session_alive(
        last_seen_at=session.last_seen_at, expires_at=session.expires_at, now=rt.clock.now()
    )
    return (session, account) if alive else None
