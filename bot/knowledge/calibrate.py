"""From scores to a probability that can be trusted, and the two cuts between the bands.

Fitted from the published FAQs alone: each phrasing asked while left out (right answers), asked
while its whole FAQ is left out (a question nobody has answered yet), and the staff's list of
questions out of scope. Stored with the release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.knowledge.field import Floats
from bot.knowledge.index import Index
from bot.knowledge.rank import FEATURES, Scored, features, order
from bot.knowledge.weights import fit_weights

CONFIDENCE = ("total", "margin", "share", "cover", "char", "word", "ridge", "conflict", "unknown")
_SAMPLE = 900  # questions asked for the fit; more takes longer and changes nothing
_FEWEST = 60  # below this the shipped figures are kept
_WRONG_AT_MOST = 0.05  # of direct answers; a phrasing left out is harder than life
_STRAY_AT_MOST = 0.05  # of questions out of scope answered directly


@dataclass(frozen=True)
class Calibration:
    weights: Mapping[str, float]  # of the ranking features
    slopes: Mapping[str, float]  # of the CONFIDENCE features
    intercept: float
    answer_at: float
    offer_at: float
    fitted_on: int = 0

    def probability(self, values: Mapping[str, float]) -> float:
        score = self.intercept + sum(self.slopes[name] * values[name] for name in CONFIDENCE)
        return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any] | None) -> "Calibration":
        """The stored figures, or the shipped ones when there are none for these features."""
        if not stored or not set(CONFIDENCE) <= set(stored["slopes"]):
            return SHIPPED
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__})


def confidence(scored: Sequence[Scored], *, unknown: float, rival: Scored | None) -> dict[str, float]:
    """What the top candidate's probability is judged by. `rival` is the best different answer."""
    best = scored[0]
    odds = np.exp(np.array([one.total for one in scored]) - best.total)
    conflict = sum(value for name, value in best.parts.items() if name.endswith("_conflict"))
    return {
        "total": best.total,
        "margin": best.total - rival.total if rival else 3.0,
        "share": float(1 / odds.sum()),
        "cover": best.parts["cover"],
        "char": best.parts["char"],
        "word": best.parts["word"],
        "ridge": best.parts["ridge"],
        "conflict": conflict,
        "unknown": unknown,
    }


def calibrate(index: Index, *, out_of_scope: Sequence[str], today: date) -> Calibration:
    rows = _sample(index)
    if len(rows) < _FEWEST:
        return SHIPPED
    asked = [_ask(index, position, row, today) for position, row in rows]
    groups = [
        (table, positions.index(position))
        for (position, _), (positions, table, _) in zip(rows, asked, strict=True)
        if position in positions
    ]
    weights = fit_weights(groups)
    vector = np.array([weights[name] for name in FEATURES])
    judged: list[tuple[dict[str, float], bool, bool]] = []  # values, right, in scope
    for (position, _), (positions, table, unknown) in zip(rows, asked, strict=True):
        for left_out in (False, True):
            keep = [n for n, one in enumerate(positions) if not (left_out and one == position)]
            if keep:
                scored = order(index, [positions[n] for n in keep], table[keep], vector)
                right = scored[0].position == position
                judged.append((_judge(index, scored, unknown), right, not left_out))
    strays = []
    for text in out_of_scope:
        question = index.question(text)
        hits, table = features(index, question, today=today)
        if hits:
            scored = order(index, [hit.position for hit in hits], table, vector)
            strays.append(_judge(index, scored, question.unknown))
    return _fit(weights, judged, strays)


def _fit(
    weights: Mapping[str, float],
    judged: Sequence[tuple[dict[str, float], bool, bool]],
    strays: Sequence[dict[str, float]],
) -> Calibration:
    table = np.array([[v[name] for name in CONFIDENCE] for v in [*(j[0] for j in judged), *strays]])
    right = np.array([j[1] for j in judged] + [False] * len(strays))
    within = np.array([j[2] for j in judged] + [False] * len(strays))
    stray = np.array([False] * len(judged) + [True] * len(strays))
    # Asking while the FAQ is left out is harder than life, so it weighs less than a real stray.
    importance = np.where(within, 1.0, np.where(stray, 2.0, 0.1))
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(table, right, sample_weight=importance)
    chances: Floats = model.predict_proba(table)[:, 1]
    return Calibration(
        weights=weights,
        slopes=dict(zip(CONFIDENCE, map(float, model.coef_[0]), strict=True)),
        intercept=float(model.intercept_[0]),
        answer_at=_answer_cut(chances, right, within, stray),
        offer_at=_offer_cut(chances, right & within, stray),
        fitted_on=int(within.sum()),
    )


def _answer_cut(chances: Floats, right: Floats, within: Floats, stray: Floats) -> float:
    """The lowest cut that keeps wrong and stray direct answers rare."""
    for cut in np.arange(0.5, 0.95, 0.01):
        direct = (chances >= cut) & within
        wrong = (direct & ~right).sum() / max(direct.sum(), 1)
        strayed = ((chances >= cut) & stray).sum() / max(stray.sum(), 1)
        if wrong <= _WRONG_AT_MOST and strayed <= _STRAY_AT_MOST:
            return float(round(cut, 2))
    return 0.95


def _offer_cut(chances: Floats, found: Floats, stray: Floats) -> float:
    """Most strays fall below it; how much of what is right may fall with them is bounded."""
    lost = float(np.quantile(chances[found], 0.04)) if found.any() else 0.2
    kept_out = float(np.quantile(chances[stray], 0.85)) if stray.any() else 0.2
    return float(np.clip(min(lost, kept_out), 0.05, 0.35))


def _ask(index: Index, position: int, row: int, today: date) -> tuple[list[int], Floats, float]:
    number = row - int(index.starts[position])
    question = index.asked(index.analyser.analyse(index.entries[position].faq.says()[number]))
    hits, table = features(index, question, today=today, without_row=row)
    return [hit.position for hit in hits], table, question.unknown


def _judge(index: Index, scored: Sequence[Scored], unknown: float) -> dict[str, float]:
    best = index.entries[scored[0].position]
    rest = [one for one in scored[1:] if not best.twin_of(index.entries[one.position])]
    rival = rest[0] if rest else None
    scored = [scored[0], *rest]
    return confidence(scored, unknown=unknown, rival=rival)


def _sample(index: Index) -> list[tuple[int, int]]:
    """(entry, row) of every phrasing beside the standard question, or a fixed draw of them."""
    rows = [
        (position, int(index.starts[position]) + number)
        for position, entry in enumerate(index.entries)
        for number in range(1, entry.positives)
    ]
    if len(rows) <= _SAMPLE:
        return rows
    picked = np.random.default_rng(0).choice(len(rows), size=_SAMPLE, replace=False)
    return [rows[n] for n in sorted(picked)]


# Used until a library is large enough to fit its own; fitted once on the FAQs we ship.
SHIPPED = Calibration(
    weights={
        "char": 0.5,
        "word": 0.5,
        "second": 0.9,
        "standard": 3.0,
        "ridge": 2.4,
        "body": 5.0,
        "cover": 6.0,
        "negative": -4.0,
        "item_agree": 1.9,
        "programme_agree": 1.5,
        "tier_agree": 1.0,
        "degree_agree": 0.8,
        "aspect_agree": 1.2,
        "item_conflict": -0.8,
        "programme_conflict": -0.5,
        "tier_conflict": -0.5,
        "aspect_conflict": -0.5,
        "item_unasked": -0.6,
        "region_named": 2.0,
    },
    slopes={
        "total": 0.25,
        "margin": 0.5,
        "share": 1.0,
        "cover": 2.5,
        "char": 3.0,
        "word": 1.5,
        "ridge": 1.5,
        "conflict": -0.6,
        "unknown": -3.0,
    },
    intercept=-5.0,
    answer_at=0.6,
    offer_at=0.15,
)
