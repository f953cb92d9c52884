"""The search index: an immutable snapshot of what is published, pure and in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from bot.knowledge.analysis import SLOT_LABELS, Analysed, Analyser
from bot.knowledge.field import Floats, Ints, Query, TermField, Vocabulary
from bot.knowledge.schemas import Faq
from bot.text.lexicon import NATION
from bot.text.reading import Reading

_CHAR_SHARE = 0.6  # of the first-stage score; the rest is words
_TWIN = 0.75  # likeness of standard questions without their places
_BODY_SHARE = 0.5  # of the answer's own words, added to the best phrasing
_LIKELIER = (-3.0, 4.0)  # nats one word may say for or against our subject
_NEVER, _ALWAYS = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True)
class Entry:
    """One published FAQ with what was understood of its phrasings."""

    faq: Faq
    positives: int  # rows: the standard question and phrasings come first, negatives after
    cores: tuple[str, ...]
    row_slots: tuple[frozenset[tuple[str, str]], ...]  # per positive row
    region_free: frozenset[str]  # bigrams of the standard question without its place names
    named_slots: frozenset[tuple[str, str]]  # of the standard question

    @cached_property
    def all_slots(self) -> frozenset[tuple[str, str]]:
        return frozenset().union(*self.row_slots)

    def twin_of(self, other: "Entry") -> bool:
        """The same question about another place."""
        if self.faq.region == other.faq.region or not (self.region_free and other.region_free):
            return False
        shared = len(self.region_free & other.region_free)
        return 2 * shared / (len(self.region_free) + len(other.region_free)) >= _TWIN

    @cached_property
    def slots(self) -> Mapping[str, frozenset[str]]:
        """Slots of the standard question, and those that two or more phrasings name."""
        return self.slots_without(None)

    def slots_without(self, left_out: int | None) -> Mapping[str, frozenset[str]]:
        rows = [slots for number, slots in enumerate(self.row_slots) if number != left_out]
        counts = Counter(slot for slots in rows for slot in slots)
        kept = {slot for slot, count in counts.items() if count >= 2}
        if left_out != 0:
            kept |= self.named_slots
        return {label: frozenset(value for name, value in kept if name == label) for label in SLOT_LABELS}

    @cached_property
    def named_labels(self) -> frozenset[str]:
        return frozenset(label for label, _ in self.named_slots)


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
        analysed = [_analyse(analyser, faq) for faq in faqs]
        rows = [row for _, part in analysed for row in part]
        vocabulary = Vocabulary()
        return cls(
            analyser=analyser,
            entries=[entry for entry, _ in analysed],
            starts=_starts([len(part) for _, part in analysed]),
            chars=TermField.build(vocabulary, [row.grams for row in rows]),
            words=TermField.build(Vocabulary(), [row.words for row in rows]),
            bodies=TermField.build(vocabulary, [_body(analyser, e.faq) for e, _ in analysed]),
        )

    def updated(self, *, changed: Iterable[Faq], removed: Iterable[str] = ()) -> "Index":
        """A new snapshot with some FAQs replaced, added or withdrawn."""
        fresh = {faq.key: faq for faq in changed}
        gone = set(fresh) | set(removed)
        keep = [n for n, entry in enumerate(self.entries) if entry.faq.key not in gone]
        spans = [np.arange(self.starts[n], self.starts[n + 1]) for n in keep]
        kept_rows = np.concatenate([np.empty(0, np.int64), *spans])
        analysed = [_analyse(self.analyser, faq) for faq in fresh.values()]
        rows = [row for _, part in analysed for row in part]
        return Index(
            analyser=self.analyser,
            entries=[*(self.entries[n] for n in keep), *(entry for entry, _ in analysed)],
            starts=_starts([*map(len, spans), *(len(part) for _, part in analysed)]),
            chars=self.chars.replaced(kept_rows, [row.grams for row in rows]),
            words=self.words.replaced(kept_rows, [row.words for row in rows]),
            bodies=self.bodies.replaced(
                np.array(keep, np.int64), [_body(self.analyser, e.faq) for e, _ in analysed]
            ),
        )

    def warm(self) -> None:
        self.chars.warm()
        self.words.warm()
        self.bodies.warm()
        _ = self.exact, self._validity, self._negative_rows, self._homes, self._provinces, self._reading

    @cached_property
    def exact(self) -> Mapping[str, tuple[int, ...]]:
        """Core of a phrasing → positions of the FAQs that have it."""
        found: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for core in dict.fromkeys(entry.cores[: entry.positives]):
                if core:
                    found.setdefault(core, []).append(number)
        return {core: tuple(numbers) for core, numbers in found.items()}

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


def _analyse(analyser: Analyser, faq: Faq) -> tuple[Entry, list[Analysed]]:
    asked = [analyser.analyse(text) for text in faq.says()]
    not_asked = [analyser.analyse(text) for text in faq.negatives]
    row_slots = tuple(
        frozenset((label, value) for label, values in row.slots.items() for value in values) for row in asked
    )
    return (
        Entry(
            faq=faq,
            positives=len(asked),
            cores=tuple(row.core for row in (*asked, *not_asked)),
            row_slots=row_slots,
            region_free=_region_free(analyser, asked[0]),
            named_slots=row_slots[0],
        ),
        [*asked, *not_asked],
    )


def _region_free(analyser: Analyser, standard: Analysed) -> frozenset[str]:
    text = standard.core
    for code in standard.regions:
        region = analyser.lexicon.regions[code]
        for name in sorted((region.name, *region.aliases), key=len, reverse=True):
            text = text.replace(name, "")
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _body(analyser: Analyser, faq: Faq) -> list[str]:
    """Character pairs and triples of the answer: people often ask in the answer's words."""
    table = faq.answer.table
    cells = [*table.head, *(cell for row in table.rows for cell in row)] if table else []
    parts = [faq.category, faq.place, *faq.answer.paragraphs, *faq.answer.items, *cells]
    return list(dict.fromkeys(gram for part in parts for gram in analyser.grams(part)))
