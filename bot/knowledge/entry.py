"""One published FAQ as the index holds it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge.analysis import SLOT_LABELS, Analysed, Analyser
from bot.knowledge.schemas import Faq

_TWIN = 0.75  # likeness of standard questions without their places


@dataclass(frozen=True)
class Entry:
    """One published FAQ with what was understood of its phrasings."""

    faq: Faq
    positives: int  # rows: the standard question and phrasings come first, negatives after
    cores: tuple[str, ...]
    row_slots: tuple[frozenset[tuple[str, str]], ...]  # per positive row
    region_free: frozenset[str]  # bigrams of the standard question without its place names
    named_slots: frozenset[tuple[str, str]]  # of the standard question

    @cached_property
    def all_slots(self) -> frozenset[tuple[str, str]]:
        return frozenset().union(*self.row_slots)

    def twin_of(self, other: "Entry") -> bool:
        """The same question about another place."""
        if self.faq.region == other.faq.region or not (self.region_free and other.region_free):
            return False
        shared = len(self.region_free & other.region_free)
        return 2 * shared / (len(self.region_free) + len(other.region_free)) >= _TWIN

    @cached_property
    def slots(self) -> Mapping[str, frozenset[str]]:
        """Slots of the standard question, and those that two or more phrasings name."""
        return self.slots_without(None)

    def slots_without(self, left_out: int | None) -> Mapping[str, frozenset[str]]:
        rows = [slots for number, slots in enumerate(self.row_slots) if number != left_out]
        counts = Counter(slot for slots in rows for slot in slots)
        kept = {slot for slot, count in counts.items() if count >= 2}
        if left_out != 0:
            kept |= self.named_slots
        return {label: frozenset(value for name, value in kept if name == label) for label in SLOT_LABELS}

    @cached_property
    def named_labels(self) -> frozenset[str]:
        return frozenset(label for label, _ in self.named_slots)


def analyse_faq(analyser: Analyser, faq: Faq) -> tuple[Entry, list[Analysed]]:
    asked = [analyser.analyse(text) for text in faq.says()]
    not_asked = [analyser.analyse(text) for text in faq.negatives]
    row_slots = tuple(
        frozenset((label, value) for label, values in row.slots.items() for value in values) for row in asked
    )
    return (
        Entry(
            faq=faq,
            positives=len(asked),
            cores=tuple(row.core for row in (*asked, *not_asked)),
            row_slots=row_slots,
            region_free=_region_free(analyser, asked[0]),
            named_slots=row_slots[0],
        ),
        [*asked, *not_asked],
    )


def _region_free(analyser: Analyser, standard: Analysed) -> frozenset[str]:
    text = standard.core
    for code in standard.regions:
        region = analyser.lexicon.regions[code]
        for name in sorted((region.name, *region.aliases), key=len, reverse=True):
            text = text.replace(name, "")
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def body_of(analyser: Analyser, faq: Faq) -> list[str]:
    """Character pairs and triples of the answer: people often ask in the answer's words."""
    table = faq.answer.table
    cells = [*table.head, *(cell for row in table.rows for cell in row)] if table else []
    parts = [faq.category, faq.place, *faq.answer.paragraphs, *faq.answer.items, *cells]
    return list(dict.fromkeys(gram for part in parts for gram in analyser.grams(part)))
