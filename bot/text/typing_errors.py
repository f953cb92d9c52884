"""Input-method slips: 泰山雪者, 人才货 and 三支扶 are read as what was meant.

A noisy channel over our own vocabulary: a run of characters becomes one of our words only where
reading it so is likelier than reading the characters as they stand, slip and all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import log

from pypinyin import Style, pinyin

from bot.text.words import Words

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_LONGEST = 9  # characters of a word that is looked for
_READ_AT_MOST = 200  # characters of one message; more is pasted text, not typing
_OUR_WORD = log(600)  # cost of a word of ours, beside the dictionary's own frequencies

# Costs of a slip, in nats. Sound is the commonest cause of a wrong character.
_SAME_SOUND, _NEAR_SOUND, _SAME_SHAPE = 4.0, 7.0, 6.0
_MISSING, _DOUBLED, _SWAPPED = 11.0, 4.0, 6.5
_SHORT = 4.0  # more for words of two characters: nearly every pair sounds like one of them
# In a short word these are far more often meant than mistyped: 想当 is not 相当.
_MEANT = frozenset(
    "的了是在有我你您他她它不这那就都和也要吗呢吧啊没想去来上下个时带补填帮住办字新几多人领拿招问往看说用找报交项级"
)

# Characters taken for one another by eye, or by stroke input.
_ALIKE = (
    "贷货贸货", "券卷", "惠慧", "帖贴", "才材", "土士", "未末", "己已巳", "入人八", "定走", "资货",
    "博搏", "硕顾", "证征", "住往佳", "房防", "购沟", "层屉", "次欢", "圆园", "员圆", "支枝", "扶抚",
    "特持待", "派沠", "育盲", "签鉴", "续读", "期朗", "效郊", "办为", "补朴", "助肋", "项顶", "院浣",
    "烟姻", "潍淮维", "淄溜", "沂忻近", "济挤", "岛鸟", "泉皋", "晋普", "侯候", "候后侯", "申甲由", "领须",
    "杳查", "科料", "枓料", "税悦", "拔拨", "拨泼", "揭竭", "榜傍", "津律", "租祖组", "薪新", "落洛",
    "户卢", "农衣", "职织", "称你", "评坪", "疗辽", "养美", "休体", "假暇", "攀樊", "峰锋", "筑巩",
)  # fmt: skip
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_FINALS = (("iang", "ian"), ("uang", "uan"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


class TypingErrors:
    """`words` are what can be meant; everything the segmenter knows is taken as meant, too."""

    def __init__(self, words: Iterable[str], *, known: Words) -> None:
        self._known = known
        words = list(words)
        self._words = {word for word in words if 2 <= len(word) <= _LONGEST and _HAN_RUN.fullmatch(word)}
        # Longer ones are never looked for, and never taken apart.
        self._long = tuple(word for word in words if len(word) > _LONGEST)
        self._by_sound: dict[str, list[str]] = {}
        self._by_shape: dict[str, list[str]] = {}
        self._by_rest: dict[str, list[str]] = {}  # a word without one of its characters
        self._sizes = sorted({len(word) for word in self._words})
        for word in sorted(self._words):
            self._by_sound.setdefault(_near_sounds(word), []).append(word)
            self._by_shape.setdefault(_shapes(word), []).append(word)
            if len(word) >= 4:
                for rest in {word[:i] + word[i + 1 :] for i in range(len(word))}:
                    self._by_rest.setdefault(rest, []).append(word)

    def correct(self, text: str) -> str:
        if len(text) > _READ_AT_MOST:
            return text
        return _HAN_RUN.sub(lambda match: self._read(match[0]), text)

    def _read(self, run: str) -> str:
        """The likeliest reading of a run of Chinese characters (shortest path)."""
        size = len(run)
        best: list[tuple[float, str]] = [(0.0, "")] + [(float("inf"), "")] * size
        for start in range(size):
            so_far, read = best[start]
            for end, word, cost in self._steps(run, start):
                if so_far + cost < best[end][0] - 1e-9:
                    best[end] = (so_far + cost, read + word)
        return best[size][1]

    def _steps(self, run: str, start: int) -> Iterator[tuple[int, str, float]]:
        for word in self._long:
            if run.startswith(word, start):
                yield start + len(word), word, _OUR_WORD
        for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
            piece = run[start:end]
            if piece in self._words or self._known.frequency(piece) or end == start + 1:
                yield end, piece, self._cost(piece)
                # A word of the dictionary is never a slip, however rare.
                if end > start + 1:
                    continue
            if end == start + 1:
                continue
            for word, slip in self._slips(piece):
                yield end, word, self._cost(word) + slip + (_SHORT if len(word) == 2 else 0.0)

    def _slips(self, piece: str) -> Iterator[tuple[str, float]]:
        for word in self._by_sound.get(_near_sounds(piece), ()):
            wrong = [(a, b) for a, b in zip(piece, word, strict=True) if a != b]
            if len(piece) <= 3 and any(typed in _MEANT for typed, _ in wrong):
                continue
            if len(wrong) < len(piece) and len(wrong) * 2 <= len(piece) + 1:
                yield word, sum(_SAME_SOUND if _sound(a) == _sound(b) else _NEAR_SOUND for a, b in wrong)
        for word in self._by_shape.get(_shapes(piece), ()):
            wrong = [(a, b) for a, b in zip(piece, word, strict=True) if a != b]
            if len(wrong) == 1:
                yield word, _SAME_SHAPE
        if len(piece) >= 3:
            for word in self._by_rest.get(piece, ()):
                yield word, _MISSING
        for i in range(len(piece) - 1):
            inside = 0 < i < len(piece) - 2  # at its edge, the double may belong to the next word
            if inside and piece[i] == piece[i + 1] and (word := piece[:i] + piece[i + 1 :]) in self._words:
                yield word, _DOUBLED
            swapped = piece[:i] + piece[i + 1] + piece[i] + piece[i + 2 :]
            if len(piece) >= 3 and swapped in self._words:
                yield swapped, _SWAPPED

    def _cost(self, word: str) -> float:
        general = self._known.cost(word)
        return min(general, _OUR_WORD) if word in self._words and len(word) > 1 else general


@lru_cache(maxsize=20_000)
def _sound(char: str) -> str:
    return str(pinyin(char, style=Style.NORMAL)[0][0])


@lru_cache(maxsize=20_000)
def _near_sound(char: str) -> str:
    """One spelling for what southern speakers and toneless typing do not tell apart."""
    sound = _sound(char)
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound[len(long) :]
            break
    for long, short in _FINALS:
        if sound.endswith(long):
            return sound[: -len(long)] + short
    return sound


def _near_sounds(text: str) -> str:
    return " ".join(map(_near_sound, text))


_SHAPE: Mapping[str, str] = {char: group[0] for group in reversed(_ALIKE) for char in group}


def _shapes(text: str) -> str:
    return "".join(_SHAPE.get(char, char) for char in text)
