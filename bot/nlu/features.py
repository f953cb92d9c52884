"""What the linear classifier sees of a text: character 1–3-grams, words, kinds of entities. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Block = Mapping[str, float]

_DIGITS = re.compile(r"\d+")
_SHORT_TEXT_CHARS = 4
_CUE_CHARS = 2


def blocks_of(*, text: str, words: Sequence[str], labels: Iterable[str]) -> tuple[Block, Block]:
    """Feature counts of normalised text in two blocks: characters, and words with entity kinds.

    Character n-grams ignore word borders, so a wrong segmentation cannot hide them.
    """
    # Which number it is says nothing about the intent, that it is one does.
    plain = _DIGITS.sub("0", text.lower())
    framed = f"^{plain}$"
    characters: Counter[str] = Counter()
    for size in (1, 2, 3):
        for start in range(len(framed) - size + 1):
            characters[f"c{framed[start : start + size]}"] += 1
    terms: Counter[str] = Counter()
    known = [_DIGITS.sub("0", word.lower()) for word in words if word.strip()]
    for word in known:
        terms[f"w{word}"] += 1
    for first, second in pairwise(known):
        terms[f"b{first}\t{second}"] += 1
    for label in labels:
        terms[f"e{label}"] = 1
    if len(plain) <= _SHORT_TEXT_CHARS:
        terms["short"] = 1
    return _dampened(characters), _dampened(terms)


def is_cue(name: str) -> bool:
    """Whether a feature's name stands for at least two characters of the text itself."""
    return name[0] in "cw" and len(name[1:].strip("^$")) >= _CUE_CHARS


def _dampened(counts: Counter[str]) -> Block:
    return {name: 1 + math.log(count) for name, count in counts.items()}
