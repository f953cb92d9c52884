"""What the page says about itself: path, head, buttons, by-line, doubled captions, stray site names."""

import re
from collections import Counter

from bot.text.clean_clutter import Clutter, Note
from bot.text.clean_findings import FindingKind, Line, Report
from bot.text.clean_lines import OPENS_STRUCTURE
from bot.text.clean_readings import HAN

_PATH = re.compile(
    r"(?:当前(?:所在)?|[您你](?:现在|当前)?(?:所在)?的?)位置:.{0,80}"
    r"|(?:网站)?(?:首页|主页) ?(?:(?:>+|»|›) ?[^>»›。,;]{1,20} ?)+"
)
_PATH_GOES_ON = re.compile(r"(?:(?:>+|»|›) ?[^>»›。,;]{1,14} ?)+")
_DATE = r"(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?(?: ?\d{1,2}:\d\d(?::\d\d)?)?"
_SITE = rf"[{HAN}A-Za-z]{{2,20}}(?:网|网站|在线|门户网|信息港)"
_SITE_ALONE = re.compile(_SITE)
_SITE_DATED = re.compile(rf"(?P<site>{_SITE} ?[.·∙•|—-]? ?)(?P<rest>{_DATE} ?(?:发布|发表|讯)?)")
_TAG = re.compile(r"【(?P<name>[^【】]{2,10})】(?=.{8,})")
# Keys of law databases stand in the same brackets and carry what a document needs.
METADATA_KEYS = frozenset(
    {
        "制定机关",
        "发布部门",
        "发布机关",
        "发文机关",
        "发文字号",
        "公布日期",
        "发布日期",
        "成文日期",
        "发文日期",
        "字号",
        "文号",
        "施行日期",
        "实施日期",
        "生效日期",
        "效力等级",
        "效力级别",
        "时效性",
        "有效性",
        "主题分类",
        "法规类别",
        "失效日期",
        "批准部门",
        "批准日期",
        "索引号",
        "标题",
        "名称",
        "主题词",
        "来源",
        "信息来源",
    }
)
_TITLE = re.compile(r"[^。;!?]{8,120}")
_BYLINE_WORDS = (
    r"\((?:本报|本网|见习|实习|特约|首席)*(?:记者|通讯员|文/图|图/文|撰稿|供稿|编辑)"
    rf"[:{HAN}A-Za-z /、·]{{0,40}}\)"
)
_BYLINE = re.compile(rf"(?<=[。!?…”’》]){_BYLINE_WORDS}$|^{_BYLINE_WORDS}$")
_EDITOR = re.compile(rf"[(【\[]?(?:责任编辑|编辑|责编|校对|审核|摄影|撰稿)[::] ?[{HAN} /、]{{2,20}}[)】\]]?")
_DOMAIN = re.compile(
    r"(?:w ?w ?w ?\. ?)?(?:[a-z0-9-] ?){2,30}\. ?(?:(?:c ?o ?m|n ?e ?t|o ?r ?g)(?: ?\. ?c ?n)?|c ?n)(?![a-z])"
)
_HEAD_LINES = 6


def without_page_lines(lines: list[Line], clutter: Clutter, report: Report) -> list[Line]:
    """Drops the lines that belong to the page, and the page's tags on the title."""
    controls = re.compile("|".join(f"(?:{pattern})" for pattern in clutter.page_controls))
    kept: list[Line] = []
    for index, line in enumerate(lines):
        goes_on = index < _HEAD_LINES and _PATH_GOES_ON.fullmatch(line.text)
        if goes_on or _PATH.fullmatch(line.text):
            report.cut(FindingKind.BREADCRUMB, line.number, line.text, Note.BREADCRUMB)
        elif controls.fullmatch(line.text):
            report.cut(FindingKind.PAGE_CONTROL, line.number, line.text, Note.PAGE_CONTROL)
        elif _EDITOR.fullmatch(line.text):
            report.cut(FindingKind.BYLINE, line.number, line.text, Note.BYLINE)
        else:
            kept.append(line)
    return _without_head(kept, report)


def _without_head(lines: list[Line], report: Report) -> list[Line]:
    done = list(lines)
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if dated := _SITE_DATED.fullmatch(line.text):
            report.cut(FindingKind.SITE_HEAD, line.number, dated["site"].strip(), Note.SITE_HEAD)
            done[index] = Line(line.number, dated["rest"], line.apart)
        elif index == 0 and _SITE_ALONE.fullmatch(line.text) and _title_follows(lines[1:]):
            report.cut(FindingKind.SITE_HEAD, line.number, line.text, Note.SITE_HEAD)
            done[index] = Line(line.number, "", line.apart)
        elif tag := _TAG.match(line.text):
            name = tag["name"].replace(" ", "")
            if name not in METADATA_KEYS and _TITLE.fullmatch(line.text[tag.end() :]):
                report.cut(FindingKind.COLUMN_TAG, line.number, tag[0], Note.COLUMN_TAG)
                done[index] = Line(line.number, line.text[tag.end() :].strip(), line.apart)
    return [line for line in done if line.text]


def _title_follows(lines: list[Line]) -> bool:
    """A site's name opens the page only if the title is still to come: some titles end in 网 too."""
    return bool(lines) and _TITLE.fullmatch(lines[0].text) is not None and "," not in lines[0].text


def without_bylines(lines: list[Line], report: Report) -> list[Line]:
    """Only behind a finished sentence: 本报讯(记者…) opens one."""
    done: list[Line] = []
    for line in lines:
        if byline := _BYLINE.search(line.text):
            report.cut(FindingKind.BYLINE, line.number, byline[0], Note.BYLINE)
            line = Line(line.number, line.text[: byline.start()].rstrip(), line.apart)
        if line.text:
            done.append(line)
    return done


def without_doubles(lines: list[Line], report: Report) -> list[Line]:
    """A caption written twice running. Cells of a table repeat as well, but not just once."""
    times = Counter(line.text for line in lines)
    done: list[Line] = []
    for line in lines:
        if done and done[-1].text == line.text and times[line.text] == 2 and _may_be_caption(line.text):
            report.cut(FindingKind.DUPLICATE, line.number, line.text, Note.DUPLICATE)
        else:
            done.append(line)
    return done


def _may_be_caption(text: str) -> bool:
    return len(text) >= 10 and not OPENS_STRUCTURE.match(text) and len(re.findall(f"[{HAN}]", text)) >= 8


def without_split_sites(line: Line, clutter: Clutter, report: Report) -> Line:
    """「该 内 容 由 … w ww . a b c.com」: a site's name pulled apart so that no filter finds it."""
    text = line.text
    for domain in reversed(list(_DOMAIN.finditer(text))):
        if " " not in domain[0].strip():
            continue
        start = _anchor(text[: domain.start()], clutter.site_anchors)
        cut = text[start : domain.end()]
        report.cut(FindingKind.SITE_NAME, line.number, cut, Note.SITE_NAME)
        text = (text[:start].rstrip() + text[domain.end() :].lstrip()).strip()
    return Line(line.number, text, line.apart)


def _anchor(before: str, anchors: tuple[str, ...]) -> int:
    """Where the site's phrase begins in the same sentence; the domain alone if it has none."""
    sentence = max(before.rfind(mark) for mark in "。!?;") + 1
    places = [index for index in range(sentence, len(before)) if before[index] != " "]
    solid = "".join(before[index] for index in places)
    starts = [solid.rfind(anchor) for anchor in anchors if anchor in solid]
    return places[max(starts)] if starts else len(before)
