"""「孩子上学、老婆工作、租房补贴都怎么弄」: one question about several things, taken apart. Pure."""

import re

from bot.knowledge.analysis import Analyser

_BETWEEN = re.compile(r"([、,和跟与及]|还有|以及)")
_SUBJECTS = ("item", "programme")
# Asked of each of them. 「都能享受吗」 asks about them together.
_OF_EACH = re.compile(
    r"(?:这些|这几[样个项]|的事情?|方面)*[,:]?(?:都|各自?|分别)?(?:是|该|要|应该|得|能)?((?:怎么|咋|如何|多少|什么|啥|找谁|去哪|归谁).*)$"
)
_TOGETHER = re.compile(r"区别|关系|同时|一起|还是|哪个|哪种|兼|冲突|不同|一样|对比|比|重复|衔接")
_MOST_BESIDE = 3  # characters a name may have around it: 「我」「泉州」「的事」
_LEAST_BY_COMMA = 3  # 「泰山学者，惠才卡怎么办」 is no list


def enumerated(text: str, *, analyser: Analyser) -> tuple[str, ...]:
    """What introduces the list, if anything, and a question for each thing; empty if it is no list."""
    if _TOGETHER.search(text):
        return ()
    *before, last = _BETWEEN.split(text)
    tail = _OF_EACH.search(last.rstrip("?!。~… "))
    if tail is None or not before:
        return ()
    names, marks = [last[: tail.start()]], set()
    while len(before) > 1 and _only_name(before[-2], analyser):
        marks.add(before.pop())
        names.insert(0, before.pop())
    values = [_only_name(name, analyser) for name in names]
    least = _LEAST_BY_COMMA if "," in marks else 2
    if None in values or len(set(values)) < len(values) or len(values) < least:
        return ()
    lead = "".join(before)
    return (*([lead] if lead.strip(",") else []), *(f"{name}{tail[1]}" for name in names))


def _only_name(field: str, analyser: Analyser) -> str | None:
    """The one thing a field names, if it says nothing else."""
    plain = analyser.lexicon.canonical(field)
    found = [m for m in analyser.lexicon.find(plain) if m.label in _SUBJECTS]
    alone = len(found) == 1 and len(plain) - len(found[0].text) <= _MOST_BESIDE
    return found[0].value if alone else None
