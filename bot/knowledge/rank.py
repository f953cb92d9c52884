"""Second stage: the candidates compete over their phrasings, and their slots must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.knowledge.analysis import SLOT_LABELS
from bot.knowledge.field import Floats, Ints
from bot.knowledge.index import Hit, Index, Question

COMPETING = 20  # candidates ranked; the right one is hardly ever further down
_RIDGE = 0.6
_POOL, _POOL_WORDS = 2.0, 1.0  # phrasings that count half

FEATURES = (
    "char",  # best phrasing by character n-grams
    "word",  # best phrasing by words
    "second",  # second best phrasing
    "standard",  # the standard question itself
    "ridge",
    "body",  # the answer's words
    "cover",  # share of the question's n-grams found anywhere in the FAQ
    "pooled",  # the question's n-grams by how many phrasings have them
    "pooled_words",
    "telling",  # the question's words anywhere in the FAQ, by how much they tell
    "body_alone",  # n-grams that only the answer has
    "within",  # share of a phrasing's n-grams found in the question
    "negative",
    *(f"{label}_agree" for label in SLOT_LABELS),
    *(f"{label}_conflict" for label in SLOT_LABELS),
    *(f"{label}_unasked" for label in SLOT_LABELS),
    "foreign",  # what is named belongs to another province
    "region_named",
)
_KNOWN_PLACE = 0.5
_PLACE = FEATURES.index("region_named")


@dataclass(frozen=True)
class Scored:
    """A candidate with the parts of its score, best first in the list `rank` gives."""

    position: int
    total: float
    subject: float  # the total without what only the place says
    parts: Mapping[str, float]


def rank(
    index: Index,
    question: Question,
    *,
    weights: Mapping[str, float],
    today: date,
    without_row: int | None = None,
    region: str | None = None,
) -> list[Scored]:
    hits, table = features(index, question, today=today, without_row=without_row, region=region)
    vector = np.array([weights.get(name, 0.0) for name in FEATURES])
    return order(index, [hit.position for hit in hits], table, vector)


def order(index: Index, positions: Sequence[int], table: Floats, vector: Floats) -> list[Scored]:
    """Best first; equal scores by key, because the order of rows depends on the order of edits."""
    scored = [
        Scored(
            position=position,
            total=float(row @ vector),
            subject=float(row @ vector - row[_PLACE] * vector[_PLACE]),
            parts=dict(zip(FEATURES, map(float, row), strict=True)),
        )
        for position, row in zip(positions, table, strict=True)
    ]
    return sorted(scored, key=lambda one: (-round(one.total, 9), index.entries[one.position].faq.key))


def features(
    index: Index,
    question: Question,
    *,
    today: date,
    without_row: int | None = None,
    region: str | None = None,
) -> tuple[list[Hit], Floats]:
    """The candidates and one row of FEATURES for each. `region`: the place known of the conversation."""
    hits = index.retrieve(question, today=today, limit=COMPETING, without_row=without_row)
    if not hits:
        return [], np.zeros((0, len(FEATURES)))
    own = [[row for row in index.rows_of(h.position) if row != without_row] for h in hits]
    against = [list(index.negatives_of(hit.position)) for hit in hits]
    near, ridge = _compete(index, question, own, against)
    shared = _shared(index, question, [hit.position for hit in hits], own)
    bodies = index.bodies.bm25(question.body)
    rows = []
    for number, hit in enumerate(hits):
        close = sorted((near[row] for row in own[number]), reverse=True) or [0.0]
        opposed = max((near[row] for row in against[number]), default=0.0)
        first = int(index.starts[hit.position])
        values = {
            "char": hit.char,
            "word": hit.word,
            "second": close[1] if len(close) > 1 else 0.0,
            "standard": near.get(first, 0.0),
            "ridge": float(ridge[number]),
            "body": float(bodies[hit.position]),
            **{name: float(values[number]) for name, values in shared.items()},
            # A negative phrasing counts only where it is closer than every real one.
            "negative": opposed if opposed > close[0] else 0.0,
        }
        values |= _agreement(index, question, hit.position, without_row, region)
        rows.append([values[name] for name in FEATURES])
    return hits, np.array(rows)


def _compete(
    index: Index,
    question: Question,
    own: Sequence[Sequence[int]],
    against: Sequence[Sequence[int]],
) -> tuple[dict[int, float], Floats]:
    """Closeness of every phrasing, and one small ridge regression solved for this question alone.

    Negative phrasings take part as rows that belong to no candidate.
    """
    rows = [row for part in (*own, *against) for row in part]
    picked: Ints = np.array(rows, dtype=np.int64)
    chars, words = index.chars.vectors(picked), index.words.vectors(picked)
    kernel = 0.5 * (chars @ chars.T).toarray() + 0.5 * (words @ words.T).toarray()
    near = 0.5 * (chars @ index.chars.vector(question.chars))
    near += 0.5 * (words @ index.words.vector(question.words))
    targets = np.zeros((len(rows), len(own)))
    start = 0
    for number, part in enumerate(own):
        targets[start : start + len(part), number] = 1.0
        start += len(part)
    solved = np.linalg.solve(kernel + _RIDGE * np.eye(len(rows)), targets)
    return dict(zip(rows, map(float, near), strict=True)), near @ solved


def _shared(
    index: Index, question: Question, positions: Sequence[int], own: Sequence[Sequence[int]]
) -> dict[str, Floats]:
    """How question and FAQ cover each other, all phrasings taken together."""
    picked: Ints = np.array([row for part in own for row in part], dtype=np.int64)
    starts = np.cumsum([0, *map(len, own)])
    held = np.diff(starts) > 0  # a FAQ whose only phrasing is left out has none

    def per_faq(matrix: Floats) -> Floats:
        table = np.zeros((len(own), matrix.shape[1]))
        table[held] = np.add.reduceat(matrix, starts[:-1][held])
        return table

    ids, words = question.chars.ids, question.words.ids
    weights = index.chars.idf[ids]
    total = max(weights.sum() + question.chars.unknown * index.chars.unseen_idf, 1e-9)
    rows = index.chars.rows[picked]
    here = rows[:, ids].toarray()
    counts = per_faq(here)
    said = index.bodies.present(np.array(positions, np.int64), ids)
    word_weights = index.words.idf[words]
    word_total = max(word_weights.sum() + question.words.unknown * index.words.unseen_idf, 1e-9)
    word_counts = per_faq(index.words.rows[picked][:, words].toarray())
    within = (here @ weights) / np.maximum(rows @ index.chars.idf[: rows.shape[1]], 1e-9)
    best = np.zeros(len(own))
    best[held] = np.maximum.reduceat(within, starts[:-1][held])
    return {
        "cover": ((counts > 0) | said) @ weights / total,
        "pooled": (counts / (counts + _POOL)) @ weights / total,
        "pooled_words": (word_counts / (word_counts + _POOL_WORDS)) @ word_weights / word_total,
        "telling": (word_counts > 0) @ question.rarity / question.rarity_total,
        "body_alone": (said & (counts <= 0)) @ weights / total,
        "within": best,
    }


def _agreement(
    index: Index, question: Question, position: int, without_row: int | None, known: str | None
) -> dict[str, float]:
    entry = index.entries[position]
    held = entry.slots
    if without_row is not None:
        left_out = without_row - int(index.starts[position])
        if 0 <= left_out < entry.positives:
            held = entry.slots_without(left_out)
    result: dict[str, float] = {}
    for label in SLOT_LABELS:
        asked = question.analysed.slots.get(label, frozenset())
        offered = held[label]
        named = label in entry.named_labels
        result[f"{label}_agree"] = len(asked & offered) / len(asked) if asked else 0.0
        result[f"{label}_conflict"] = float(bool(asked and offered and not asked & offered))
        result[f"{label}_unasked"] = float(bool(named and not asked))
    named_slots = [
        (label, value) for label in ("item", "programme") for value in question.analysed.slots.get(label, ())
    ]
    result["foreign"] = index.foreign(position, named_slots)
    result["region_named"] = _at_place(index, entry.faq.region, question, known)
    return result


def _at_place(index: Index, region: str, question: Question, known: str | None) -> float:
    """A FAQ of the very place named, or of its city; less if the place is only known of the talk."""
    named = question.analysed.regions
    if region in named:
        return 1.0
    if region.endswith("0000"):
        return 0.0
    chain = index.analyser.lexicon.chain
    if any(region in chain(code) for code in named):
        return 1.0
    return _KNOWN_PLACE if not named and region in chain(known) else 0.0
