"""Finding personal data in Chinese chat text, and checking the fields a guide asks for. Pure."""

import re
from dataclasses import dataclass
from datetime import date

ID_NUMBER, PASSPORT, MOBILE, LANDLINE = "身份证号", "护照号", "手机号", "电话"
BANK_CARD, EMAIL, LONG_NUMBER = "银行卡号", "邮箱", "长号码"
NAME, EMPLOYER, SCHOOL, ADDRESS, BIRTH_DATE = "姓名", "单位", "学校", "住址", "出生日期"
QUERY_CODE = "查询码"
FOUND_ANYWHERE = (ID_NUMBER, PASSPORT, MOBILE, LANDLINE, BANK_CARD, EMAIL, LONG_NUMBER, QUERY_CODE)
# The rest are taken for personal data only when the guide waits for them.
PERSONAL_KINDS = (*FOUND_ANYWHERE, NAME, EMPLOYER, SCHOOL, ADDRESS, BIRTH_DATE)
TOKEN = re.compile(rf"〔({'|'.join(PERSONAL_KINDS)})(\d{{1,3}})〕")

_FULL_WIDTH = {
    code: chr(code - 0xFEE0)
    for code in range(0xFF01, 0xFF5F)
    if chr(code - 0xFEE0).isalnum() or chr(code - 0xFEE0) in "@.-+"
}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_SPOKEN_DIGITS = str.maketrans("零〇一二三四五六七八九幺两", "00123456789" + "12")
_SPOKEN = re.compile("[零〇一二三四五六七八九幺两]{11,19}")

_GAP = r"[ \-.—–_·]{0,2}"
_EMAIL = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DIGITS = re.compile(rf"(?<![\d.A-Za-z])\+?\d(?:{_GAP}\d){{6,22}}(?:{_GAP}[xX])?(?![\dA-Za-z])")
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])(?!HC\d)(?:[EGDSPHegdsph][A-Za-z]?\d{7,8}|1[45]\d{7})(?![A-Za-z0-9])"
)
_FOREIGN_PASSPORT = re.compile(
    r"(?:护照|passport)(?:号码?|\s*(?:no|number))?\s*[:：是为]?\s*((?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,12})",
    re.IGNORECASE,
)
_CASE_NO = re.compile(r"HC\s*-?\s*\d{8}\s*-?\s*\d{5}(?!\d)", re.IGNORECASE)
# As `submission` makes them. Without a dash only where nothing much else is said.
_HALF_CODE = "[A-HJKMNP-Z][A-HJKMNP-Z2-9]{3}"
_CODE = {
    loose: re.compile(
        rf"(?<![A-Za-z0-9])({_HALF_CODE}){'[ -]?' if loose else '-'}({_HALF_CODE})(?![A-Za-z0-9])",
        re.IGNORECASE,
    )
    for loose in (False, True)
}
_CODE_ALONE = 12  # characters beside the case number
_QUESTION = re.compile(r"[?？]|吗|呢|几|啥|咋|怎|什么|哪|如何|多少|多久|能不能|可以|是否|有没有|为何|怎样|谁")
_NOT_A_NAME = re.compile(
    r"人工|专员|取消|退出|暂停|继续|返回|上一步|重来|修改|惠才|人才|补贴|政策|申请|你好|您好|谢谢|不知|不想|"
    r"不要|没有|好的|可以|是的|对的|确认|提交|帮助|菜单|查询|进度|条件|材料|认定|落户|住房|子女|入学|贷款|一下|等等|稍等"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文牛樊葛邢安齐庞颜"
    "倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝骆路游辛靳管柴蒙鲍华喻祁"
    "蒲房滕屈饶牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾"
    "隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝昝覃逄矫乜仝佴咸訾綦亓鄢芮储骈遆奚宣邰臧"
)
_COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "慕容",
    "令狐",
    "夏侯",
    "端木",
)
_NAME_LEAD = re.compile(r"^(?:我的?名字(?:叫|是)?|我叫|我是|姓名|本人|叫)\s*[:：是]?\s*")
_EMPLOYER_LEAD = re.compile(
    r"^(?:我(?:们)?(?:的)?(?:工作)?单位(?:是|叫)?|我在|单位(?:名称)?|在)\s*[:：是]?\s*"
)
_EMPLOYER = re.compile(
    r"(?:大学|学院|学校|中学|小学|公司|集团|医院|研究院|研究所|研究中心|中心|实验室|银行|事务所|厂|局|委员会|委|厅|处|站|社|"
    r"协会|基金会|工作室|合作社|设计院|科学院|部|所|院|馆|政府|工作站|基地|幼儿园|出版社)"
    r"(?:[（(][\u4e00-\u9fff]{1,10}[）)])?$"  # 中国石油大学（华东）
)
_EXPLICIT = re.compile(r"^(?:((?:我的|工作|孩子的?)?(?:姓名|单位|学校))(?:名称)?\s*[:：]|我叫)\s*")
_SCHOOL_LEAD = re.compile(r"^(?:孩子|他|她|我家孩子|女儿|儿子)?(?:现在|目前)?(?:就?读于?|上|在)?\s*[:：]?\s*")
_SCHOOL = re.compile(
    r"(?:小学|中学|学校|幼儿园|一中|二中|三中|四中|五中|六中|七中|附小|附中|附幼|实小|学院|[园校部])$"
)
_NO_SCHOOL = re.compile(r"^(?:还|暂)?(?:未|没有?)(?:入园|入学|上学|上幼儿园)$|^(?:在家|国外就读|海外就读)$")
_ADDRESS_LEAD = re.compile(
    r"^(?:我(?:家|们)?(?:现在|目前)?)?(?:的?(?:家庭)?(?:住址|地址|住处))?(?:是|住在|住|在)?\s*[:：]?\s*"
)
_ADDRESS = re.compile(
    r"路|街|巷|弄|号|室|幢|栋|座|单元|楼|小区|花园|花苑|社区|村|镇|乡|公寓|宿舍|大厦|广场|[苑城府庭居]$"
)
_BIRTH_LEAD = re.compile(
    r"^(?:孩子|他|她|我|女儿|儿子)?(?:的?(?:出生日期|生日))?(?:是|为|出生于|生于)?\s*[:：]?\s*"
)
_DATE = re.compile(r"((?:19|20)\d\d)(?:[年./-](\d{1,2})[月./-](\d{1,2})[日号]?|(\d\d)(\d\d))(?:出生|生)?的?")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


# No office has such a number: it is always somebody's own. A mobile may be the office's as well.
SOMEBODYS_OWN = frozenset({ID_NUMBER, PASSPORT, BANK_CARD})


@dataclass(frozen=True)
class Finding:
    start: int
    end: int
    kind: str
    value: str  # compact: no gaps, upper-case X


def readable(text: str) -> str:
    """Full-width letters and digits to ASCII and invisible characters out; nothing else."""
    return _INVISIBLE.sub("", text).translate(_FULL_WIDTH)


def find_personal(text: str) -> list[Finding]:
    """Personal data in `readable` text, left to right, not overlapping."""
    findings = [Finding(m.start(), m.end(), EMAIL, m.group().lower()) for m in _EMAIL.finditer(text)]
    for match in _DIGITS.finditer(text):
        findings += _in_digits(text, match)
    for match in _SPOKEN.finditer(text):
        kind = _kind_of(match.group().translate(_SPOKEN_DIGITS))
        if kind:
            findings.append(
                Finding(
                    match.start(),
                    match.end(),
                    kind,
                    match.group().translate(_SPOKEN_DIGITS),
                )
            )
    findings += [
        Finding(m.start(1), m.end(1), PASSPORT, m.group(1).upper()) for m in _FOREIGN_PASSPORT.finditer(text)
    ]
    findings += [Finding(m.start(), m.end(), PASSPORT, m.group().upper()) for m in _PASSPORT.finditer(text)]
    loose = len(_CASE_NO.sub("", text).strip()) <= _CODE_ALONE
    findings += [
        Finding(m.start(), m.end(), QUERY_CODE, (m[1] + m[2]).upper()) for m in _CODE[loose].finditer(text)
    ]
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return kept


def _in_digits(text: str, match: re.Match[str]) -> list[Finding]:
    """A run of digits with gaps may be one number, or several written side by side."""
    kind = _kind_of(_compact(match.group()))
    if kind:
        return [Finding(match.start(), match.end(), kind, _compact(match.group()))]
    found = []
    for part in re.finditer(r"\+?[\dXx]+(?:-\d+)?", match.group()):
        kind = _kind_of(_compact(part.group()))
        if kind:
            start = match.start() + part.start()
            found.append(Finding(start, match.start() + part.end(), kind, _compact(part.group())))
    return found


def _compact(text: str) -> str:
    digits = re.sub(r"[^\dXx+]", "", text).upper()
    return re.sub(r"^(?:\+86|0086|86)(?=1[3-9]\d{9}$)", "", digits).lstrip("+")


def _kind_of(digits: str) -> str | None:
    if is_id_number(digits):
        return ID_NUMBER
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return MOBILE
    if re.fullmatch(r"\d{16,19}", digits) and _luhn(digits):
        return BANK_CARD
    if re.fullmatch(r"0\d{2,3}\d{7,8}", digits) and 10 <= len(digits) <= 12:
        return LANDLINE
    # Mistyped cards and ID numbers are as personal as right ones.
    return LONG_NUMBER if re.fullmatch(r"\d{14,24}X?", digits) else None


def is_id_number(value: str) -> bool:
    """18-digit resident ID number with a right checksum (GB 11643)."""
    if not re.fullmatch(
        r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]",
        value,
    ):
        return False
    return id_check_digit(value[:17]) == value[17]


def id_check_digit(body: str) -> str:
    """The 18th digit of these 17 (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_personal(kind: str, text: str) -> str | None:
    """The clean value when the whole text is an answer of that kind, else None."""
    text = readable(text).strip().rstrip("。.!！，,")
    explicit = _EXPLICIT.match(text)  # 「姓名：…」 is taken as it stands, however rare the name
    if explicit and (explicit.group(1) or NAME).endswith(kind):
        value = text[explicit.end() :].strip()
        return value if 2 <= len(value) <= 60 and not _QUESTION.search(value) else None
    if kind == NAME:
        return _check_name(_NAME_LEAD.sub("", text))
    if kind == EMPLOYER:
        value = _EMPLOYER_LEAD.sub("", text).removesuffix("上班").removesuffix("工作").strip()
        good = 3 <= len(value) <= 60 and _EMPLOYER.search(value) and not _QUESTION.search(value)
        return value if good else None
    if kind in (SCHOOL, ADDRESS):
        return _check_school(text) if kind == SCHOOL else _check_address(text)
    if kind == BIRTH_DATE:
        return _check_date(text)
    found = find_personal(text)
    # 「我的电话是139…」 answers the question as well as the bare number does.
    if len(found) == 1 and found[0].kind == kind and not _QUESTION.search(text):
        return found[0].value
    return None


def _check_name(value: str) -> str | None:
    if _QUESTION.search(value) or _NOT_A_NAME.search(value):
        return None
    if re.fullmatch(r"[\u4e00-\u9fff]{1,10}[·•][\u4e00-\u9fff·•]{1,20}", value):
        return value
    if re.fullmatch(r"[A-Za-z][A-Za-z'.-]*(?: [A-Za-z][A-Za-z'.-]*){1,4}", value):
        return value
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", value):
        return None
    good = value[0] in _SURNAMES or value.startswith(_COMPOUND_SURNAMES)
    return value if good and (len(value) < 4 or value.startswith(_COMPOUND_SURNAMES)) else None


def _check_school(text: str) -> str | None:
    if _NO_SCHOOL.search(text):
        return text
    value = _SCHOOL_LEAD.sub("", text).removesuffix("上学").removesuffix("就读").removesuffix("读书").strip()
    good = 3 <= len(value) <= 60 and _SCHOOL.search(value) and not _QUESTION.search(value)
    return value if good else None


def _check_address(text: str) -> str | None:
    value = _ADDRESS_LEAD.sub("", text).strip()
    good = 5 <= len(value) <= 100 and _ADDRESS.search(value) and not _QUESTION.search(value)
    return value if good else None


def _check_date(text: str) -> str | None:
    """ISO date of birth; a day the calendar does not have is none."""
    found = _DATE.fullmatch(_BIRTH_LEAD.sub("", text.replace(" ", "")))
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def hint_of(kind: str, value: str) -> str:
    """What may be shown in place of a value: enough to recognise one's own, no more."""
    if kind == EMAIL:
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    if kind == NAME:
        return value[:1] + "*" * min(len(value) - 1, 4)
    if kind == BIRTH_DATE:
        return f"{value[:4]}-**-**"
    if kind == QUERY_CODE:
        return "****-****"
    if kind in (EMPLOYER, SCHOOL, ADDRESS):
        return value[:2] + "*" * min(len(value) - 2, 6)
    keep = 3 if len(value) >= 10 else 1
    return f"{value[:keep]}{'*' * 4}{value[-4:] if len(value) >= 10 else value[-1:]}"


def hinted(text: str, kinds: frozenset[str] | None = None) -> str:
    """A text with what is personal in it as hints; with `kinds` only these."""
    plain = readable(text)
    parts, end = [], 0
    for finding in find_personal(plain):
        if kinds is None or finding.kind in kinds:
            parts += [plain[end : finding.start], hint_of(finding.kind, finding.value)]
            end = finding.end
    return "".join([*parts, plain[end:]]) if parts else text
