"""Segmentation with our vocabulary in a tokenizer of its own: jieba's shared one stays untouched."""

import logging
import warnings
from collections.abc import Iterable
from math import log

with warnings.catch_warnings():  # jieba still asks setuptools for a module that is going away
    warnings.simplefilter("ignore")
    import jieba

_WORD_FREQUENCY = 100_000  # above every dictionary word, so that ours are never cut


class Words:
    """Cuts text into words; the lexicon's words stay whole."""

    def __init__(self, *, keep_whole: Iterable[str]) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        self._general: dict[str, int] = {}  # what the dictionary said of our words
        for word in keep_whole:
            self._general[word] = self.frequency(word)
            self._tokenizer.add_word(word, freq=_WORD_FREQUENCY)

    def cut(self, text: str) -> list[str]:
        return [word for word in self._tokenizer.lcut(text, HMM=False) if not word.isspace()]

    def frequency(self, word: str) -> int:
        """How often general text and our vocabulary use it; 0 if it is no word."""
        return int(self._tokenizer.FREQ.get(word) or 0)

    def share(self, word: str) -> float:
        return max(self.frequency(word), 1) / int(self._tokenizer.total)

    def rarity(self, word: str) -> float:
        """How rare a word is in general text, in nats; ours are as rare there as any other."""
        count = self._general.get(word, self.frequency(word))
        return log(self._tokenizer.total) - log(max(count, 1))

    def cost(self, word: str) -> float:
        """The rarer, the dearer, in nats."""
        return -log(self.share(word))
