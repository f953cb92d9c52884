"""Counting log-in attempts per username and address, and per address."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import LoginFailure
from bot.accounts.rules import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME,
    LOCK_OUT,
    Attempts,
    address_group,
)
from bot.errors import Refusal
from bot.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, already counted as failed; `forgive` takes it back."""

    pair_key: str
    address_key: str

    async def forgive(self, session: AsyncSession) -> None:
        await session.execute(delete(LoginFailure).where(LoginFailure.key == self.pair_key))
        row = await _locked_row(session, self.address_key)
        if row is not None:
            _store(row, _counted(row).one_less(limit=FAILURES_PER_ADDRESS))


async def begin_attempt(rt: Runtime, *, username: str, address: str) -> Attempt:
    """Count an attempt before the password is looked at, or refuse with `locked_out`."""
    group = address_group(address)
    attempt = Attempt(_key(rt, "pair", username, group), _key(rt, "address", group))
    now = rt.clock.now()
    limits = {attempt.pair_key: FAILURES_PER_NAME, attempt.address_key: FAILURES_PER_ADDRESS}
    async with rt.db.write() as session:
        for key, limit in limits.items():
            row = await _row(rt, session, key)
            counted = _counted(row)
            if counted.locked(now=now):
                minutes = int(LOCK_OUT.total_seconds() // 60)
                raise Refusal(
                    "locked_out",
                    f"登录失败次数过多，请约 {minutes} 分钟后再试，或联系管理员重置密码。",
                    status=423,
                )
            _store(row, counted.one_more(now=now, limit=limit))
    return attempt


async def _row(rt: Runtime, session: AsyncSession, key: str) -> LoginFailure:
    row = await _locked_row(session, key)
    if row is not None:
        return row
    try:
        async with session.begin_nested():
            session.add(LoginFailure(key=key, failures=0, last_at=rt.clock.now()))
    except IntegrityError:
        pass  # another process was first; its row is read below
    row = await _locked_row(session, key)
    assert row is not None
    return row


async def _locked_row(session: AsyncSession, key: str) -> LoginFailure | None:
    # Row lock on PostgreSQL; on SQLite the writer already holds the whole database.
    return await session.scalar(
        select(LoginFailure)
        .where(LoginFailure.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _counted(row: LoginFailure) -> Attempts:
    return Attempts(row.failures, row.last_at, row.locked_until)


def _store(row: LoginFailure, attempts: Attempts) -> None:
    row.failures = attempts.failures
    row.last_at = attempts.last_at
    row.locked_until = attempts.locked_until


def _key(rt: Runtime, *parts: str) -> str:
    text = "\0".join(parts)
    return hmac.new(rt.secrets.fingerprint.encode(), text.encode(), hashlib.sha256).hexdigest()
