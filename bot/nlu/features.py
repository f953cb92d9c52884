"""What the linear classifier sees of a text: character 1–3-grams, words, kinds of entities, shape. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

Block = Mapping[str, float]

# A hotline is a name, whatever else is a number.
_DIGITS = re.compile(r"(?!(?:110|119|120|12345|12333|12356)(?!\d))(?<!\d)\d+")
_SHORT_TEXT_CHARS = 4
_CUE_CHARS = 2
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]+")
_ASKS = re.compile(
    r"\?|吗|呢|啥|咋|怎么|怎样|什么|哪|如何|多少|多久|几|能不能|可不可以|是不是|有没有|谁|可以"
)
_ENGLISH = re.compile(
    r"\b(?:the|is|are|am|do|does|you|your|can|could|how|what|where|who|when|why|my|me|for|to|of|in|a|an|not|this|please)\b"
)
_ECHO = re.compile(r"(.)\1{2}|^(.{1,3})\2+$")
_MASHED = re.compile(r"[bcdfghjklmnpqrstvwxz]{4}|(.)\1\1")
_KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefg", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_ROW_RUN = 3
_TELLING_SHAPES = frozenset(("secho", "smashed", "sdigits", "senglish"))


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
    for shape in _shapes(text.lower()):
        terms[f"s{shape}"] = 1
    if len(plain) <= _SHORT_TEXT_CHARS:
        terms["short"] = 1
    return _dampened(characters), _dampened(terms)


def asks(text: str) -> bool:
    return bool(_ASKS.search(text))


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def is_cue(name: str) -> bool:
    """Whether a feature's name stands for at least two characters of the text itself, or its shape."""
    return name in _TELLING_SHAPES or (name[0] in "cw" and len(name[1:].strip("^$")) >= _CUE_CHARS)


def _shapes(text: str) -> Iterator[str]:
    """What a text looks like, whatever it says: a question, English, keys struck at random …"""
    if asks(text):
        yield "asks"
    if _ECHO.search(text):
        yield "echo"
    if has_han(text):
        return
    if _ENGLISH.search(text):
        yield "english"
    runs = _LATIN.findall(text)
    if runs:
        yield "latin"
        if any(_MASHED.search(run) or _along_a_row(run) for run in runs):
            yield "mashed"
    elif text.isdigit():
        yield "digits"


def _along_a_row(run: str) -> bool:
    return any(
        run[start : start + _ROW_RUN] in row
        for row in _KEYBOARD_ROWS
        for start in range(len(run) - _ROW_RUN + 1)
    )


def _dampened(counts: Counter[str]) -> Block:
    return {name: 1 + math.log(count) for name, count in counts.items()}
