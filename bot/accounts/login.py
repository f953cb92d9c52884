"""Signing in and out, and changing one's password."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from bot.accounts.attempts import begin_attempt
from bot.accounts.audit import audit
from bot.accounts.models import LoginFailure, StaffAccount, StaffSession
from bot.accounts.passwords import hash_password, password_matches
from bot.accounts.rules import (
    LOCK_OUT,
    SESSION_LIFE,
    password_fault,
    plain_username,
    valid_username,
)
from bot.accounts.sessions import SignedIn, token_hash
from bot.errors import Refusal
from bot.runtime import Runtime

FAILURES_KEPT = LOCK_OUT + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Login:
    """`token` goes into the cookie and is stored nowhere."""

    token: str
    signed_in: SignedIn


async def login(
    rt: Runtime, *, username: str, password: str, address: str, old_token: str | None = None
) -> Login:
    """Always a new session; `old_token`, the browser's previous one, ends."""
    username = plain_username(username)
    attempt = await begin_attempt(rt, username=username, address=address)
    account = await _account(rt, username=username)
    right = await password_matches(
        password_hash=account.password_hash if account else None, password=password
    )
    now = rt.clock.now()
    async with rt.db.write() as db:
        if right and account is not None:
            # The account may have been changed while its old password was being checked.
            account = await db.scalar(
                select(StaffAccount).where(
                    StaffAccount.id == account.id,
                    StaffAccount.active,
                    StaffAccount.password_hash == account.password_hash,
                )
            )
            if account is not None:
                await attempt.forgive(db)
                await db.execute(delete(LoginFailure).where(LoginFailure.last_at < now - FAILURES_KEPT))
                await db.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
                if old_token:
                    await db.execute(
                        delete(StaffSession).where(StaffSession.token_hash == token_hash(old_token))
                    )
                token = secrets.token_urlsafe(32)
                session = StaffSession(
                    staff_id=account.id,
                    token_hash=token_hash(token),
                    csrf=secrets.token_urlsafe(32),
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + SESSION_LIFE,
                )
                db.add(session)
                await db.flush()
                await audit(db, staff_id=account.id, action="staff.login", subject=account.id, at=now)
                return Login(token, SignedIn(session.id, session.csrf, account))
        # What was typed as a username may be a password: only a known account's id is kept.
        subject = account.id if account else "-"
        await audit(db, staff_id=None, action="staff.login_failed", subject=subject, at=now)
    raise Refusal("wrong_credentials", "用户名或密码不正确，请核对后重试。", status=401)


async def _account(rt: Runtime, *, username: str) -> StaffAccount | None:
    if not valid_username(username):
        return None  # no account has it, and the database might not even take it as text
    async with rt.db.read() as db:
        return await db.scalar(
            select(StaffAccount).where(StaffAccount.username == username, StaffAccount.active)
        )


async def logout(rt: Runtime, *, signed_in: SignedIn) -> None:
    async with rt.db.write() as db:
        await db.execute(delete(StaffSession).where(StaffSession.id == signed_in.session_id))
        await audit(
            db,
            staff_id=signed_in.account.id,
            action="staff.logout",
            subject=signed_in.account.id,
            at=rt.clock.now(),
        )
        for leave in rt.parts.get("signed_out", ()):  # whoever must know, e.g. the desk
            await leave(db, rt, staff_id=signed_in.account.id)


async def change_password(rt: Runtime, *, signed_in: SignedIn, current: str, new: str, address: str) -> None:
    """Set one's own password; every other session of the account ends."""
    account = signed_in.account
    fault = password_fault(username=account.username, password=new)
    if fault is None and new == current:
        fault = "新密码不能与当前密码相同，请换一个密码。"
    if fault is not None:
        raise Refusal("weak_password", fault, status=422)
    # Guessing here is limited like guessing at the door.
    attempt = await begin_attempt(rt, username=account.username, address=address)
    if not await password_matches(password_hash=account.password_hash, password=current):
        raise Refusal("wrong_password", "当前密码不正确，请重新输入。", status=422)
    fresh = await hash_password(new)
    now = rt.clock.now()
    async with rt.db.write() as db:
        await attempt.forgive(db)
        row = await db.get_one(StaffAccount, account.id)
        row.password_hash, row.must_change_password, row.updated_at = fresh, False, now
        await db.execute(
            delete(StaffSession).where(
                StaffSession.staff_id == account.id, StaffSession.id != signed_in.session_id
            )
        )
        await audit(db, staff_id=account.id, action="staff.password_changed", subject=account.id, at=now)
