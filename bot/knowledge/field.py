"""One inverted field of the search index: sparse rows of terms with their weights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[Any]
Ints = npt.NDArray[Any]
_K1, _B = 1.2, 0.5


@dataclass
class Vocabulary:
    """Append-only, so older snapshots may go on reading it while a newer one adds terms."""

    ids: dict[str, int] = field(default_factory=dict)

    def add(self, terms: Iterable[str]) -> list[int]:
        ids = self.ids
        return [ids.setdefault(term, len(ids)) for term in terms]


@dataclass(frozen=True)
class Query:
    ids: Ints  # known terms
    unknown: int  # how many terms no row has


@dataclass(frozen=True)
class TermField:
    """Binary term rows. Every weight depends only on the rows, so a delta equals a rebuild."""

    vocabulary: Vocabulary
    rows: sparse.csr_matrix

    @classmethod
    def build(cls, vocabulary: Vocabulary, texts: Sequence[Sequence[str]]) -> "TermField":
        return cls(vocabulary, _matrix([vocabulary.add(terms) for terms in texts]))

    def replaced(self, keep: Ints, texts: Sequence[Sequence[str]]) -> "TermField":
        """The rows of `keep`, then new ones."""
        fresh = _matrix([self.vocabulary.add(terms) for terms in texts])
        kept = self.rows[keep]
        width = max(fresh.shape[1], kept.shape[1])
        for part in (fresh, kept):
            part.resize(part.shape[0], width)
        return TermField(self.vocabulary, sparse.vstack([kept, fresh], format="csr"))

    def query(self, terms: Sequence[str], *, beyond: int = 0) -> Query:
        """Terms that more than `beyond` rows have are known."""
        known = [self.vocabulary.ids.get(term, -1) for term in terms]
        ids = np.array(
            [i for i in known if 0 <= i < self.rows.shape[1] and self._frequency[i] > beyond],
            dtype=np.int64,
        )
        return Query(ids=ids, unknown=len(terms) - len(ids))

    def cosine(self, query: Query) -> Floats:
        """Cosine of idf-weighted binary vectors; unknown terms lengthen the question's vector."""
        weights = self.idf[query.ids] ** 2
        length = np.sqrt(weights.sum() + query.unknown * self.unseen_idf**2)
        dots = self._gather(query.ids, weights)
        return np.asarray(dots / np.maximum(self._lengths * length, 1e-9))

    def bm25(self, query: Query) -> Floats:
        """BM25 divided by what the question would score against itself."""
        weights = self.idf[query.ids] * (_K1 + 1)
        size = len(query.ids) + query.unknown
        best = (weights.sum() + query.unknown * self.unseen_idf * (_K1 + 1)) / self._damping(size)
        scores = self._gather(query.ids, weights) / self._damping(self._sizes)
        return np.asarray(scores / max(best, 1e-9))

    def vectors(self, rows: Ints) -> sparse.csr_matrix:
        """Rows as unit vectors."""
        part = self.rows[rows]
        lengths = np.maximum(self._lengths[rows], 1e-9)
        part.data = self.idf[part.indices] / np.repeat(lengths, np.diff(part.indptr))
        return part

    def present(self, rows: Ints, ids: Ints) -> npt.NDArray[np.bool_]:
        """Which of the rows have which terms; a vocabulary may be wider than the rows are."""
        found = np.zeros((len(rows), len(ids)), dtype=bool)
        inside = ids < self.rows.shape[1]
        found[:, inside] = self.rows[rows][:, ids[inside]].toarray() > 0
        return found

    def count(self, term: str) -> int:
        """In how many rows a term is."""
        number = self.vocabulary.ids.get(term, -1)
        return int(self._frequency[number]) if 0 <= number < self.rows.shape[1] else 0

    def counts(self) -> dict[str, int]:
        """In how many rows each term is."""
        found = self._frequency
        return {t: int(found[i]) for t, i in self.vocabulary.ids.items() if i < len(found) and found[i]}

    def vector(self, query: Query) -> Floats:
        """The question as a unit vector (dense)."""
        dense = np.zeros(self.rows.shape[1])
        weights = self.idf[query.ids]
        length = np.sqrt((weights**2).sum() + query.unknown * self.unseen_idf**2)
        dense[query.ids] = weights / max(length, 1e-9)
        return dense

    @cached_property
    def idf(self) -> Floats:
        count = self.rows.shape[0]
        return np.asarray(np.log1p((count - self._frequency + 0.5) / (self._frequency + 0.5)))

    @cached_property
    def unseen_idf(self) -> float:
        return float(np.log1p((self.rows.shape[0] + 0.5) / 0.5))

    @cached_property
    def _by_term(self) -> sparse.csc_matrix:
        return self.rows.tocsc()

    @cached_property
    def _frequency(self) -> Ints:
        return np.bincount(self.rows.indices, minlength=self.rows.shape[1]).astype(np.int64)

    @cached_property
    def _sizes(self) -> Ints:
        return np.diff(self.rows.indptr).astype(np.int64)

    @cached_property
    def _lengths(self) -> Floats:
        squares = np.append(self.idf[self.rows.indices] ** 2, 0.0)
        sums = np.add.reduceat(squares, self.rows.indptr[:-1]) if self.rows.shape[0] else squares
        return np.asarray(np.sqrt(np.where(self._sizes > 0, sums, 0.0)))

    def _damping(self, size: Ints | int) -> Floats:
        average = max(float(self._sizes.mean()), 1e-9) if len(self._sizes) else 1.0
        return np.asarray(1 + _K1 * (1 - _B + _B * np.asarray(size) / average))

    def _gather(self, ids: Ints, weights: Floats) -> Floats:
        count = self.rows.shape[0]
        matrix = self._by_term
        if not len(ids) or not count:
            return np.zeros(count)
        spans = [matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]] for i in ids]
        sizes = [len(span) for span in spans]
        return np.bincount(np.concatenate(spans), weights=np.repeat(weights, sizes), minlength=count)

    def warm(self) -> None:
        """Compute what the first question would otherwise wait for."""
        _ = self._by_term, self._lengths, self.unseen_idf


def _matrix(rows: Sequence[Sequence[int]]) -> sparse.csr_matrix:
    sizes = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.fromiter((i for row in rows for i in row), dtype=np.int32, count=int(starts[-1]))
    width = int(columns.max()) + 1 if len(columns) else 0
    ones = np.ones(len(columns), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, columns, starts), shape=(len(rows), width))
    matrix.sort_indices()
    return matrix
