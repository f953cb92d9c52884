"""Two or three things set side by side from what their FAQs say. Pure.

Nothing is computed: both figures are shown, and which one is larger is said only where both are plain
numbers of one unit and of one named year.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.conversation.content import Table
from bot.knowledge.contrast import SUBJECTS, Contrast, contrast_of
from bot.knowledge.entitlements import Entitlement
from bot.knowledge.follow_up import valid
from bot.knowledge.index import Entry
from bot.knowledge.rules import Fit
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot, find
from bot.text.lexicon import Mention
from bot.text.normalise import normalise
from bot.texts import sentence

MOST_OFFERED = 5
_OFFERED_EACH = 2
_SAYS_SO = re.compile(r"区别|不同|关系|一回事|一样|同一个")
_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)(万元|元|分|㎡|%|年|天)$")
_AMOUNT = re.compile(r"^(?:每月)?(\d+(?:\.\d+)?)(万元|元)$")
_MISS = 1.5  # an answer this much below the best one is about something else


@dataclass(frozen=True)
class Side:
    """One of the things compared, and the FAQ that speaks for it."""

    label: str
    value: str
    name: str
    faq: Faq | None


@dataclass(frozen=True)
class Comparison:
    sides: tuple[Side, ...]
    table: Table | None  # of what both have; without one the key lines are told
    larger: tuple[str, str] | None  # names of the larger and the smaller side
    one_year: bool  # every side speaks of the same named year
    offers: tuple[Faq, ...] = ()  # what could be compared, where the message does not say


def answers_itself(snapshot: Snapshot, text: str, *, region: str | None, today: date) -> Faq | None:
    """A FAQ whose own question sets the two things beside each other."""
    lexicon = snapshot.index.analyser.lexicon
    contrast = contrast_of(text, lexicon=lexicon)
    if contrast is None:
        return None
    found = find(snapshot, question=text, region=region, today=today)
    for candidate in found.candidates:
        faq = _entry(snapshot, candidate.key).faq
        told = lexicon.canonical(normalise(" ".join([faq.question, *faq.phrasings])))
        both = len(contrast.names) > 1 and all(name in told for name in contrast.names)
        ours = faq.kind == "answer" and candidate.fit is not Fit.OTHER
        if both and ours and _SAYS_SO.search(faq.question):
            return faq
    return None


def compare(
    snapshot: Snapshot,
    text: str,
    *,
    region: str | None,
    today: date,
    rows: Sequence[Entitlement],
    last_faq: str | None = None,
) -> Comparison | None:
    """None where the message compares nothing, or nothing is known of any side."""
    lexicon = snapshot.index.analyser.lexicon
    contrast = contrast_of(text, lexicon=lexicon)
    if contrast is None or not contrast.things:
        return None
    if contrast.things[0].label in ("tier", "degree"):
        return _within_one(snapshot, contrast, region, today, rows, last_faq)
    of_places = contrast.things[0].label == "region"
    if of_places and not contrast.names_subject:
        return _open_between(snapshot, contrast.things, today, rows)
    options = [_spoken_for(snapshot, contrast, one, region, today) for one in contrast.things]
    faqs = (
        _of_one_subject(options, rows)
        if of_places
        else [entries[0].faq if entries else None for entries in options]
    )
    sides = tuple(
        Side(one.label, one.value, lexicon.region_name(one.value) if of_places else one.text, faq)
        for one, faq in zip(contrast.things, faqs, strict=True)
    )
    known = [faq for faq in faqs if faq]
    # A place may have nothing; of two things, one alone is no comparison.
    if not known or (len(known) < len(sides) and not of_places):
        return None
    if len({faq.key for faq in known}) < len(known):
        return None
    one_year = len(known) == len(sides) and len({faq.year for faq in known}) == 1 and bool(known[0].year)
    table = _common(sides, contrast.plain, rows) if of_places else None
    larger = _larger(table, sides) if table and contrast.asks_which and one_year else None
    return Comparison(sides, table, larger, one_year)


def _open_between(
    snapshot: Snapshot, mentions: Sequence[Mention], today: date, rows: Sequence[Entitlement]
) -> Comparison | None:
    """「济南和青岛的政策哪个好」 names nothing to compare: what each place can be asked for."""
    lexicon = snapshot.index.analyser.lexicon
    offers: dict[str, Faq] = {}
    for place in (m.value for m in mentions):
        own = [row.faq for row in rows if row.subject and row.region == place]
        for key in list(dict.fromkeys(own))[:_OFFERED_EACH]:
            faq = _entry(snapshot, key).faq
            if valid(faq, today):
                offers[key] = faq
    sides = tuple(Side(m.label, m.value, lexicon.region_name(m.value), None) for m in mentions)
    return Comparison(sides, None, None, False, tuple(offers.values())) if offers else None


def _entry(snapshot: Snapshot, key: str) -> Entry:
    return snapshot.index.entries[snapshot.index.position_of[key]]


def _spoken_for(
    snapshot: Snapshot, contrast: Contrast, side: Mention, region: str | None, today: date
) -> list[Entry]:
    """FAQs that speak for this side alone, found by the question without the others."""
    found = find(snapshot, question=contrast.alone(side), region=region, today=today)
    ours = [c for c in found.candidates if c.fit is not Fit.OTHER]
    least = max((c.scores["total"] for c in ours), default=0.0) - _MISS
    if side.label == "region":
        near = [_entry(snapshot, c.key) for c in ours if c.scores["total"] >= least]
        return [entry for entry in near if entry.faq.region == side.value]
    others = {(one.label, one.value) for one in contrast.things if one is not side}
    own = (side.label, side.value)
    named = [_entry(snapshot, c.key) for c in ours]
    return [entry for entry in named if own in entry.named_slots and not others & entry.named_slots]


def _of_one_subject(options: Sequence[Sequence[Entry]], rows: Sequence[Entitlement]) -> list[Faq | None]:
    """One FAQ a side, all about the same thing; None for a place that has none about it."""
    best: list[Faq | None] = [None] * len(options)
    for anchor in (entry for side in options for entry in side):
        picked = [next((e.faq for e in side if _alike(anchor, e, rows)), None) for side in options]
        if sum(one is not None for one in picked) > sum(one is not None for one in best):
            best = picked
    return best


def _alike(one: Entry, other: Entry, rows: Sequence[Entitlement]) -> bool:
    return one is other or one.twin_of(other) or bool(_subjects(one, rows) & _subjects(other, rows))


def _subjects(entry: Entry, rows: Sequence[Entitlement]) -> set[tuple[str, str]]:
    named = {slot for slot in entry.named_slots if slot[0] in SUBJECTS}
    return named | {("subject", row.subject) for row in rows if row.faq == entry.faq.key and row.subject}


def _within_one(
    snapshot: Snapshot,
    contrast: Contrast,
    region: str | None,
    today: date,
    rows: Sequence[Entitlement],
    last_faq: str | None,
) -> Comparison | None:
    """Two tiers, or two degrees, of one answer."""
    mentions = contrast.things
    named = snapshot.index.analyser.lexicon.find(contrast.plain)
    subjects = {(m.label, m.value) for m in named if m.label in SUBJECTS}
    places = [m.value for m in named if m.label == "region"]
    entries: list[Entry] = []
    if last_faq in snapshot.index.position_of and not subjects:
        entries.append(_entry(snapshot, str(last_faq)))
    for side in mentions:
        found = find(snapshot, question=contrast.alone(side), region=region, today=today)
        near = [_entry(snapshot, c.key) for c in found.candidates if c.fit is not Fit.OTHER]
        # Without a subject only a place's own answer is surely meant.
        entries += [e for e in near if subjects & e.named_slots or (not subjects and e.faq.region in places)]
    sides = tuple(Side(m.label, m.value, m.value, None) for m in mentions)
    fitting = [(e.faq, _picked(e.faq, mentions, rows)) for e in entries]
    tables = {faq.key: (faq, table) for faq, table in fitting if table}
    of_tiers = mentions[0].label == "tier"
    if of_tiers and not subjects and last_faq not in tables:
        open_to = [
            e.faq
            for e in snapshot.index.entries
            if valid(e.faq, today) and _here(e.faq, places, region, snapshot)
        ]
        lexicon = snapshot.index.analyser.lexicon
        open_to.sort(key=lambda faq: -len(lexicon.chain(faq.region)))
        offers = [faq for faq in open_to if _picked(faq, mentions, rows) and faq.kind == "answer"]
        return Comparison(sides, None, None, False, tuple(offers[:MOST_OFFERED])) if offers else None
    if not tables:
        return None
    faq, table = next(iter(tables.values()))
    larger = _larger_row(table) if contrast.asks_which and faq.year else None
    return Comparison(tuple(replace(side, faq=faq) for side in sides), table, larger, bool(faq.year))


def _here(faq: Faq, places: Sequence[str], region: str | None, snapshot: Snapshot) -> bool:
    lexicon = snapshot.index.analyser.lexicon
    known = places or ([region] if region else [])
    return not known or any(faq.region in lexicon.chain(place) for place in known)


def _picked(faq: Faq, mentions: Sequence[Mention], rows: Sequence[Entitlement]) -> Table | None:
    """The lines of these tiers or degrees alone; None unless every one has its line."""
    lines = _lines_of(faq, rows)
    if any(m.value not in lines for m in mentions):
        return None
    amounts = sentence("compare.amount", place=faq.place)
    head = faq.answer.table.head if faq.answer.table else [_KEYS[mentions[0].label], amounts]
    return Table(head=head, rows=[[m.value, *lines[m.value]] for m in mentions])


_KEYS = {"tier": "层次", "degree": "学历"}


def _lines_of(faq: Faq, rows: Sequence[Entitlement]) -> Mapping[str, list[str]]:
    """Cells by the name of their line: of the FAQ's table, else of the rows that rest on it."""
    if faq.answer.table:
        return {row[0]: row[1:] for row in faq.answer.table.rows}
    return {row.side: [row.amount] for row in rows if row.faq == faq.key and row.side and row.amount}


def _common(sides: Sequence[Side], plain: str, rows: Sequence[Entitlement]) -> Table | None:
    """Lines that all sides have, one column each."""
    if any(side.faq is None for side in sides):
        return None
    lines = [_lines_of(side.faq, rows) for side in sides if side.faq]
    shared = [name for name in lines[0] if all(name in other for other in lines[1:])]
    names = [name for name in shared if name in plain] or shared
    single = all(len(cells) == 1 for line in lines for cells in line.values())
    if not names or not single:
        return None
    key = _KEYS["degree" if names[0] in ("博士", "硕士", "本科", "专科") else "tier"]
    heads = [f"{side.name}（{side.faq.year or sentence('profile.no_year')}）" for side in sides if side.faq]
    return Table(head=[key, *heads], rows=[[name, *(line[name][0] for line in lines)] for name in names])


def _plain_number(cell: str) -> tuple[float, str] | None:
    match = _NUMBER.match(cell) or _AMOUNT.match(cell)
    return (float(match[1]), match[2] + ("/月" if cell.startswith("每月") else "")) if match else None


def _larger(table: Table, sides: Sequence[Side]) -> tuple[str, str] | None:
    """One side above the other in every line, all plain numbers of one unit."""
    if len(sides) != 2:
        return None
    signs: set[bool] = set()
    for _, one, other in table.rows:
        a, b = _plain_number(one), _plain_number(other)
        if a is None or b is None or a[1] != b[1] or a[0] == b[0]:
            return None
        signs.add(a[0] > b[0])
    if len(signs) != 1:
        return None
    first, second = sides[0].name, sides[1].name
    return (first, second) if signs == {True} else (second, first)


def _larger_row(table: Table) -> tuple[str, str] | None:
    if len(table.rows) != 2 or len(table.head) != 2:
        return None
    (one, a), (other, b) = table.rows
    first, second = _plain_number(a), _plain_number(b)
    if first is None or second is None or first[1] != second[1] or first[0] == second[0]:
        return None
    return (one, other) if first[0] > second[0] else (other, one)
