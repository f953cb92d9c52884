"""What the cleaner took out of a scraped document, and what it only doubts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.text.clean_clutter import Note


class FindingKind(StrEnum):
    """The value is the label a report shows."""

    PINYIN = "拼音括注"
    READING = "读音或字形括注"
    ADVERTISEMENT = "夹带广告"
    BREADCRUMB = "导航路径"
    SITE_HEAD = "网站版头"
    SITE_NAME = "夹带站名"
    PAGE_CONTROL = "页面控件"
    COLUMN_TAG = "栏目标签"
    DUPLICATE = "重复图注"
    BYLINE = "采编署名"
    UNLAWFUL = "涉赌涉黄内容"
    BLOCKED = "屏蔽词"
    SWALLOWED = "疑似掉字"
    BROKEN_LINE = "断行"
    GARBLED = "错位乱码"
    ENCODING = "编码错误"
    FOREIGN = "疑似无关句"
    CHARACTER = "误转字"
    REPEATED_MARK = "重复标点"
    INVISIBLE = "不可见字符"


@dataclass(frozen=True)
class Finding:
    kind: FindingKind
    line: int  # 1-based, of the raw text
    text: str  # removed: exactly what is gone; doubt: the words in question
    note: str  # one Chinese sentence for the reviewer


@dataclass(frozen=True)
class Cleaned:
    """`lines` are paragraphs; an empty one parts two lines that only look like one broken sentence."""

    lines: tuple[str, ...]
    removed: tuple[Finding, ...]
    doubts: tuple[Finding, ...]


@dataclass(frozen=True)
class Line:
    number: int  # 1-based, of the raw text
    text: str
    apart: bool  # indented or after an empty line: a paragraph of its own


@dataclass
class Report:
    notes: Mapping[Note, str]
    removed: list[Finding] = field(default_factory=list)
    doubts: list[Finding] = field(default_factory=list)

    def cut(self, kind: FindingKind, line: int, text: str, note: Note, **words: str) -> None:
        self.removed.append(Finding(kind, line, text, self.notes[note].format(**words)))

    def doubt(self, kind: FindingKind, line: int, text: str, note: Note, **words: str) -> None:
        self.doubts.append(Finding(kind, line, text, self.notes[note].format(**words)))
