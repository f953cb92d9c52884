"""Figures in a Chinese sentence, and whether a text of the fact sheet states them."""

import re
from dataclasses import dataclass
from typing import Literal

_UNIT = r"个工作日|个月|周岁|[年月日天个岁名位家项笔万亿元套人倍小条步团强分号%㎡]"
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s，。、（）()“”；]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|org)(?:\.cn)?", re.I
)
_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{2,8}〔\d{4}〕\d+号")
_PHONE = re.compile(r"0\d{2,3}-\d{7,8}")
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_WHOLE: dict[Literal["address", "document", "phone", "date"], re.Pattern[str]] = {
    "address": _ADDRESS,
    "document": _DOCUMENT,
    "phone": _PHONE,
    "date": _DATE,
}
_NUMBER = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)\s*({_UNIT})?")
_SPELT = re.compile(r"[一二两三四五六七八九十百]+(?:个工作日|个月|周岁|年|天|倍|万元?|名|折)")
# Words that begin like a spelt number but count nothing.
_IDIOMS = ("万人", "一名", "三支一扶")
# 80/40/20/10/5万元, 博士3000/硕士2000元, 5–7名: the last number carries the unit of all.
_WORDS = r"[\u4e00-\u9fff]{0,6}"
_LIST = re.compile(rf"\d+(?:[/、–\-]{_WORDS}\d+)+({_UNIT})")


@dataclass(frozen=True)
class Figure:
    kind: Literal["address", "document", "phone", "date", "number", "spelt"]
    text: str
    unit: str = ""


def figures(sentence: str) -> list[Figure]:
    sentence = sentence.replace("—", "–")
    found: list[Figure] = []
    for kind, pattern in _WHOLE.items():
        found += [Figure(kind, match.group()) for match in pattern.finditer(sentence)]
        sentence = pattern.sub(" ", sentence)
    found += [Figure("number", match[1], match[2] or "") for match in _NUMBER.finditer(sentence)]
    for match in _SPELT.finditer(sentence):
        if not sentence[match.start() :].startswith(_IDIOMS):
            found.append(Figure("spelt", match.group()))
    return found


def is_stated(figure: Figure, *, text: str, sheet: str) -> bool:
    """Numbers must stand in `text`, with their unit or as one of a list that carries it."""
    match figure.kind:
        case "document":  # may follow any words, so its tail decides
            tail = re.search(r"[\u4e00-\u9fff]{2}〔\d{4}〕\d+号", figure.text)
            return tail is not None and tail.group() in sheet
        case "address" | "phone":
            return figure.text in sheet
        case "date":
            return figure.text in text
        case "spelt":
            return figure.text.removesuffix("元") in text
        case _:
            return _number_is_stated(figure, text=text)


def _number_is_stated(figure: Figure, *, text: str) -> bool:
    token = rf"(?<![\d.]){re.escape(figure.text)}(?![\d.]*\d)"
    is_year = figure.unit == "年" and re.fullmatch(r"(19|20)\d\d", figure.text)
    if not figure.unit or figure.unit[0] == "个" or is_year:
        return re.search(token, text) is not None
    if figure.unit == "条":  # clauses are the rows of a table
        return f"|{figure.text}|" in text or f"{figure.text}条" in text
    if re.search(token + r"多?" + re.escape(figure.unit[0]), text):
        return True
    return any(
        match[1].startswith(figure.unit[0]) and re.search(token, match.group())
        for match in _LIST.finditer(text)
    )
