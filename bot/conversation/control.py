"""Control of a conversation: one event, one transaction, with everything that belongs to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import announcements, packet
from bot.conversation.change import Change
from bot.conversation.content import HandoverRequest
from bot.conversation.control_rules import ControlEvent, Effect, Situation, Step, decide
from bot.conversation.crisis import CRISIS_PRIORITY
from bot.conversation.episodes import last_handover, open_handover
from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation, Turn, TurnStatus
from bot.conversation.rules import RING_S, TRANSFER_RING_S, WRAP_UP_S
from bot.conversation.standing import join_older
from bot.errors import Refusal
from bot.runtime import Runtime

LOST_PRIORITY = 1  # in the queue: before whoever waits for their first person


@dataclass(frozen=True)
class Changed:
    step: Step
    handover: Handover | None  # the episode it was about


async def change_control(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, change: Change
) -> Changed:
    """Apply one event to a locked conversation.

    The row is written by compare-and-set on version and epoch, so that a caller who read it
    without the lock is refused (`changed_meanwhile`) instead of overwriting.
    """
    now = rt.clock.now()
    handover = None
    if conversation.control not in (Control.BOT, Control.CLOSED):
        handover = await open_handover(session, conversation_id=conversation.id)
    by = change.by.id if change.by else None
    before = conversation.control
    at = situation_of(conversation, handover)
    step = decide(at, change.event, now=now, by=by)
    await _enter(session, conversation, step)
    if Effect.OPEN_HANDOVER in step.effects or Effect.OPEN_TICKET in step.effects:
        handover = await _open(session, rt, conversation, change, ticket=Effect.OPEN_TICKET in step.effects)
    if handover:
        _apply(handover, conversation, step, change, now)
        if Effect.MAKE_TICKET in step.effects:
            await join_older(session, conversation=conversation, ticket=handover, now=now)
    replied = handover is not None and handover.first_reply_at is not None
    if Effect.REOPEN_TURNS in step.effects and not replied:  # what a person answered stays answered
        await _reopen_turns(session, conversation, now)
    if change.event == ControlEvent.BLOCK:
        conversation.blocked_at, conversation.block_reason = now, (change.note or "")[:200]
    if change.event != ControlEvent.TALENT_MESSAGE or before != step.control:
        session.add(
            ControlChange(
                conversation_id=conversation.id,
                handover_id=handover.id if handover else None,
                event=change.event,
                before=before,
                after=step.control,
                version=conversation.version,
                by=by,
                target=change.target.id if change.target else change.team_id,
                why=change.why,
                at=now,
            )
        )
    await session.flush()
    if not change.silent:
        await announcements.announce(
            session, rt, conversation=conversation, before=before, change=change, handover=handover
        )
    return Changed(step, handover)


def situation_of(conversation: Conversation, handover: Handover | None) -> Situation:
    return Situation(
        control=conversation.control,
        staff_id=conversation.staff_id,
        offered_to=handover.offered_to if handover else None,
        offered_until=handover.offered_until if handover else None,
        transferring=bool(handover and (handover.transfer_to or handover.transfer_team_id)),
    )


async def _enter(session: AsyncSession, conversation: Conversation, step: Step) -> None:
    raised = Effect.RAISE_EPOCH in step.effects
    if conversation.control == step.control and set(step.effects) <= {Effect.RUN_TURN}:
        return
    version, epoch = conversation.version, conversation.epoch
    done = await session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation.id,
            Conversation.version == version,
            Conversation.epoch == epoch,
        )
        .values(control=step.control, version=version + 1, epoch=epoch + raised)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refusal("changed_meanwhile", "会话刚刚有了变化，请刷新后再试。", status=409)
    await session.refresh(conversation, ["control", "version", "epoch"])


async def _open(
    session: AsyncSession, rt: Runtime, conversation: Conversation, change: Change, *, ticket: bool
) -> Handover:
    now = rt.clock.now()
    request = change.request or HandoverRequest(reason="requested")
    previous = await last_handover(session, conversation_id=conversation.id)
    handover = Handover(
        conversation_id=conversation.id,
        previous_id=previous.id if previous else None,
        status=HandoverStatus.TICKETED if ticket else HandoverStatus.WAITING,
        reason=request.reason,
        category=request.category or "政策咨询",
        packet=await packet.snapshot(session, rt, conversation=conversation, request=request),
        region=place_of(conversation),
        team_id=change.admission.team_id,
        wanted_staff_id=change.admission.wanted_staff_id,
        priority=CRISIS_PRIORITY if request.reason == "crisis" else 0,
        requested_at=now,
        queued_at=now,
        due_at=change.admission.call_by if ticket else None,
        passed_by=[],
        labels=[],
    )
    session.add(handover)
    return handover


def place_of(conversation: Conversation) -> str | None:
    """The region chosen on the page, else the one said in the talk."""
    said = conversation.slots.get("region")
    return conversation.region or (str(said) if said else None)


def _apply(handover: Handover, conversation: Conversation, step: Step, change: Change, now: datetime) -> None:
    """The step's effects on the rows, in the order the table lists them."""
    for effect in step.effects:
        match effect:
            case Effect.RING:
                assert change.target is not None
                handover.offered_to = change.target.id
                handover.offered_until = change.until or now + timedelta(seconds=RING_S)
            case Effect.STOP_RING:
                if handover.offered_to and change.event in (ControlEvent.DECLINE, ControlEvent.EXPIRE):
                    handover.passed_by = [*handover.passed_by, handover.offered_to]
                    if handover.transfer_to == handover.offered_to:
                        handover.transfer_to = handover.transfer_note = None
                handover.offered_to = handover.offered_until = None
            case Effect.TAKE:
                assert change.by is not None
                conversation.staff_id = handover.staff_id = change.by.id
                handover.status, handover.taken_at = HandoverStatus.ACTIVE, now
                handover.accepted_at = handover.accepted_at or now
                handover.replied_at, handover.passed_by = None, []
            case Effect.FRONT:
                conversation.staff_id = None
                handover.status, handover.queued_at = HandoverStatus.WAITING, now
                handover.priority = max(handover.priority, LOST_PRIORITY)
                handover.passed_by = [handover.staff_id] if handover.staff_id else []
                handover.wanted_staff_id = None
            case Effect.PROPOSE:
                handover.transfer_to = change.target.id if change.target else None
                handover.transfer_team_id = change.team_id
                handover.transfer_note = change.note
                handover.passed_by = []
                if change.target:  # a team's members are rung by the router
                    handover.offered_to = change.target.id
                    handover.offered_until = change.until or now + timedelta(seconds=TRANSFER_RING_S)
            case Effect.DROP_PROPOSAL:
                if change.event == ControlEvent.ACCEPT and handover.transfer_team_id:
                    handover.team_id = handover.transfer_team_id
                handover.transfer_to = handover.transfer_team_id = handover.transfer_note = None
            case Effect.HOLD:
                handover.hold_until = change.until
            case Effect.WAKE:
                handover.hold_until = None
            case Effect.WRAP_UP:
                handover.wrap_up_until = now + timedelta(seconds=WRAP_UP_S)
                handover.ended_by, handover.ended_at = "staff", now
                handover.note = change.note or handover.note
            case Effect.REOPEN:
                handover.wrap_up_until = handover.ended_at = handover.ended_by = None
            case Effect.MAKE_TICKET:
                handover.status, handover.due_at = HandoverStatus.TICKETED, change.admission.call_by
                handover.staff_id = None  # who was lost does not owe the call
            case Effect.END_HANDOVER:
                assert step.handover is not None
                handover.status, conversation.staff_id = step.handover, None
                handover.ended_at = handover.ended_at or now
                handover.ended_by = handover.ended_by or _ender(change)
                handover.ended_seq, handover.wrap_up_until = conversation.last_seq, None
                handover.note = change.note or handover.note


def _ender(change: Change) -> str:
    if change.event == ControlEvent.CANCEL:
        return "talent"
    return "staff" if change.by else "system"


async def _reopen_turns(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    await session.execute(
        update(Turn)
        .where(
            Turn.conversation_id == conversation.id,
            Turn.epoch == conversation.epoch - 2,  # before the wish and the cancelling
            Turn.status.in_((TurnStatus.WAITING, TurnStatus.RUNNING, TurnStatus.DISCARDED)),
        )
        .values(status=TurnStatus.WAITING, epoch=conversation.epoch, due_at=now, ended_at=None)
    )


def tell(
    rt: Runtime,
    conversation_id: str,
    *,
    turns: bool = False,
    desk: bool = False,
    holder: str | None = None,
) -> None:
    """Call after the commit. `desk`: lists look different; `holder`: words in a chat that somebody
    holds, which concern that person's lists at once and nobody else's.
    """
    rt.hints.notify(f"conversation:{conversation_id}")
    if turns:
        rt.hints.notify("turns")
    if desk:
        rt.hints.notify("desk")
    if holder:
        rt.hints.notify(f"staff:{holder}")
    if desk or holder:
        rt.hints.notify("deliveries")
