"""The outbox: messages to outside channels, in order per person, never repeated blindly.

One row of `deliveries` is one message. A message too long for one sending goes out part by part;
each part is one claim, so that a crash loses at most the knowledge about one part.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channels.wechat.api_client import SETUP_ERRORS, ApiError, Problem
from bot.channels.wechat.render import Rendered, render, split
from bot.conversation.log import views
from bot.conversation.models import Conversation, Delivery, DeliveryStatus, Message
from bot.runtime import Runtime

log = logging.getLogger(__name__)

WORKERS = 4
LEASE_S = 60.0  # longer than the slowest sending: token and message, each once repeated
PART_GAP_S = 0.3  # WeChat was seen to swap messages that follow each other at once
MAX_ATTEMPTS = 6
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
POLL_S = 1.0  # hints may be lost

# Outside the 48 hours, the count used up, no longer a follower: the next message reopens all.
PARKED_ERRORS = frozenset({45015, 45047, 43004})
# No such person, blocked, too long: repeating cannot help.
FINAL_ERRORS = frozenset({40003, 43019, 45002})
BUSY_ERRORS = frozenset({45009, 45011})  # calls per day or minute used up: back off at length

_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.PARKED)


class Api(Protocol):
    async def check_setup(self) -> None: ...

    async def send_text(self, *, openid: str, text: str) -> None: ...


@dataclass(frozen=True)
class Claim:
    delivery_id: str
    attempt: int
    part: int
    parts: tuple[str, ...]
    openid: str
    conversation_id: str


@dataclass(frozen=True)
class Outcome:
    """What becomes of a claimed delivery."""

    status: DeliveryStatus
    error: str | None = None
    again_after_s: float = 0.0


@contextmanager
def open_request(rt: Runtime, *, external_user: str) -> Iterator[None]:
    """While a person's own request is open, it answers them, and the outbox of this process waits."""
    waiting = _open_requests(rt)
    waiting[external_user] += 1
    try:
        yield
    finally:
        waiting[external_user] -= 1
        if not waiting[external_user]:
            del waiting[external_user]
        rt.hints.wake("deliveries")


def _open_requests(rt: Runtime) -> Counter[str]:
    waiting: Counter[str] = rt.parts.setdefault("open_requests", Counter())
    return waiting


async def run_deliveries(rt: Runtime, *, api: Api, jitter: Callable[[], float] = random.random) -> None:
    """Send until cancelled. Waits for the `deliveries` hint, and looks by itself every second."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_check_setup(api))
        for _ in range(WORKERS):
            group.create_task(_work(rt, api=api, jitter=jitter))


async def _check_setup(api: Api) -> None:
    """At the start, so that a wrong account shows before the first person is let down."""
    try:
        await api.check_setup()
    except ApiError as error:
        log.error("wechat_setup %s", error)


async def _work(rt: Runtime, *, api: Api, jitter: Callable[[], float]) -> None:
    with rt.hints.subscribe("deliveries") as hint:
        while True:
            try:
                if await deliver_next(rt, api=api, jitter=jitter):
                    continue
                pause = await _pause(rt)
            except Exception as error:
                # The class only: database errors carry the values of their statements.
                log.error("delivery_worker_error %s", type(error).__name__)
                pause = POLL_S
            await hint.wait(pause)


async def _pause(rt: Runtime) -> float:
    """Seconds until the next delivery is due, at most one poll."""
    async with rt.db.read() as session:
        due = await session.scalar(
            select(func.min(Delivery.due_at)).where(
                Delivery.status == DeliveryStatus.QUEUED, Delivery.due_at > rt.clock.now()
            )
        )
    if due is None:
        return POLL_S
    return min(POLL_S, max(0.01, (due - rt.clock.now()).total_seconds()))


async def deliver_next(rt: Runtime, *, api: Api, jitter: Callable[[], float]) -> bool:
    """Send one part of one due message; False when nothing is due."""
    now = rt.clock.now()
    async with rt.db.read() as session:  # an idle outbox must not hold the write lock
        if not await session.scalar(
            select(Delivery.id)
            .where(
                Delivery.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.SENDING)),
                Delivery.due_at <= now,
            )
            .limit(1)
        ):
            return False
    async with rt.db.write() as session:
        await _sweep(session, now=now)
        claim = await _claim(session, rt, now=now)
    if claim is None:
        return False
    if claim.part >= len(claim.parts):
        outcome = Outcome(DeliveryStatus.SENT)
    else:
        outcome = await _send(claim, api=api, jitter=jitter)
    await _settle(rt, claim=claim, outcome=outcome)
    rt.hints.notify(f"conversation:{claim.conversation_id}")
    return True


async def _sweep(session: AsyncSession, *, now: datetime) -> None:
    """A sender that died leaves an unknown outcome; whatever follows a parked message waits too."""
    await session.execute(
        update(Delivery)
        .where(Delivery.status == DeliveryStatus.SENDING, Delivery.due_at <= now)
        .values(status=DeliveryStatus.UNKNOWN, error="sender_lost")
    )
    earlier = aliased(Delivery)
    await session.execute(
        update(Delivery)
        .where(
            Delivery.status == DeliveryStatus.QUEUED,
            Delivery.due_at <= now,
            exists().where(
                earlier.conversation_id == Delivery.conversation_id,
                earlier.seq < Delivery.seq,
                earlier.status == DeliveryStatus.PARKED,
            ),
        )
        .values(status=DeliveryStatus.PARKED, error="waits_for_earlier")
        .execution_options(synchronize_session=False)
    )


async def _claim(session: AsyncSession, rt: Runtime, *, now: datetime) -> Claim | None:
    earlier = aliased(Delivery)
    head = (
        select(Delivery.id)
        .where(
            Delivery.status == DeliveryStatus.QUEUED,
            Delivery.due_at <= now,
            ~exists().where(
                earlier.conversation_id == Delivery.conversation_id,
                earlier.seq < Delivery.seq,
                earlier.status.in_(_WAITING),
            ),
            Delivery.conversation_id.not_in(
                select(Conversation.id).where(Conversation.external_user.in_(list(_open_requests(rt))))
            ),
        )
        .order_by(Delivery.due_at)
        .limit(1)
        .scalar_subquery()
    )
    row = await session.scalar(
        update(Delivery)
        .where(Delivery.id == head, Delivery.status == DeliveryStatus.QUEUED)
        .values(
            status=DeliveryStatus.SENDING,
            attempt=Delivery.attempt + 1,
            due_at=now + timedelta(seconds=LEASE_S),
        )
        .returning(Delivery)
        .execution_options(synchronize_session=False)
    )
    if row is None:
        return None
    conversation = await session.get_one(Conversation, row.conversation_id)
    parts = await _parts(session, rt, row)
    return Claim(
        row.id,
        row.attempt,
        row.parts_sent,
        tuple(parts),
        conversation.external_user,
        conversation.id,
    )


async def rendered(session: AsyncSession, rt: Runtime, row: Delivery) -> Rendered:
    message = await session.get_one(Message, row.message_id)
    [view] = await views(session, conversation_id=row.conversation_id, messages=[message])
    return render(view, menu_links=rt.settings.wechat_menu_links)


async def _parts(session: AsyncSession, rt: Runtime, row: Delivery) -> list[str]:
    return split(await rendered(session, rt, row), web_address=rt.settings.public_url)


async def _send(claim: Claim, *, api: Api, jitter: Callable[[], float]) -> Outcome:
    try:
        await api.send_text(openid=claim.openid, text=claim.parts[claim.part])
    except ApiError as error:
        log.warning("delivery_error %s attempt=%d", error, claim.attempt)
        return judge(error, attempt=claim.attempt, jitter=jitter())
    if claim.part + 1 < len(claim.parts):
        return Outcome(DeliveryStatus.QUEUED, again_after_s=PART_GAP_S)
    return Outcome(DeliveryStatus.SENT)


def judge(error: ApiError, *, attempt: int, jitter: float) -> Outcome:
    """What an error means for the delivery. Pure; `jitter` is between 0 and 1."""
    code = str(error.code)
    if error.problem == Problem.UNCLEAR:
        return Outcome(DeliveryStatus.UNKNOWN, "no_answer")
    if error.code in PARKED_ERRORS:
        return Outcome(DeliveryStatus.PARKED, code)
    if error.code in FINAL_ERRORS or error.code in SETUP_ERRORS:
        return Outcome(DeliveryStatus.FAILED, code)
    name = code if error.problem == Problem.REFUSED else "no_connection"
    if attempt >= MAX_ATTEMPTS:
        return Outcome(DeliveryStatus.FAILED, name)
    wait = FIRST_RETRY_S * 2 ** (attempt - 1)
    if error.code in BUSY_ERRORS:
        wait = LONGEST_RETRY_S
    # Half fixed, half random, so that many waiting messages do not return together.
    return Outcome(DeliveryStatus.QUEUED, name, min(wait, LONGEST_RETRY_S) * (0.5 + jitter / 2))


async def _settle(rt: Runtime, *, claim: Claim, outcome: Outcome) -> None:
    """Write the outcome, unless the lease ran out and the row was judged without us."""
    now = rt.clock.now()
    values: dict[str, object] = {"status": outcome.status, "error": outcome.error}
    went_out = outcome.error is None
    if went_out:
        values |= {"parts_sent": claim.part + 1, "attempt": 0}
    if outcome.status == DeliveryStatus.QUEUED:
        values["due_at"] = now + timedelta(seconds=outcome.again_after_s)
    if outcome.status == DeliveryStatus.SENT:
        values["sent_at"] = now
    async with rt.db.write() as session:
        await session.execute(
            update(Delivery)
            .where(
                Delivery.id == claim.delivery_id,
                Delivery.attempt == claim.attempt,
                or_(
                    Delivery.status == DeliveryStatus.SENDING,
                    # Late knowledge is better than none.
                    Delivery.error == "sender_lost",
                ),
            )
            .values(**values)
        )
        if went_out:
            gap = now + timedelta(seconds=PART_GAP_S)
            await session.execute(
                update(Delivery)
                .where(
                    Delivery.conversation_id == claim.conversation_id,
                    Delivery.status == DeliveryStatus.QUEUED,
                    Delivery.due_at < gap,
                )
                .values(due_at=gap)
            )
