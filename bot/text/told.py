"""Personal data somebody tells in free text while the guide waits for one: names, employers, addresses.

Elsewhere such words are what a question is about, so only a free text of the guide is searched, and what is
said to correct a field. Pure.
"""

import re

from bot.text.personal import ADDRESS, EMPLOYER, NAME, SCHOOL, Finding, check_personal

FREE_TEXT = "说明"  # what the guide waits for, in place of a kind of personal data
_NAME_AFTER = re.compile(
    r"(?:我叫|叫做?|名叫|名字是|姓名[:：是]?|孩子|儿子|女儿|配偶|丈夫|妻子|爱人|联系人|同事|导师)\s*(?!应该|应为)"
    r"([\u4e00-\u9fff]{2,4}?)(?=[，,。.;；、\s（(]|$|就?读|在|是|今年|出生)"
)
_LEAD = re.compile(r".*(?:在|于|就读|是)(?=.{3})")
_PLACE = r"[\u4e00-\u9fffA-Za-z0-9（）()·]"
_EMPLOYER = re.compile(
    rf"(?:(?<=在)|(?<=于)|(?<=是)|(?<=为)|(?<=[，,。；;\s])|^)({_PLACE}{{2,30}}?"
    r"(?:有限公司|公司|集团|大学|医院|研究院|研究所|设计院|事务所|银行|实验室))"
)
_SCHOOL = re.compile(
    rf"(?:(?<=在)|(?<=读)|(?<=于)|(?<=[，,。；;\s])|^)({_PLACE}{{2,20}}?(?:小学|中学|幼儿园))"
)
_ADDRESS = re.compile(
    r"((?:[\u4e00-\u9fff]{2,8}(?:省|市|区|县))*[\u4e00-\u9fffA-Za-z0-9]{1,12}(?:路|街|大道|巷|弄|小区|花园|花苑|社区|村)"
    r"[\u4e00-\u9fffA-Za-z0-9-]*?\d+\s*(?:号楼|号|幢|栋|座|室|单元)(?:[\dA-Za-z-]*(?:号楼|号|幢|栋|座|室|单元|层))*)"
)

# 「姓名应该是…」, said at another step of a form or before what was filled in is handed in.
_CORRECTED = re.compile(
    r"(姓名|名字|单位|公司|学校|住址|地址)[^,，。;；]{0,6}?(?:改成|改为|换成|更正为|应该是|应为|应该叫)\s*[:：]?\s*"
    r"([^,，。;；!！\s]{2,60}?)(?=[,，。;；!！\s]|吧?$)"
)
_NAMED = {"姓名": NAME, "名字": NAME, "单位": EMPLOYER, "公司": EMPLOYER, "学校": SCHOOL}


def find_corrected(text: str) -> list[Finding]:
    """A value that is told together with the name of its field; only what that field could hold."""
    found = []
    for match in _CORRECTED.finditer(text):
        kind = _NAMED.get(match[1], ADDRESS)
        if value := check_personal(kind, match[2]):
            found.append(Finding(match.start(2), match.end(2), kind, value))
    return found


def find_told(text: str) -> list[Finding]:
    """Left to right, not overlapping."""
    found = [
        _led_in(match, kind)
        for pattern, kind in ((_ADDRESS, ADDRESS), (_EMPLOYER, EMPLOYER), (_SCHOOL, SCHOOL))
        for match in pattern.finditer(text)
    ]
    for match in _NAME_AFTER.finditer(text):
        name = check_personal(NAME, match[1])  # without 叫 in front
        if name:
            found.append(Finding(match.end(1) - len(name), match.end(1), NAME, name))
    return not_overlapping(found)


def _led_in(match: re.Match[str], kind: str) -> Finding:
    """Without what leads up to it: 「孩子在…小学」."""
    lead = _LEAD.match(match[1])
    start = match.start(1) + (lead.end() if lead else 0)
    return Finding(start, match.end(1), kind, match.string[start : match.end(1)])


def not_overlapping(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.start, -one.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return kept
