"""The control table: every pair of state and event, its guards, and what holds of the table as a whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.control_rules import TABLE, ControlEvent, Effect, Situation, Step, decide
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.errors import Refusal

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
HOLDER, CALLED, LEAD, OTHER = "holder", "called", "lead", "other"

# Written from the text of docs/desk.md, not from the code. A state: where the event leads; ^ the epoch
# rises; - illegal_transition; other words after ! are the code of the refusal.
EXPECTED = """
event           bot      queued   offered    human    on_hold  wrap_up  closed
talent_message  bot      queued   offered    human    human    human    bot^
request_human   queued^  queued   offered    human    human    human    queued^
leave_ticket    bot      bot^     bot^       -        -        -        bot^
cancel          -        bot^     bot^       bot^     bot^     bot^     -
offer           -        offered  -          human    on_hold  -        -
expire          -        -        queued     human    on_hold  -        -
requeue         -        -        queued     queued   queued   -        -
accept          -        -        human      human    human    !taken   -
decline         -        -        queued     human    on_hold  -        -
pick            -        human    !ringing   !taken   !taken   !taken   -
transfer        -        -        -          human    on_hold  -        -
withdraw        -        -        -          human    on_hold  -        -
hold            -        -        -          on_hold  -        -        -
resume          -        -        -          -        human    -        -
take_over       -        -        human      human    human    -        -
give_back       -        -        -          bot^     bot^     bot^     -
end             -        -        -          wrap_up  wrap_up  -        -
finish          -        -        -          -        -        closed   -
block           closed^  closed   closed     closed   closed   closed   closed
"""
CODES = {"-": "illegal_transition", "!taken": "already_taken", "!ringing": "ringing_elsewhere"}
ENDS = {  # how the episode ends, by event and whether a person had it
    ("cancel", False): HandoverStatus.CANCELLED,
    ("block", False): HandoverStatus.CANCELLED,
    ("cancel", True): HandoverStatus.CLOSED,
    ("block", True): HandoverStatus.CLOSED,
    ("finish", True): HandoverStatus.CLOSED,
    ("give_back", True): HandoverStatus.RETURNED,
}
ACTORS = {
    ControlEvent.ACCEPT: CALLED,
    ControlEvent.DECLINE: CALLED,
    ControlEvent.PICK: OTHER,
    ControlEvent.TAKE_OVER: LEAD,
    ControlEvent.BLOCK: LEAD,
    **dict.fromkeys(
        (
            ControlEvent.TRANSFER,
            ControlEvent.WITHDRAW,
            ControlEvent.HOLD,
            ControlEvent.RESUME,
            ControlEvent.GIVE_BACK,
            ControlEvent.END,
            ControlEvent.FINISH,
        ),
        HOLDER,
    ),
}
WAITING = {Control.QUEUED, Control.OFFERED}
TALKING = {Control.HUMAN, Control.ON_HOLD}
HELD = TALKING | {Control.WRAP_UP}
OPEN = WAITING | HELD


OFF = {Effect.STOP_RING, Effect.DROP_PROPOSAL}
ALWAYS = {  # what an event does wherever it may happen
    ControlEvent.OFFER: {Effect.RING},
    ControlEvent.EXPIRE: {Effect.STOP_RING},
    ControlEvent.DECLINE: {Effect.STOP_RING},
    ControlEvent.ACCEPT: {Effect.STOP_RING, Effect.TAKE},
    ControlEvent.PICK: {Effect.TAKE},
    ControlEvent.TAKE_OVER: {Effect.STOP_RING, Effect.TAKE},
    ControlEvent.TRANSFER: {Effect.PROPOSE},
    ControlEvent.WITHDRAW: OFF,
    ControlEvent.HOLD: {Effect.HOLD},
    ControlEvent.END: {Effect.WRAP_UP},
}


def _pairs() -> list[tuple[Control, ControlEvent, str]]:
    head, *lines = [line.split() for line in EXPECTED.strip().splitlines()]
    return [
        (Control(state), ControlEvent(line[0]), cell)
        for line in lines
        for state, cell in zip(head[1:], line[1:], strict=True)
    ]


def situation(control: Control, event: ControlEvent | None = None) -> Situation:
    """Where the conversation stands when this event has its usual occasion."""
    at = Situation(control=control, staff_id=HOLDER if control in HELD else None)
    rings = event in (ControlEvent.ACCEPT, ControlEvent.DECLINE, ControlEvent.EXPIRE)
    if control == Control.OFFERED or (rings and control in TALKING):
        due = NOW if event == ControlEvent.EXPIRE else NOW + timedelta(seconds=1)
        at = replace(at, offered_to=CALLED, offered_until=due, transferring=control in TALKING)
    elif control in TALKING and event in (ControlEvent.OFFER, ControlEvent.WITHDRAW):
        at = replace(at, transferring=True)
    return at


def refused(at: Situation, event: ControlEvent, by: str | None = None, *, now: datetime = NOW) -> str:
    with pytest.raises(Refusal) as refusal:
        decide(at, event, now=now, by=by)
    assert refusal.value.message.strip()
    assert refusal.value.status in (403, 409)
    return refusal.value.code


def test_the_expectation_names_every_pair_once() -> None:
    named = [(state, event) for state, event, _ in _pairs()]
    assert sorted(named) == sorted({(state, event) for state in Control for event in ControlEvent})


@pytest.mark.parametrize(("state", "event", "cell"), _pairs())
def test_every_pair(state: Control, event: ControlEvent, cell: str) -> None:
    at, by = situation(state, event), ACTORS.get(event)
    if cell in CODES:
        assert refused(at, event, by) == CODES[cell]
        return
    step = decide(at, event, now=NOW, by=by)
    assert step.control == Control(cell.rstrip("^"))
    assert (Effect.RAISE_EPOCH in step.effects) == cell.endswith("^")
    leaves = state in OPEN and step.control not in OPEN
    ticket = event == ControlEvent.LEAVE_TICKET
    assert step.handover == (ENDS[event.value, state in HELD] if leaves and not ticket else None)


@pytest.mark.parametrize("state", [Control.OFFERED, Control.HUMAN, Control.ON_HOLD])
def test_only_who_is_rung_accepts_or_declines_and_only_in_time(state: Control) -> None:
    at = situation(state, ControlEvent.ACCEPT)
    assert at.offered_until
    for other in (OTHER, HOLDER, LEAD):
        assert refused(at, ControlEvent.ACCEPT, other) == "offer_gone"
    for other in (OTHER, HOLDER, LEAD):
        assert refused(at, ControlEvent.DECLINE, other) == "offer_gone"
    assert decide(at, ControlEvent.ACCEPT, now=at.offered_until - timedelta(microseconds=1), by=CALLED)
    assert refused(at, ControlEvent.ACCEPT, CALLED, now=at.offered_until) == "offer_gone"
    # Declining what has just run out is still an answer.
    assert decide(at, ControlEvent.DECLINE, now=at.offered_until + timedelta(seconds=9), by=CALLED)


@pytest.mark.parametrize("state", [Control.HUMAN, Control.ON_HOLD])
def test_nobody_accepts_or_declines_a_chat_that_does_not_ring(state: Control) -> None:
    for event in (ControlEvent.ACCEPT, ControlEvent.DECLINE):
        for by in (OTHER, HOLDER):
            assert refused(situation(state), event, by) == "offer_gone"
    team_only = replace(situation(state), transferring=True)  # to a team, nobody rung yet
    assert refused(team_only, ControlEvent.ACCEPT, OTHER) == "offer_gone"


@pytest.mark.parametrize("state", [Control.OFFERED, Control.HUMAN, Control.ON_HOLD])
def test_a_ring_ends_only_when_it_is_due(state: Control) -> None:
    at = situation(state, ControlEvent.EXPIRE)
    assert at.offered_until
    assert refused(at, ControlEvent.EXPIRE, now=at.offered_until - timedelta(microseconds=1)) == "not_due"
    assert decide(at, ControlEvent.EXPIRE, now=at.offered_until)
    silent = replace(at, offered_to=None, offered_until=None)
    assert refused(silent, ControlEvent.EXPIRE) == "not_due"


HOLDERS_ONLY = (ControlEvent.TRANSFER, ControlEvent.HOLD, ControlEvent.GIVE_BACK, ControlEvent.END)
HOLDERS_OR_TIME = (ControlEvent.RESUME, ControlEvent.FINISH, ControlEvent.WITHDRAW)


@pytest.mark.parametrize(
    ("state", "event"), [pair for pair in TABLE if pair[1] in (*HOLDERS_ONLY, *HOLDERS_OR_TIME)]
)
def test_what_only_the_holder_may_do(state: Control, event: ControlEvent) -> None:
    at = situation(state, event)
    for other in (OTHER, CALLED, LEAD):
        assert refused(at, event, other) == "not_yours"
    if event in HOLDERS_OR_TIME:  # the service does these on time, for nobody
        assert decide(at, event, now=NOW)
    else:
        assert refused(at, event) == "not_yours"


@pytest.mark.parametrize("state", [Control.HUMAN, Control.ON_HOLD])
def test_a_second_transfer_waits_for_the_first(state: Control) -> None:
    proposed = replace(situation(state), transferring=True)
    assert refused(proposed, ControlEvent.TRANSFER, HOLDER) == "already_transferring"


@pytest.mark.parametrize("state", [Control.HUMAN, Control.ON_HOLD])
def test_a_held_chat_rings_only_for_a_transfer_and_at_one_desk(state: Control) -> None:
    assert refused(situation(state), ControlEvent.OFFER) == "illegal_transition"
    ringing = situation(state, ControlEvent.ACCEPT)
    assert refused(ringing, ControlEvent.OFFER) == "illegal_transition"


@pytest.mark.parametrize(
    ("state", "event"), [pair for pair, step in TABLE.items() if Effect.TAKE in step.effects]
)
def test_nobody_cannot_hold_a_chat(state: Control, event: ControlEvent) -> None:
    assert refused(situation(state, event), event) == "illegal_transition"


@pytest.mark.parametrize("state", [Control.HUMAN, Control.ON_HOLD])
def test_nobody_takes_over_their_own_chat(state: Control) -> None:
    assert refused(situation(state), ControlEvent.TAKE_OVER, HOLDER) == "already_yours"


def _steps() -> list[object]:
    return [pytest.param(*pair, step, id=f"{pair[0]}-{pair[1]}") for pair, step in TABLE.items()]


@pytest.mark.parametrize(("state", "event", "step"), _steps())
def test_what_holds_of_every_step(state: Control, event: ControlEvent, step: Step) -> None:
    effects, after = step.effects, step.control
    assert len(set(effects)) == len(effects)
    assert ALWAYS.get(event, set()) <= set(effects)
    if event in (ControlEvent.ACCEPT, ControlEvent.TAKE_OVER) and state in TALKING:
        assert set(effects) >= OFF
    # Whoever was begun before the assistant was left or entered may not answer any more.
    if (state == Control.BOT) != (after == Control.BOT) or (state == Control.CLOSED != after):
        assert effects[0] == Effect.RAISE_EPOCH
    else:
        assert Effect.RAISE_EPOCH not in effects
    # An episode is opened with the first step into the hands of people and ended, or ticketed, with the last.
    opened = [e for e in effects if e in (Effect.OPEN_HANDOVER, Effect.OPEN_TICKET)]
    ended = [e for e in effects if e in (Effect.END_HANDOVER, Effect.MAKE_TICKET)]
    ticket = event == ControlEvent.LEAVE_TICKET and state not in OPEN
    assert (Effect.OPEN_TICKET in opened) == ticket
    assert (Effect.OPEN_HANDOVER in opened) == (state not in OPEN and after in OPEN)
    assert (len(ended) == 1) == (state in OPEN and after not in OPEN)
    assert (step.handover is not None) == (Effect.END_HANDOVER in ended)
    # What rings is silenced before the chat is elsewhere, and a proposal does not outlive its talk.
    if state == Control.OFFERED != after:
        assert Effect.STOP_RING in effects
    if after == Control.OFFERED != state:
        assert Effect.RING in effects
    if state in TALKING and after not in TALKING:
        assert set(effects) >= OFF
    # Exactly one person holds what is held.
    if after in HELD and state not in HELD:
        assert Effect.TAKE in effects
    if state in HELD and after not in HELD:
        assert {Effect.FRONT, Effect.END_HANDOVER} & set(effects)
    if state == Control.ON_HOLD != after:
        assert Effect.WAKE in effects
    if state == Control.WRAP_UP != after:
        assert {Effect.REOPEN, Effect.END_HANDOVER} & set(effects)
    # The assistant runs only where it may answer.
    heard = event == ControlEvent.TALENT_MESSAGE and after == Control.BOT
    assert (Effect.RUN_TURN in effects) == heard
    if Effect.REOPEN_TURNS in effects:
        assert after == Control.BOT
    if state in WAITING and after == Control.BOT:  # nobody came: what it was stopped from is answered
        assert Effect.REOPEN_TURNS in effects


def test_a_talent_is_never_refused_a_word_nor_a_way_out() -> None:
    for state in Control:
        assert (state, ControlEvent.TALENT_MESSAGE) in TABLE
        assert (state, ControlEvent.REQUEST_HUMAN) in TABLE
        assert (state, ControlEvent.BLOCK) in TABLE
    for state in OPEN:
        assert TABLE[state, ControlEvent.CANCEL].control == Control.BOT
    for state in WAITING:
        assert TABLE[state, ControlEvent.LEAVE_TICKET].control == Control.BOT


def test_a_person_can_be_lost_in_every_state_in_which_a_talent_waits_for_one() -> None:
    for state in (Control.OFFERED, Control.HUMAN, Control.ON_HOLD):
        assert TABLE[state, ControlEvent.REQUEUE].control == Control.QUEUED


def test_every_state_is_reached_and_left() -> None:
    reached, found = {Control.BOT}, {Control.BOT}
    while found:
        found = {step.control for (state, _), step in TABLE.items() if state in found} - reached
        reached |= found
    assert reached == set(Control)
    for start in Control:
        back, found = {start}, {start}
        while found:
            found = {step.control for (state, _), step in TABLE.items() if state in found} - back
            back |= found
        assert Control.BOT in back
