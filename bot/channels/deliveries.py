"""The outbox: messages to outside channels, in order per person, never repeated blindly.

One row of `deliveries` is one message. A message too long for one sending goes out part by part;
each part is one claim, so that a crash loses at most the knowledge about one part. Short messages
that wait behind each other go out as one: WeChat allows five sendings after a person's message.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channels.claims import PART_GAP_S, Claim, Picture, claim_next
from bot.channels.outcomes import Outcome, judge
from bot.channels.wechat.api_client import ApiError
from bot.channels.wechat.pictures import for_wechat
from bot.conversation.models import Delivery, DeliveryStatus
from bot.conversation.service import read_file
from bot.errors import Refusal
from bot.runtime import Runtime

log = logging.getLogger(__name__)

WORKERS = 4
POLL_S = 1.0  # hints may be lost


class Api(Protocol):
    async def check_setup(self) -> None: ...

    async def send_text(self, *, openid: str, text: str) -> None: ...

    async def send_image(self, *, openid: str, data: bytes, name: str) -> None: ...


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
        claim = await claim_next(session, rt, now=now)
    if claim is None:
        return False
    outcome = await _send(rt, claim, api=api, jitter=jitter)
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


async def _send(rt: Runtime, claim: Claim, *, api: Api, jitter: Callable[[], float]) -> Outcome:
    attempt = claim.rows[0].attempt
    try:
        if isinstance(claim.what, Picture):
            await _send_picture(rt, claim, claim.what, api=api)
        elif claim.what is not None:
            await api.send_text(openid=claim.openid, text=claim.what)
    except ApiError as error:
        log.warning("delivery_error %s attempt=%d", error, attempt)
        return judge(error, attempt=attempt, jitter=jitter())
    except Refusal as refusal:
        log.warning("delivery_error %s", refusal.code)
        return Outcome(DeliveryStatus.FAILED, refusal.code)
    if claim.part + 1 < claim.of:
        return Outcome(DeliveryStatus.QUEUED, again_after_s=PART_GAP_S)
    return Outcome(DeliveryStatus.SENT)


async def _send_picture(rt: Runtime, claim: Claim, picture: Picture, *, api: Api) -> None:
    file, kept = await read_file(rt, conversation_id=claim.conversation_id, file_id=picture.file_id)
    data, name = await asyncio.to_thread(for_wechat, kept, media_type=file.media_type)
    await api.send_image(openid=claim.openid, data=data, name=name)


async def _settle(rt: Runtime, *, claim: Claim, outcome: Outcome) -> None:
    """Write the outcome, unless the lease ran out and the row was judged without us."""
    now = rt.clock.now()
    went_out = outcome.error is None
    async with rt.db.write() as session:
        for row in claim.rows:
            values: dict[str, object] = {"status": outcome.status, "error": outcome.error}
            if outcome.status == DeliveryStatus.PARKED and row.asks_rating:
                # Asked once, and only if it can be read now.
                values["status"] = DeliveryStatus.FAILED
            if went_out:
                values |= {"parts_sent": claim.part + 1, "attempt": 0}
            if outcome.status == DeliveryStatus.QUEUED:
                values["due_at"] = now + timedelta(seconds=outcome.again_after_s)
            if outcome.status == DeliveryStatus.SENT:
                values["sent_at"] = now
            await session.execute(
                update(Delivery)
                .where(
                    Delivery.id == row.delivery_id,
                    Delivery.attempt == row.attempt,
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
