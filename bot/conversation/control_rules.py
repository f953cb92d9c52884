"""Who may answer, as one pure table: `decide` takes where a conversation stands and an event, and
gives the next state with its effects, or refuses. docs/desk.md draws it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.errors import Refusal


class ControlEvent(StrEnum):
    # The talent
    TALENT_MESSAGE = "talent_message"
    REQUEST_HUMAN = "request_human"
    LEAVE_TICKET = "leave_ticket"  # be called back instead of waiting
    CANCEL = "cancel"  # no longer wants a person
    # The router
    OFFER = "offer"
    EXPIRE = "expire"  # rang too long
    REQUEUE = "requeue"  # no first reply, or the specialist was lost
    # Specialists
    ACCEPT = "accept"
    DECLINE = "decline"
    PICK = "pick"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"  # the proposed transfer is off
    HOLD = "hold"
    RESUME = "resume"
    TAKE_OVER = "take_over"
    GIVE_BACK = "give_back"
    END = "end"
    FINISH = "finish"  # summary saved, or its time is over
    BLOCK = "block"


class Effect(StrEnum):
    RAISE_EPOCH = "raise_epoch"  # fences off answers that were begun before
    OPEN_HANDOVER = "open_handover"
    OPEN_TICKET = "open_ticket"
    MAKE_TICKET = "make_ticket"  # of the open episode
    RING = "ring"
    STOP_RING = "stop_ring"
    TAKE = "take"  # whoever acts holds the chat from now on
    FRONT = "front"  # back into the queue, before everybody who waits
    PROPOSE = "propose"  # a transfer
    DROP_PROPOSAL = "drop_proposal"
    HOLD = "hold"
    WAKE = "wake"
    WRAP_UP = "wrap_up"
    REOPEN = "reopen"  # the talk goes on while its summary was being written
    END_HANDOVER = "end_handover"
    RUN_TURN = "run_turn"  # the assistant answers this message
    REOPEN_TURNS = "reopen_turns"  # nobody came: the assistant answers what it was stopped from


@dataclass(frozen=True)
class Step:
    control: Control
    effects: tuple[Effect, ...] = ()
    handover: HandoverStatus | None = None  # how an ended episode ended


@dataclass(frozen=True)
class Situation:
    """What the decision needs to know of a conversation and its open episode."""

    control: Control
    staff_id: str | None = None  # the holder
    offered_to: str | None = None
    offered_until: datetime | None = None
    transferring: bool = False


_E, _C, _V, _H = Effect, Control, ControlEvent, HandoverStatus
_UP = _E.RAISE_EPOCH
_OFF = (_E.STOP_RING, _E.DROP_PROPOSAL)

TABLE: dict[tuple[Control, ControlEvent], Step] = {
    # bot: the assistant answers
    (_C.BOT, _V.TALENT_MESSAGE): Step(_C.BOT, (_E.RUN_TURN,)),
    (_C.BOT, _V.REQUEST_HUMAN): Step(_C.QUEUED, (_UP, _E.OPEN_HANDOVER)),
    (_C.BOT, _V.LEAVE_TICKET): Step(_C.BOT, (_E.OPEN_TICKET,)),
    (_C.BOT, _V.BLOCK): Step(_C.CLOSED, (_UP,)),
    # queued: waits for a person
    (_C.QUEUED, _V.TALENT_MESSAGE): Step(_C.QUEUED),
    (_C.QUEUED, _V.REQUEST_HUMAN): Step(_C.QUEUED),
    (_C.QUEUED, _V.LEAVE_TICKET): Step(_C.BOT, (_UP, _E.MAKE_TICKET, _E.REOPEN_TURNS)),
    (_C.QUEUED, _V.CANCEL): Step(_C.BOT, (_UP, _E.END_HANDOVER, _E.REOPEN_TURNS), _H.CANCELLED),
    (_C.QUEUED, _V.OFFER): Step(_C.OFFERED, (_E.RING,)),
    (_C.QUEUED, _V.PICK): Step(_C.HUMAN, (_E.TAKE,)),
    (_C.QUEUED, _V.BLOCK): Step(_C.CLOSED, (_E.END_HANDOVER,), _H.CANCELLED),
    # offered: rings at one specialist, keeps its place
    (_C.OFFERED, _V.TALENT_MESSAGE): Step(_C.OFFERED),
    (_C.OFFERED, _V.REQUEST_HUMAN): Step(_C.OFFERED),
    (_C.OFFERED, _V.LEAVE_TICKET): Step(_C.BOT, (_UP, _E.STOP_RING, _E.MAKE_TICKET, _E.REOPEN_TURNS)),
    (_C.OFFERED, _V.CANCEL): Step(
        _C.BOT, (_UP, _E.STOP_RING, _E.END_HANDOVER, _E.REOPEN_TURNS), _H.CANCELLED
    ),
    (_C.OFFERED, _V.ACCEPT): Step(_C.HUMAN, (_E.STOP_RING, _E.TAKE)),
    (_C.OFFERED, _V.DECLINE): Step(_C.QUEUED, (_E.STOP_RING,)),
    (_C.OFFERED, _V.EXPIRE): Step(_C.QUEUED, (_E.STOP_RING,)),
    (_C.OFFERED, _V.REQUEUE): Step(_C.QUEUED, (_E.STOP_RING,)),
    (_C.OFFERED, _V.TAKE_OVER): Step(_C.HUMAN, (_E.STOP_RING, _E.TAKE)),
    (_C.OFFERED, _V.BLOCK): Step(_C.CLOSED, (_E.STOP_RING, _E.END_HANDOVER), _H.CANCELLED),
    # human: one specialist holds the chat; a proposed transfer changes nothing until accepted
    (_C.HUMAN, _V.TALENT_MESSAGE): Step(_C.HUMAN),
    (_C.HUMAN, _V.REQUEST_HUMAN): Step(_C.HUMAN),
    (_C.HUMAN, _V.CANCEL): Step(_C.BOT, (_UP, *_OFF, _E.END_HANDOVER), _H.CLOSED),
    (_C.HUMAN, _V.TRANSFER): Step(_C.HUMAN, (_E.PROPOSE,)),
    (_C.HUMAN, _V.OFFER): Step(_C.HUMAN, (_E.RING,)),
    (_C.HUMAN, _V.ACCEPT): Step(_C.HUMAN, (*_OFF, _E.TAKE)),
    (_C.HUMAN, _V.DECLINE): Step(_C.HUMAN, (_E.STOP_RING,)),
    (_C.HUMAN, _V.EXPIRE): Step(_C.HUMAN, (_E.STOP_RING,)),
    (_C.HUMAN, _V.WITHDRAW): Step(_C.HUMAN, _OFF),
    (_C.HUMAN, _V.HOLD): Step(_C.ON_HOLD, (_E.HOLD,)),
    (_C.HUMAN, _V.TAKE_OVER): Step(_C.HUMAN, (*_OFF, _E.TAKE)),
    (_C.HUMAN, _V.REQUEUE): Step(_C.QUEUED, (*_OFF, _E.FRONT)),
    (_C.HUMAN, _V.GIVE_BACK): Step(_C.BOT, (_UP, *_OFF, _E.END_HANDOVER), _H.RETURNED),
    (_C.HUMAN, _V.END): Step(_C.WRAP_UP, (*_OFF, _E.WRAP_UP)),
    (_C.HUMAN, _V.BLOCK): Step(_C.CLOSED, (*_OFF, _E.END_HANDOVER), _H.CLOSED),
    # on_hold: the holder is finding something out; the talent's word or the time wakes it
    (_C.ON_HOLD, _V.TALENT_MESSAGE): Step(_C.HUMAN, (_E.WAKE,)),
    (_C.ON_HOLD, _V.REQUEST_HUMAN): Step(_C.HUMAN, (_E.WAKE,)),
    (_C.ON_HOLD, _V.RESUME): Step(_C.HUMAN, (_E.WAKE,)),
    (_C.ON_HOLD, _V.CANCEL): Step(_C.BOT, (_UP, *_OFF, _E.WAKE, _E.END_HANDOVER), _H.CLOSED),
    (_C.ON_HOLD, _V.TRANSFER): Step(_C.ON_HOLD, (_E.PROPOSE,)),
    (_C.ON_HOLD, _V.OFFER): Step(_C.ON_HOLD, (_E.RING,)),
    (_C.ON_HOLD, _V.ACCEPT): Step(_C.HUMAN, (*_OFF, _E.WAKE, _E.TAKE)),
    (_C.ON_HOLD, _V.DECLINE): Step(_C.ON_HOLD, (_E.STOP_RING,)),
    (_C.ON_HOLD, _V.EXPIRE): Step(_C.ON_HOLD, (_E.STOP_RING,)),
    (_C.ON_HOLD, _V.WITHDRAW): Step(_C.ON_HOLD, _OFF),
    (_C.ON_HOLD, _V.TAKE_OVER): Step(_C.HUMAN, (*_OFF, _E.WAKE, _E.TAKE)),
    (_C.ON_HOLD, _V.REQUEUE): Step(_C.QUEUED, (*_OFF, _E.WAKE, _E.FRONT)),
    (_C.ON_HOLD, _V.GIVE_BACK): Step(_C.BOT, (_UP, *_OFF, _E.WAKE, _E.END_HANDOVER), _H.RETURNED),
    (_C.ON_HOLD, _V.END): Step(_C.WRAP_UP, (*_OFF, _E.WAKE, _E.WRAP_UP)),
    (_C.ON_HOLD, _V.BLOCK): Step(_C.CLOSED, (*_OFF, _E.WAKE, _E.END_HANDOVER), _H.CLOSED),
    # wrap_up: over for the talent, unless they write again; the holder writes the summary
    (_C.WRAP_UP, _V.TALENT_MESSAGE): Step(_C.HUMAN, (_E.REOPEN,)),
    (_C.WRAP_UP, _V.REQUEST_HUMAN): Step(_C.HUMAN, (_E.REOPEN,)),
    (_C.WRAP_UP, _V.CANCEL): Step(_C.BOT, (_UP, _E.END_HANDOVER), _H.CLOSED),
    (_C.WRAP_UP, _V.FINISH): Step(_C.CLOSED, (_E.END_HANDOVER,), _H.CLOSED),
    (_C.WRAP_UP, _V.GIVE_BACK): Step(_C.BOT, (_UP, _E.END_HANDOVER), _H.RETURNED),
    (_C.WRAP_UP, _V.BLOCK): Step(_C.CLOSED, (_E.END_HANDOVER,), _H.CLOSED),
    # closed: whatever comes next begins anew
    (_C.CLOSED, _V.TALENT_MESSAGE): Step(_C.BOT, (_UP, _E.RUN_TURN)),
    (_C.CLOSED, _V.REQUEST_HUMAN): Step(_C.QUEUED, (_UP, _E.OPEN_HANDOVER)),
    (_C.CLOSED, _V.LEAVE_TICKET): Step(_C.BOT, (_UP, _E.OPEN_TICKET)),
    (_C.CLOSED, _V.BLOCK): Step(_C.CLOSED),
}

_HOLDERS_ONLY = (_V.TRANSFER, _V.HOLD, _V.GIVE_BACK, _V.END)
_HOLDERS_OR_TIME = (_V.RESUME, _V.FINISH, _V.WITHDRAW)
_HELD = (_C.HUMAN, _C.ON_HOLD, _C.WRAP_UP)


def decide(at: Situation, event: ControlEvent, *, now: datetime, by: str | None = None) -> Step:
    """The next state and what must happen with it. `by` is the acting staff's id; None is the
    talent, or the service itself acting on time. Raises Refusal with a code and a sentence.
    """
    step = TABLE.get((Control(at.control), event))
    if step is None:
        raise _no_such_step(at, event, by)
    if _E.TAKE in step.effects and by is None:  # a chat that is held is held by somebody
        raise Refusal("illegal_transition", "会话状态已变化，请刷新后再试。", status=409)
    if event == _V.ACCEPT or (event == _V.DECLINE and by is not None):
        if at.offered_to is None or at.offered_to != by:
            raise Refusal("offer_gone", "这个邀请已经失效，请看列表里的其他会话。", status=409)
        if event == _V.ACCEPT and at.offered_until is not None and at.offered_until <= now:
            raise Refusal("offer_gone", "邀请超过时间没有接听，已转给其他同事。", status=409)
    elif event == _V.EXPIRE:
        if at.offered_until is None or at.offered_until > now:
            raise Refusal("not_due", "还没有到时间。", status=409)
    elif event == _V.OFFER:
        if at.offered_to is not None or (at.control != Control.QUEUED and not at.transferring):
            raise Refusal("illegal_transition", "会话状态已变化，请刷新后再试。", status=409)
    elif event == _V.TRANSFER and at.transferring:
        raise Refusal("already_transferring", "这个会话正在转接，请先撤回再转给别人。", status=409)
    elif event == _V.TAKE_OVER and at.staff_id == by:
        raise Refusal("already_yours", "这个会话本来就由您接待。", status=409)
    if event in _HOLDERS_ONLY or (event in _HOLDERS_OR_TIME and by is not None):
        check_holder(at, by)
    return step


def check_holder(at: Situation, by: str | None) -> None:
    if at.control not in _HELD:
        raise Refusal("illegal_transition", "这个会话现在不由人工接待。", status=409)
    if by is None or at.staff_id != by:
        raise Refusal("not_yours", "这个会话由其他同事接待，您可以写内部备注。", status=403)


def _no_such_step(at: Situation, event: ControlEvent, by: str | None) -> Refusal:
    if event in (_V.PICK, _V.ACCEPT) and at.control in _HELD:
        return Refusal("already_taken", "这个会话已经由同事接待了。", status=409)
    if event == _V.PICK and at.control == Control.OFFERED:
        return Refusal("ringing_elsewhere", "这个会话正在呼叫一位同事，没有接听会再排回来。", status=409)
    return Refusal("illegal_transition", "会话状态已变化，请刷新后再试。", status=409)
