"""Questions that are none of our business, as the staff list them: what lies near one is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.analysis import Analysed, Analyser
from bot.knowledge.field import TermField, Vocabulary


@dataclass(frozen=True)
class Strays:
    chars: TermField
    words: TermField

    @classmethod
    def of(cls, texts: Sequence[str], *, analyser: Analyser) -> "Strays":
        rows = [analyser.analyse(text) for text in texts]
        return cls(
            chars=TermField.build(Vocabulary(), [row.grams for row in rows]),
            words=TermField.build(Vocabulary(), [row.words for row in rows]),
        )

    def nearness(self, asked: Analysed, *, without: int | None = None) -> float:
        """Likeness to the nearest one; `without` leaves one out."""
        if not self.chars.rows.shape[0]:
            return 0.0
        likeness = 0.5 * self.chars.cosine(self.chars.query(asked.grams))
        likeness += 0.5 * self.words.cosine(self.words.query(asked.words))
        if without is not None:
            likeness[without] = 0.0
        return float(np.max(likeness))
