"""The search index: an immutable snapshot of what is published, pure and in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from bot.knowledge.analysis import Analysed, Analyser
from bot.knowledge.entry import Entry, analyse_faq, body_of
from bot.knowledge.field import Floats, Ints, Query, TermField, Vocabulary
from bot.knowledge.schemas import Faq
from bot.text.lexicon import NATION
from bot.text.reading import Reading

__all__ = ["Entry", "Hit", "Index", "Question"]
_CHAR_SHARE = 0.6  # of the first-stage score; the rest is words
_BODY_SHARE = 0.5  # of the answer's own words, added to the best phrasing
_LIKELIER = (-3.0, 4.0)  # nats one word may say for or against our subject
_NEVER, _ALWAYS = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True)
class Hit:
    """First-stage score of one FAQ."""

    position: int
    score: float
    char: float
    word: float


@dataclass(frozen=True)
class Question:
    analysed: Analysed
    chars: Query
    words: Query
    body: Query  # pairs and triples of characters, looked for in the answers
    unknown: float  # share of its words that no FAQ has
    strange: float  # the same, rare words weighing more, and the answers counted as well
    domain: float  # how much likelier its words are in our knowledge than in general text
    rarity: Floats  # of each known word, beside `words`
    rarity_total: float  # of all words


@dataclass(frozen=True)
class Exact:
    """Core of a phrasing → positions of the FAQs that have it.

    Bare numbers, because a hundred thousand small containers keep the garbage collector busy.
    """

    first: Mapping[str, int]
    more: Mapping[str, Sequence[int]]

    def of(self, core: str) -> tuple[int, ...]:
        return (self.first[core], *self.more.get(core, ())) if core in self.first else ()

    def __contains__(self, core: str) -> bool:
        return core in self.first


class Index:
    """`build` once, then `updated` per release; both give the same answers."""

    def __init__(
        self,
        *,
        analyser: Analyser,
        entries: Sequence[Entry],
        starts: Ints,
        chars: TermField,
        words: TermField,
        bodies: TermField,
    ) -> None:
        self.analyser = analyser
        self.entries = tuple(entries)
        self.starts = starts  # first row of each entry, and the total at the end
        self.chars = chars
        self.words = words
        self.bodies = bodies  # one row per entry, ids shared with `chars`
        self.position_of: Mapping[str, int] = {
            entry.faq.key: number for number, entry in enumerate(self.entries)
        }

    @classmethod
    def build(cls, *, analyser: Analyser, faqs: Iterable[Faq]) -> "Index":
        analysed = [analyse_faq(analyser, faq) for faq in faqs]
        rows = [row for _, part in analysed for row in part]
        vocabulary = Vocabulary()
        return cls(
            analyser=analyser,
            entries=[entry for entry, _ in analysed],
            starts=_starts([len(part) for _, part in analysed]),
            chars=TermField.build(vocabulary, [row.grams for row in rows]),
            words=TermField.build(Vocabulary(), [row.words for row in rows]),
            bodies=TermField.build(vocabulary, [body_of(analyser, e.faq) for e, _ in analysed]),
        )

    def updated(self, *, changed: Iterable[Faq], removed: Iterable[str] = ()) -> "Index":
        """A new snapshot with some FAQs replaced, added or withdrawn."""
        fresh = {faq.key: faq for faq in changed}
        gone = set(fresh) | set(removed)
        keep = [n for n, entry in enumerate(self.entries) if entry.faq.key not in gone]
        spans = [np.arange(self.starts[n], self.starts[n + 1]) for n in keep]
        kept_rows = np.concatenate([np.empty(0, np.int64), *spans])
        analysed = [analyse_faq(self.analyser, faq) for faq in fresh.values()]
        rows = [row for _, part in analysed for row in part]
        return Index(
            analyser=self.analyser,
            entries=[*(self.entries[n] for n in keep), *(entry for entry, _ in analysed)],
            starts=_starts([*map(len, spans), *(len(part) for _, part in analysed)]),
            chars=self.chars.replaced(kept_rows, [row.grams for row in rows]),
            words=self.words.replaced(kept_rows, [row.words for row in rows]),
            bodies=self.bodies.replaced(
                np.array(keep, np.int64), [body_of(self.analyser, e.faq) for e, _ in analysed]
            ),
        )

    def warm(self) -> None:
        self.chars.warm()
        self.words.warm()
        self.bodies.warm()
        _ = self.exact, self._validity, self._negative_rows, self._homes, self._provinces, self._reading

    @cached_property
    def exact(self) -> "Exact":
        first: dict[str, int] = {}
        more: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for core in dict.fromkeys(entry.cores[: entry.positives]):
                if core and first.setdefault(core, number) != number:
                    more.setdefault(core, []).append(number)
        return Exact(first, more)

    def proper_to(self, position: int, slots: Iterable[tuple[str, str]]) -> bool:
        """Whether one of the slots belongs to this FAQ's city alone (its own plan or tiers)."""
        entry = self.entries[position]
        city = entry.faq.region[:4]
        return any(
            slot in entry.all_slots and all(home == city for home in self._homes.get(slot, ()))
            for slot in slots
        )

    def foreign(self, position: int, slots: Iterable[tuple[str, str]]) -> float:
        """How much what the question names belongs to other provinces: 泉州 knows no 惠才卡."""
        province = self.entries[position].faq.region[:2]
        homes = [self._provinces[slot] for slot in slots if slot in self._provinces]
        if province == NATION[:2]:
            return 0.0
        return max((1 - (home[province] + home[NATION[:2]]) / home.total() for home in homes), default=0.0)

    @cached_property
    def _provinces(self) -> Mapping[tuple[str, str], Counter[str]]:
        homes: dict[tuple[str, str], Counter[str]] = {}
        for entry in self.entries:
            for label in ("item", "programme"):
                for value in entry.slots[label]:
                    homes.setdefault((label, value), Counter())[entry.faq.region[:2]] += 1
        return homes

    @cached_property
    def _homes(self) -> Mapping[tuple[str, str], frozenset[str]]:
        homes: dict[tuple[str, str], set[str]] = {}
        for entry in self.entries:
            for slot in entry.all_slots:
                homes.setdefault(slot, set()).add(entry.faq.region[:4])
        return {slot: frozenset(cities) for slot, cities in homes.items()}

    def question(self, text: str) -> Question:
        return self.asked(self.analyser.analyse(text, reading=self._reading))

    @cached_property
    def _reading(self) -> Reading:
        return self.analyser.reading(self.words.counts())

    def asked(self, analysed: Analysed, *, left_out: bool = False) -> Question:
        """`left_out`: the question is one of our own rows, whose words alone make nothing known."""
        beyond = int(left_out)
        words = self.words.query(analysed.words, beyond=beyond)
        longer = [gram for gram in analysed.grams if len(gram) > 1]
        rarity = {word: self.analyser.rarity(word) for word in analysed.words}
        known = [word for word in analysed.words if self.words.count(word) > beyond]
        strange = set(analysed.words) - set(known)
        total = max(sum(rarity.values()), 1e-9)
        return Question(
            analysed=analysed,
            chars=self.chars.query(analysed.grams, beyond=beyond),
            words=words,
            body=self.bodies.query(longer),
            unknown=words.unknown / max(len(analysed.words), 1),
            strange=sum(rarity[word] for word in strange if not self._in_answers(word)) / total,
            domain=self._domain(rarity, beyond=beyond),
            rarity=np.array([rarity[word] for word in known]),
            rarity_total=total,
        )

    def _in_answers(self, word: str) -> bool:
        """By its pairs of characters."""
        pairs = [word[i : i + 2] for i in range(len(word) - 1)]
        return bool(pairs) and all(self.bodies.count(pair) > 0 for pair in pairs)

    def _domain(self, rarity: Mapping[str, float], *, beyond: int) -> float:
        rows = max(self.words.rows.nnz, 1)
        likelier = [
            float(np.clip(value + np.log((max(self.words.count(word) - beyond, 0) + 0.1) / rows), *_LIKELIER))
            for word, value in rarity.items()
            if value > 0
        ]
        return sum(likelier) / max(len(likelier), 1)

    def retrieve(
        self, question: Question, *, today: date, limit: int = 50, without_row: int | None = None
    ) -> list[Hit]:
        """The best FAQs valid today by their best phrasing. `without_row` is for leave-one-out."""
        if not self.entries:
            return []
        chars, words = self.chars.cosine(question.chars), self.words.bm25(question.words)
        scores = _CHAR_SHARE * chars + (1 - _CHAR_SHARE) * words
        scores[self._negative_rows] = 0.0
        if without_row is not None:
            scores[without_row] = 0.0
        best = np.maximum.reduceat(scores, self.starts[:-1])
        first, last = self._validity
        best += _BODY_SHARE * self.bodies.bm25(question.body)
        best[(first > today.toordinal()) | (last < today.toordinal())] = 0.0
        count = min(limit, len(best))
        top = np.argpartition(-best, count - 1)[:count]
        top = top[best[top] > 0]
        # Equal scores in the order of keys: the order of rows depends on the order of edits.
        order = sorted(top, key=lambda n: (-round(best[n], 9), self.entries[n].faq.key))
        return [
            Hit(
                position=int(n),
                score=float(best[n]),
                char=_best(chars, self.rows_of(int(n)), without_row),
                word=_best(words, self.rows_of(int(n)), without_row),
            )
            for n in order
        ]

    def rows_of(self, position: int) -> Ints:
        """Positive rows of one FAQ."""
        start = self.starts[position]
        return np.arange(start, start + self.entries[position].positives)

    def negatives_of(self, position: int) -> Ints:
        start = self.starts[position] + self.entries[position].positives
        return np.arange(start, self.starts[position + 1])

    @cached_property
    def _negative_rows(self) -> Ints:
        spans = [self.negatives_of(number) for number in range(len(self.entries))]
        return np.concatenate([np.empty(0, np.int64), *spans])

    @cached_property
    def _validity(self) -> tuple[Ints, Ints]:
        faqs = [entry.faq for entry in self.entries]
        return (
            np.array([f.valid_from.toordinal() if f.valid_from else _NEVER for f in faqs]),
            np.array([f.valid_until.toordinal() if f.valid_until else _ALWAYS for f in faqs]),
        )


def _best(scores: Floats, rows: Ints, without_row: int | None) -> float:
    return float(max((scores[row] for row in rows if row != without_row), default=0.0))


def _starts(sizes: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.array(sizes, dtype=np.int64))])
