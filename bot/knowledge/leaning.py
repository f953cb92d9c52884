"""What a message leans on, and how it is then to be answered."""

from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.focus import Focus
from bot.knowledge.search import Found


class Manner(StrEnum):
    """How an answer is to be given."""

    WHOLE = "whole"
    ROW = "row"  # only the line asked for: the rest was seen
    WHY = "why"  # the reason is asked; texts state rules and their basis
    WIDER = "wider"  # the place asked about has no text of its own, a wider one holds
    UNSAID = "unsaid"  # the last subject's texts do not say this


@dataclass(frozen=True)
class Last:
    """What the talk was about."""

    faq: str | None = None
    focus: str | None = None  # tier or degree whose line was given


@dataclass(frozen=True)
class Following:
    found: Found
    manner: Manner = Manner.WHOLE
    focus: Focus | None = None
    leans: bool = False  # on the last subject, which stays the subject
    subject: str = ""  # what it leans on, in words,
    point: str = ""  # and what was asked about it
    place: str = ""  # code of the place asked about
