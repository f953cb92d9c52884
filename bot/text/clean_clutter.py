"""The word lists of the cleaner: `clutter` in `data/lexicon`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml


class Note(StrEnum):
    """Sentences for the reviewer, kept in the data under these keys."""

    PINYIN = "pinyin"
    READING = "reading"
    READING_UNSURE = "reading_unsure"
    ADVERTISEMENT = "advertisement"
    ADVERTISEMENT_UNSURE = "advertisement_unsure"
    BREADCRUMB = "breadcrumb"
    SITE_HEAD = "site_head"
    SITE_NAME = "site_name"
    PAGE_CONTROL = "page_control"
    COLUMN_TAG = "column_tag"
    DUPLICATE = "duplicate"
    BYLINE = "byline"
    UNLAWFUL = "unlawful"
    UNLAWFUL_UNSURE = "unlawful_unsure"
    INDECENT = "indecent"
    EMPTY_QUOTES = "empty_quotes"
    STARS = "stars"
    SWALLOWED = "swallowed"
    BROKEN_LINE = "broken_line"
    GARBLED_DROPPED = "garbled_dropped"
    GARBLED_RESTORED = "garbled_restored"
    ENCODING_DROPPED = "encoding_dropped"
    ENCODING_RESTORED = "encoding_restored"
    ENCODING_UNSURE = "encoding_unsure"
    FOREIGN = "foreign"
    CHARACTER = "character"
    REPEATED_MARK = "repeated_mark"
    INVISIBLE = "invisible"


@dataclass(frozen=True)
class Swallowed:
    """A fixed phrase without the word a site filters out: 服务众 for 服务群众."""

    found: str
    meant: str
    opens_clause: bool  # too short to be told elsewhere: 准… for 找准…


@dataclass(frozen=True)
class Clutter:
    places: Mapping[str, str]  # province or city → its province
    ad_words: tuple[str, ...]  # an advertisement consists of a place and nothing but these
    ad_strong: frozenset[str]  # at least one of them among these
    page_controls: tuple[str, ...]  # patterns of whole lines
    site_anchors: tuple[str, ...]  # how a site's name, set between the sentences, begins
    gambling: tuple[str, ...]
    gambling_at_edge: tuple[str, ...]  # clutter at the edge of a line only
    indecent: tuple[str, ...]
    against: tuple[str, ...]  # a text that fights such things names them rightly
    swallowed: tuple[Swallowed, ...]
    swallowed_unless: tuple[str, ...]
    narrative: tuple[str, ...]  # words of novels
    notes: Mapping[Note, str]


def load_clutter(folder: Path) -> Clutter:
    """Read the one file of the folder that has the key `clutter`."""
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        if "clutter" in data:
            return _clutter(data["clutter"])
    raise ValueError(f"no file in {folder.name} has the key clutter")


def _clutter(data: dict[str, Any]) -> Clutter:
    places: dict[str, str] = {}
    for province, cities in data["places"].items():
        for name in (province, *cities.split()):
            places.setdefault(name, province)
    strong = data["advertisements"]["strong"].split()
    weak = data["advertisements"]["weak"].split()
    return Clutter(
        places=MappingProxyType(places),
        ad_words=tuple(sorted({*strong, *weak}, key=lambda word: (-len(word), word))),
        ad_strong=frozenset(strong),
        page_controls=tuple(data["page_controls"]),
        site_anchors=tuple(data["site_anchors"]),
        gambling=tuple(data["gambling"]["anywhere"].split()),
        gambling_at_edge=tuple(data["gambling"]["at_edge"].split()),
        indecent=tuple(data["indecent"].split()),
        against=tuple(data["against"].split()),
        swallowed=tuple(_swallowed(data["swallowed"])),
        swallowed_unless=tuple(data["swallowed"]["unless"].split()),
        narrative=tuple(data["narrative"].split()),
        notes=MappingProxyType({note: data["notes"][note.value] for note in Note}),
    )


def _swallowed(data: dict[str, Any]) -> list[Swallowed]:
    found: dict[str, Swallowed] = {}
    for phrase in data["phrases"].split():
        for word in data["words"].split():
            rest = phrase.replace(word, "", 1)
            if rest != phrase and len(rest) >= 3:
                found.setdefault(rest, Swallowed(rest, phrase, opens_clause=False))
    for phrase in data["clause_openings"].split():
        for word in data["words"].split():
            if phrase.startswith(word):
                rest = phrase.removeprefix(word)
                found.setdefault(rest, Swallowed(rest, phrase, opens_clause=True))
    return sorted(found.values(), key=lambda one: -len(one.found))
