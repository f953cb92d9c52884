"""The fact sheet cut into statements, each with its sources, its places and the year it is limited to."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.content.figures import arabic
from tests.content.shipped import REGIONS

SHEET = Path(__file__).resolve().parents[2] / ".." / "shared" / "domain" / "facts.md"
_BRACKET = re.compile(r"\[([^\]\[]*[|｜][^\]\[]*|P28,P28b)\]")
_CODE = re.compile(r"[SPQHT]\d+b?|公共号码")
_CONFIDENCE = re.compile(r"[高中低]")
_OPENING = 12  # characters in which a line says which place it is about
_ONLY_YEAR = re.compile(r"仅(20\d\d)")
# A name also tells that its city or county is meant: 济南国际机场, 晋江购房补助.
_PLACES = {
    alias: region["code"]
    for region in REGIONS
    if region["code"] != "000000"
    for alias in [region["name"], *region["aliases"]]
}
# 厦门大学 is no place.
_ANY_PLACE = re.compile(
    f"(?:{'|'.join(sorted(map(re.escape, _PLACES), key=len, reverse=True))})(?!大学|学院)"
)


@dataclass(frozen=True)
class Statement:
    text: str
    line: str  # the whole line under its heading, which may name the place
    place: frozenset[str]  # codes of the places the line begins with
    codes: frozenset[str]
    confidence: frozenset[str]
    only_year: str | None
    section: str  # A … I, empty in front and in the table of sources


def tidy(text: str) -> str:
    """Markup, spaces and the width of punctuation do not count; dates and figures are written one way."""
    text = text.replace("**", "").replace("（", "(").replace("）", ")").replace("—", "–").replace("；", ";")
    text = re.sub(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", _date, text)
    text = re.sub(r"(?<!\d)(20\d\d)-(\d\d)(?!-?\d)", _month, text)
    return arabic(re.sub(r"\s+", "", text))


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{match.group()}={year}年{int(month)}月{int(day)}日"


def _month(match: re.Match[str]) -> str:
    year, month = match.groups()
    return f"{match.group()}={year}年{int(month)}月"


def places_in(text: str) -> set[str]:
    """Codes of the places a text names; a province beside one of its cities does not count."""
    named = {_PLACES[match.group()] for match in _ANY_PLACE.finditer(text)}
    return {code for code in named if not (code.endswith("0000") and len(named) > 1)}


def _codes(bracket: str) -> frozenset[str]:
    found = set(_CODE.findall(bracket))
    if "S000–S004" in bracket:
        found |= {f"S00{number}" for number in range(5)}
    return frozenset(found)


@cache
def sheet_text() -> str:
    return tidy(SHEET.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class _Marks:
    codes: frozenset[str] = frozenset()
    confidence: frozenset[str] = frozenset()
    only_year: str | None = None


def _marks(text: str) -> _Marks:
    brackets = "".join(match.group(1) for match in _BRACKET.finditer(text))
    year = _ONLY_YEAR.search(brackets)
    return _Marks(_codes(brackets), frozenset(_CONFIDENCE.findall(brackets)), year[1] if year else None)


@cache
def statements() -> tuple[Statement, ...]:
    out: list[Statement] = []
    heading, title, section = _Marks(), "", ""
    above: list[tuple[int, _Marks]] = []
    untold = ""  # a heading without sources of its own states its figures for those of its first line
    for raw in SHEET.read_text(encoding="utf-8").splitlines():
        if not raw.strip():
            continue
        if raw.startswith("#"):
            section = found[1] if (found := re.match(r"#+ ([A-I])[.\d]", raw)) else ""
            heading, above = _marks(raw), []
            # A heading of several places says nothing about which of them a line is about.
            title = "" if "/" in raw else tidy(raw)
            untold = raw
            if heading.codes:
                out.append(_statement(raw, "", heading, title=title, section=section))
                untold = ""
            continue
        if not section and raw.startswith("|"):
            codes, named = raw.split("|")[1:3]  # the third cell is an address: digits that state nothing
            text = tidy(f"{codes}|{named}")
            out.append(Statement(text, text, frozenset(), _codes(codes), frozenset(), None, section))
            continue
        indent = len(raw) - len(raw.lstrip())
        above = [entry for entry in above if entry[0] < indent]
        marks = above[-1][1] if above else heading
        start = 0
        for bracket in _BRACKET.finditer(raw):
            own = _marks(bracket.group())
            own = own if own.codes else _Marks(marks.codes, own.confidence, own.only_year)
            if untold:
                out.append(_statement(untold, "", own, title=title, section=section))
                untold = ""
            out.append(_statement(raw[start : bracket.end()], raw, own, title=title, section=section))
            start = bracket.end()
            last = own
        if start:
            above.append((indent, last))
            marks = last
        if raw[start:].strip():
            out.append(_statement(raw[start:], raw, marks, title=title, section=section))
    return tuple(out)


def _statement(text: str, raw: str, marks: _Marks, *, title: str, section: str) -> Statement:
    line = tidy(raw)
    place = frozenset(places_in(line[:_OPENING]) or places_in(title))
    return Statement(tidy(text), title + line, place, marks.codes, marks.confidence, marks.only_year, section)


def source_row(code: str) -> str:
    """The row of the table of sources, its address included."""
    rows = SHEET.read_text(encoding="utf-8").split("来源表")[-1].splitlines()
    return "\n".join(tidy(row) for row in rows if row.startswith("|") and code in _codes(row.split("|")[1]))


def confidence_of(code: str) -> set[str]:
    return {mark for statement in statements() if code in statement.codes for mark in statement.confidence}


def front_matter(code: str) -> str:
    """What the head of the sheet says on the date of a founding document."""
    head = sheet_text()[: sheet_text().index("##A.")]
    return "".join(re.findall(rf"{code}=[^。]*?(?=,S\d|。|$)", head))


def text_for(*, codes: set[str], places: set[str] | None = None, years: set[str] | None = None) -> str:
    """What the sheet says on these sources.

    With `places`, a clause that names only other places is left out; a clause that names none
    belongs to the place named last, at first the one its line begins with. With `years`,
    what is said of one other year is left out.
    """
    clauses = []
    for statement in statements():
        if not statement.codes & codes:
            continue
        if years is not None and statement.only_year and statement.only_year not in years:
            continue
        about: set[str] | frozenset[str] = statement.place
        for clause in statement.text.split(";"):
            about = places_in(clause) or about
            if places is None or not about or about & places:
                clauses.append(clause)
    return "\n".join([*clauses, *(front_matter(code) for code in codes)])
