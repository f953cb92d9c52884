"""Who tells about themselves and asks openly, and who merely names a degree; what is read of a person."""

from typing import Any

import pytest

from bot.knowledge.analysis import Analyser
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.profile import Profile, asks_openly, merged, only_states, read

TELLING = [
    "我女博士，济南的，35，能拿啥",
    "硕士毕业来临沂工作有什么补贴",
    "本人福建省引进B类人才，刚到泉州，都有哪些待遇",
    "泰山学者青年专家，想知道有啥服务",
    "我29岁，985博士刚签了潍坊一家药企，社保上个月开始交，还没买房，帮我看看现在能拿哪些补贴",
    "您好，我是去年从江苏引进到山东一家研究所的国家百千万工程人选，单位人事也说不清，请问我都有哪些待遇",
    "我是博士，能享受哪些待遇",
    "本人硕士研究生，刚入职青岛一家公司，可以领什么补贴",
    "俺是应届本科生，来淄博上班能领啥钱",
    "我是第三层次人才，在泉州，能享受啥",
    "刚认定了第四层次，我能申请哪些待遇",
    "外籍专家，在泉州工作，我能享受什么政策",
    "我持有惠才卡，在潍坊工作，能享受什么",
    "博士后在站，我能领什么补贴",
    "我老公是博士，刚到烟台，能给什么待遇",
    "我们学院新引进一位长江学者，能享受哪些政策",
    "公司刚聘了个外国专家，有什么扶持",
    "我双一流本科毕业去临沂工作，有哪些补贴可以拿",
    "大专毕业，准备去烟台上班，我有啥福利",
    "我35岁，博士，全职在青岛高校，可以申请哪些人才项目",
    "我是万人计划入选者，来山东有什么待遇",
    "本人国家杰青，刚调到济南，能享受哪些服务",
    "人在晋江，第五层次，我有什么待遇",
    "我是應屆碩士，去青島上班有什麼補貼",
    "我26，硕士，刚来潍坊，有什么政策可以享受",
    "海归博士一枚，刚落户济南，我能拿点什么补贴",
    "我是院士团队的，本人两院院士，来山东有哪些支持",
    "老师，我是农艺师，有哪些项目可以参加",
    "刚到泉州工作，硕士，能拿多少补贴",
    "我是C类人才，人在泉州，可以享受哪些政策",
    "在站博士后，人在青岛，有啥待遇",
    "我三十五岁的博士，在淄博，符合哪些人才政策",
]
STATING = [
    "我们公司刚引进个院士",
    "我是博士，在济南",
    "本人硕士，刚到青岛工作",
    "我是第三层次人才，在泉州",
    "我女博士，35",
]
SPECIFIC = [
    "博士购房补贴多少",
    "青岛博士住房补贴多少",
    "硕士在济南每月补多少钱",
    "泉州第三层次人才买房补多少钱",
    "惠才卡有什么待遇",
    "有惠才卡能享受什么",
    "我是博士，惠才卡怎么申请",
    "我享受国务院特殊津贴，在济南的省属院所上班，办惠才卡算直接发的那种吗",
    "本人是泰山产业领军人才，管理期到2027年底，手里的惠才卡啥时候失效",
    "硕士毕业头一回来泉州上班，入职四个月，青年人才这块我能领多少",
    "我在泉州一家国家高新技术企业做副总快三年了，能评第几层次",
    "我农科院博士，43岁，工作六年了，想去乡镇企业挂职一年，符合要求吗",
    "有农艺师中级职称，每年能抽一个多月下村，想当特派员行不行",
    "山东户口，英国硕士刚毕业，26，三支一扶收我这样的吗",
    "我2019年离开泉州去了厦门一家公司，今年3月又回泉州上班，以前从没报过人才，请问现在还算不算引进人才",
    "三支一扶服务几年",
    "科技特派员咋申请",
    "我是博士，想问孩子上学怎么办",
    "我是第三层次，购房补助能拿多少",
    "服务专员是做什么的",
    "博士后创新项目资助多少",
    "泰山学者青年专家的条件和待遇是什么",
    "泰山学者有什么待遇",
    "青岛博士有什么补贴",
    "烟台本科生补贴多少",
    "你好",
    "谢谢",
    "惠才卡有效期几年",
    "我要申请惠才卡",
    "我要转人工",
    "济南和青岛的青年补贴哪个高",
    "我今年35岁",
    "明天青岛会下雨吗",
    "29项服务包括什么",
    "惠才卡凭什么给我",
    "我想问一下人才贷能贷多少",
    "我博士毕业证丢了怎么办",
    "我是博士，租房补贴有什么条件",
    "人才公寓能享受哪些优惠",
    "我孩子中考能加几分",
]


@pytest.mark.parametrize("text", TELLING)
def test_telling_about_oneself_and_asking_what_there_is(analyser: Analyser, text: str) -> None:
    assert asks_openly(text, _read(analyser, text), lexicon=analyser.lexicon)


@pytest.mark.parametrize("text", STATING)
def test_a_bare_statement_of_who_it_is_about(analyser: Analyser, text: str) -> None:
    profile = _read(analyser, text)
    assert only_states(text, profile, lexicon=analyser.lexicon)
    assert not asks_openly(text, profile, lexicon=analyser.lexicon)


@pytest.mark.parametrize("text", SPECIFIC)
def test_one_thing_asked_stays_with_the_search(analyser: Analyser, text: str) -> None:
    profile = _read(analyser, text)
    assert not asks_openly(text, profile, lexicon=analyser.lexicon)
    assert not only_states(text, profile, lexicon=analyser.lexicon)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我女博士，济南的，35，能拿啥", {"degree": "博士", "age": 35, "regions": ["370100"]}),
        ("我三十五岁，硕士", {"degree": "硕士", "age": 35}),
        ("今年28，本科", {"degree": "本科", "age": 28}),
        ("要求40岁以下的博士", {"degree": "博士"}),
        ("从江苏引进到山东的专家", {"regions": ["370000"]}),
        ("我在山东济南", {"regions": ["370100"]}),
        ("来泉州工作8年了，第三层次", {"tier": "第三层次", "regions": ["350500"], "arrived": 8}),
        # Of two figures the larger: nothing is promised on the strength of the smaller.
        ("来泉州工作二三十年了，博士", {"degree": "博士", "regions": ["350500"], "arrived": 30}),
        ("来泉州工作十二三年，博士", {"degree": "博士", "regions": ["350500"], "arrived": 13}),
        ("来泉州工作两三年了，博士", {"degree": "博士", "regions": ["350500"], "arrived": 3}),
        ("去年引进到泉州，C类人才", {"tier": "C类", "regions": ["350500"], "arrived": 1}),
        ("刚到泉州，B类", {"tier": "B类", "regions": ["350500"], "arrived": 0}),
        ("我没有惠才卡", {"card": False}),
        ("我持有惠才卡", {"card": True}),
        ("惠才卡怎么办", {}),
        ("柔性引进的院士", {"honour": ["两院院士"], "fulltime": False}),
        ("德国籍专家，全职", {"foreign": True, "fulltime": True}),
        ("博士后出站留在山东企业", {"degree": "博士", "postdoc": "出站", "regions": ["370000"]}),
        ("双一流本科应届", {"degree": "本科", "top": True, "arrived": 0, "graduate": True}),
    ],
)
def test_what_is_read_and_nothing_more(analyser: Analyser, text: str, told: dict[str, Any]) -> None:
    assert _read(analyser, text).told() == told


def test_a_title_counts_for_its_programme_too(analyser: Analyser) -> None:
    assert _read(analyser, "我是泰山学者青年专家").honour == ["泰山学者青年专家", "泰山系列", "泰山学者"]


def test_what_is_said_later_counts() -> None:
    known = Profile(degree="硕士", regions=["370100"], asked=["card"])
    now = merged(known, Profile(degree="博士", card=True))
    assert (now.degree, now.regions, now.card, now.asked) == ("博士", ["370100"], True, ["card"])


def _read(analyser: Analyser, text: str) -> Profile:
    return read(text, lexicon=analyser.lexicon, honours=shipped_catalogue().honours)
