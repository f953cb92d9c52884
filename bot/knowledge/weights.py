"""Fitting what the features are worth, from the FAQs' own phrasings."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from bot.knowledge.field import Floats
from bot.knowledge.rank import FEATURES

_NEGATIVE = -6.0


def fit_weights(groups: Sequence[tuple[Floats, int]], *, strength: float = 2.0) -> dict[str, float]:
    """Conditional logit: in each group of candidates one row is right. Ridge-penalised."""
    sizes = [len(table) for table, _ in groups]
    stacked = np.vstack([table for table, _ in groups])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = starts + np.array([answer for _, answer in groups])

    def loss(vector: Floats) -> tuple[float, Floats]:
        scores = stacked @ vector
        scores = scores - np.repeat(np.maximum.reduceat(scores, starts), sizes)
        odds = np.exp(scores)
        sums = np.add.reduceat(odds, starts)
        value = float(np.log(sums).sum() - scores[right].sum() + strength * (vector @ vector) / 2)
        share = odds / np.repeat(sums, sizes)
        slope = stacked.T @ share - stacked[right].sum(axis=0) + strength * vector
        return value, slope

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    weights = dict(zip(FEATURES, map(float, found.x), strict=True))
    # Phrasings of a FAQ hardly ever meet its negatives, so this one cannot be learned from them.
    return weights | {"negative": _NEGATIVE}
