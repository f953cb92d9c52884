"""Lines of a page: blanks and widths made one, characters put right, broken sentences joined."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.text.clean_clutter import Note
from bot.text.clean_findings import FindingKind, Line, Report
from bot.text.clean_readings import HAN

_END = re.compile(r"\r\n|\r|\n")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFF61: 0x3002, 0xFF64: 0x3001}
_RADICALS = re.compile("[\u2e80-\u2fd5]")  # PDF fonts write them for the characters they look like
_MARKS = r"、。,;:!?()“”‘’《》【】〔〕"
_SPACES = re.compile(r"\s+")
_SPACE_BEFORE = re.compile(rf"(?<=[{HAN}{_MARKS}]) (?=[)、,。;:!?”’》】〕])")
_SPACE_AFTER = re.compile(rf"(?<=[(“‘《【〔、,。;:!?]) (?=[{HAN}{_MARKS}])")
_SPACE_BRACKET = re.compile(rf"(?<=[{HAN}]) (?=\([{HAN}])|(?<=[{HAN}]\)) (?=[{HAN}])")
_SPACED_WORD = re.compile(rf"[{HAN}](?: [{HAN}]){{1,5}}")
_REPEATED = re.compile(r"([,;:、。])\1+")

# 壹 counts in amounts and before counted things; elsewhere a converter put it for 一.
_AMOUNT = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整"
_COUNTED = "份式名次套张本个项页枚册件人户号"
_WRONG_ONE = re.compile(rf"(?<![{_AMOUNT}第])壹(?![{_AMOUNT}{_COUNTED}基])(?=[{HAN}])")

OPENS_STRUCTURE = re.compile(
    r"[【〔]|[一二三四五六七八九十百]+、|\([一二三四五六七八九十]+\)|\(?\d{1,3}[.、)](?!\d)|[①-⑳]"
    r"|第[一二三四五六七八九十百零\d]+[条章节款项]|附件|附:|抄送|来源:|发布|联系|注:|说明:"
)
ORGANISATION = re.compile(
    r"[\u4e00-\u9fff]{2,30}(?:厅|局|部|委|委员会|办公室|人民政府|政府|办公厅|领导小组|处|中心|大学|学院|银行|分行|监管局|总工会)"
)
DATE_LINE = re.compile(r"(?:19|20)\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2} ?日?")
_ENTRY = re.compile(rf"【|[{HAN} ]{{2,7}}:[^。]*$")  # of the page's head or a list: 来源:…, 联系人:…
_UNFINISHED = re.compile(rf"[{HAN}0-9A-Za-z、,(“《]$")
_HEADING_LENGTH = 30  # no heading is so long
_NARROWEST = 20  # characters in a line of wrapped text
_MOST_WRAPPED = 60  # lines of one paragraph; without a limit a long list takes minutes


def lines_of(raw: str) -> list[Line]:
    lines: list[Line] = []
    blank = True
    for number, text in enumerate(_END.split(raw), 1):
        if not text.strip():
            blank = True
            continue
        lines.append(Line(number, text, blank or text[0].isspace()))
        blank = False
    return lines


def tidied(line: Line, report: Report) -> Line:
    """One blank, half-width marks, nothing invisible."""
    text = unicodedata.normalize("NFC", line.text)
    text = _RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    invisible = "".join(char for char in text if unicodedata.category(char) in ("Cf", "Co", "Cn"))
    if invisible:
        report.cut(FindingKind.INVISIBLE, line.number, invisible, Note.INVISIBLE)
        text = "".join(char for char in text if char not in invisible)
    text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    text = _SPACES.sub(" ", text.translate(_WIDTH)).strip()
    for pattern in (_SPACE_BEFORE, _SPACE_AFTER, _SPACE_BRACKET):
        text = pattern.sub("", text)
    if _SPACED_WORD.fullmatch(text):
        text = text.replace(" ", "")
    return Line(line.number, text, line.apart)


def characters_put_right(line: Line, report: Report) -> Line:
    def one_mark(match: re.Match[str]) -> str:
        report.cut(FindingKind.REPEATED_MARK, line.number, match[0][1:], Note.REPEATED_MARK)
        return match[1]

    def one(match: re.Match[str]) -> str:
        report.cut(FindingKind.CHARACTER, line.number, match[0], Note.CHARACTER)
        return "一"

    text = _WRONG_ONE.sub(one, _REPEATED.sub(one_mark, line.text))
    return Line(line.number, text, line.apart)


def joined(lines: Sequence[Line], report: Report) -> list[Line]:
    """Sentences broken in the middle become whole; an indented line is never joined."""
    done: list[Line] = []
    for line, goes_on in zip(lines, _going_on([line.text for line in lines]), strict=True):
        if goes_on and not line.apart:
            before = done[-1]
            seam = {"before": before.text[-6:], "after": line.text[:6]}
            report.cut(FindingKind.BROKEN_LINE, line.number - 1, "\n", Note.BROKEN_LINE, **seam)
            done[-1] = replace(before, text=before.text + line.text)
        else:
            done.append(line)
    return done


def parted(lines: Sequence[Line]) -> Iterator[str]:
    """The texts; an empty one keeps two apart that look like one broken sentence."""
    texts = [line.text for line in lines]
    for text, goes_on in zip(texts, _going_on(texts), strict=True):
        if goes_on:
            yield ""
        yield text


def _going_on(texts: Sequence[str]) -> list[bool]:
    """Which lines go on with the one before, judged by the words alone: cleaned text is judged alike."""
    going_on = [False] * len(texts)
    for index in range(1, len(texts)):
        before, after = texts[index - 1], texts[index]
        if not _may_go_on(before, after):
            continue
        # Items of a list often end without a full stop: only a sentence that comes to its end is broken.
        ends = "。" in after and ("。" in before or before[-1] in "、," or len(before) >= _HEADING_LENGTH)
        begun = "。" in before and any(char in after for char in ";,!?")
        going_on[index] = ends or begun or _wrapped(texts, index)
    return going_on


def _may_go_on(before: str, after: str) -> bool:
    if not _UNFINISHED.search(before) or OPENS_STRUCTURE.match(after) or _ENTRY.match(before):
        return False
    if DATE_LINE.fullmatch(after) or all(ORGANISATION.fullmatch(part) for part in after.split()):
        return False
    return any(char in before for char in "。,、;")


def _wrapped(texts: Sequence[str], index: int) -> bool:
    """Text set to a fixed width: full lines, all as long, down to one with the end of the sentence."""
    width = len(texts[index - 1])
    last, limit = index, min(len(texts) - 1, index + _MOST_WRAPPED)
    while last < limit and abs(len(texts[last]) - width) <= 2 and "。" not in texts[last]:
        if OPENS_STRUCTURE.match(texts[last]) or not _UNFINISHED.search(texts[last]):
            return False
        last += 1
    return width >= _NARROWEST and last > index and "。" in texts[last]
