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
_FAMILIAR = 0.12  # share of a sentence's pairs of characters that the document uses elsewhere


def doubt_words(line: Line, clutter: Clutter, report: Report) -> None:
    for pattern, note in ((_EMPTY, Note.EMPTY_QUOTES), (_STARS, Note.STARS)):
        for match in pattern.finditer(line.text):
            start, end = match.start() - _CONTEXT, match.end() + _CONTEXT
            report.doubt(FindingKind.BLOCKED, line.number, line.text[max(start, 0) : end], note)
    _doubt_swallowed(line, clutter, report)


def _doubt_swallowed(line: Line, clutter: Clutter, report: Report) -> None:
    text = line.text
    taken: list[tuple[int, int]] = []
    right = [
        match.span()
        for word in (*clutter.swallowed_unless, *{one.meant for one in clutter.swallowed})
        for match in re.finditer(re.escape(word), text)
    ]
    for one in clutter.swallowed:  # longest first
        before = r"(?:(?<=[,。;:、!?(“])|^)" if one.opens_clause else ""
        for match in re.finditer(before + re.escape(one.found), text):
            start, end = match.span()
            if any(start < stop and first < end for first, stop in [*right, *taken]):
                continue
            if one.opens_clause and not re.match(rf"[{HAN}]{{2}}", text[end:]):
                continue
            taken.append((start, end))
            shown = text[start : end + (_CONTEXT if one.opens_clause else 0)]
            report.doubt(FindingKind.SWALLOWED, line.number, shown, Note.SWALLOWED, meant=one.meant)


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
    return {
        sentence[i : i + 2]
        for i in range(len(sentence) - 1)
        if re.fullmatch(f"[{HAN}]{{2}}", sentence[i : i + 2])
    }
