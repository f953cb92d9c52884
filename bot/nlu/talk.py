"""Which talk needs an answer of its own, and when a question beside it goes first. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.features import asks, has_han

Probabilities = Mapping[str, float]  # highest first

QUESTIONS = frozenset(("ask_policy", "out_of_scope"))
# Said around a question, and never worth more than it.
COURTESY = frozenset(
    ("greet", "thanks", "goodbye", "affirm", "deny", "praise", "apology", "wait", "urgent", "nonsense")
)
# Said in the same breath as a question, which is then answered.
_HEAT = frozenset(("abuse", "complaint", "frustration", "distress"))
# 「专员电话给我」: how one's own specialist is reached is no secret.
_OWN_CONTACT = re.compile(r"专员.{0,4}(?:电话|号码|联系)|联系.{0,4}专员")
# About the talk itself: a subject of ours in the same breath makes a question of it.
_ABOUT_THE_TALK = COURTESY | {
    "small_talk",
    "repeat",
    "menu",
    "capabilities",
    "are_you_human",
    "maker",
    "language",
    "none_of_these",
}
# Talk, as opposed to tasks: taken for a question if in doubt, because a wrong courtesy is a dead end.
TALK = _ABOUT_THE_TALK | {
    "complaint",
    "frustration",
    "abuse",
    "distress",
    "privacy",
    "snooping",
    "misconduct",
    "fraud",
    "accessibility",
}
SHORT = 8  # a text this short is an act of talk only if it holds one of its cues
_TOO_SHORT_FOR_CUES = 2
_LONG = 40  # a text this long is no mere courtesy
_LEAST = 0.3
_QUESTION_CHARS = 6
_PLAIN_QUESTION = 0.8
_NO_QUESTION = 0.05
_SHORTEST = frozenset(("greet", "thanks", "goodbye", "affirm", "deny", "praise", "small_talk"))
_SHORTEST_CHARS = 5
_CLAUSE_END = re.compile(r"[,。!?;:~、…\n]+")
_MOST_CLAUSES = 40  # heard one by one; the rest of a longer text is heard as one


@dataclass(frozen=True)
class Heard:
    """A message, or a part of it, as the model sees it."""

    text: str
    found: Probabilities
    subjects: bool  # names an item or a programme
    cue: bool  # two or more characters in a row speak for the best label
    said: bool  # an example word for word

    @property
    def best(self) -> str:
        return next(iter(self.found))

    def mass(self, labels: frozenset[str]) -> float:
        return sum(value for label, value in self.found.items() if label in labels)


def is_doubtful(heard: Heard, *, talk_at: float) -> bool:
    """「看病」 shares one character with abuse and is no abuse: search decides."""
    if heard.said:
        return False
    if heard.mass(TALK) < talk_at or heard.found[heard.best] < _LEAST:
        return True
    if heard.best == "snooping" and _OWN_CONTACT.search(heard.text):
        return True
    if not has_han(heard.text):
        return False  # a subject in English is still English
    if heard.best in _ABOUT_THE_TALK and (heard.subjects or len(heard.text) > _LONG):
        return True
    if not _TOO_SHORT_FOR_CUES <= len(heard.text) <= SHORT or heard.cue:
        return False
    # 「嗨喽」 and 「好滴」 are few and told by one character, 「哈尔滨」 is told by none.
    plain = heard.best in _SHORTEST and len(heard.text) <= _SHORTEST_CHARS
    return not plain or heard.mass(QUESTIONS) > _NO_QUESTION


def clauses(text: str) -> list[str]:
    found = [clause.strip() for clause in _CLAUSE_END.split(text) if clause.strip()]
    return [*found[:_MOST_CLAUSES], *filter(None, [",".join(found[_MOST_CLAUSES:])])]


def beside_courtesy(text: str, *, hear: Callable[[str], Heard], talk_at: float) -> str | None:
    """What is left of 「谢谢，那到期了咋续」 without its courtesies; nothing if nothing is courteous."""
    parts = clauses(text)
    if len(parts) < 2:
        return None
    rest = [part for part in parts if not _is_courtesy(hear(part), talk_at=talk_at)]
    return ",".join(rest) if 0 < len(rest) < len(parts) else None


def last_courtesy(text: str, *, hear: Callable[[str], Heard], talk_at: float) -> Heard | None:
    """「好的，好的，再见」 is no question although the whole is like no example."""
    heard: Sequence[Heard] = [hear(part) for part in clauses(text)]
    if len(heard) > 1 and all(_is_courtesy(one, talk_at=talk_at) for one in heard):
        return heard[-1]
    return None


def amid_heat(heard: Heard, *, hear: Callable[[str], Heard]) -> Heard | None:
    """The plain question in 「垃圾机器人，惠才卡有效期几年」."""
    if heard.best not in _HEAT:
        return None
    parts = [hear(part) for part in clauses(heard.text) if len(part) >= _QUESTION_CHARS and asks(part)]
    plain = [part for part in parts if part.found.get("ask_policy", 0.0) >= _PLAIN_QUESTION]
    return plain[-1] if plain and plain[-1].text != heard.text else None


def heat_in(text: str, *, hear: Callable[[str], Heard], talk_at: float) -> str | None:
    """The anger or distress in one of several clauses."""
    parts = [hear(part) for part in clauses(text)]
    upset = [part.best for part in parts if part.best in _HEAT and not is_doubtful(part, talk_at=talk_at)]
    return upset[0] if len(parts) > 1 and upset else None


def wins(rest: Heard, *, doubtful: bool) -> bool:
    """Whether what stands beside a courtesy is what the message is about."""
    return not doubtful or rest.subjects or asks(rest.text)


def _is_courtesy(heard: Heard, *, talk_at: float) -> bool:
    return heard.best in COURTESY and not is_doubtful(heard, talk_at=talk_at)
