"""When a person is offered or called after an answer of the assistant. Pure.

The rules are rows that permitted staff change; `defaults` gives the ones that were not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import yaml

from bot.conversation.content import Reason
from bot.settings import PROJECT
from bot.text.normalise import normalise


class TriggerKey(StrEnum):
    WORDS = "words"
    UNANSWERED = "unanswered"
    SENSITIVE = "sensitive"
    COMPLAINT = "complaint"
    ENGINE_FAILURE = "engine_failure"
    GUIDE = "guide"
    TURN_CAP = "turn_cap"


@dataclass(frozen=True)
class Trigger:
    """`connect`: call a person at once; else offer one."""

    key: TriggerKey
    enabled: bool = True
    connect: bool = False
    threshold: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """One answered turn, as the rules see it."""

    text: str  # the talent's, masked
    upset: float = 0.0  # how likely the talent is upset, 0 to 1
    failed: bool = False  # nothing was answered
    failures: int = 0  # in a row, this one included
    certainty: float = 0.0  # of the answer; 0 without one
    wants_guide: bool = False  # a step the guide cannot do, or 代办
    turns: int = 1  # answered since the last hand-over
    offered_before: bool = False  # the answer before this one offered a person already


@dataclass(frozen=True)
class Verdict:
    key: TriggerKey
    connect: bool

    @property
    def reason(self) -> Reason:
        reasons: dict[TriggerKey, Reason] = {
            TriggerKey.WORDS: "requested",
            TriggerKey.UNANSWERED: "unanswered",
            TriggerKey.SENSITIVE: "sensitive",
            TriggerKey.COMPLAINT: "complaint",
            TriggerKey.ENGINE_FAILURE: "engine_failure",
            TriggerKey.GUIDE: "guide",
            TriggerKey.TURN_CAP: "turn_cap",
        }
        return reasons[self.key]


Triggers = Mapping[TriggerKey, Trigger]
# Which rule speaks when several apply; failure of the engine and words are decided elsewhere.
_ORDER = (
    TriggerKey.GUIDE,
    TriggerKey.COMPLAINT,
    TriggerKey.SENSITIVE,
    TriggerKey.UNANSWERED,
    TriggerKey.TURN_CAP,
)


def verdict(answered: Answered, triggers: Triggers) -> Verdict | None:
    """One at most; a person who was just offered is not offered again at once."""
    for key in _ORDER:
        rule = triggers[key]
        if not rule.enabled or not _applies(answered, rule):
            continue
        # What the talent chose in the guide is no offer of ours.
        if answered.offered_before and key != TriggerKey.GUIDE:
            return None
        return Verdict(key, rule.connect)
    return None


def _applies(answered: Answered, rule: Trigger) -> bool:
    match rule.key:
        case TriggerKey.GUIDE:
            return answered.wants_guide
        case TriggerKey.COMPLAINT:
            return answered.upset * 100 >= rule.threshold or names_any(answered.text, rule.words)
        case TriggerKey.SENSITIVE:
            unsure = answered.certainty * 100 < rule.threshold
            return unsure and names_any(answered.text, rule.words)
        case TriggerKey.UNANSWERED:
            return answered.failed and answered.failures >= rule.threshold
        case TriggerKey.TURN_CAP:
            return rule.threshold > 0 and answered.turns % rule.threshold == 0
    return False


def names_any(text: str, words: tuple[str, ...]) -> bool:
    plain = normalise(text).lower()
    return any(word in plain for word in words)


@cache
def defaults() -> Triggers:
    return {
        TriggerKey(key): Trigger(
            key=TriggerKey(key),
            connect=bool(raw.get("connect")),
            threshold=raw.get("threshold") or 0,
            words=tuple(raw.get("words") or ()),
        )
        for key, raw in described().items()
    }


@cache
def described() -> dict[str, dict[str, Any]]:
    """The file of the defaults, with the titles for the settings page."""
    path = PROJECT / "data" / "conversation" / "triggers.yml"
    raw: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["triggers"]
    return raw
