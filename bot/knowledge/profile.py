"""What a message tells about a person, and whether it asks openly what that person may get. Pure.

「我女博士，济南的，35，能拿啥」 is such a question; 「博士购房补贴多少」 merely names a degree and stays
with the search.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.text.lexicon import Lexicon
from bot.text.normalise import normalise

_DEGREES = ("博士", "硕士", "本科", "专科")  # the highest counts
_LONGEST_STATEMENT = 40
_WORKING_AGE = range(16, 86)
_NUMERALS = {digit: number for number, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}

_CLAUSE_END = re.compile(r"[,，。;；!！?？…~\n]+|\s{1,}(?=[\u4e00-\u9fff])")
_NUMBER = r"(\d{1,2}|[一二两三四五六七八九十]{1,3})"
_SELF = re.compile(
    r"我|本人|俺|咱|自己|老公|老婆|爱人|配偶|对象|子女|家属|朋友|同学|(?:单位|企业|学校|医院|院里|研究所)[刚新]"
)
# Said of oneself without a pronoun: 「硕士毕业来临沂工作」, 「刚到泉州」.
_SITUATION = re.compile(
    r"刚(?:到|来|毕业|入职|引进|回国|签|评上|入选|出站)|新(?:引进|入职|来)|毕业(?:了|后)?[,]?(?:来|到|去|回)|入职|在站|出站"
    r"|(?:来|到|去|回).{1,8}(?:工作|上班|就业|创业|发展)|(?:评上|入选|引进)(?:了|的|来|到)|持有?惠才卡|被引进"
)
_THINGS = r"(?:补贴|补助|待遇|政策|福利|好处|优惠|优待|支持|奖励|服务|津贴|资助|扶持|照顾|钱|项目)"
_WHAT = r"(?:些?点?什么|哪些|几样|哪几[样项种]|多少|些)"
_THEN = rf"(?:样的?|相关|对应|现成)?的?(?:人才)?(?:{_THINGS}|(?=[吗呢啊呀呐哈的了?]*$))"
_OPEN = re.compile(
    rf"(?:能够?|可以?|可|够)(?:不能|申请|享受|领|拿|得|报|办|有|争取|参加|享|落|沾)+(?:取|到|着|上|下来)?{_WHAT}{_THEN}"
    rf"|(?:有|给|享受?|领|拿|得|发|落|沾)(?:到|着)?(?:没有)?{_WHAT}(?:样的?|相关|对应|现成)?的?(?:人才)?{_THINGS}"
    rf"|(?:哪些|什么)(?:人才)?{_THINGS}(?:可以|能|适合|是|给|轮|我|吗)"
    rf"|(?:符合|适合|对应|够得上)(?:我的?)?{_WHAT}(?:人才)?{_THINGS}"
    r"|(?:有没有|有无)(?:什么|哪些|相关|对应|适合)?(?:我的?)?(?:人才)?(?:补贴|补助|待遇|政策|福利|优惠|津贴|扶持|照顾)"
    rf"|{_THINGS}(?:都)?有(?:哪些|什么)|待遇(?:怎么样|如何|是什么|怎么说)"
    r"|(?:有|图|落)(?:点|些)?什么(?:$|[吗呢啊呀?])|轮得上什么|能沾(?:上)?什么光"
)
_STRONG_ASK = re.compile(
    r"怎么|什么时候|多久|几年|几天|多少岁|在哪|哪里|电话|材料|流程|条件|算不算|算第几|第几|哪一?[类层]|行不行|符合要求|补办|有效期|区别|还能不能|收不收|收我"
)
_ANY_ASK = re.compile(
    r"什么|怎|如何|多少|几|哪|谁|[吗嘛呢]|是否|能否|可否|\?|有没有|[不没无]$|([能可要行是够算给])不\1|还是|会|给|算|补|领|拿|收|用|懂"
    r"|想|要|请|帮|申请|办|查|转|看看|了解|手续|联系|正常|多[少久大]"
)
_FIRST = re.compile(r"我|本人|俺|咱|(?:单位|企业|学校|医院|研究所)[刚新]")
_NOT_YET = re.compile(r"没|还未|尚未|已经?|刚|之前|以前")
_AGE = re.compile(
    r"(?<![\d.])(\d{2}|[二三四五六七]?十[一二三四五六七八九]?)(?:多)?(?:周?岁)(?!以[下上内]|及以)"
)
_AGE_WORD = re.compile(r"(?:今年|年龄|年纪|刚满|刚过|虚岁|周岁)(?:是|了)?(\d{2})(?!\d|[年月号届后万元个%])")
_BARE_AGE = re.compile(r"^(?:女|男|我)?[,]?(\d{2})(?:了)?$")
_BEEN = re.compile(rf"(?:来|到|在|回|引进)[^,，。;]{{0,10}}?{_NUMBER}(?:个)?(多)?年(?!级|薪|期|以[上下内])")
_NEW = re.compile(
    r"刚(?:刚)?(?:到|来|从|引进|入职|毕业|签|报到|落户|回国|调|被)|新(?:引进|入职|来|到|招)|入职.{0,4}(?:个月|天|周)|应届|高校毕业生|今年.{0,8}(?:来|到|引进|入职|毕业)"
    r"|(?:准备|打算|计划|即将|马上|要|想|考虑)(?:来|去|到|回)|毕业(?:了|后)?[,]?(?:来|到|去|回)|头一回|首次|不到一年|半年|个月"
)
_CARD_YES = re.compile(
    r"(?:持有?|有(?!没有)|拿到?|领到?|办[了过好]|手里|凭)(?:了|过)?(?:张|着|省里的?|山东)?(?:山东)?惠才卡|惠才卡(?:持卡|到手|已经?(?:拿|办|有))"
)
_CARD_NO = re.compile(r"(?:没有?|没办|未办|还没|没拿).{0,4}惠才卡|惠才卡.{0,2}(?:没有|没办|还没)")
_FOREIGN = re.compile(
    r"外国(?:人|专家|籍|国籍)|非华裔|(?:美|英|德|日|法|加拿大|澳洲|澳大利亚|俄罗斯|韩|印度|意大利)国?(?:籍|专家|人)"
)
_POSTDOC_IN = re.compile(r"在站博士后|博士后.{0,6}在站|在站|(?:做|进|进站|读|当).{0,3}博士后|博士后进站")
_POSTDOC_OUT = re.compile(r"博士后.{0,6}出站|出站(?:的)?博士后|出站")
_TOP = re.compile(r"双一流|985|211")
_FULLTIME = re.compile(r"全职")
_PARTTIME = re.compile(r"柔性|兼职|双聘")
_EMPLOYER = re.compile(
    r"(?:我|咱|俺)们?(?:这|这边|这儿)?(?:企业|单位|学校|学院|高校|医院|研究[院所]|厂|院)[^,，。]{0,8}(?:引进|招|聘|来了|挖|请来|评上|入选)|(?:企业|单位|学校|医院)(?:刚|新)(?:引进|招|聘|来)"
)
_GRADUATE = re.compile(r"应届|高校毕业生|毕业(?!多年|[一二两三四五六七八九十\d]+年)")
_JOBS: Mapping[str, re.Pattern[str]] = {
    "医生": re.compile(r"(?:我|本人|俺|是)[^,，。]{0,10}医生|医院(?:的)?医生|医生[,，]"),
    "名师": re.compile(r"特级教师|名师|名校长"),
    "科技特派员": re.compile(r"(?:是|当了?|做)[^,，。]{0,4}科技特派员"),
    "农技": re.compile(r"农技|农艺师|农科院|农业专家|畜牧师|搞农业"),
}
_ORIGIN = re.compile(r"(?:从|由|离开)$")


class Profile(BaseModel):
    """Only what decides on an entitlement is kept, and only for the talk about it."""

    model_config = ConfigDict(extra="ignore")  # a talk may still hold what an older version kept

    degree: str | None = None
    top: bool | None = None  # 双一流
    age: int | None = None
    tier: str | None = None
    honour: list[str] = Field(default_factory=list)
    regions: list[str] = Field(default_factory=list)  # named in the message
    arrived: int | None = None  # years since the person came
    graduate: bool | None = None
    card: bool | None = None  # 惠才卡
    fulltime: bool | None = None
    foreign: bool | None = None
    postdoc: str | None = None
    job: str | None = None
    employer: bool | None = None  # asks for the people of a company or institution
    asked: list[str] = Field(default_factory=list)  # questions already put

    def told(self) -> dict[str, Any]:
        """For the slot: nothing but what was said."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def says_something(self) -> bool:
        """Anything that tells one person's entitlements from another's."""
        return bool(self.degree or self.tier or self.honour or self.postdoc or self.foreign or self.job)


@dataclass(frozen=True)
class Honour:
    value: str
    also: tuple[str, ...]  # what it counts as, too
    patterns: tuple[str, ...]


def read(text: str, *, lexicon: Lexicon, honours: Sequence[Honour]) -> Profile:
    """What the message says; nothing is guessed."""
    plain = lexicon.canonical(normalise(text))
    found: dict[str, list[str]] = {}
    for mention in lexicon.find(plain):
        found.setdefault(mention.label, []).append(mention.value)
    held = _honours(plain, honours)
    degrees = found.get("degree", [])
    postdoc = _postdoc(plain)
    return Profile(
        degree="博士" if postdoc else next((d for d in _DEGREES if d in degrees), None),
        top=True if _TOP.search(plain) else None,
        age=_age(plain),
        tier=next((t for t in found.get("tier", ()) if t.endswith(("层次", "类", "特级"))), None),
        honour=held,
        regions=_places(plain, lexicon),
        arrived=_arrived(plain),
        graduate=True if _GRADUATE.search(plain) else None,
        card=False if _CARD_NO.search(plain) else True if _CARD_YES.search(plain) else None,
        fulltime=False if _PARTTIME.search(plain) else True if _FULLTIME.search(plain) else None,
        foreign=True if _FOREIGN.search(plain) else None,
        postdoc=postdoc,
        job=next((job for job, pattern in _JOBS.items() if pattern.search(plain)), None),
        employer=True if _EMPLOYER.search(plain) else None,
    )


def asks_openly(text: str, profile: Profile, *, lexicon: Lexicon) -> bool:
    """Whether the message tells about a person and asks what there is, not about one thing."""
    plain = lexicon.canonical(normalise(text))
    if not _tells(plain, profile):
        return False
    clauses = [clause for clause in _CLAUSE_END.split(plain) if clause]
    asking = [clause for clause in clauses if _OPEN.search(clause)]
    if not asking:
        return False
    # A thing named where the person says what is not there yet (还没买房) is no subject.
    subjects = [clause for clause in clauses if clause in asking or not _NOT_YET.search(clause)]
    return not any(_names_a_thing(clause, lexicon) for clause in subjects)


def only_states(text: str, profile: Profile, *, lexicon: Lexicon, more: bool = False) -> bool:
    """「我们公司刚引进个院士」: says who it is about and asks nothing at all. `more`: somebody is talked
    about already, so that any one thing said adds to it."""
    plain = lexicon.canonical(normalise(text))
    if len(plain) > _LONGEST_STATEMENT or not _FIRST.search(plain):
        return False
    if not (bool(profile.told()) if more else _tells(plain, profile)):
        return False
    return not _ANY_ASK.search(plain) and not _names_a_thing(plain, lexicon)


def merged(known: Profile, new: Profile) -> Profile:
    """What is said later counts."""
    return known.model_copy(update=new.model_dump(exclude_defaults=True, exclude={"asked"}))


def _tells(plain: str, profile: Profile) -> bool:
    speaks = bool(_SELF.search(plain) or _SITUATION.search(plain)) or _apart(plain)
    placed = bool(profile.regions) and (profile.arrived is not None or bool(profile.card or profile.age))
    return speaks and (profile.says_something or placed)


def _apart(plain: str) -> bool:
    """「泰山学者青年专家，想知道有啥服务」: who it is stands in a clause of its own."""
    first, *rest = [clause for clause in _CLAUSE_END.split(plain) if clause] or [""]
    return bool(rest) and not _ANY_ASK.search(first)


def _names_a_thing(clause: str, lexicon: Lexicon) -> bool:
    if _STRONG_ASK.search(clause) and not _OPEN.search(clause):
        return True
    for mention in lexicon.find(clause):
        if mention.label == "item" and mention.value not in GENERAL:
            if mention.value == "惠才卡" and (_CARD_YES.search(clause) or _CARD_NO.search(clause)):
                continue
            return True
        if mention.label == "programme" and mention.value not in _TITLES:
            return True
    return False


# Words for everything at once, and what tells who somebody is rather than what is asked about.
GENERAL = frozenset({"29项服务", "配偶就业", "高层次人才认定"})
_TITLES = frozenset(
    {
        "泰山学者",
        "泰山产业领军人才",
        "外专双百计划",
        "百千万人才工程",
        "一事一议",
        "博士后",
        "工科类青年专业人才",
        "科技特派员",
    }
)


def _honours(plain: str, honours: Iterable[Honour]) -> list[str]:
    held: list[str] = []
    rest = plain
    patterns = sorted(((p, one) for one in honours for p in one.patterns), key=lambda pair: -len(pair[0]))
    for pattern, honour in patterns:
        if pattern in rest:
            rest = rest.replace(pattern, "，")
            held += [honour.value, *honour.also]
    return list(dict.fromkeys(held))


def _age(plain: str) -> int | None:
    for pattern in (_AGE, _AGE_WORD):
        if match := pattern.search(plain):
            return _adult(match[1])
    for clause in _CLAUSE_END.split(plain):
        if match := _BARE_AGE.match(clause):
            return _adult(match[1])
    return None


def _adult(digits: str) -> int | None:
    number = _number(digits)
    return number if number in _WORKING_AGE else None


def _number(digits: str) -> int:
    """Of 「二三十」 and 「两三」 the larger figure."""
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    whole = 10 * (_NUMERALS[tens[-1]] if tens else 1) if ten else 0
    return whole + (_NUMERALS[ones[-1]] if ones else 0)


def _arrived(plain: str) -> int | None:
    if match := _BEEN.search(plain):
        return _number(match[1]) + (1 if match[2] else 0)
    if "去年" in plain and re.search(r"去年.{0,10}(?:来|到|引进|入职|毕业)", plain):
        return 1
    return 0 if _NEW.search(plain) else None


def _postdoc(plain: str) -> str | None:
    if "博士后" not in plain:
        return None
    if _POSTDOC_OUT.search(plain):
        return "出站"
    return "在站" if _POSTDOC_IN.search(plain) or _SELF.search(plain) else None


def _places(plain: str, lexicon: Lexicon) -> list[str]:
    """Where the person is or goes, not where from; the narrowest of nested places."""
    codes = [
        mention.value
        for mention in lexicon.find(plain)
        if mention.label == "region" and not _ORIGIN.search(plain[: mention.start])
    ]
    inner = [code for code in codes if not any(o != code and code in lexicon.chain(o) for o in codes)]
    return list(dict.fromkeys(inner))
