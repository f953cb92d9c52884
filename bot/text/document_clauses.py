"""The clauses and numbered measures of a policy document."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_NUMERAL = "一二三四五六七八九十百零"
# Outer to inner; a label closes all that are as deep or deeper.
_LEVELS = (
    re.compile(rf"第[{_NUMERAL}\d]{{1,5}}[编章](?=[ :\u4e00-\u9fff]|$)"),
    re.compile(rf"第[{_NUMERAL}\d]{{1,5}}条(?=[ :、\u4e00-\u9fff“《])"),
    re.compile(rf"[{_NUMERAL}]{{1,4}}、"),
    re.compile(rf"\([{_NUMERAL}]{{1,3}}\)"),
    re.compile(r"\d{1,3}(?:[.、](?!\d)|\.(?=\d{4}年))"),
    re.compile(r"\(\d{1,3}\)|[①-⑳]"),
)
_CHAPTER, _ARTICLE, _HEADED = 0, 1, (2, 3)
_HEADING = re.compile(r"(?P<heading>[^。;!?:,]{2,60})。(?P<rest>.+)", re.DOTALL)
_HEADING_ONLY = re.compile(r"[^。;!?]{2,60}")
_MEASURE = re.compile(r"(?P<number>\d{1,3})[.、](?P<text>.+)", re.DOTALL)
_OFFICES = re.compile(
    r"\((?:责任|牵头|配合|承办|负责|落实)(?:单位|部门|处室|科室)?[:及](?P<names>[^()]*(?:\([^()]*\)[^()]*)*)\)[。;]?$"
)


@dataclass(frozen=True)
class Clause:
    label: str  # as one would cite it: 一、 · 一、(二) · 第三条 · 第三条(一) · 一、1.
    heading: str | None
    text: str
    first: int  # place of the paragraph where it begins


@dataclass(frozen=True)
class Measure:
    number: int
    text: str
    offices: tuple[str, ...]


def is_labelled(line: str) -> bool:
    return any(level.match(line) for level in _LEVELS)


def clauses_of(paragraphs: Iterable[str]) -> tuple[Clause, ...]:
    """Text before the first label belongs to no clause; unlabelled text to the clause above it."""
    clauses: list[Clause] = []
    below: list[list[str]] = []  # the unlabelled paragraphs of each
    path: list[tuple[int, str]] = []
    for place, paragraph in enumerate(paragraphs):
        level, label = _label(paragraph)
        if level is None:
            if clauses:
                below[-1].append(paragraph)
            continue
        path = [*((depth, part) for depth, part in path if depth < level), (level, label)]
        heading, text = _heading(level, paragraph[len(label) :].strip(" :、"))
        clauses.append(Clause(_cited(path), heading, text, place))
        below.append([])
    return tuple(
        replace(clause, text="\n".join(filter(None, [clause.text, *rest])))
        for clause, rest in zip(clauses, below, strict=True)
    )


def measures_of(paragraphs: Iterable[str]) -> tuple[Measure, ...]:
    """Numbered paragraphs that name at their end who answers for them."""
    found: list[Measure] = []
    for paragraph in paragraphs:
        measure = _MEASURE.fullmatch(paragraph)
        offices = _OFFICES.search(measure["text"]) if measure else None
        if measure is None or offices is None:
            continue
        names = tuple(name for name in re.split(r"[、,;\s]+", offices["names"]) if name)
        text = measure["text"][: offices.start()].strip()
        found.append(Measure(int(measure["number"]), text, names))
    return tuple(found)


def _label(paragraph: str) -> tuple[int | None, str]:
    for level, pattern in enumerate(_LEVELS):
        if match := pattern.match(paragraph):
            return level, match[0]
    return None, ""


def _cited(path: list[tuple[int, str]]) -> str:
    """Articles are numbered through the whole document, so the chapter is not part of their name."""
    depths = [depth for depth, _ in path]
    if _ARTICLE in depths or depths[-1] > _CHAPTER:
        path = [part for part in path if part[0] != _CHAPTER]
    return "".join(label for _, label in path)


def _heading(level: int, text: str) -> tuple[str | None, str]:
    """A sentence of its own opens 一、 and (一); in articles and lists it is a rule like the others."""
    if _HEADING_ONLY.fullmatch(text) and level != _ARTICLE:
        return text, ""
    if level in _HEADED and (match := _HEADING.fullmatch(text)):
        return match["heading"], match["rest"].strip()
    return None, text
