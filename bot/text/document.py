"""A cleaned policy document taken apart: title, number, dates, clauses, measures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.text.clean import Cleaned, FindingKind
from bot.text.clean_lines import DATE_LINE, ORGANISATION
from bot.text.clean_sites import METADATA_KEYS
from bot.text.document_clauses import Clause, Measure, clauses_of, is_labelled, measures_of

__all__ = ["Clause", "Document", "Measure", "read_document"]

_NUMBER = re.compile(
    r"(?P<body>[\u4e00-\u9fffA-Z]{1,15})[〔\[(【](?P<year>(?:19|20)\d\d)[〕\])】]"
    r" ?(?:第 ?)?(?P<no>\d{1,5}) ?号"
)
_ENTRY = re.compile(r"【(?P<key>[^【】]{2,10})】(?P<value>[^【】]*)")
_PLAIN_ENTRY = re.compile(
    r"(?P<key>发布时间|发布日期|发文日期|成文日期|公布日期|发表时间|时间|日期|来源|信息来源|稿件来源|作者"
    r"|浏览次数|浏览量|阅读次数|阅读量|点击数|访问量|发布机构|发布单位|发文机关|文号|发文字号|索引号|施行日期|实施日期|生效日期|有效性|时效性)"
    r":\s*(?P<value>\S{1,40}(?: \d\d?:\d\d(?::\d\d)?)?)"
)
_FONT_SIZES = re.compile(r"【?字 ?[体号](?:大小)?: ?[\[(【]? ?大 ?中 ?小 ?[\])】]?】?")
_DATE = re.compile(r"((?:19|20)\d\d) ?[年./-] ?(\d{1,2}) ?[月./-] ?(\d{1,2})")
_HAN_DATE = re.compile(
    r"([二〇零○一三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_HAN_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_DATED = re.compile(rf"{DATE_LINE.pattern}(?: ?\d{{1,2}}:\d\d(?::\d\d)?)? ?(?:发布|发表|讯|来源:\S{{2,20}})?")
_EFFECTIVE = re.compile(
    r"自 ?((?:19|20)\d\d) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日起(?:正式)?(?:施行|实施|执行|生效)"
)
# Only in the sentence that puts this document into force: others' dates are quoted too.
_UNTIL = re.compile(
    r"起(?:正式)?(?:施行|实施|执行|生效)[,;。]? ?有效期限?[^。]{0,8}?(?:至|到) ?"
    r"((?:19|20)\d\d) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日"
)
_SINCE_ISSUE = re.compile(r"(?:本|该)[^。,]{0,12}自(?:印发|发布|公布)之日起(?:正式)?(?:施行|实施|执行|生效)")
_TITLE_END = re.compile(
    r"(?:通知|意见|办法|规定|决定|公告|通告|方案|规划|措施|细则|条例|计划|批复|函|指南|明白纸|规范|若干政策|目录)(?:\([^()]{1,12}\))?$"
)
_TITLE_ISSUER = re.compile(r"^(?P<issuers>.+?)(?:等[一二三四五六七八九十]+(?:个)?(?:部门|单位))?关于")
_MARKS = re.compile(r"[\W_]+")

_PUBLISHED_KEYS = ("公布日期", "发布日期", "发布时间", "成文日期", "发文日期", "发表时间", "时间", "日期")
_EFFECTIVE_KEYS = ("施行日期", "实施日期", "生效日期")
_ISSUER_KEYS = ("制定机关", "发布部门", "发布机关", "发文机关", "发布机构", "发布单位")
_NUMBER_KEYS = ("字号", "文号", "发文字号")
_HEAD_LINES = 8
_LONGEST_TITLE = 60


@dataclass(frozen=True)
class Document:
    title: str
    number: str | None  # 文号
    issuers: tuple[str, ...]
    published: date | None
    effective: date | None
    until: date | None  # the last day, where the text itself says 有效期至
    status_text: str | None  # 时效性 as found
    source_site: str | None
    paragraphs: tuple[str, ...]
    clauses: tuple[Clause, ...]
    measures: tuple[Measure, ...]


def read_document(cleaned: Cleaned) -> Document:
    entries, lines = _entries([line for line in cleaned.lines if line])
    title, lines = _title(lines)
    number, lines = _number(entries, lines)
    body, signed_by, signed_on = _signature(lines)
    text = "".join(body)
    published = _first_date(entries, _PUBLISHED_KEYS) or signed_on
    effective = _first_date(entries, _EFFECTIVE_KEYS) or _date_in(_EFFECTIVE, text)
    if effective is None and _SINCE_ISSUE.search(text):
        effective = published
    return Document(
        title=title,
        number=number,
        issuers=signed_by or _issuers_of_entries(entries) or _issuers_of_title(title),
        published=published,
        effective=effective,
        until=_date_in(_UNTIL, text),
        status_text=entries.get("时效性") or entries.get("有效性"),
        source_site=_source(cleaned, entries),
        paragraphs=tuple(body),
        clauses=clauses_of(body),
        measures=measures_of(body),
    )


def _entries(lines: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Metadata in brackets (【字号】…) anywhere, as `key: value` only above the body."""
    entries: dict[str, str] = {}
    rest: list[str] = []
    for index, line in enumerate(lines):
        found = [(match["key"].replace(" ", ""), match["value"].strip()) for match in _ENTRY.finditer(line)]
        if line.startswith("【") and found and all(key in METADATA_KEYS for key, _ in found):
            entries |= {key: value for key, value in found if value}
            continue
        if len(rest) < _HEAD_LINES and index < _HEAD_LINES:
            if _DATED.fullmatch(line):
                entries.setdefault("发布日期", line)
                continue
            plain = {match["key"]: match["value"] for match in _PLAIN_ENTRY.finditer(line)}
            left = _FONT_SIZES.sub("", _PLAIN_ENTRY.sub("", line)).strip(" |")
            if plain and (not left or _DATED.fullmatch(left)):
                entries |= plain | ({"发布日期": left} if left else {})
                continue
        rest.append(line)
    return entries, rest


def _title(lines: list[str]) -> tuple[str, list[str]]:
    """The first line, or the folded ones up to …的通知; said again above the body it is dropped."""
    if not lines or is_labelled(lines[0]) or ("。" in lines[0] and len(lines[0]) > _LONGEST_TITLE):
        return "", lines
    title, rest = lines[0], lines[1:]
    for size in (2, 3):
        if _TITLE_END.search(title):
            break
        folded = lines[:size]
        if len(folded) == size and _TITLE_END.search(folded[-1]) and not any(map(_is_body, folded)):
            title, rest = "".join(folded), lines[size:]
    for start in range(min(3, len(rest))):
        for size in (1, 2, 3):
            if _same("".join(rest[start : start + size]), title):
                return title, rest[:start] + rest[start + size :]
    return title, rest


def _is_body(line: str) -> bool:
    return "。" in line or is_labelled(line) or line.endswith(":")


def _same(one: str, other: str) -> bool:
    return _MARKS.sub("", one) == _MARKS.sub("", other)


def _number(entries: dict[str, str], lines: list[str]) -> tuple[str | None, list[str]]:
    """Of the metadata, or alone on a line of the head; numbers in the text are other documents'."""
    for key in _NUMBER_KEYS:
        if match := _NUMBER.search(entries.get(key, "")):
            return _written(match), lines
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if match := _NUMBER.fullmatch(line.strip("() ")):
            return _written(match), lines[:index] + lines[index + 1 :]
    return None, lines


def _written(match: re.Match[str]) -> str:
    return f"{match['body']}〔{match['year']}〕{match['no']}号"


def _signature(lines: list[str]) -> tuple[list[str], tuple[str, ...], date | None]:
    """Bodies and date below the text, as 落款."""
    for index in range(len(lines) - 1, max(len(lines) - 12, 0), -1):
        signed = _signing_date(lines[index])
        if signed is None:
            continue
        first = index
        names: list[str] = []
        while first > 0 and all(map(ORGANISATION.fullmatch, parts := lines[first - 1].split())):
            names = [*parts, *names]
            first -= 1
        if names:
            return lines[:first] + lines[index + 1 :], tuple(dict.fromkeys(names)), signed
    return lines, (), None


def _signing_date(line: str) -> date | None:
    if DATE_LINE.fullmatch(line):
        return _date_in(_DATE, line)
    if (written := _HAN_DATE.fullmatch(line)) is None:
        return None
    year = int("".join(str(_HAN_DIGITS[digit]) for digit in written[1]))
    return _calendar_date(year, _below_hundred(written[2]), _below_hundred(written[3]))


def _below_hundred(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return 10 * (_HAN_DIGITS[tens] if tens else len(ten)) + (_HAN_DIGITS[ones] if ones else 0)


def _issuers_of_entries(entries: dict[str, str]) -> tuple[str, ...]:
    for key in _ISSUER_KEYS:
        if value := entries.get(key):
            return tuple(name for name in re.split(r"[,、;\s]+", value) if name)
    return ()


def _issuers_of_title(title: str) -> tuple[str, ...]:
    head = _TITLE_ISSUER.match(title)
    names = re.split(r"[、 ]+", head["issuers"]) if head else []
    return tuple(names) if names and all(map(ORGANISATION.fullmatch, names)) else ()


def _first_date(entries: dict[str, str], keys: Sequence[str]) -> date | None:
    for key in keys:
        if found := _date_in(_DATE, entries.get(key, "")):
            return found
    return None


def _date_in(pattern: re.Pattern[str], text: str) -> date | None:
    match = pattern.search(text)
    return _calendar_date(*map(int, match.groups())) if match else None


def _calendar_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _source(cleaned: Cleaned, entries: dict[str, str]) -> str | None:
    for finding in cleaned.removed:
        if finding.kind is FindingKind.SITE_HEAD:
            return re.sub(r"[\W_]+$", "", finding.text)
    return entries.get("来源") or entries.get("信息来源") or entries.get("稿件来源")
