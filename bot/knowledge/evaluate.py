"""How well a file of questions is answered: for the command line and for reports. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.knowledge.index import Index
from bot.knowledge.rank import rank
from bot.knowledge.rules import Band
from bot.knowledge.search import Snapshot, find

_DIRECT = (Band.ANSWER, Band.NOT_PUBLISHED)


@dataclass(frozen=True)
class Case:
    question: str
    expected: str | None  # key, or None: out of scope
    region: str | None = None


@dataclass(frozen=True)
class Outcome:
    case: Case
    band: Band
    probability: float
    ranked: tuple[str, ...]
    given: tuple[str, ...]  # answered or offered


@dataclass(frozen=True)
class Figures:
    within: int
    first: float  # right answer ranked first
    third: float  # right within three
    solved: float  # answered directly or among the offers
    direct: int
    wrong_direct: float  # of direct answers
    outside: int
    stray_direct: float  # of questions out of scope


def read_cases(path: Path) -> list[Case]:
    """`heldout: [{q, expect: key | not_published:key | none, region}]`."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Case(
            question=one["q"],
            expected=None if one["expect"] == "none" else one["expect"].split(":")[-1],
            region=one.get("region"),
        )
        for one in data["heldout"]
    ]


def evaluate(snapshot: Snapshot, cases: Iterable[Case], *, today: date) -> list[Outcome]:
    outcomes = []
    for case in cases:
        found = find(snapshot, question=case.question, region=case.region, today=today, last_faq=None)
        outcomes.append(
            Outcome(
                case=case,
                band=found.band,
                probability=found.probability,
                ranked=tuple(candidate.key for candidate in found.candidates),
                given=tuple(faq.key for faq in found.faqs),
            )
        )
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> Figures:
    within = [one for one in outcomes if one.case.expected is not None]
    outside = [one for one in outcomes if one.case.expected is None]
    direct = [one for one in within if one.band in _DIRECT]
    return Figures(
        within=len(within),
        first=_share(one.ranked[:1] == (one.case.expected,) for one in within),
        third=_share(one.case.expected in one.ranked[:3] for one in within),
        solved=_share(one.case.expected in one.given for one in within),
        direct=len(direct),
        wrong_direct=_share(one.given[0] != one.case.expected for one in direct),
        outside=len(outside),
        stray_direct=_share(one.band in _DIRECT for one in outside),
    )


def leave_one_out(snapshot: Snapshot, *, today: date, every: int = 1) -> tuple[float, float]:
    """Each phrasing asked while left out: right first, right within three."""
    index: Index = snapshot.index
    first: list[bool] = []
    third: list[bool] = []
    rows = [
        (position, number)
        for position, entry in enumerate(index.entries)
        for number in range(1, entry.positives)
    ]
    for position, number in rows[::every]:
        entry = index.entries[position]
        scored = rank(
            index,
            index.question(entry.faq.says()[number]),
            weights=snapshot.calibration.weights,
            today=today,
            without_row=int(index.starts[position]) + number,
        )
        best = [one.position for one in scored[:3]]
        first.append(best[:1] == [position])
        third.append(position in best)
    return _share(first), _share(third)


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else 0.0
