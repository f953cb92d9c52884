"""Whole messages that mean a wish of the service itself: 「请帮我转人工，谢谢」 does,
「人工智能人才算高层次吗」 does not. Pure but for the word lists.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

import yaml

from bot.settings import PROJECT
from bot.text.normalise import normalise

_SPOKEN = re.compile(r"[\u3400-\u9fffa-z0-9]+")
_HEAD = (
    r"(?:你好|您好|在吗|那|那就|还是|快|请|请问|麻烦|麻烦你|麻烦您|帮我|给我|帮忙|我|我要|我想|我想要|我需要|"
    r"要|想|想要|需要|直接|马上|立刻|能不能|可以)*"
)
_TAIL = r"(?:吧|一下|下|谢谢|谢谢你|谢谢您|多谢|呗|啊|呀|哦|嘛|了|好吗|行吗|可以吗|好不好|行不行|快点|急)*"
_LONGEST = 40  # characters; nobody asks for a person in more


class Said(StrEnum):
    PERSON = "person"
    CANCEL = "cancel"  # while waiting
    LEAVE = "leave"  # a person who is there; 「取消」 alone may answer what they asked
    CANCEL_TICKET = "cancel_ticket"
    HERE = "here"
    AGREE = "agree"
    POSITION = "position"
    VERIFY = "verify"  # while a person is there; else the assistant hears it


@cache
def word_list(name: Said) -> tuple[str, ...]:
    path = PROJECT / "data" / "conversation" / "words.yml"
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8"))["words"][name])


def says(text: str, words: Iterable[str]) -> bool:
    """Whether the whole message is one of the words, said politely or twice."""
    if len(text) > _LONGEST:
        return False
    plain = "".join(_SPOKEN.findall(normalise(text).lower()))
    return bool(plain) and _pattern(tuple(words)).fullmatch(plain) is not None


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    plain = {"".join(_SPOKEN.findall(word.lower())) for word in words} - {""}
    longest_first = sorted(plain, key=len, reverse=True)
    return re.compile(f"{_HEAD}(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})+{_TAIL}")
