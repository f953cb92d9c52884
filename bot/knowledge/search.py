"""One question against one snapshot: pure, so that an answer can be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.knowledge.calibrate import Calibration, confidence
from bot.knowledge.index import Index, Question
from bot.knowledge.rank import Scored, rank
from bot.knowledge.rules import (
    MOST_OFFERS,
    Band,
    Decision,
    Fit,
    Option,
    Place,
    decide,
    decide_elsewhere,
    fit_of,
    is_crisis,
    place_asked,
)
from bot.knowledge.schemas import Faq
from bot.knowledge.strays import Strays

_SHOWN = 5
_CARD = "惠才卡"
_NAMES = ("item", "programme", "tier", "degree")
_UNNAMED_AT = 0.9
_NEVER = 1.1  # 「泉州」: which of its FAQs is meant is anybody's guess, so they are offered
_PROPER_LABELS = ("programme", "tier")
_GAP_NEAR = 3.0  # nats below the answer: a figure nobody published is asked much like its subject


@dataclass(frozen=True)
class Snapshot:
    """What answers: one release's index and figures. Swapped as a whole."""

    release: int
    index: Index
    calibration: Calibration

    @cached_property
    def strays(self) -> Strays:
        return Strays.of(self.calibration.strays, analyser=self.index.analyser)


@dataclass(frozen=True)
class Candidate:
    key: str
    question: str
    place: str
    fit: Fit
    scores: dict[str, float]


@dataclass(frozen=True)
class Found:
    band: Band
    probability: float
    candidates: tuple[Candidate, ...]
    release: int
    normalised: str
    faqs: tuple[Faq, ...]  # the answer, or what is offered
    regions: tuple[str, ...]  # places to choose from
    place: Place
    elsewhere: bool
    beside: bool = False  # offered beside the answer just given: see `follow_up`
    gap: Faq | None = None  # what is not published and may be what was meant instead of the answer


def find(snapshot: Snapshot, *, question: str, region: str | None, today: date) -> Found:
    """A message taken by itself. What leans on the talk before it: see `follow_up`."""
    index = snapshot.index
    asked = index.question(question)
    found = _find(snapshot, asked, region=region, today=today)
    if found.band is Band.ANSWER and _bare_place(index, asked):
        # 「泉州」 is where, not what: nothing to be sure of.
        return replace(found, band=Band.OFFER, faqs=firsts(index, found))
    return found


def _bare_place(index: Index, asked: Question) -> bool:
    return asked.analysed.core in index.analyser.lexicon.region_names


def firsts(index: Index, found: Found, *, without: str | None = None) -> tuple[Faq, ...]:
    near = [c.key for c in found.candidates if c.key != without and c.fit is not Fit.OTHER]
    return tuple(index.entries[index.position_of[key]].faq for key in near[:MOST_OFFERS])


def _find(snapshot: Snapshot, asked: Question, *, region: str | None, today: date) -> Found:
    index, calibration = snapshot.index, snapshot.calibration
    lexicon = index.analyser.lexicon
    place = place_asked(named=asked.analysed.regions, region=region, lexicon=lexicon)
    scored: list[Scored] = []
    if asked.analysed.core and not is_crisis(asked.analysed.core):
        scored = rank(index, asked, weights=calibration.weights, today=today, region=region)
        if not _bare_place(index, asked):
            scored = [one for one in scored if _shares_subject(one)]
    exact = set(index.exact.of(asked.analysed.core))
    scored.sort(key=lambda one: one.position not in exact)  # stable: exact ones first
    fits = {one.position: _fit(index, asked, one.position, place) for one in scored}
    usable = [one for one in scored if fits[one.position] is not Fit.OTHER]
    chance = _chance(snapshot, asked, usable, scored)
    decision = decide(
        _options(index, usable, fits),
        probability=chance,
        exact=bool(usable) and usable[0].position in exact,
        answer_at=_answer_at(snapshot, asked),
        offer_at=calibration.offer_at,
        place=place,
        lexicon=lexicon,
    )
    if decision.band is Band.NONE and len(usable) < len(scored):
        elsewhere = [one for one in scored if fits[one.position] is Fit.OTHER]
        decision = decide_elsewhere(
            _options(index, elsewhere, fits),
            probability=_chance(snapshot, asked, elsewhere, scored),
            exact=elsewhere[0].position in exact,
            answer_at=_answer_at(snapshot, asked),
            place=place,
        )
    if decision.band is Band.NONE and usable and _ours(asked, usable[0]):
        keys = [index.entries[one.position].faq.key for one in usable[:MOST_OFFERS] if _ours(asked, one)]
        decision = Decision(Band.OFFER, keys=tuple(keys))
    if usable and usable[0].position in exact:
        chance = max(chance, 0.99)
    return _found(snapshot, asked, scored, fits, decision, chance, place)


def _answer_at(snapshot: Snapshot, asked: Question) -> float:
    """「护照快到期了去哪里换」 names nothing of ours: there a likeness may be all there is."""
    if _bare_place(snapshot.index, asked):
        return _NEVER
    named = asked.analysed.regions or any(asked.analysed.slots.get(label) for label in _NAMES)
    least = snapshot.calibration.answer_at
    return least if named else max(least, _UNNAMED_AT)


def _shares_subject(one: Scored) -> bool:
    """More than a place and small words: 「青岛地铁几点停」 is none of 青岛's FAQs."""
    return any(one.parts[name] > 0 for name in ("telling", "item_agree", "programme_agree", "aspect_agree"))


def _ours(asked: Question, one: Scored) -> bool:
    """Our own card or programme, by its name: an offer may miss, but a bare no always does."""
    card = _CARD in asked.analysed.slots.get("item", frozenset()) and one.parts["item_agree"] > 0
    return card or one.parts["programme_agree"] > 0


def _fit(index: Index, asked: Question, position: int, place: Place) -> Fit:
    slots = [
        (label, value) for label in _PROPER_LABELS for value in asked.analysed.slots.get(label, frozenset())
    ]
    return fit_of(
        faq_region=index.entries[position].faq.region,
        place=place,
        lexicon=index.analyser.lexicon,
        proper=index.proper_to(position, slots),
    )


def _chance(snapshot: Snapshot, asked: Question, some: Sequence[Scored], scored: Sequence[Scored]) -> float:
    """Probability that the first of `some` is meant, with every other candidate as its rival."""
    if not some:
        return 0.0
    index = snapshot.index
    best = some[0]
    entry = index.entries[best.position]
    rest = [one for one in scored if one is not best and not entry.twin_of(index.entries[one.position])]
    rival = max(rest, key=lambda one: one.total, default=None)
    stray = snapshot.strays.nearness(asked.analysed)
    values = confidence([best, *rest], question=asked, rival=rival, stray=stray)
    return snapshot.calibration.probability(values)


def _options(index: Index, scored: Sequence[Scored], fits: dict[int, Fit]) -> list[Option]:
    options = []
    for one in scored:
        entry, best = index.entries[one.position], index.entries[scored[0].position]
        options.append(
            Option(
                key=entry.faq.key,
                region=entry.faq.region,
                published=entry.faq.kind == "answer",
                total=one.total,
                fit=fits[one.position],
                twin_of_best=best.twin_of(entry),
            )
        )
    return options


def _found(
    snapshot: Snapshot,
    asked: Question,
    scored: Sequence[Scored],
    fits: dict[int, Fit],
    decision: Decision,
    chance: float,
    place: Place,
) -> Found:
    index = snapshot.index
    candidates = tuple(
        Candidate(
            key=index.entries[one.position].faq.key,
            question=index.entries[one.position].faq.question,
            place=index.entries[one.position].faq.place,
            fit=fits[one.position],
            scores={"total": one.total, **one.parts},
        )
        for one in scored[:_SHOWN]
    )
    return Found(
        band=decision.band,
        probability=chance,
        candidates=candidates,
        release=snapshot.release,
        normalised=asked.analysed.normalised,
        faqs=tuple(index.entries[index.position_of[key]].faq for key in decision.keys),
        regions=decision.regions,
        place=place,
        elsewhere=decision.elsewhere,
        gap=_gap(index, scored, fits, decision),
    )


def _gap(index: Index, scored: Sequence[Scored], fits: dict[int, Fit], decision: Decision) -> Faq | None:
    if decision.band is not Band.ANSWER:
        return None
    given = next(one for one in scored if index.entries[one.position].faq.key == decision.keys[0])
    for one in scored:
        faq = index.entries[one.position].faq
        near = fits[one.position] is Fit.OWN and one.total >= given.total - _GAP_NEAR
        if near and faq.kind == "not_published":
            return faq
    return None
