"""Input-method slips: 泰山雪者 is read as 泰山学者 because it sounds the same."""

from collections.abc import Iterable

from pypinyin import Style, pinyin

_MIN_SIZE = 3  # shorter words have too many innocent homophones


class Homophones:
    """Replaces a run that sounds like one of our longer words, and is not itself known."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word for word in words if len(word) >= _MIN_SIZE and not word.isascii()}
        self._by_sound = {_sound(word): word for word in sorted(self._words, reverse=True)}
        self._sizes = sorted({len(word) for word in self._words}, reverse=True)

    def correct(self, text: str) -> str:
        sounds = _sound(text)
        result: list[str] = []
        position = 0
        while position < len(text):
            for size in self._sizes:
                end = position + size
                if end > len(text):
                    continue
                run = text[position:end]
                if run in self._words:
                    break
                word = self._by_sound.get(sounds[position:end])
                # At least half of the characters must be right: sound alone is weak evidence.
                if word is not None and _shared(run, word) * 2 >= size:
                    run = word
                    break
            else:
                run = text[position]
            result.append(run)
            position += len(run)
        return "".join(result)


def _sound(text: str) -> tuple[str, ...]:
    # A list keeps each character apart, so that positions in sound and text agree.
    return tuple(part[0] for part in pinyin(list(text), style=Style.NORMAL))


def _shared(run: str, word: str) -> int:
    return sum(a == b for a, b in zip(run, word, strict=True))
