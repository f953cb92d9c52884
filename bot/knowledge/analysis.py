"""What the search sees in a sentence: character n-grams, words, and the slots it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.text.lexicon import Lexicon
from bot.text.normalise import normalise, strip_fillers
from bot.text.reading import Reading
from bot.text.words import Words

SLOT_LABELS = ("item", "programme", "tier", "degree", "aspect")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Analysed:
    normalised: str
    core: str  # canonical, lower case, letters and digits only: equal cores are exact matches
    grams: tuple[str, ...]
    words: tuple[str, ...]
    slots: Mapping[str, frozenset[str]]
    regions: tuple[str, ...]  # codes named, in order


class Analyser:
    """Pure once built; FAQs and questions go through the same steps."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._words = Words(keep_whole=lexicon.all_words)

    def reading(self, used: Mapping[str, int]) -> Reading:
        """How users' typing is read where the knowledge uses these words."""
        return Reading(lexicon=self.lexicon, words=self._words, used=used)

    def analyse(self, text: str, *, reading: Reading | None = None) -> Analysed:
        """`reading` is for what users type; knowledge is taken at its word."""
        normalised = normalise(text)
        canonical = strip_fillers(normalised)
        if reading is not None:
            canonical = reading.read(canonical)
        canonical = self.lexicon.canonical(canonical)
        core = _NOT_WORD.sub("", canonical).lower()
        slots: dict[str, set[str]] = {}
        regions: list[str] = []
        for mention in self.lexicon.find(canonical):
            if mention.label == "region":
                regions.append(mention.value)
            else:
                slots.setdefault(mention.label, set()).add(mention.value)
        words = [_NOT_WORD.sub("", word).lower() for word in self._words.cut(canonical)]
        # A slot is one more word: two sentences that name it differently still share it.
        words += [f"={label}:{value}" for label in slots for value in slots[label]]
        return Analysed(
            normalised=normalised,
            core=core,
            grams=tuple({core[i : i + n] for n in (1, 2, 3) for i in range(len(core) - n + 1)}),
            words=tuple({word for word in words if word}),
            slots={label: frozenset(values) for label, values in slots.items()},
            regions=tuple(dict.fromkeys(regions)),
        )

    def grams(self, text: str) -> list[str]:
        """Pairs and triples of a longer text."""
        core = _NOT_WORD.sub("", self.lexicon.canonical(normalise(text))).lower()
        return [core[i : i + n] for n in (2, 3) for i in range(len(core) - n + 1)]
