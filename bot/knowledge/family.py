"""FAQs that are one subject told for several places: they do not compete, the place decides. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.knowledge.index import Entry, Index

Slots = Mapping[str, frozenset[str]]  # what the question names
_FEWEST = 2  # places an overview leads to


def family(index: Index, of: int, among: Iterable[int], *, asked: Slots) -> frozenset[int]:
    """Positions of the subject of FAQ `of`: its twins, overviews, who speaks for the remaining
    places, and theirs — as far as the question does not tell them apart."""
    first = index.entries[of]
    found, new = {of}, [of]
    others = {number for number in among if _answers_too(index.entries[number], first, asked)} - found
    while new:
        entry = index.entries[new.pop()]
        near = {number for number in others if related(index, entry, index.entries[number])}
        others -= near
        found |= near
        new += near
    return frozenset(found)


def at_the_place(
    index: Index, of: int, same: frozenset[int], *, codes: Sequence[str], asked: Slots, today: date
) -> list[int]:
    """What the person's own place adds: its phrasings name the place, so that a question which
    leaves it out may not even find them."""
    chain = index.analyser.lexicon.chain
    steps = {step for code in codes for step in chain(code) if not step.endswith("0000")}
    nearby = [number for step in sorted(steps) for number in index.of_region(step)]
    return [
        number
        for number in family(index, of, {*same, *nearby}, asked=asked) - same
        if index.entries[number].valid_on(today)
    ]


def passes_over(index: Index, number: int, *, codes: Sequence[str], asked: Slots) -> bool:
    """「其他市」 leaves out the very place asked about, which has a FAQ of its own."""
    entry = index.entries[number]
    if not (entry.for_the_rest and codes):
        return False
    chain = index.analyser.lexicon.chain
    own = (index.entries[one] for code in codes for step in chain(code) for one in index.of_region(step))
    items = {label: asked[label] for label in ("item", "programme") if label in asked}
    return any(_covers(index, entry, one) and _answers_too(one, entry, items) for one in own)


def related(index: Index, one: Entry, other: Entry) -> bool:
    return one.twin_of(other) or _covers(index, one, other) or _covers(index, other, one)


def _answers_too(entry: Entry, first: Entry, asked: Slots) -> bool:
    """It holds all that the other one holds of what the question names."""
    labels = ("item", "programme") if entry.twin_of(first) else ("item", "programme", "aspect")
    return all(asked.get(label, frozenset()) & first.slots[label] <= entry.slots[label] for label in labels)


def _covers(index: Index, wide: Entry, one: Entry) -> bool:
    """「临沂、潍坊等其他市的人才贷额度」 is what one city's FAQ leaves over; an overview leads to them."""
    if wide.faq.category != one.faq.category or not _inside(index, one, wide):
        return False
    if wide.for_the_rest:
        return wide.shares_subject(one)
    return one.faq.key in wide.faq.follow_ups and _is_overview(index, wide)


def _is_overview(index: Index, wide: Entry) -> bool:
    led = [index.entries[index.position_of[key]] for key in wide.faq.follow_ups if key in index.position_of]
    places = {one.faq.region for one in led if one.faq.category == wide.faq.category}
    return len({code for code in places if _within(index, code, wide.faq.region)}) >= _FEWEST


def _inside(index: Index, one: Entry, wide: Entry) -> bool:
    return _within(index, one.faq.region, wide.faq.region)


def _within(index: Index, code: str, region: str) -> bool:
    return code != region and region in index.analyser.lexicon.chain(code)
