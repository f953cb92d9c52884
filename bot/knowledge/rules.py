"""Which band a question falls into, and what place the answer may speak for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.text.lexicon import NATION, Lexicon

MOST_OFFERS = 3
MOST_PLACES = 6
_OFFER_GAP = 2.5  # an offer may score this much below the best one
# The engine answers these with care; a policy answer would be cruel, so the search refuses too.
_CRISIS = re.compile(
    r"不想活|活不下去|想自杀|要自杀|自杀|轻生|想死|去死|寻死|了结自己|结束生命|结束自己|割腕|跳楼|服毒|遗书|自残"
)


class Band(StrEnum):
    ANSWER = "answer"
    OFFER = "offer"
    CLARIFY = "clarify"
    NOT_PUBLISHED = "not_published"
    NONE = "none"


class Fit(StrEnum):
    """How a FAQ's place lies to the place asked about."""

    OWN = "own"  # the place itself, or one it lies in
    BELOW = "below"  # one place among several inside it
    OTHER = "other"  # another place: never given as one's own


@dataclass(frozen=True)
class Place:
    """Where the question is about: named in it, or known of the conversation."""

    codes: tuple[str, ...]  # empty: unknown
    named: bool

    @property
    def known(self) -> bool:
        return bool(self.codes)


@dataclass(frozen=True)
class Option:
    """A ranked candidate as the decision sees it."""

    key: str
    region: str
    published: bool  # False: kind not_published
    total: float
    fit: Fit
    twin_of_best: bool


@dataclass(frozen=True)
class Decision:
    band: Band
    keys: tuple[str, ...] = ()  # the answer, or the offers
    regions: tuple[str, ...] = ()  # places to choose from
    elsewhere: bool = False  # the offers speak for other places than the one known


def is_crisis(text: str) -> bool:
    return _CRISIS.search(text) is not None


def place_asked(*, named: Sequence[str], region: str | None, lexicon: Lexicon) -> Place:
    """A place in the question wins, unless it is the province of the known one (山东 asked from 临沂)."""
    known = region if region in lexicon.regions and region != NATION else None
    if not named:
        return Place(codes=(known,) if known else (), named=False)
    if known and any(code.endswith("0000") and code in lexicon.chain(known) for code in named):
        return Place(codes=(known,), named=True)
    return Place(codes=tuple(named), named=True)


def fit_of(*, faq_region: str, place: Place, lexicon: Lexicon, proper: bool) -> Fit:
    """`proper`: the question uses terms that belong to the FAQ's city alone."""
    if not place.known:
        # Nobody said where. What holds in a whole province is told with its scope; what only one
        # city does is told only if the question uses that city's own terms.
        city = not faq_region.endswith("0000")
        return Fit.BELOW if city and not proper else Fit.OWN
    if any(faq_region in lexicon.chain(code) for code in place.codes):
        return Fit.OWN
    if any(code in lexicon.chain(faq_region) for code in place.codes):
        return Fit.BELOW
    return Fit.OTHER


def decide(
    options: Sequence[Option],
    *,
    probability: float,
    exact: bool,
    answer_at: float,
    offer_at: float,
    place: Place,
    lexicon: Lexicon,
) -> Decision:
    """`options` best first, none of another place; `probability` that the best one, or its twin
    in another place, is what was asked."""
    sure = exact or probability >= answer_at
    if not options or not (sure or probability >= offer_at):
        return Decision(Band.NONE)
    if not sure:
        near = [option for option in options if option.total >= options[0].total - _OFFER_GAP]
        return Decision(Band.OFFER, keys=tuple(option.key for option in near[:MOST_OFFERS]))
    twins = [option for option in options if option is options[0] or option.twin_of_best]
    own = [option for option in twins if option.fit is Fit.OWN]
    if not place.known and len({option.region for option in twins}) > 1:
        return _clarify(twins)
    if own:
        nearest = max(own, key=lambda option: _depth(option.region, place, lexicon))
        band = Band.ANSWER if nearest.published else Band.NOT_PUBLISHED
        return Decision(band, keys=(nearest.key,))
    if len({option.region for option in twins}) > 1:
        return _clarify(twins)
    return Decision(Band.OFFER, keys=tuple(option.key for option in twins[:MOST_OFFERS]))


def decide_elsewhere(
    options: Sequence[Option], *, probability: float, exact: bool, answer_at: float, place: Place
) -> Decision:
    """Only another place has an answer: offered by its name, unless the question named a place
    that has none — then the honest answer is no."""
    if place.named or not options or not (exact or probability >= answer_at):
        return Decision(Band.NONE)
    near = [option for option in options if option is options[0] or option.twin_of_best]
    return Decision(Band.OFFER, keys=tuple(option.key for option in near[:MOST_OFFERS]), elsewhere=True)


def _clarify(options: Sequence[Option]) -> Decision:
    regions = tuple(dict.fromkeys(option.region for option in options))
    return Decision(Band.CLARIFY, keys=tuple(o.key for o in options), regions=regions[:MOST_PLACES])


def _depth(region: str, place: Place, lexicon: Lexicon) -> int:
    """District before city before province before nation, for the place asked about."""
    if any(region in lexicon.chain(code) for code in place.codes):
        return len(lexicon.chain(region))
    return 0
