"""The fact sheet cut into statements, each with the codes of the sources it rests on."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHEET = Path(__file__).resolve().parents[2] / ".." / "shared" / "domain" / "facts.md"
_BRACKET = re.compile(r"\[([^\]\[]*[|｜][^\]\[]*|P28,P28b)\]")
_CODE = re.compile(r"[SPQHT]\d+b?|公共号码")
_CONFIDENCE = re.compile(r"[高中低]")


@dataclass(frozen=True)
class Statement:
    text: str
    line: str  # the whole line under its heading, which name the place
    codes: frozenset[str]
    confidence: frozenset[str]


def tidy(text: str) -> str:
    """Markup, spaces and the width of punctuation do not count; dates are written one way."""
    text = text.replace("**", "").replace("（", "(").replace("）", ")").replace("—", "–")
    text = re.sub(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", _date, text)
    text = re.sub(r"(?<!\d)(20\d\d)-(\d\d)(?!-?\d)", _month, text)
    return re.sub(r"\s+", "", text)


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{match.group()} {year}年{int(month)}月{int(day)}日"


def _month(match: re.Match[str]) -> str:
    year, month = match.groups()
    return f"{match.group()} {year}年{int(month)}月"


def _codes(bracket: str) -> frozenset[str]:
    found = set(_CODE.findall(bracket))
    if "S000–S004" in bracket:
        found |= {f"S00{number}" for number in range(5)}
    return frozenset(found)


@cache
def sheet_text() -> str:
    return tidy(SHEET.read_text(encoding="utf-8"))


@cache
def statements() -> tuple[Statement, ...]:
    out: list[Statement] = []
    heading: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    above: list[tuple[int, frozenset[str], frozenset[str]]] = []
    in_sources = False
    title = ""
    for raw in SHEET.read_text(encoding="utf-8").splitlines():
        if not raw.strip():
            continue
        if raw.startswith("#"):
            in_sources = "来源表" in raw
            heading = _marks(raw)
            # A heading of several places says nothing about which of them a line is about.
            title = "" if "/" in raw else tidy(raw)
            above = []
        if in_sources and raw.startswith("|"):
            code_cell = raw.split("|")[1]
            out.append(Statement(tidy(raw), tidy(raw), _codes(code_cell), frozenset()))
            continue
        indent = len(raw) - len(raw.lstrip())
        above = [entry for entry in above if entry[0] < indent]
        inherited = (above[-1][1], above[-1][2]) if above else heading
        brackets = list(_BRACKET.finditer(raw))
        start = 0
        for bracket in brackets:
            codes, confidence = _codes(bracket.group(1)), frozenset(_CONFIDENCE.findall(bracket.group(1)))
            out.append(
                Statement(
                    tidy(raw[start : bracket.end()]), title + tidy(raw), codes or inherited[0], confidence
                )
            )
            start = bracket.end()
        last = out[-1] if brackets else None
        codes = last.codes if last else inherited[0]
        confidence = last.confidence if last else inherited[1]
        if raw[start:].strip():
            out.append(Statement(tidy(raw[start:]), title + tidy(raw), codes, confidence))
        if brackets:
            above.append((indent, codes, confidence))
    return tuple(out)


def _marks(line: str) -> tuple[frozenset[str], frozenset[str]]:
    brackets = "".join(match.group(1) for match in _BRACKET.finditer(line))
    return _codes(brackets), frozenset(_CONFIDENCE.findall(brackets))


def confidence_of(code: str) -> set[str]:
    return {mark for statement in statements() if code in statement.codes for mark in statement.confidence}


def text_for(*, codes: set[str], place: str | None) -> str:
    """What the sheet says on these sources; a place keeps only lines that name it."""
    return "\n".join(
        statement.text
        for statement in statements()
        if statement.codes & codes and (place is None or place in statement.line)
    )
