"""The answer inside WeChat's own request: free of the sending quota, but due within 5 seconds."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.claims import PART_GAP_S, parts_of, rendered
from bot.channels.models import PassiveAnswer
from bot.channels.wechat.api_client import SETUP_ERRORS
from bot.channels.wechat.render import Sheet
from bot.conversation.models import Delivery, DeliveryStatus, Turn, TurnStatus
from bot.conversation.service import Received
from bot.runtime import Runtime

POLL_S = 0.25  # hints may be lost
REPEATS_WITHIN = timedelta(seconds=60)  # WeChat repeats a request twice, 5 s apart
ANSWERS_KEPT = timedelta(minutes=10)
RATING_ASKED_WITHIN = timedelta(hours=24)  # afterwards nobody remembers which talk is meant


@dataclass(frozen=True)
class Passive:
    text: str | None  # None: `success`, the outbox sends what is still to come
    thinking: bool = False  # the assistant has not answered yet


async def answer_until(rt: Runtime, *, received: Received, deadline: float, prefix: str = "") -> Passive:
    """Wait for the turn's replies until `deadline` (event-loop time) and claim them.

    The last look takes whatever is there, such as the notice that the answer takes longer.
    """
    loop = asyncio.get_running_loop()
    with rt.hints.subscribe(f"conversation:{received.conversation_id}") as hint:
        while True:
            settled = await _settled(rt, turn_id=received.turn_id)
            left = deadline - loop.time()
            if settled or left <= 0:
                text, busy = await _take(rt, received=received, prefix=prefix)
                if text is not None:
                    return Passive(text, thinking=not settled)
                if not busy or left <= 0:
                    break
            await hint.wait(min(POLL_S, max(left, 0.001)))
    return Passive(prefix or None, thinking=not settled)


async def _settled(rt: Runtime, *, turn_id: str | None) -> bool:
    if turn_id is None:
        return True
    async with rt.db.read() as session:
        status = await session.scalar(select(Turn.status).where(Turn.id == turn_id))
    return status not in (TurnStatus.WAITING, TurnStatus.RUNNING)


async def _take(rt: Runtime, *, received: Received, prefix: str) -> tuple[str | None, bool]:
    """Claim what is waiting for this person: (text or None, the outbox is sending just now)."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        rows = await _pending(session, conversation_id=received.conversation_id)
        # Looked up after the rows are locked: a repeat of this request may just have taken them.
        first = await session.get(PassiveAnswer, received.message_id)
        if first is not None:
            return (first.text if first.created_at > now - REPEATS_WITHIN else None), False
        if not rows:
            return None, False
        if await _sending(session, conversation_id=received.conversation_id):
            return None, True  # answering now would overtake it
        sheet = Sheet([prefix] if prefix else [])
        await _compose(session, rt, rows=rows, sheet=sheet)
        text = sheet.text() or None  # none: only pictures, which the outbox sends
        if text:
            session.add(PassiveAnswer(message_id=received.message_id, text=text, created_at=now))
        await session.execute(delete(PassiveAnswer).where(PassiveAnswer.created_at < now - ANSWERS_KEPT))
    rt.hints.notify("deliveries")
    rt.hints.notify(f"conversation:{received.conversation_id}")
    return text, False


async def _pending(session: AsyncSession, *, conversation_id: str) -> list[Delivery]:
    """In order: queued, parked, and what failed only because we may not call WeChat."""
    setup_codes = [str(code) for code in SETUP_ERRORS]
    query = (
        select(Delivery)
        .where(
            Delivery.conversation_id == conversation_id,
            or_(
                Delivery.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.PARKED)),
                and_(Delivery.status == DeliveryStatus.FAILED, Delivery.error.in_(setup_codes)),
            ),
        )
        .order_by(Delivery.seq)
        .with_for_update()
    )
    return list(await session.scalars(query))


async def _sending(session: AsyncSession, *, conversation_id: str) -> bool:
    query = select(Delivery.id).where(
        Delivery.conversation_id == conversation_id, Delivery.status == DeliveryStatus.SENDING
    )
    return bool(await session.scalar(query.limit(1)))


async def _compose(session: AsyncSession, rt: Runtime, *, rows: list[Delivery], sheet: Sheet) -> None:
    """Fill one text with the first messages, or the first part of the first; the rest is queued."""
    now = rt.clock.now()
    full = False
    for row in rows:
        shown = await rendered(session, rt, row)
        if shown.asks_rating and row.created_at < now - RATING_ASKED_WITHIN:
            row.status, row.error = DeliveryStatus.FAILED, "too_late"
            continue
        if not full:
            parts = parts_of(rt, shown)[row.parts_sent :]
            if not parts:  # all of it had gone out
                row.status, row.error = DeliveryStatus.SENT, None
                continue
            whole = len(parts) == 1 and row.parts_sent == 0
            # A picture cannot stand in a text.
            if isinstance(parts[0], str) and sheet.add(shown, part=parts[0], whole=whole):
                row.parts_sent += 1
                if len(parts) == 1:
                    row.status, row.error, row.sent_at = DeliveryStatus.SENT, None, now
                    continue
            full = True
        # The gap lets this answer arrive before what follows it.
        row.status, row.error, row.attempt = DeliveryStatus.QUEUED, None, 0
        row.due_at = now + timedelta(seconds=PART_GAP_S)
