"""From scores to a probability that can be trusted, and the two cuts between the bands.

Fitted from the published FAQs alone: each phrasing asked while left out (right answers), asked
while its whole FAQ is left out (a question nobody has answered yet), and the staff's list of
questions out of scope. Stored with the release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from bot.knowledge.field import Floats
from bot.knowledge.index import Index, Question
from bot.knowledge.rank import FEATURES, Scored, features, order
from bot.knowledge.strays import Strays
from bot.knowledge.weights import fit_weights

_OF_THE_BEST = ("cover", "char", "word", "ridge", "telling", "pooled", "within", "body_alone")
CONFIDENCE = (
    "subject",
    "margin",
    "share",
    *_OF_THE_BEST,
    "domain",
    "conflict",
    "unknown",
    "strange",
    "stray",
)
_FAQ_LEFT_OUT, _STRAY = 0.1, 4.0  # weights: the one is harder than life, the other are few
_SAMPLE = 900  # questions asked for the fit; more takes longer and changes nothing
_FEWEST = 60  # below this the shipped figures are kept
_EASIER = 1.5  # nats: what people ask lies nearer to a FAQ than a phrasing left out (measured)
_SURE = 0.8  # a wrong answer costs about as much as four needless offers
_STRAY_AT_MOST = 0.03  # of questions out of scope answered directly


@dataclass(frozen=True)
class Calibration:
    weights: Mapping[str, float]  # of the ranking features
    slopes: Mapping[str, float]  # of the CONFIDENCE features
    intercept: float
    answer_at: float
    offer_at: float
    fitted_on: int = 0
    strays: tuple[str, ...] = ()  # the list of questions out of scope it was fitted with

    def probability(self, values: Mapping[str, float]) -> float:
        score = self.intercept + sum(self.slopes.get(name, 0.0) * values[name] for name in CONFIDENCE)
        return float(_odds(score))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any] | None) -> "Calibration":
        """The stored figures, or the shipped ones when there are none for these features."""
        if not stored or not set(CONFIDENCE) <= set(stored["slopes"]):
            return SHIPPED
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        return cls(**known | {"strays": tuple(stored.get("strays", ()))})


def confidence(
    scored: Sequence[Scored], *, question: Question, rival: Scored | None, stray: float
) -> dict[str, float]:
    """What the top candidate's probability is judged by. `rival` is the best different answer."""
    best = scored[0]
    odds = np.exp(np.array([one.total for one in scored]) - best.total)
    conflict = sum(value for name, value in best.parts.items() if name.endswith("_conflict"))
    return {
        "subject": best.subject,
        "margin": best.total - rival.total if rival else 3.0,
        "share": float(1 / odds.sum()),
        **{name: best.parts[name] for name in _OF_THE_BEST},
        "conflict": conflict,
        "unknown": question.unknown,
        "strange": question.strange,
        "domain": question.domain,
        "stray": stray,
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
    near = Strays.of(out_of_scope, analyser=index.analyser)
    judged: list[tuple[dict[str, float], bool, bool]] = []  # values, right, in scope
    for (position, _), (positions, table, question) in zip(rows, asked, strict=True):
        for left_out in (False, True):
            keep = [n for n, one in enumerate(positions) if not (left_out and one == position)]
            if keep:
                scored = order(index, [positions[n] for n in keep], table[keep], vector)
                right = scored[0].position == position
                values = _judge(index, scored, question, near.nearness(question.analysed))
                judged.append((values, right, not left_out))
    strays = []
    for number, text in enumerate(out_of_scope):
        question = index.question(text)
        hits, table = features(index, question, today=today)
        if hits:
            scored = order(index, [hit.position for hit in hits], table, vector)
            stray = near.nearness(question.analysed, without=number)
            strays.append(_judge(index, scored, question, stray))
    return replace(_fit(weights, judged, strays), strays=tuple(out_of_scope))


def _fit(
    weights: Mapping[str, float],
    judged: Sequence[tuple[dict[str, float], bool, bool]],
    strays: Sequence[dict[str, float]],
) -> Calibration:
    # Half a second of imports that only a new release needs.
    from sklearn.linear_model import LogisticRegression

    table = np.array([[v[name] for name in CONFIDENCE] for v in [*(j[0] for j in judged), *strays]])
    right = np.array([j[1] for j in judged] + [False] * len(strays))
    within = np.array([j[2] for j in judged] + [False] * len(strays))
    stray = np.array([False] * len(judged) + [True] * len(strays))
    importance = np.where(within, 1.0, np.where(stray, _STRAY, _FAQ_LEFT_OUT))
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(table, right, sample_weight=importance)
    chances: Floats = _odds(model.decision_function(table) + _EASIER)
    return Calibration(
        weights=weights,
        slopes=dict(zip(CONFIDENCE, map(float, model.coef_[0]), strict=True)),
        intercept=float(model.intercept_[0]) + _EASIER,
        answer_at=_answer_cut(chances[stray]),
        offer_at=_offer_cut(chances[right & within], chances[stray]),
        fitted_on=int(within.sum()),
    )


def _odds(score: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


def _answer_cut(stray: Floats) -> float:
    """Sure enough, and above nearly everything that is none of our business."""
    kept_out = float(np.quantile(stray, 1 - _STRAY_AT_MOST)) if len(stray) else 0.0
    return float(round(np.clip(kept_out, _SURE, 0.97), 3))


def _offer_cut(found: Floats, stray: Floats) -> float:
    """Most strays fall below it; how much of what is right may fall with them is bounded."""
    lost = float(np.quantile(found, 0.08)) if len(found) else 0.3
    kept_out = float(np.quantile(stray, 0.85)) if len(stray) else 0.3
    return float(np.clip(min(lost, kept_out), 0.15, 0.5))


def _ask(index: Index, position: int, row: int, today: date) -> tuple[list[int], Floats, Question]:
    number = row - int(index.starts[position])
    question = index.asked(index.analyser.analyse(index.entries[position].faq.says()[number]), left_out=True)
    hits, table = features(index, question, today=today, without_row=row)
    return [hit.position for hit in hits], table, question


def _judge(index: Index, scored: Sequence[Scored], question: Question, stray: float) -> dict[str, float]:
    best = index.entries[scored[0].position]
    rest = [one for one in scored[1:] if not best.twin_of(index.entries[one.position])]
    rival = rest[0] if rest else None
    scored = [scored[0], *rest]
    return confidence(scored, question=question, rival=rival, stray=stray)


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
        "char": -0.78,
        "word": 0.34,
        "second": 0.86,
        "standard": 1.88,
        "ridge": 4.89,
        "body": 4.8,
        "cover": 4.38,
        "pooled": 1.45,
        "pooled_words": 2.45,
        "telling": 0.54,
        "body_alone": 2.49,
        "within": 0.86,
        "negative": -6.0,
        "item_agree": 0.94,
        "programme_agree": 0.6,
        "tier_agree": -0.05,
        "degree_agree": 0.04,
        "aspect_agree": 0.47,
        "item_conflict": -0.05,
        "programme_conflict": -0.19,
        "tier_conflict": 0.42,
        "degree_conflict": 0.99,
        "aspect_conflict": -0.47,
        "item_unasked": -0.34,
        "programme_unasked": -0.01,
        "tier_unasked": -0.38,
        "degree_unasked": -0.87,
        "aspect_unasked": -0.07,
        "foreign": -0.95,
        "region_named": 2.82,
    },
    slopes={
        "subject": 0.4,
        "margin": 0.1,
        "share": 2.23,
        "cover": 0.58,
        "char": -3.78,
        "word": -1.08,
        "ridge": 1.39,
        "telling": -0.67,
        "pooled": -0.59,
        "within": 0.63,
        "body_alone": 0.66,
        "domain": -0.37,
        "conflict": 0.19,
        "unknown": -2.45,
        "strange": -2.07,
        "stray": -3.93,
    },
    intercept=0.21,
    answer_at=0.75,  # a small library has few near questions to mistake one for
    offer_at=0.45,
)
