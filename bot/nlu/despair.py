"""Expressions of despair decide alone, once figures of speech are taken out of the text. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Despair:
    expressions: Sequence[str]
    figures: Sequence[str]  # 「累死了」「跳楼价」「死磕」

    def is_said(self, text: str) -> bool:
        plain = self.without_figures(text.lower())
        return bool(self._expressions and self._expressions.search(plain))

    def without_figures(self, text: str) -> str:
        return self._figures.sub(",", text) if self._figures else text

    @cached_property
    def _expressions(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.expressions)) if self.expressions else None

    @cached_property
    def _figures(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.figures)) if self.figures else None
