"""The loop that sends short messages: each at most once as far as can be known."""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.errors import trace_of
from bot.notices.models import NoticeStatus, TalentNotice
from bot.notices.port import NotSent, Port, Unclear
from bot.runtime import Runtime

log = logging.getLogger(__name__)

POLL_S = 1.0  # hints may be lost
LEASE_S = 60.0  # longer than the slowest sending
MAX_ATTEMPTS = 5
FIRST_RETRY_S = 2.0
_WIPED = b""


@dataclass(frozen=True)
class Claim:
    notice_id: str
    kind: str
    attempt: int
    sealed: bytes


@dataclass(frozen=True)
class Outcome:
    status: NoticeStatus
    code: str | None = None
    again_after_s: float = 0.0


async def run_notices(rt: Runtime, *, port: Port, jitter: Callable[[], float] = random.random) -> None:
    """Send until cancelled."""
    with rt.hints.subscribe("notices") as hint:
        while True:
            pause = POLL_S
            try:
                if await send_next(rt, port=port, jitter=jitter):
                    continue
                pause = await _pause(rt)
            except Exception as error:
                log.error("notice sender: a step failed, going on: %s", trace_of(error))
            await hint.wait(pause)


async def send_next(rt: Runtime, *, port: Port, jitter: Callable[[], float]) -> bool:
    """Send one due message; False when none is due."""
    now = rt.clock.now()
    waits = (NoticeStatus.QUEUED, NoticeStatus.SENDING)
    due = select(TalentNotice.id).where(TalentNotice.status.in_(waits), TalentNotice.due_at <= now).limit(1)
    async with rt.db.read() as session:  # an idle outbox must not hold the write lock
        if await session.scalar(due) is None:
            return False
    async with rt.db.write() as session:
        await _sweep(session, now=now)
        claim = await claim_next(session, now=now)
    if claim is None:
        return False
    outcome = await _send(rt, claim, port=port, jitter=jitter)
    await _settle(rt, claim, outcome)
    return True


async def claim_next(session: AsyncSession, *, now: datetime) -> Claim | None:
    """One UPDATE, so that two processes never hold the same message."""
    head = (
        select(TalentNotice.id)
        .where(TalentNotice.status == NoticeStatus.QUEUED, TalentNotice.due_at <= now)
        .order_by(TalentNotice.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = await session.scalar(
        update(TalentNotice)
        .where(TalentNotice.id == head, TalentNotice.status == NoticeStatus.QUEUED)
        .values(
            status=NoticeStatus.SENDING,
            attempt=TalentNotice.attempt + 1,
            due_at=now + timedelta(seconds=LEASE_S),
        )
        .returning(TalentNotice)
        .execution_options(synchronize_session=False)
    )
    return Claim(row.id, row.kind, row.attempt, row.sealed) if row else None


async def _sweep(session: AsyncSession, *, now: datetime) -> None:
    """A sender that died in the midst leaves an outcome nobody knows."""
    await session.execute(
        update(TalentNotice)
        .where(TalentNotice.status == NoticeStatus.SENDING, TalentNotice.due_at <= now)
        .values(status=NoticeStatus.UNKNOWN, sealed=_WIPED)
    )


async def _send(rt: Runtime, claim: Claim, *, port: Port, jitter: Callable[[], float]) -> Outcome:
    letter = json.loads(vault.open_sealed(rt, claim.sealed))
    if letter["until"] and datetime.fromisoformat(letter["until"]) <= rt.clock.now():
        return Outcome(NoticeStatus.FAILED, "too_late")
    try:
        await port.send(phone=letter["phone"], text=letter["text"], key=claim.notice_id)
    except Unclear:
        return Outcome(NoticeStatus.UNKNOWN, "no_answer")
    except NotSent as error:
        if not error.again or claim.attempt >= MAX_ATTEMPTS:
            return Outcome(NoticeStatus.FAILED, error.code)
        # Half fixed, half random, so that many waiting messages do not return together.
        wait = FIRST_RETRY_S * 2 ** (claim.attempt - 1) * (0.5 + jitter() / 2)
        return Outcome(NoticeStatus.QUEUED, error.code, wait)
    return Outcome(NoticeStatus.SENT)


async def _settle(rt: Runtime, claim: Claim, outcome: Outcome) -> None:
    """Write the outcome, unless the lease ran out meanwhile; what ended keeps no phone and no words."""
    now = rt.clock.now()
    values: dict[str, object] = {"status": outcome.status}
    if outcome.status == NoticeStatus.QUEUED:
        values["due_at"] = now + timedelta(seconds=outcome.again_after_s)
    else:
        values["sealed"] = _WIPED
    if outcome.status == NoticeStatus.SENT:
        values["sent_at"] = now
    if outcome.code:
        log.warning("notice %s %s attempt=%d", claim.kind, outcome.code, claim.attempt)
    async with rt.db.write() as session:
        await session.execute(
            update(TalentNotice)
            .where(
                TalentNotice.id == claim.notice_id,
                TalentNotice.attempt == claim.attempt,
                TalentNotice.status == NoticeStatus.SENDING,
            )
            .values(**values)
        )


async def _pause(rt: Runtime) -> float:
    """Seconds until the next message is due, at most one poll."""
    now = rt.clock.now()
    later = select(func.min(TalentNotice.due_at)).where(
        TalentNotice.status == NoticeStatus.QUEUED, TalentNotice.due_at > now
    )
    async with rt.db.read() as session:
        due = await session.scalar(later)
    return POLL_S if due is None else min(POLL_S, max(0.01, (due - now).total_seconds()))
