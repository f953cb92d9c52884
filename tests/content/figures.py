"""Figures in a Chinese sentence, and whether a text of the fact sheet states them."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Literal

_UNIT = (
    r"个工作日|个小时|个月|周岁|小时|人次|分钟|亿元|万元"
    r"|[年月日天个岁名位家项笔万亿元套人倍小条步团强分号成折批次届字所%㎡]"
)
Kind = Literal["address", "document", "phone", "street", "date", "day", "number"]
_WHOLE: dict[Kind, re.Pattern[str]] = {
    "address": re.compile(
        r"(?:https?://|www\.)[^\s，。、（）()“”；]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|org)(?:\.cn)?",
        re.I,
    ),
    "document": re.compile(r"[\u4e00-\u9fff]{2,8}〔\d{4}〕\d+号"),
    "phone": re.compile(r"0\d{2,3}-\d{7,8}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)400-?\d{3}-?\d{4}"),
    "street": re.compile(r"(?<=[区市县])[\u4e00-\u9fff]{2,3}(?:路|大道)|[\u4e00-\u9fff]{2}大厦"),
    "date": re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?"),
    "day": re.compile(r"\d{1,2}月\d{1,2}日"),
}
_RANGE = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)[–~至](\d+(?:\.\d+)?)({_UNIT})")
_NUMBER = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)\s*({_UNIT})?")
# 80/40/20/10/5万元, 博士3000/硕士2000元, 5–7名: the last number carries the unit of all.
_WORDS = r"[\u4e00-\u9fff]{0,6}"
_LIST = re.compile(rf"\d+(?:[/、–\-]{_WORDS}\d+)+({_UNIT})")

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_SPELT = re.compile(
    r"(?<!第)(?<![一二两三四五六七八九十百千万])([一二两三四五六七八九十百]+)"
    r"(个工作日|个小时|个月|周岁|小时|人次|万元|年|天|岁|倍|折|成|名|位|家|项|人|次|套|批)"
)
# An article, or a count of what our own sentence lists (这两项): states nothing about the policy.
_IDIOMS = re.compile(r"一(?:名|位|家|项|人|次|套|批|成|折)|两(?:项|家|位|次)")


@dataclass(frozen=True)
class Figure:
    kind: Kind
    text: str
    unit: str = ""

    def __str__(self) -> str:
        return self.text + self.unit


def arabic(text: str) -> str:
    """五年 and 两年 as 5年 and 2年, so that spelt figures are figures too."""

    def digits(match: re.Match[str]) -> str:
        whole = match.group()
        return whole if _IDIOMS.fullmatch(whole) else f"{_value(match[1])}{match[2]}"

    return _SPELT.sub(digits, text)


def _value(spelt: str) -> int:
    total, digit = 0, 0
    for character in spelt:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def figures(sentence: str) -> list[Figure]:
    """In the order in which they stand, so that two that change places are noticed."""
    sentence = arabic(sentence.replace("—", "–"))
    found: list[tuple[int, Figure]] = []

    def take(kind: Kind, match: re.Match[str]) -> str:
        found.append((match.start(), Figure(kind, match.group())))
        return " " * len(match.group())

    for kind, pattern in _WHOLE.items():
        sentence = pattern.sub(partial(take, kind), sentence)

    def both(match: re.Match[str]) -> str:
        found.append((match.start(1), Figure("number", match[1], match[3])))
        found.append((match.start(2), Figure("number", match[2], match[3])))
        return " " * len(match.group())

    sentence = _RANGE.sub(both, sentence)
    found += [(m.start(), Figure("number", m[1], m[2] or "")) for m in _NUMBER.finditer(sentence)]
    return [figure for _, figure in sorted(found, key=lambda one: one[0])]


def is_stated(figure: Figure, *, text: str) -> bool:
    """`text` is tidied and in Arabic figures. A number needs its unit, or a list that carries it."""
    match figure.kind:
        case "document":  # may follow any words, so its tail decides
            tail = re.search(r"[\u4e00-\u9fff]{2}〔\d{4}〕\d+号", figure.text)
            return tail is not None and tail.group() in text
        case "address":
            return re.search(rf"(?<![\w.-]){re.escape(figure.text)}(?![\w-])", text, re.ASCII) is not None
        case "street":
            return figure.text[-3:] in text
        case "phone":
            return re.search(rf"(?<!\d){figure.text}(?!\d)", text) is not None
        case "date" | "day":
            return re.search(rf"(?<!\d){figure.text}", text) is not None
        case _:
            return _number_is_stated(figure, text=text)


def _number_is_stated(figure: Figure, *, text: str) -> bool:
    token = rf"(?<![\d.]){re.escape(figure.text)}(?![\d.]*\d)"
    is_year = figure.unit == "年" and re.fullmatch(r"(19|20)\d\d", figure.text)
    if not figure.unit or figure.unit == "个" or is_year:
        return re.search(token, text) is not None
    if figure.unit == "条":  # clauses are the rows of a table
        return f"|{figure.text}|" in text or f"{figure.text}条" in text
    unit = figure.unit[:2] if figure.unit.startswith("个") else figure.unit[0]
    if re.search(token + rf"多?{re.escape(unit)}", text):
        return True
    return any(
        match[1].startswith(unit) and re.search(token, match.group()) for match in _LIST.finditer(text)
    )
