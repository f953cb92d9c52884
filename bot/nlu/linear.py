"""A multinomial linear classifier over named features, stored as plain arrays (never pickled)."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.nlu.features import Block, is_cue

_C = 1.0
_BALANCE = 0.3  # 0: every example counts the same; 1: every label does
_MIN_DOCUMENTS = 2
_FOLDS = 4
_SEED = 20260101

Sample = tuple[Block, ...]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats  # features × labels
    bias: Floats
    temperature: float

    def probabilities(self, sample: Sample) -> dict[str, float]:
        """Calibrated probability of every label, highest first."""
        scores = self.bias.astype(np.float64)
        for index, value in _weighted(sample, self.vocabulary, self.idf):
            scores = scores + value * self.weights[index]
        scores = scores / self.temperature
        exponents = np.exp(scores - scores.max())
        found = exponents / exponents.sum()
        order = np.argsort(-found, kind="stable")
        return {self.labels[place]: float(found[place]) for place in order}

    def has_cue(self, sample: Sample, label: str) -> bool:
        """Whether two or more characters in a row, or a word, speak for the label."""
        column = self.labels.index(label)
        for block in sample:
            for name in block:
                index = self.vocabulary.get(name)
                if index is not None and is_cue(name) and self.weights[index, column] > 0:
                    return True
        return False

    def save(self, folder: Path) -> None:
        np.savez(folder / "linear.npz", idf=self.idf, weights=self.weights, bias=self.bias)
        meta = {
            "labels": self.labels,
            "vocabulary": self.vocabulary,
            "temperature": self.temperature,
        }
        (folder / "linear.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        meta = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            model = cls(
                labels=tuple(meta["labels"]),
                vocabulary=meta["vocabulary"],
                idf=arrays["idf"],
                weights=arrays["weights"],
                bias=arrays["bias"],
                temperature=meta["temperature"],
            )
        shape = (len(model.vocabulary), len(model.labels))
        # A model that lost its weights would answer everything with the same intent.
        if model.weights.shape != shape or not np.isfinite(model.weights).all():
            raise ValueError("the stored classifier is damaged; train again")
        return model


def fit(samples: Sequence[Sample], labels: Sequence[str]) -> LinearModel:
    """Train and calibrate; the same data gives the same model."""
    # scikit-learn is needed for training only; serving does without it.
    from scipy.sparse import csr_matrix
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.svm import LinearSVC

    frequency: Counter[str] = Counter()
    for sample in samples:
        for block in sample:
            frequency.update(block.keys())
    names = sorted(name for name, count in frequency.items() if count >= _MIN_DOCUMENTS)
    vocabulary = {name: index for index, name in enumerate(names)}
    idf = np.array(
        [1 + math.log((1 + len(samples)) / (1 + frequency[name])) for name in names],
        dtype=np.float32,
    )
    rows, columns, values = [], [], []
    for row, sample in enumerate(samples):
        for index, value in _weighted(sample, vocabulary, idf):
            rows.append(row)
            columns.append(index)
            values.append(value)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(samples), len(names)))
    order = tuple(sorted(set(labels)))
    targets = np.array([order.index(label) for label in labels])
    sizes = Counter(int(target) for target in targets)
    weights = {target: (len(labels) / len(order) / size) ** _BALANCE for target, size in sizes.items()}
    # As right as logistic regression here, in a tenth of its time.
    machine = LinearSVC(C=_C, class_weight=weights, random_state=_SEED)
    folds = StratifiedKFold(n_splits=_FOLDS, shuffle=True, random_state=_SEED)
    held_out = cross_val_predict(machine, matrix, targets, cv=folds, method="decision_function")
    machine.fit(matrix, targets)
    return LinearModel(
        labels=order,
        vocabulary=vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
        bias=machine.intercept_.astype(np.float32),
        temperature=_temperature(held_out, targets),
    )


def _temperature(scores: npt.NDArray[np.float64], targets: npt.NDArray[np.int64]) -> float:
    """The divisor of scores under which the held-out labels are most likely."""

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(axis=1))
        return float((log_sum - scaled[np.arange(len(targets)), targets]).mean())

    return float(min(np.geomspace(0.02, 5.0, 97), key=loss))


def _weighted(sample: Sample, vocabulary: dict[str, int], idf: Floats) -> Iterator[tuple[int, float]]:
    """Known features as (index, weight); each block has length 1."""
    for block in sample:
        found = [
            (index, count * float(idf[index]))
            for name, count in block.items()
            if (index := vocabulary.get(name)) is not None
        ]
        length = math.sqrt(sum(value * value for _, value in found))
        yield from ((index, value / length) for index, value in found)
