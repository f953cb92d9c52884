"""What one sending to an outside channel takes from the outbox."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channels.wechat.render import Rendered, Sheet, render, split
from bot.conversation.log import views
from bot.conversation.models import Conversation, Delivery, DeliveryStatus, Message
from bot.runtime import Runtime

LEASE_S = 60.0  # longer than the slowest sending: token and message, each once repeated
PART_GAP_S = 0.3  # WeChat was seen to swap messages that follow each other at once

_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.PARKED)


@dataclass(frozen=True)
class Picture:
    file_id: str


Part = str | Picture


@dataclass(frozen=True)
class Claimed:
    """One delivery row under way."""

    delivery_id: str
    attempt: int
    asks_rating: bool


@dataclass(frozen=True)
class Claim:
    """One sending: a part of one message, or several short messages in one text."""

    rows: tuple[Claimed, ...]
    part: int
    of: int  # parts of the first message
    what: Part | None  # None: nothing of it is left to send
    openid: str
    conversation_id: str


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


async def claim_next(session: AsyncSession, rt: Runtime, *, now: datetime) -> Claim | None:
    earlier, later = aliased(Delivery), aliased(Delivery)
    # A notice that can wait for company has it.
    joined = and_(
        Delivery.turn_id.is_(None),
        Delivery.attempt == 0,
        Delivery.parts_sent == 0,
        exists().where(
            later.conversation_id == Delivery.conversation_id,
            later.seq > Delivery.seq,
            later.status == DeliveryStatus.QUEUED,
            later.attempt == 0,
            later.due_at <= now,
        ),
    )
    head = (
        select(Delivery.id)
        .where(
            Delivery.status == DeliveryStatus.QUEUED,
            or_(Delivery.due_at <= now, joined),
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
    row = await _mark(session, Delivery.id == head, now=now)
    if row is None:
        return None
    conversation = await session.get_one(Conversation, row.conversation_id)
    shown = await rendered(session, rt, row)
    parts = parts_of(rt, shown)
    rows = [Claimed(row.id, row.attempt, shown.asks_rating)]
    what = parts[row.parts_sent] if row.parts_sent < len(parts) else None
    if isinstance(what, str) and len(parts) == 1:
        sheet = Sheet([])
        sheet.add(shown, part=what, whole=True)
        rows += await _followers(session, rt, sheet=sheet, after=row, now=now)
        what = sheet.text()
    return Claim(tuple(rows), row.parts_sent, len(parts), what, conversation.external_user, conversation.id)


async def _followers(
    session: AsyncSession, rt: Runtime, *, sheet: Sheet, after: Delivery, now: datetime
) -> list[Claimed]:
    """The next due messages of the same person, as many as fit into the text."""
    waiting = await session.scalars(
        select(Delivery)
        .where(
            Delivery.conversation_id == after.conversation_id,
            Delivery.seq > after.seq,
            Delivery.status.in_(_WAITING),
        )
        .order_by(Delivery.seq)
    )
    found: list[Claimed] = []
    for row in waiting:
        fresh = row.status == DeliveryStatus.QUEUED and row.attempt == 0 and row.parts_sent == 0
        if not fresh or row.due_at > now:
            break
        shown = await rendered(session, rt, row)
        parts = parts_of(rt, shown)
        if len(parts) != 1 or not isinstance(parts[0], str):
            break
        if not sheet.add(shown, part=parts[0], whole=True):
            break
        marked = await _mark(session, Delivery.id == row.id, now=now)
        if marked is None:  # parked just now: the person has left
            break
        found.append(Claimed(marked.id, marked.attempt, shown.asks_rating))
    return found


async def _mark(session: AsyncSession, which: ColumnElement[bool], *, now: datetime) -> Delivery | None:
    return await session.scalar(
        update(Delivery)
        .where(which, Delivery.status == DeliveryStatus.QUEUED)
        .values(
            status=DeliveryStatus.SENDING,
            attempt=Delivery.attempt + 1,
            due_at=now + timedelta(seconds=LEASE_S),
        )
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


async def rendered(session: AsyncSession, rt: Runtime, row: Delivery) -> Rendered:
    message = await session.get_one(Message, row.message_id)
    [view] = await views(session, conversation_id=row.conversation_id, messages=[message])
    return render(view, menu_links=rt.settings.wechat_menu_links)


def parts_of(rt: Runtime, shown: Rendered) -> list[Part]:
    texts = split(shown, web_address=rt.settings.public_url)
    return [*texts, *(Picture(file_id) for file_id in shown.pictures)]
