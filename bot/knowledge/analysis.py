"""What the search sees in a sentence: character n-grams, words, and the slots it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.text.lexicon import Lexicon, Mention
from bot.text.normalise import normalise, strip_fillers
from bot.text.reading import Reading
from bot.text.words import Words

SLOT_LABELS = ("item", "programme", "tier", "degree", "aspect")
_NOT_WORD = re.compile(r"[\W_]+")
_SLOT = "="  # opens the word that stands for a slot
OUR_PROVINCES = ("35", "37")
_FROM = re.compile(r"(?:户口|户籍|籍贯|老家|原籍)(?:在|是)?$|来自$|离开了?$")
_FROM_AFTER = re.compile(
    r"(?:的)?(?:(?:户口|户籍)(?!怎|咋|好办|难|政策|条件)|籍|人(?![才员事社])"
    r"|毕业|大学|上的?大学|读的?书|交的?社保)"
)
_BOUND_FOR = ("飞", "飞往", "飞到", "飞去", "前往", "出差去", "出差到")  # a journey
_LEFT_AFTER = re.compile(r"[^,。?]{0,6}?(?:毕业|过来|回来|调|搬|辞|离职|转到|引进来|来(?!的)|回|到)")


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

    def rarity(self, word: str) -> float:
        """How much a word tells of the subject, in nats: rare in general text, telling here."""
        if word.startswith(_SLOT) or word in self.lexicon.region_names:
            return 0.0
        return self._words.rarity(word)

    def analyse(self, text: str, *, reading: Reading | None = None) -> Analysed:
        """`reading` is for what users type; knowledge is taken at its word."""
        normalised = normalise(text)
        canonical = strip_fillers(normalised)
        if reading is not None:
            canonical = reading.read(canonical)
        canonical = self.lexicon.canonical(canonical)
        core = _NOT_WORD.sub("", canonical).lower()
        slots: dict[str, set[str]] = {}
        mentions = self.lexicon.find(canonical)
        for mention in mentions:
            if mention.label != "region":
                slots.setdefault(mention.label, set()).add(mention.value)
        words = [_NOT_WORD.sub("", word).lower() for word in self._words.cut(canonical)]
        # A slot is one more word: two sentences that name it differently still share it.
        words += [f"{_SLOT}{label}:{value}" for label in slots for value in sorted(slots[label])]
        return Analysed(
            normalised=normalised,
            core=core,
            # In the order of the text: sums of weights come out alike in every process.
            grams=tuple(dict.fromkeys(core[i : i + n] for n in (1, 2, 3) for i in range(len(core) - n + 1))),
            words=tuple(dict.fromkeys(word for word in words if word)),
            slots={label: frozenset(values) for label, values in slots.items()},
            regions=self._places([m for m in mentions if m.label == "region"], canonical),
        )

    def _places(self, mentions: Sequence[Mention], text: str) -> tuple[str, ...]:
        """Codes of the places asked about: 「从江西来」 and 「户口在江西」 say where one is from."""
        asked = [m for m in mentions if not _is_origin(m, text)]
        ours = [m for m in mentions if m.value[:2] in OUR_PROVINCES]
        return tuple(dict.fromkeys(m.value for m in asked or ours))

    def grams(self, text: str) -> list[str]:
        """Pairs and triples of a longer text."""
        core = _NOT_WORD.sub("", self.lexicon.canonical(normalise(text))).lower()
        return [core[i : i + n] for n in (2, 3) for i in range(len(core) - n + 1)]


def _is_origin(mention: Mention, text: str) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    if before.endswith(_BOUND_FOR):
        return True
    if _FROM.search(before) or _FROM_AFTER.match(after):
        return True
    return before.endswith(("从", "由")) and _LEFT_AFTER.match(after) is not None
