"""How well a file of questions is answered: for the command line and for the benches. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.cases import Case, Scope
from bot.knowledge.index import Index
from bot.knowledge.rank import rank
from bot.knowledge.rules import Band, Fit
from bot.knowledge.search import Found, Snapshot, find

DIRECT = (Band.ANSWER, Band.NOT_PUBLISHED)
NEAR = 3  # answers a person is willing to choose from
WrittenAs = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Answered:
    """What one question of a message got."""

    band: Band
    probability: float
    ranked: tuple[str, ...]  # best first, as the assistant would give them
    given: tuple[str, ...]  # answered or offered


@dataclass(frozen=True)
class Outcome:
    case: Case
    parts: tuple[Answered, ...]

    def right_within(self, count: int) -> bool:
        """Every question of the message has a right answer among the first `count` of one part."""
        return bool(self.case.expected) and all(
            any(group & set(part.ranked[:count]) for part in self.parts) for group in self.case.expected
        )

    @property
    def solved(self) -> bool:
        return bool(self.case.expected) and all(
            any(group & set(part.given) for part in self.parts) for group in self.case.expected
        )

    @property
    def direct(self) -> tuple[Answered, ...]:
        return tuple(part for part in self.parts if part.band in DIRECT)

    @property
    def wrong(self) -> tuple[Answered, ...]:
        """Direct answers that are not among the right ones."""
        right = frozenset().union(*self.case.expected)
        return tuple(part for part in self.direct if part.given[0] not in right)


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1; a share of nothing is 0."""

    asked: int
    first: float  # right answer ranked first
    third: float  # right within three
    solved: float  # answered directly or among the offers
    direct: int  # direct answers given
    answered: float  # of messages: at least one direct answer, whether right or not
    wrong_direct: float  # of direct answers


def evaluate(
    snapshot: Snapshot, cases: Iterable[Case], *, today: date, parts_of: WrittenAs = lambda text: (text,)
) -> list[Outcome]:
    """`parts_of` splits a message into its questions."""

    def ask(question: str, region: str | None) -> Answered:
        return _answered(find(snapshot, question=question, region=region, today=today))

    return [
        Outcome(case=case, parts=tuple(ask(part, case.region) for part in parts_of(case.question)))
        for case in cases
    ]


def _answered(found: Found) -> Answered:
    given = tuple(faq.key for faq in found.faqs)
    usable = (candidate.key for candidate in found.candidates if candidate.fit is not Fit.OTHER)
    return Answered(
        band=found.band,
        probability=found.probability,
        ranked=tuple(dict.fromkeys((*given, *usable))),
        given=given,
    )


def figures(outcomes: Sequence[Outcome]) -> Figures:
    direct = sum(len(one.direct) for one in outcomes)
    return Figures(
        asked=len(outcomes),
        first=share(one.right_within(1) for one in outcomes),
        third=share(one.right_within(NEAR) for one in outcomes),
        solved=share(one.solved for one in outcomes),
        direct=direct,
        answered=share(bool(one.direct) for one in outcomes),
        wrong_direct=sum(len(one.wrong) for one in outcomes) / direct if direct else 0.0,
    )


def by_scope(outcomes: Sequence[Outcome], scope: Scope) -> list[Outcome]:
    return [one for one in outcomes if one.case.scope is scope]


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    kinds: dict[str, list[Outcome]] = {}
    for one in outcomes:
        kinds.setdefault(one.case.kind, []).append(one)
    return dict(sorted(kinds.items(), key=lambda kind: -len(kind[1])))


def worst(outcomes: Sequence[Outcome], *, count: int) -> list[Outcome]:
    """The surest wrong direct answers, then strays, then right answers furthest down."""

    def badness(one: Outcome) -> tuple[float, float]:
        sure = max((part.probability for part in one.wrong), default=0.0)
        missed = one.case.scope is not Scope.OUTSIDE and not one.right_within(NEAR)
        late = one.case.scope is not Scope.OUTSIDE and not one.right_within(1)
        return (sure, missed + 0.5 * late)

    bad = [one for one in outcomes if badness(one) > (0.0, 0.0)]
    return sorted(bad, key=badness, reverse=True)[:count]


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
            index.asked(index.analyser.analyse(entry.faq.says()[number]), left_out=True),
            weights=snapshot.calibration.weights,
            today=today,
            without_row=int(index.starts[position]) + number,
        )
        best = [one.position for one in scored[:NEAR]]
        first.append(best[:1] == [position])
        third.append(position in best)
    return share(first), share(third)


def share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else 0.0
