"""What time alone does to episodes: rings that end, holds, silence, lost seats, closing hours.

Every step reads what may be due, then decides each case again under the conversation's lock.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import queue
from bot.conversation.announcements import cancel_button, ticket_button
from bot.conversation.change import Change
from bot.conversation.content import Content
from bot.conversation.control import tell
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission
from bot.conversation.episodes import open_handover
from bot.conversation.handover_models import Handover
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author, Control, Conversation
from bot.conversation.receiving import first_result
from bot.desk import hours, seats, summary
from bot.desk.manage.notices import Told, add_notices
from bot.desk.manage.sla_sweep import leads_of
from bot.desk.offers import transfer_failed
from bot.runtime import SHANGHAI, Runtime
from bot.texts import sentence

FIRST_REPLY_S = 180  # after taking a chat; then somebody else is found
LONG_WAIT_S = 300  # in the queue; then the talent is told and may be called back instead

Decide = queue.Decide
Find = Callable[[AsyncSession], Awaitable[list[str]]]


async def expire_rings(rt: Runtime) -> int:
    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        if handover.offered_to is None or not _over(rt, handover.offered_until):
            return None
        await seats.missed_one(session, rt, staff_id=handover.offered_to)
        if handover.transfer_to:
            await transfer_failed(session, rt, handover=handover)
        return Change(ControlEvent.EXPIRE, why="no_answer")

    return await _each(rt, lambda session: queue.rings_over(session, rt.clock.now()), decide)


async def end_holds(rt: Runtime) -> int:
    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        if at.control != Control.ON_HOLD or not _over(rt, handover.hold_until):
            return None
        if at.staff_id:
            await _notify(session, rt, handover, [at.staff_id], "hold_over")
        return Change(ControlEvent.RESUME, why="hold_over")

    return await _each(rt, lambda session: queue.holds_over(session, rt.clock.now()), decide)


async def take_back_unanswered(rt: Runtime) -> int:
    """No first word in time: the chat goes to the front of the queue, and the lead is told."""
    limit = timedelta(seconds=FIRST_REPLY_S)

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        silent = handover.replied_at is None and _over(rt, handover.taken_at and handover.taken_at + limit)
        if at.control != Control.HUMAN or not silent or at.staff_id is None:
            return None
        await seats.missed_one(session, rt, staff_id=at.staff_id)
        await _notify(session, rt, handover, [at.staff_id], "taken_back")
        await _notify_leads(session, rt, handover, "no_first_reply")
        return Change(ControlEvent.REQUEUE, why="no_first_reply")

    return await _each(rt, lambda session: queue.unanswered_since(session, rt.clock.now() - limit), decide)


async def release_lost(rt: Runtime) -> int:
    """What is talked in or rings at a desk that is gone finds somebody else."""
    async with rt.db.read() as session:
        lost, asleep = await seats.gone(session, rt.clock.now())
    for staff_id in asleep:
        async with rt.db.write() as session:
            await seats.put_to_sleep(session, rt, staff_id=staff_id)
        rt.hints.notify("desk")
    if not lost:
        return 0

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        gone, _ = await seats.gone(session, rt.clock.now())
        if at.control == Control.OFFERED and handover.offered_to in gone:
            return Change(ControlEvent.REQUEUE, why="lost")
        if at.control == Control.HUMAN and at.staff_id in gone:
            await _notify_leads(session, rt, handover, "lost")
            return Change(ControlEvent.REQUEUE, why="lost")
        if handover.offered_to in gone:  # a transfer rings there; the holder keeps the chat
            if handover.transfer_to:
                await transfer_failed(session, rt, handover=handover)
            return Change(ControlEvent.DECLINE, why="lost")
        return None

    return await _each(rt, lambda session: queue.held_by(session, lost), decide)


async def finish_wrap_ups(rt: Runtime) -> int:
    """The time for the summary is over: the draft is kept as it is."""

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        if at.control != Control.WRAP_UP or not _over(rt, handover.wrap_up_until):
            return None
        handover.summary = await summary.draft(session, rt, handover=handover)
        return Change(ControlEvent.FINISH, why="time")

    return await _each(rt, lambda session: queue.wrap_ups_over(session, rt.clock.now()), decide)


async def tell_long_waits(rt: Runtime) -> int:
    """Once an episode: that it takes longer, and that one may be called back."""
    before = rt.clock.now() - timedelta(seconds=LONG_WAIT_S)
    async with rt.db.read() as session:
        resting = list(await hours.closed_teams(session, rt.clock.now()))  # they are told of the break
        due = await queue.long_waiting(session, before, but=resting)
    for conversation_id in due:
        await _tell_once(rt, conversation_id, what=queue.LONG_WAIT, text=sentence("routing.long_wait"))
    return len(due)


async def tell_breaks(rt: Runtime) -> int:
    """Once an episode and break: until when, that the place is kept, that one may be called back."""
    told = 0
    async with rt.db.read() as session:
        breaks = [
            (back, await queue.queued_of(session, [team_id], untold=_break(back)))
            for team_id, back in (await hours.closed_teams(session, rt.clock.now())).items()
            if back
        ]
    for back, due in breaks:
        text = sentence("routing.break", at=f"{back.astimezone(SHANGHAI):%H:%M}")
        for conversation_id in due:
            await _tell_once(rt, conversation_id, what=_break(back), text=text)
        told += len(due)
    return told


def _break(back: datetime) -> str:
    return f"break:{back:%Y%m%d%H%M}"


async def _tell_once(rt: Runtime, conversation_id: str, *, what: str, text: str) -> None:
    """To somebody who waits, with the ways out; what another process has told meanwhile is not repeated."""
    async with rt.db.write() as session:
        at = await access_conversation(session, conversation_id=conversation_id, lock=True)
        handover = await open_handover(session, conversation_id=conversation_id)
        if handover is None or at.control != Control.QUEUED:
            return
        key = queue.told_key(what, handover.id)
        if await first_result(session, at, key):
            return
        content = Content.say(text, buttons=[ticket_button(handover.category), cancel_button()])
        append(session, rt, conversation=at, author=Author.SYSTEM, content=content, external_key=key)
    tell(rt, conversation_id, desk=True)


async def close_queues(rt: Runtime) -> int:
    """Whoever still waits when their team goes home is owed a call instead; not over a break."""
    async with rt.db.read() as session:
        closed = await hours.closed_teams(session, rt.clock.now())
        gone_home = [team_id for team_id, back in closed.items() if back is None]

    async def decide(session: AsyncSession, at: Conversation, handover: Handover) -> Change | None:
        now = rt.clock.now()
        if at.control != Control.QUEUED or handover.team_id not in gone_home:
            return None
        call_by = await hours.call_by(session, team_id=handover.team_id, now=now)
        append(
            session,
            rt,
            conversation=at,
            author=Author.SYSTEM,
            content=Content.say(sentence("routing.closing")),
        )
        admission = Admission(open=False, why="hours", team_id=handover.team_id, call_by=call_by)
        return Change(ControlEvent.LEAVE_TICKET, admission=admission, why="closed")

    return await _each(rt, lambda session: queue.queued_of(session, gone_home), decide)


SWEEPS = (
    expire_rings,
    release_lost,
    take_back_unanswered,
    end_holds,
    finish_wrap_ups,
    close_queues,
    tell_breaks,
    tell_long_waits,
)


def _over(rt: Runtime, until: datetime | None) -> bool:
    return until is not None and until <= rt.clock.now()


async def _each(rt: Runtime, find: Find, decide: Decide) -> int:
    async with rt.db.read() as session:
        due = await find(session)
    done = 0
    for conversation_id in due:
        done += await queue.try_step(rt, conversation_id=conversation_id, decide=decide)
    return done


async def _notify_leads(session: AsyncSession, rt: Runtime, handover: Handover, why: str) -> None:
    leads = await leads_of(session, [handover.id])
    await _notify(session, rt, handover, [lead.id for lead in leads[handover.id]], why)


async def _notify(
    session: AsyncSession, rt: Runtime, handover: Handover, staff_ids: list[str], why: str
) -> None:
    at = f"{rt.clock.now():%Y%m%d%H%M%S}"
    told = [
        Told(
            staff_id=staff_id,
            kind=why,
            text=sentence(f"routing.{why}", category=handover.category),
            conversation_id=handover.conversation_id,
            once_key=f"{why}:{handover.id}:{at}",
        )
        for staff_id in staff_ids
    ]
    await add_notices(session, rt, told)
