"""A cleaned policy document taken apart: title, number, dates, clauses, measures."""

from dataclasses import dataclass
from datetime import date

from bot.text.clean import Cleaned


@dataclass(frozen=True)
class Clause:
    label: str  # as one would cite it: 一、 · 一、(二) · 第三条 · 第三条(一) · 一、1.
    heading: str | None
    text: str


@dataclass(frozen=True)
class Measure:
    number: int
    text: str
    offices: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    title: str
    number: str | None  # 文号
    issuers: tuple[str, ...]
    published: date | None
    effective: date | None
    status_text: str | None  # 时效性 as found
    source_site: str | None
    paragraphs: tuple[str, ...]
    clauses: tuple[Clause, ...]
    measures: tuple[Measure, ...]


def read_document(cleaned: Cleaned) -> Document:
    paragraphs = tuple(line for line in cleaned.lines if line)
    title = paragraphs[0] if paragraphs else ""
    return Document(title, None, (), None, None, None, None, paragraphs[1:], (), ())
