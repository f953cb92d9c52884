"""What cannot be put right without the original: marked for the reviewer, never filled in."""

import re
from collections import Counter

from bot.text.clean_clutter import Clutter, Note
from bot.text.clean_findings import FindingKind, Line, Report
from bot.text.clean_readings import HAN

_EMPTY = re.compile(r"“ ?”|‘ ?’|《 ?》|「 ?」|\" ?\"")
_STARS = re.compile(r"(?<![0-9A-Za-z*])\*{2,}(?![0-9A-Za-z*])")
_CONTEXT = 8
_SENTENCE = re.compile(r"[^。!?]+[。!?]?")
_PAIR = re.compile(f"(?=([{HAN}]{{2}}))")
_FAMILIAR = 0.12  # share of a sentence's pairs of characters that the document uses elsewhere


class WordDoubts:
    def __init__(self, clutter: Clutter, report: Report) -> None:
        self._report = report
        right = [*clutter.swallowed_unless, *(one.meant for one in clutter.swallowed)]
        self._right = re.compile(f"(?=({'|'.join(map(re.escape, right))}))")
        self._anywhere = {one.found: one.meant for one in clutter.swallowed if not one.opens_clause}
        self._opening = {one.found: one.meant for one in clutter.swallowed if one.opens_clause}
        self._rests = re.compile("|".join(map(re.escape, self._anywhere)))  # longest first
        opening = "|".join(map(re.escape, self._opening))
        self._opens = re.compile(rf"(?:(?<=[,。;:、!?(“])|^)(?P<rest>{opening})[{HAN}]{{2,{_CONTEXT}}}")

    def mark(self, line: Line) -> None:
        for pattern, note in ((_EMPTY, Note.EMPTY_QUOTES), (_STARS, Note.STARS)):
            for match in pattern.finditer(line.text):
                start, end = max(match.start() - _CONTEXT, 0), match.end() + _CONTEXT
                self._report.doubt(FindingKind.BLOCKED, line.number, line.text[start:end], note)
        self._mark_swallowed(line)

    def _mark_swallowed(self, line: Line) -> None:
        right = [match.span(1) for match in self._right.finditer(line.text)]

        def mark(match: re.Match[str], rest: str, meant: str) -> None:
            start, end = match.start(), match.start() + len(rest)
            if not any(start < last and first < end for first, last in right):
                kind, note = FindingKind.SWALLOWED, Note.SWALLOWED
                self._report.doubt(kind, line.number, match[0], note, meant=meant)

        for match in self._rests.finditer(line.text):
            mark(match, match[0], self._anywhere[match[0]])
        for match in self._opens.finditer(line.text):
            mark(match, match["rest"], self._opening[match["rest"]])


def doubt_foreign(lines: list[Line], clutter: Clutter, report: Report) -> None:
    """A sentence in the words of novels that shares next to nothing with the rest of the document."""
    sentences = [(line, match[0]) for line in lines for match in _SENTENCE.finditer(line.text)]
    uses = Counter(pair for _, sentence in sentences for pair in _pairs(sentence))
    for line, sentence in sentences:
        pairs = _pairs(sentence)
        if len(pairs) < 8 or sum(word in sentence for word in clutter.narrative) < 2:
            continue
        familiar = sum(uses[pair] > 1 for pair in pairs)
        if familiar <= _FAMILIAR * len(pairs):
            report.doubt(FindingKind.FOREIGN, line.number, sentence, Note.FOREIGN)


def _pairs(sentence: str) -> set[str]:
    return {match[1] for match in _PAIR.finditer(sentence)}
