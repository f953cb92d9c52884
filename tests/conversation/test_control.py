"""The control table: every pair of state and event, legal or refused."""

import pytest

from bot.conversation.models import Control
from bot.conversation.rules import TABLE, ControlEvent, Effect, transition
from bot.errors import Refusal

LEGAL = {
    ("bot", "talent_message"): "bot",
    ("bot", "request_human"): "queued",
    ("queued", "talent_message"): "queued",
    ("queued", "request_human"): "queued",
    ("queued", "cancel"): "bot",
    ("queued", "claim"): "human",
    ("human", "talent_message"): "human",
    ("human", "request_human"): "human",
    ("human", "cancel"): "bot",
    ("human", "give_back"): "bot",
    ("human", "close"): "closed",
    ("closed", "talent_message"): "bot",
    ("closed", "request_human"): "queued",
}


@pytest.mark.parametrize("control", Control)
@pytest.mark.parametrize("event", ControlEvent)
def test_every_pair(control: Control, event: ControlEvent) -> None:
    expected = LEGAL.get((control.value, event.value))
    if expected is None:
        with pytest.raises(Refusal) as refused:
            transition(control, event)
        assert refused.value.code == "illegal_transition"
    else:
        assert transition(control, event).control == expected


def test_every_crossing_of_the_assistants_border_raises_the_epoch() -> None:
    for (control, _event), step in TABLE.items():
        crosses = (control == Control.BOT) != (step.control == Control.BOT)
        assert crosses == (Effect.RAISE_EPOCH in step.effects) or control == Control.CLOSED


def test_only_the_assistant_gets_turns() -> None:
    for step in TABLE.values():
        if Effect.RUN_TURN in step.effects:
            assert step.control == Control.BOT


def test_an_open_handover_is_ended_whenever_nobody_waits_or_talks_any_more() -> None:
    waiting = (Control.QUEUED, Control.HUMAN)
    for (control, _event), step in TABLE.items():
        ends = control in waiting and step.control not in waiting
        assert ends == (Effect.END_HANDOVER in step.effects)
        assert (step.handover is not None) == ends
