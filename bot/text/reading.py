"""What a person typed, read as what was meant: pinyin first, then slips of the input method."""

from collections.abc import Iterable, Mapping

from bot.text.lexicon import Lexicon
from bot.text.pinyin import Pinyin, weights_of
from bot.text.typing_errors import TypingErrors
from bot.text.words import Words

_TELLING = 15.0  # a word of the knowledge is ours if it is so many times commoner there than elsewhere


class Reading:
    """`used` counts the words of the knowledge; the lexicon's own words are always meant."""

    def __init__(self, *, lexicon: Lexicon, words: Words, used: Mapping[str, int]) -> None:
        ours = {word for word in lexicon.all_words if word not in lexicon.synonyms}
        self._slips = TypingErrors(ours | set(_telling(used, words)), known=words)
        asked = (word for word, count in used.items() for _ in range(min(count, 500)))
        self._pinyin = Pinyin(weights_of([*ours, *asked]))

    def read(self, text: str) -> str:
        return self._slips.correct(self._pinyin.read(text))


def _telling(used: Mapping[str, int], words: Words) -> Iterable[str]:
    total = max(sum(used.values()), 1)
    for word, count in used.items():
        if count >= 3 and len(word) > 1 and count / total > _TELLING * words.share(word):
            yield word
