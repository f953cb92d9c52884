"""Advertisements of other places, gambling and pornography set between the words of a document."""

import re
from collections import Counter

from bot.text.clean_clutter import Clutter, Note
from bot.text.clean_findings import FindingKind, Line, Report
from bot.text.clean_lines import OPENS_STRUCTURE

_GAP = " ∙·•|"
_HOME_SHARE = 0.25  # a province named so often beside the most named one is the document's own
_SENTENCE_END = "。!?;】"


class Adverts:
    """Cut: a foreign place and nothing but words of job and exam sites, at the edge of a line."""

    def __init__(self, lines: list[Line], clutter: Clutter, report: Report) -> None:
        self._clutter, self._report = clutter, report
        places = "|".join(sorted(map(re.escape, clutter.places), key=len, reverse=True))
        words = "|".join(map(re.escape, clutter.ad_words))
        self._advert = re.compile(
            rf"(?:(?:19|20)\d\d年?)?(?P<place>{places})(?:(?:19|20)\d\d年?)?(?P<words>(?:{words})+)"
        )
        self._place = re.compile(places)
        named = Counter(place[0] for line in lines for place in self._place.finditer(self._other_words(line)))
        provinces: Counter[str] = Counter()
        for name, count in named.items():
            provinces[clutter.places[name]] += count
        top = max(provinces.values(), default=0)
        self._home = {province for province, count in provinces.items() if count >= _HOME_SHARE * top}
        self._most_named = {province for province, count in provinces.items() if count == top}
        self._named = set(named)

    def without(self, line: Line) -> Line:
        """One after the other: with the first gone, the next may stand beside a structure mark."""
        text = line.text
        while (advert := self._next(text)) is not None:
            start, end = advert
            while end < len(text) and text[end] in _GAP:
                end += 1
            self._report.cut(
                FindingKind.ADVERTISEMENT, line.number, text[start:end].rstrip(), Note.ADVERTISEMENT
            )
            text = (text[:start].rstrip(_GAP) + text[end:]).strip()
        for start, end in self._candidates(text):
            before_mark = not start and OPENS_STRUCTURE.match(text[end:].lstrip(_GAP))
            if before_mark or self._elsewhere(text[start:end]):
                self._report.doubt(
                    FindingKind.ADVERTISEMENT, line.number, text[start:end], Note.ADVERTISEMENT_UNSURE
                )
        return Line(line.number, text, line.apart)

    def _next(self, text: str) -> tuple[int, int] | None:
        for start, end in self._candidates(text):
            if self._foreign(text[start:end]) and self._beside_structure(text, start, end):
                return start, end
        return None

    def _candidates(self, text: str) -> list[tuple[int, int]]:
        """Whole pieces between the edges of the line, blanks and structure marks."""
        found: list[tuple[int, int]] = []
        for match in self._advert.finditer(text):
            start, end = match.span()
            opens = not start or text[start - 1] in _GAP + _SENTENCE_END
            after = text[end:]
            closes = not after or after[0] in _GAP or OPENS_STRUCTURE.match(after) is not None
            if opens and closes and any(word in match["words"] for word in self._clutter.ad_strong):
                found.append((start, end))
        return found

    def _elsewhere(self, advert: str) -> bool:
        return self._clutter.places[self._place_in(advert)] not in self._most_named

    def _foreign(self, advert: str) -> bool:
        """The document says nowhere else anything of the place, and speaks for another."""
        place = self._place_in(advert)
        return bool(self._home) and self._clutter.places[place] not in self._home and place not in self._named

    def _place_in(self, advert: str) -> str:
        place = self._place.search(advert)
        assert place is not None
        return place[0]

    def _beside_structure(self, text: str, start: int, end: int) -> bool:
        """The whole line; before a 【, (二) or 一、; or behind a sentence or a 【…】 entry."""
        before, after = text[:start].rstrip(_GAP), text[end:].lstrip(_GAP)
        if not before:
            return not after or OPENS_STRUCTURE.match(after) is not None
        return not after and (before[-1] in _SENTENCE_END or before.startswith("【"))

    def _other_words(self, line: Line) -> str:
        parts: list[str] = []
        last = 0
        for start, end in self._candidates(line.text):
            parts.append(line.text[last:start])
            last = end
        return "".join([*parts, line.text[last:]])


class Unlawful:
    """Gambling words are cut out, lines of pornography dropped; texts that fight either are left alone."""

    def __init__(self, clutter: Clutter, report: Report) -> None:
        self._clutter, self._report = clutter, report
        self._anywhere = re.compile("|".join(map(re.escape, clutter.gambling)))
        edge = "|".join(map(re.escape, clutter.gambling_at_edge))
        self._edge = re.compile(rf"^(?:{edge})(?=[ 、。,(【]|$)|(?<=[ 。])(?:{edge})$")
        self._indecent = re.compile("|".join(map(re.escape, clutter.indecent)))

    def without(self, line: Line) -> Line | None:
        text, number = line.text, line.number
        found = self._anywhere.search(text) or self._edge.search(text) or self._indecent.search(text)
        if found is None:
            return line
        if any(word in text for word in self._clutter.against):
            self._report.doubt(FindingKind.UNLAWFUL, number, found[0], Note.UNLAWFUL_UNSURE)
            return line
        if self._indecent.search(text):
            self._report.cut(FindingKind.UNLAWFUL, number, text, Note.INDECENT)
            return None
        for pattern in (self._anywhere, self._edge):
            for match in pattern.finditer(text):
                self._report.cut(FindingKind.UNLAWFUL, number, match[0], Note.UNLAWFUL)
            text = pattern.sub("", text)
        return Line(number, text.strip(), line.apart) if text.strip() else None
