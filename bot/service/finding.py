"""Which items a person names: 「我想给孩子转学」, 「孩子上学和买房补助一起办」.

Names and phrasings of the items are all it needs, so a new item is found without training. It only
says what is named; whether somebody wants to apply or merely asks is the intent's to say.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.published import shipped_analyser
from bot.service.catalogue import Catalogue
from bot.service.composing import MOST_TOGETHER
from bot.service.schemas import ServiceItem
from bot.talent.places import covers
from bot.text.normalise import normalise
from bot.text.reading import Reading

WHOLE, WORDS = 1.0, 0.8  # said as it is written; all its words said
_CLAUSE = re.compile(r"[,，。;；!！?？、\n]")
_NOT_LETTER = re.compile(r"[\W_]+")
# What people put before a name when they want it done; an item is known without them.
_DOING = re.compile(
    r"^(?:我|想|要|需要|帮|请|给|为|去|来|能|可以|申请|申领|申报|办理|办|领取|领|报名|登记|预约|提交|一下|个|张)+"
)
_ASKING = re.compile(r"(?:怎么|如何|咋)(?:办|报|申请|申领|用|报名)?(?:理)?$")
_EMPTY = frozenset(
    (
        "怎么办",
        "怎么",
        "如何",
        "我",
        "想",
        "要",
        "给",
        "帮",
        "请",
        "去",
        "来",
        "的",
        "了",
        "和",
        "与",
        "跟",
        "及",
        "一起",
        "同时",
        "申请",
        "申领",
        "申报",
        "办理",
        "办",
        "领",
        "领取",
        "人才",
    )
)
_REFUSES = re.compile(r"(?:不办|不要|不用|不想|不申|先不|暂不|别办|除了|取消|撤回)[^,，]{0,4}$")
_SHORTEST = 2
_TYPED = 3  # how often a word counts as used, so that a slip is read as it


@dataclass(frozen=True)
class Match:
    """An item that is named; `rivals` are others the same words name as well."""

    key: str
    score: float
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Name:
    key: str
    core: str
    words: frozenset[str]


@dataclass(frozen=True)
class _Hit:
    key: str
    score: float
    spans: tuple[tuple[int, int], ...]  # in the core of the message

    @property
    def length(self) -> int:
        return sum(end - start for start, end in self.spans)

    def shares(self, other: "_Hit") -> bool:
        return any(a < d and c < b for a, b in self.spans for c, d in other.spans)


def find_items(catalogue: Catalogue, text: str, *, region: str | None = None) -> list[Match]:
    """The offered items a message names, in the order it names them; at most as many as go together.

    A place in the message, else `region`, leaves out the items of other places.
    """
    analysed = shipped_analyser().analyse(text)
    places = list(analysed.regions) or ([region] if region else [])
    items = [item for item in catalogue.offered if _fits(item, places)]
    names = _names_of(_said(items))
    found = _named(names, analysed.normalised)
    if not found:  # only then is it worth reading pinyin and slips
        everything = _names_of(_said(catalogue.offered))
        read = _reading_of(everything).read(normalise(text))
        found = _named(names, read) if read != analysed.normalised else []
    return found[:MOST_TOGETHER]


def _fits(item: ServiceItem, places: Sequence[str]) -> bool:
    """Someone in 济南 has the items of the province and of 济南; someone in 山东 those of its cities too."""
    return not places or any(covers(item.region, p) or covers(p, item.region) for p in places)


def _named(names: Sequence[_Name], text: str) -> list[Match]:
    hits: list[_Hit] = []
    at = 0
    for clause in _CLAUSE.split(text):
        core, words = _core_and_words(clause)
        hits += [hit for name in names for hit in _hits(name, core, words, at, clause)]
        at += len(core) + 1
    # The longest name wins what it covers: 「惠才卡到期继续申领」 is not 「惠才卡申领」.
    hits.sort(key=lambda hit: (-hit.length, -hit.score, hit.spans, hit.key))
    kept: list[tuple[_Hit, list[str]]] = []
    for hit in hits:
        others = [entry for entry in kept if entry[0].shares(hit)]
        if not others:
            if all(entry[0].key != hit.key for entry in kept):
                kept.append((hit, []))
            continue
        first, rivals = others[0]
        equal = (hit.length, hit.score) == (first.length, first.score)
        if equal and hit.key != first.key and hit.key not in rivals:
            rivals.append(hit.key)
    kept.sort(key=lambda entry: entry[0].spans)
    return [Match(hit.key, hit.score, tuple(rivals)) for hit, rivals in kept]


def _hits(name: _Name, core: str, words: frozenset[str], at: int, clause: str) -> Iterable[_Hit]:
    start = core.find(name.core)
    if start >= 0:
        if not _REFUSES.search(core[:start]):
            yield _Hit(name.key, WHOLE, ((at + start, at + start + len(name.core)),))
        return
    if len(name.words) >= 2 and name.words <= words:
        places = [core.find(word) for word in sorted(name.words)]
        if min(places) >= 0 and not _REFUSES.search(core[: min(places)]):
            spans = sorted((at + p, at + p + len(w)) for p, w in zip(places, sorted(name.words), strict=True))
            yield _Hit(name.key, WORDS, tuple(spans))


@lru_cache(maxsize=4096)
def _core_and_words(text: str) -> tuple[str, frozenset[str]]:
    analysed = shipped_analyser().analyse(text)
    core = _NOT_LETTER.sub("", shipped_analyser().lexicon.canonical(normalise(text))).lower()
    return core, frozenset(w for w in analysed.words if not w.startswith("=") and w in core)


_Said = tuple[tuple[str, str], ...]  # key of an item, and one way to name it


def _said(items: Iterable[ServiceItem]) -> _Said:
    return tuple((item.key, words) for item in items for words in (item.name, *item.phrasings))


@lru_cache(maxsize=16)
def _names_of(said: _Said) -> tuple[_Name, ...]:
    found: dict[tuple[str, str], _Name] = {}
    for key, phrase in said:
        core, words = _core_and_words(phrase)
        bare = _ASKING.sub("", _DOING.sub("", core))
        core = bare if len(bare) >= _SHORTEST else core  # 「办卡」 stays whole
        if len(core) >= _SHORTEST:
            telling = frozenset(w for w in words if w not in _EMPTY and w in core)
            found.setdefault((key, core), _Name(key, core, telling))
    return tuple(found.values())


@lru_cache(maxsize=4)
def _reading_of(names: tuple[_Name, ...]) -> Reading:
    used = {word: _TYPED for name in names for word in (*name.words, name.core) if len(word) > 1}
    return shipped_analyser().reading(used)
