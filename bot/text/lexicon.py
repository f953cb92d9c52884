"""The policy vocabulary of `data/lexicon`: words, synonyms, regions and entity patterns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import yaml

NATION = "000000"


@dataclass(frozen=True)
class Region:
    code: str
    name: str
    aliases: tuple[str, ...]
    parent: str | None


@dataclass(frozen=True)
class EntityPattern:
    """`text` as people write it, `value` as we call it."""

    label: str  # tier | programme | item | degree | aspect
    text: str
    value: str


@dataclass(frozen=True)
class Mention:
    label: str  # as EntityPattern, or region (value = code)
    value: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    words: tuple[str, ...]
    synonyms: Mapping[str, str]  # variant → our word
    regions: Mapping[str, Region]  # by code
    entities: tuple[EntityPattern, ...]

    @cached_property
    def all_words(self) -> tuple[str, ...]:
        """Everything a segmenter should keep whole, longest first."""
        found = set(self.words) | set(self.synonyms.values()) | set(self.synonyms)
        found |= {pattern.text for pattern in self.entities if pattern.label != "aspect"}
        for region in self.regions.values():
            found |= {region.name, *region.aliases}
        return tuple(sorted(found, key=lambda word: (-len(word), word)))

    @cached_property
    def region_names(self) -> Mapping[str, str]:
        """Every name and alias → code; a name of two places (市中区) names none by itself."""
        named = [
            (name, region.code)
            for region in self.regions.values()
            if region.code != NATION  # 全国 opens titles and honours, it names no place
            for name in dict.fromkeys((region.name, *region.aliases))
        ]
        count = Counter(name for name, _ in named)
        return {name: code for name, code in named if count[name] == 1}

    def canonical(self, text: str) -> str:
        """Replace synonyms, abbreviations and known typing errors; the longest one wins."""
        parts: list[str] = []
        last = 0
        for start, end in self._spellings.spans(text):
            parts += [text[last:start], self.synonyms.get(text[start:end], text[start:end])]
            last = end
        return "".join([*parts, text[last:]])

    def find(self, text: str) -> list[Mention]:
        """Regions and entities in normalised text, longest first, without overlap."""
        scanner, meanings = self._mention_table
        return [
            Mention(label, value, text[start:end], start, end)
            for start, end in scanner.spans(text)
            for label, value in meanings[text[start:end]]
        ]

    def chain(self, code: str | None) -> tuple[str, ...]:
        """The region and all it lies in, up to the nation: 区 → 市 → 省 → 国."""
        steps: list[str] = []
        while code and code in self.regions and code not in steps:
            steps.append(code)
            code = self.regions[code].parent
        return tuple(steps) if steps and steps[-1] == NATION else (*steps, NATION)

    def region_name(self, code: str) -> str:
        region = self.regions.get(code)
        return region.name if region else code

    @cached_property
    def _spellings(self) -> "_Scanner":
        # Our own words are scanned too, so that a variant inside one is left alone.
        return _Scanner({*self.synonyms, *self.synonyms.values(), *self.words})

    @cached_property
    def _mention_table(self) -> tuple["_Scanner", dict[str, list[tuple[str, str]]]]:
        meanings: dict[str, list[tuple[str, str]]] = {}
        for name, code in self.region_names.items():
            meanings.setdefault(name, []).append(("region", code))
        for entity in self.entities:
            # Read in plain text, and in text whose synonyms have been replaced.
            for text in dict.fromkeys((entity.text, self.canonical(entity.text))):
                known = meanings.setdefault(text, [])
                if (entity.label, entity.value) not in known:
                    known.append((entity.label, entity.value))
        return _Scanner(meanings), meanings


class _Scanner:
    """Longest match from left to right. Thirty times faster than one large alternation."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        sizes: dict[str, set[int]] = {}
        for word in self._words:
            sizes.setdefault(word[0], set()).add(len(word))
        self._sizes = {head: tuple(sorted(found, reverse=True)) for head, found in sizes.items()}

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        position = 0
        while position < len(text):
            for size in self._sizes.get(text[position], ()):
                end = position + size
                inside = end <= len(text) and text[position:end] in self._words
                if inside and _at_edges(text, position, end):
                    yield position, end
                    position = end
                    break
            else:
                position += 1


def _at_edges(text: str, start: int, end: int) -> bool:
    """A Latin letter or digit at a word's edge must end its run: C类 is not in ABC类."""
    if start and _latin(text[start]) and _latin(text[start - 1]):
        return False
    return not (end < len(text) and _latin(text[end - 1]) and _latin(text[end]))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def load_lexicon(folder: Path) -> Lexicon:
    """Read every YAML file of the folder; the files' lists are joined."""
    words: list[str] = []
    synonyms: dict[str, str] = {}
    regions: dict[str, Region] = {}
    entities: list[EntityPattern] = []
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        words += data.get("words", [])
        for entry in data.get("synonyms", []):
            for variant in entry["variants"]:
                if synonyms.setdefault(variant, entry["word"]) != entry["word"]:
                    raise ValueError(f"{path.name}: {variant} stands for two words")
        for entry in data.get("regions", []):
            region = Region(
                code=entry["code"],
                name=entry["name"],
                aliases=tuple(entry.get("aliases", [])),
                parent=entry.get("parent"),
            )
            regions[region.code] = region
        for entry in data.get("entities", []):
            entities += [
                EntityPattern(entry["label"], text, entry["value"])
                for text in dict.fromkeys([*entry.get("patterns", []), entry["value"]])
            ]
    for region in regions.values():
        if region.parent is not None and region.parent not in regions:
            raise ValueError(f"region {region.code}: unknown parent {region.parent}")
    return Lexicon(
        words=tuple(words),
        synonyms=MappingProxyType(synonyms),
        regions=MappingProxyType(regions),
        entities=tuple(entities),
    )
