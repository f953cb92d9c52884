"""Scraped Chinese documents made fit for people: clutter out, nothing added, every cut reported."""

from operator import attrgetter

from bot.text.clean_adverts import Adverts, Unlawful
from bot.text.clean_clutter import Clutter, load_clutter
from bot.text.clean_doubts import WordDoubts, doubt_foreign
from bot.text.clean_encoding import in_right_encoding
from bot.text.clean_findings import Cleaned, Finding, FindingKind, Line, Report
from bot.text.clean_lines import characters_put_right, joined, lines_of, tidied
from bot.text.clean_readings import simplified, without_readings
from bot.text.clean_sites import without_bylines, without_doubles, without_page_lines, without_split_sites

__all__ = ["Cleaned", "Clutter", "Finding", "FindingKind", "clean", "load_clutter"]


def clean(raw: str, *, clutter: Clutter) -> Cleaned:
    """Idempotent: the joined lines of the result come out unchanged."""
    report = Report(clutter.notes)
    unlawful = Unlawful(clutter, report)
    lines: list[Line] = []
    for raw_line in lines_of(raw):
        line: Line | None = in_right_encoding(raw_line, report)
        if line is None:
            continue
        line = without_readings(tidied(line, report), report)
        line = Line(line.number, simplified(line.text), line.apart)
        line = without_split_sites(characters_put_right(line, report), clutter, report)
        if line.text and (line := unlawful.without(line)) is not None:
            lines.append(line)

    adverts = Adverts(lines, clutter, report)
    lines = [line for line in map(adverts.without, lines) if line.text]
    lines = without_page_lines(lines, clutter, report)
    lines = without_doubles(without_bylines(lines, report), report)
    words = WordDoubts(clutter, report)
    for line in lines:
        words.mark(line)
    lines = joined(lines, report)
    doubt_foreign(lines, clutter, report)

    by_line = attrgetter("line")
    return Cleaned(
        lines=tuple(line.text for line in lines),
        removed=tuple(sorted(report.removed, key=by_line)),
        doubts=tuple(sorted(report.doubts, key=by_line)),
    )
