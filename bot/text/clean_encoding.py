"""Text read with the wrong encoding, or out of step by one byte: restored whole, or dropped."""

import re

from bot.text.clean_clutter import Note
from bot.text.clean_findings import FindingKind, Line, Report
from bot.text.clean_readings import HAN, simplified

_WRONG_READINGS = (
    ("gb18030", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
)
_LOST = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
# Bytes out of step make Han beside bopomofo or box corners, or a line that opens with "?" and Han.
_SHIFTED = re.compile(
    rf"^\?(?=[{HAN}。、])|(?<=[{HAN}。、?])[\u3105-\u3129](?=[{HAN}])|(?<=[{HAN}ǖǘǚǜ])[\u250c-\u254b](?=[{HAN}])"
)
_DRAWING = re.compile("[\u2500-\u250b]")
_LEAD = re.compile(r"\?[。、]?$|[。、]$")  # what the first of them turned into
_BRACKETS = {"(": ")", "（": "）", "“": "”", "《": "》", "【": "】", "〔": "〕", "‘": "’", "[": "]"}


def in_right_encoding(line: Line, report: Report) -> Line | None:
    """None where the words cannot be had back: half a text must not be answered from."""
    text = line.text
    if (reread := _reread(text)) is not None:
        report.cut(FindingKind.ENCODING, line.number, text, Note.ENCODING_RESTORED)
        report.doubt(FindingKind.ENCODING, line.number, reread, Note.ENCODING_RESTORED)
        return Line(line.number, reread, line.apart)
    lost = sum(len(match[0]) for match in _LOST.finditer(text))
    if lost > 0.2 * len(text.strip()) or _nearly_reads(text):
        report.cut(FindingKind.ENCODING, line.number, text, Note.ENCODING_DROPPED)
        return None
    if lost:
        report.doubt(FindingKind.ENCODING, line.number, text.strip()[:60], Note.ENCODING_UNSURE)
    return _in_step(line, report)


def _in_step(line: Line, report: Report) -> Line | None:
    text = line.text.strip()
    start = _SHIFTED.search(text)
    if start is None or _DRAWING.search(text):
        return line
    before = _LEAD.sub("", text[: start.start()])
    garbled = text[len(before) :]
    restored = _shifted_back(garbled)
    if restored is None or (before and not _plausible(before)):
        report.cut(FindingKind.GARBLED, line.number, text, Note.GARBLED_DROPPED)
        return None
    report.cut(FindingKind.GARBLED, line.number, garbled, Note.GARBLED_RESTORED)
    report.doubt(FindingKind.GARBLED, line.number, restored, Note.GARBLED_RESTORED)
    return Line(line.number, before + restored, line.apart)


def _shifted_back(garbled: str) -> str | None:
    """The "?" stands for the lead byte that was lost; A1, the row of marks, is the usual one."""
    try:
        restored = (b"\xa1" + garbled.removeprefix("?").encode("gb18030")).decode("gb18030")
    except UnicodeDecodeError:
        return None
    restored = restored.strip("\u3000")
    return restored if _plausible(restored) and _balanced(restored) else None


def _reread(text: str) -> str | None:
    if sum(ord(char) > 0x7F for char in text) < 4:
        return None
    for wrote, meant in _WRONG_READINGS:
        try:
            reread = text.encode(wrote).decode(meant)
        except UnicodeError:
            continue
        if len(re.findall(rf"[{HAN}]", reread)) >= 2 and _plausible(reread):
            return reread
    return None


def _nearly_reads(text: str) -> bool:
    """UTF-8 read as GBK that lost a byte here and there."""
    if _plausible(text):
        return False
    try:
        reread = text.encode("gb18030").decode("utf-8", "replace")
    except UnicodeError:
        return False
    lost = reread.count("\ufffd")
    return len(re.findall(rf"[{HAN}]", reread)) >= 4 and 0 < lost <= 0.3 * len(reread)


def _plausible(text: str) -> bool:
    """Nine of ten Han in the first level of GB 2312, the 3,755 of everyday writing."""
    letters = [char for char in simplified(text) if ord(char) > 0x7F and char.isalpha()]
    common = sum(_everyday(char) for char in letters)
    return bool(letters) and common >= 0.9 * len(letters)


def _everyday(char: str) -> bool:
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7


def _balanced(text: str) -> bool:
    closing: list[str] = []
    for char in text:
        if char in _BRACKETS:
            closing.append(_BRACKETS[char])
        elif char in _BRACKETS.values() and (not closing or closing.pop() != char):
            return False
    return not closing
