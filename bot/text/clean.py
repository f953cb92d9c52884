"""Scraped Chinese documents made fit for people: clutter out, nothing added, every cut reported."""

from dataclasses import replace
from operator import attrgetter

from bot.text.clean_adverts import Adverts, Unlawful
from bot.text.clean_clutter import Clutter, load_clutter
from bot.text.clean_doubts import WordDoubts, doubt_foreign
from bot.text.clean_encoding import in_right_encoding
from bot.text.clean_findings import Cleaned, Finding, FindingKind, Line, Report
from bot.text.clean_lines import characters_put_right, joined, lines_of, parted, tidied
from bot.text.clean_readings import simplified, without_readings
from bot.text.clean_sites import without_bylines, without_doubles, without_page_lines, without_split_sites

__all__ = ["Cleaned", "Clutter", "Finding", "FindingKind", "clean", "load_clutter"]


def clean(raw: str, *, clutter: Clutter) -> Cleaned:
    """Idempotent: the joined lines of the result come out unchanged."""
    report = Report(clutter.notes)
    lines = [line for raw_line in lines_of(raw) if (line := in_right_encoding(raw_line, report)) is not None]
    of_encoding = list(report.doubts)
    # One cut can lay bare another: a reading behind a broken line, a button behind an advertisement.
    while True:
        before, report.doubts = lines, list(of_encoding)
        lines = _cleaned_once(before, clutter, report)
        if lines == before:
            break
    words = WordDoubts(clutter, report)
    for line in lines:
        words.mark(line)
    doubt_foreign(lines, clutter, report)
    by_line = attrgetter("line")
    return Cleaned(
        lines=tuple(parted(lines)),
        removed=tuple(sorted(report.removed, key=by_line)),
        doubts=tuple(sorted(report.doubts, key=by_line)),
    )


def _cleaned_once(lines: list[Line], clutter: Clutter, report: Report) -> list[Line]:
    unlawful = Unlawful(clutter, report)
    kept: list[Line] = []
    for dirty in lines:
        line = without_readings(tidied(dirty, report), report)
        line = characters_put_right(replace(line, text=simplified(line.text)), report)
        line = without_split_sites(line, clutter, report)
        if line.text and (lawful := unlawful.without(line)) is not None:
            kept.append(lawful)
    adverts = Adverts(kept, clutter, report)
    kept = [line for line in map(adverts.without, kept) if line.text]
    kept = without_page_lines(kept, clutter, report)
    kept = without_doubles(without_bylines(kept, report), report)
    return joined(kept, report)
