"""The words of a comparison: what a message sets beside each other. Pure."""

import re
from dataclasses import dataclass
from itertools import pairwise

from bot.text.lexicon import Lexicon, Mention
from bot.text.normalise import normalise

SUBJECTS = ("item", "programme")
MOST_SIDES = 3
_COMPARES = re.compile(
    r"区别|差别|差异|不同(?!意)|不一样|(?<!不)一样[吗么不]|一回事|一码事|对比|相比|比较一?下|比一比|比一下|差多少|差几|差得?多[吗么]|相差|差在哪|[Vv][Ss]"
    r"|(?:哪个|哪边|哪里|哪儿|哪家|谁|哪一?个市|哪种|哪一种)的?[^,，。?]{0,6}?(?:更|比较|最)?(?:高|多|低|少|好|大|小|划算|合适|值|长|强)"
    r"|比[^,，。?]{1,12}(?:高|多|低|少|大|小|长)(?!少|久)|各自?(?:是|补|给|能|有|发)?多少|分别(?:是|补|给|能|有|发|贷)?多少|(?:高|多|好)还是"
)
_JOINED = re.compile(
    r"([^,，。?\s和跟与]{2,12})(?:和|跟|与|同|、|[Vv][Ss])([^,，。?\s]{2,14}?)(?:有|到底|之间|的|是|,|，)*(?:什么|哪些)?(?:区别|差别|差异|不同|不一样|一回事|关系)"
)
_WHICH = re.compile(r"高|多|低|少|大|差")
_KINDS = (("tier",), ("degree",), SUBJECTS, ("region",))
_BESIDE = re.compile(r"^[^,，。]{0,6}?(?:和|跟|与|同|比|、|还是|或者?|[Vv][Ss]|[,，\s]+)[^,，。]{0,2}$")
_NO_SUBJECT = re.compile(
    r"人才|政策|待遇|福利|两地|两边|之间|[省市区县]|到底|相比|想问|请问|我|[和跟与同的、,，。?!\s都更呢吗啊]"
)
_TOO_WIDE = frozenset({"29项服务", "住房保障"})


@dataclass(frozen=True)
class Contrast:
    plain: str  # the message in our spelling
    asking: str  # its words of comparing
    things: tuple[Mention, ...]  # two or three of one kind; none where only two names are joined
    names: frozenset[str]

    @property
    def asks_which(self) -> bool:
        return bool(_WHICH.search(self.asking))

    @property
    def names_subject(self) -> bool:
        """Not so 「济南和青岛的政策哪个好」."""
        rest = _COMPARES.sub("", self.plain)
        for thing in self.things:
            rest = rest.replace(thing.text, "")
        return bool(_NO_SUBJECT.sub("", rest))

    def alone(self, thing: Mention) -> str:
        """The question with the others left out."""
        text = self.plain
        for other in sorted(self.things, key=lambda one: -one.start):
            if other is not thing:
                text = text[: other.start] + text[other.end :]
        text = re.sub(r"的?(?:有|到底|之间)*(?:什么|哪些)?$", "", _COMPARES.sub("", text))
        text = re.sub(
            r"^[和跟与同、]+|[和跟与同、]+(?=[的,，。]|$)|[和跟与同、](?=[\u4e00-\u9fff])", "", text
        )
        subject = text.strip(" ,，。?!的")
        # A bare name is asked for what it is.
        return f"{subject}是什么" if thing.label == "programme" and subject == thing.text else subject


def contrast_of(text: str, *, lexicon: Lexicon) -> Contrast | None:
    """None without a word of comparing, or with nothing set beside each other."""
    plain = lexicon.canonical(normalise(text))
    asking = _COMPARES.search(plain)
    if asking is None:
        return None
    things = _sides(plain, lexicon)
    joined = _JOINED.search(plain)
    if not things and joined is None:
        return None
    names = [thing.text for thing in things] or ([_bare(joined[1]), _bare(joined[2])] if joined else [])
    return Contrast(plain, asking[0], tuple(things), frozenset(names))


def _bare(name: str) -> str:
    return re.sub(r"^(?:请问|想问|问下|那么?|到底)|(?:有|的|是|都|之间)+$", "", name)


def _sides(plain: str, lexicon: Lexicon) -> list[Mention]:
    """Two or three mentions of one kind, named beside each other."""
    mentions = lexicon.find(plain)
    for kind in _KINDS:
        of_kind = [m for m in mentions if m.label in kind and m.value not in _TOO_WIDE]
        for size in range(min(MOST_SIDES, len(of_kind)), 1, -1):
            for start in range(len(of_kind) - size + 1):
                run = of_kind[start : start + size]
                gaps = [plain[a.end : b.start] for a, b in pairwise(run)]
                beside = all(_BESIDE.match(gap) or (kind == ("region",) and not gap) for gap in gaps)
                if beside and len({m.value for m in run}) == size:
                    return run
    return []
