"""The dialogue state that travels with the turn: restored before it, compacted after it.

Version 1: `slots` that differ from their initial value, the `loop` that ran before the oldest
kept message, and the events of the last few turns. Nothing in it depends on the clock.
"""

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.failure import TurnFailure

VERSION = 1
KEPT_TURNS = 4
_FORM_ANSWER = "application_answer"
# A form's own slots mean nothing once no form is active.
_LOOP_SLOTS = (REQUESTED_SLOT, _FORM_ANSWER)
_MAX_CUSTOM_CHARS = 6_000


def restore(state: dict[str, Any] | None, *, conversation_id: str, domain: Domain) -> DialogueStateTracker:
    """A tracker that listens, as it was when the state was written."""
    slots: dict[str, Any] = {}
    loop: str | None = None
    recent: list[Event] = []
    if state is not None and state.get("version") == VERSION:
        try:
            slots = dict(state["slots"])
            loop = state["loop"]
            recent = deserialise_events([dict(event) for event in state["events"]])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise TurnFailure("invalid_state", status=400, detail="state") from None
    known = {slot.name for slot in domain.slots}
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in slots.items() if name in known]
    if loop in domain.form_names:
        events.append(ActiveLoop(loop))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    tracker = DialogueStateTracker(conversation_id, domain.slots)
    tracker.update_with_events(events + recent, domain)
    return tracker


def compact(tracker: DialogueStateTracker, *, domain: Domain) -> dict[str, Any]:
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    first = starts[-KEPT_TURNS] if len(starts) >= KEPT_TURNS else (starts or [len(events)])[0]
    last = starts[-1] if starts else len(events)
    kept = [
        stored
        for place, event in enumerate(events[first:], start=first)
        if (stored := _stored(event, in_last_turn=place >= last)) is not None
    ]
    return {
        "version": VERSION,
        "slots": _changed_slots(tracker, domain=domain),
        "loop": _loop_before(events[:first]),
        "events": kept,
    }


def set_slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What the app is told: slots that have a value, without the form's own."""
    hidden = {*_LOOP_SLOTS, SESSION_START_METADATA_SLOT}
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value is not None and name not in hidden
    }


def _changed_slots(tracker: DialogueStateTracker, *, domain: Domain) -> dict[str, Any]:
    cleared = set() if tracker.active_loop_name else set(_LOOP_SLOTS)
    return {
        slot.name: tracker.get_slot(slot.name)
        for slot in domain.slots
        if tracker.get_slot(slot.name) != slot.initial_value
        and slot.name not in cleared | {SESSION_START_METADATA_SLOT}
    }


def _loop_before(events: Sequence[Event]) -> str | None:
    loops = [event.name for event in events if isinstance(event, ActiveLoop)]
    return loops[-1] if loops else None


def _stored(event: Event, *, in_last_turn: bool) -> dict[str, Any] | None:
    """Only what predicting the next step or an action needs; slots are kept apart."""
    if isinstance(event, UserUttered):
        parse_data = {"intent": event.intent, "entities": event.entities, "text": event.text}
        return {"event": "user", "text": event.text, "parse_data": parse_data}
    if isinstance(event, BotUttered):
        stored: dict[str, Any] = {"event": "bot", "text": event.text}
        custom = event.data.get("custom")
        # The last answer in full, so that it can be repeated or a button of it understood.
        if in_last_turn and custom and len(str(custom)) <= _MAX_CUSTOM_CHARS:
            stored["data"] = {"custom": custom}
        return stored
    if isinstance(event, ActionExecuted) and event.action_name:
        return {"event": "action", "name": event.action_name}
    if isinstance(event, ActiveLoop | LoopInterrupted | DefinePrevUserUtteredFeaturization):
        return {key: value for key, value in event.as_dict().items() if key not in ("timestamp", "metadata")}
    return None
