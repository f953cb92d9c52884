"""However a question is typed: the same answer, for the same place."""

import pytest

from bot.knowledge.search import Snapshot, find
from tests.knowledge.records import TODAY


def _first(shipped: Snapshot, question: str, region: str | None = None) -> str | None:
    found = find(shipped, question=question, region=region, today=TODAY)
    return found.candidates[0].key if found.candidates else None


@pytest.mark.parametrize(
    ("question", "key"),
    [
        # typing errors: sound, shape, missing, doubled and swapped characters
        ("惠裁卡有郊期几年", "sd-huicaika-term"),
        ("三只一扶伏务几年", "sd-szyf-term"),
        ("泰山雪者青年专家多大岁数", "sd-taishan-youth"),
        ("泉舟高层次人材认丁要什么才料", "qz-materials"),
        ("青岛人才货最多能贷多少", "qd-loan"),
        ("三支扶服务几年", "sd-szyf-term"),
        ("惠卡才丢了怎么办", "sd-huicaika-lost"),
        ("服务专源是干什么的", "sd-specialist-what"),
        # traditional characters
        ("惠才卡遺失了怎麼補辦", "sd-huicaika-lost"),
        ("泉州第三層次人才購房補助多少錢", "qz-house-subsidy"),
        # pinyin, whole and in part
        ("huicaika youxiaoqi duojiu", "sd-huicaika-term"),
        ("sanzhiyifu fuwu jinian", "sd-szyf-term"),
        ("泉州 goufang buzhu 多少", "qz-house-subsidy"),
        ("Weifang boshi butie duoshao qian", "wf-youth"),
        # spoken
        ("俺的惠才卡整丢了咋办", "sd-huicaika-lost"),
        ("搁烟台拿惠才卡能贷几多钱", "yt-loan"),
        ("阮某跟着来泉州，工作给安排冇", "qz-spouse"),
        ("恁这服务专员是干啥的", "sd-specialist-what"),
        # keywords alone
        ("惠才卡 有效期", "sd-huicaika-term"),
        ("东宝花苑", "qz-donghua"),
        ("三支一扶年限", "sd-szyf-term"),
    ],
)
def test_the_same_answer_however_it_is_typed(shipped: Snapshot, question: str, key: str) -> None:
    assert _first(shipped, question) == key


@pytest.mark.parametrize(
    ("question", "region"),
    [
        ("芝罘区硕士每个月补多少", "370602"),
        ("我在历下，硕士租房补多少", "370102"),
        ("崂山区的人才贷最多贷多少", "370212"),
        ("石狮第三层次人才买房补多少", "350581"),
        ("台商投资区认定高层次人才怎么申请", "350572"),
        ("单县硕士有补贴吗", "371722"),
        ("烟台开发区人才贷额度", "370672"),
    ],
)
def test_places_down_to_the_county(shipped: Snapshot, question: str, region: str) -> None:
    found = find(shipped, question=question, region=None, today=TODAY)
    assert region in found.place.codes and found.place.named


def test_a_county_gets_its_citys_answer_and_no_other(shipped: Snapshot) -> None:
    found = find(shipped, question="芝罘区持惠才卡人才贷最多贷多少", region=None, today=TODAY)
    assert found.band in ("answer", "offer") and found.faqs[0].key == "yt-loan"
    other = find(shipped, question="单县持惠才卡人才贷最多贷多少", region=None, today=TODAY)
    assert other.band != "answer" or other.faqs[0].region in ("370000", "371700", "371722")


@pytest.mark.parametrize(
    "question",
    [
        "昆明人才公寓怎么申请",
        "保定市人才购房补助多少钱",
        "拉萨博士每月补贴多少",
        "台湾人才贷额度",
        "苏州人才贷能贷多少",
    ],
)
def test_other_places_are_told_so(shipped: Snapshot, question: str) -> None:
    found = find(shipped, question=question, region="350500", today=TODAY)
    assert (found.band, found.place.named, found.faqs) == ("none", True, ())


@pytest.mark.parametrize(
    ("question", "region"),
    [("户口在江西，能报山东的三支一扶吗", "370000"), ("我从厦门来泉州工作，能认定人才吗", "350500")],
)
def test_where_one_comes_from_is_not_where_one_asks(shipped: Snapshot, question: str, region: str) -> None:
    found = find(shipped, question=question, region=None, today=TODAY)
    assert found.place.codes == (region,)


@pytest.mark.parametrize(
    "question", ["惠民政策有哪些", "提高青年人才待遇", "资金乡镇配套", "重大理论创新", "泰山学者待遇"]
)
def test_everyday_words_are_no_places(shipped: Snapshot, question: str) -> None:
    assert not find(shipped, question=question, region=None, today=TODAY).place.named


def test_asks_for_the_city_where_cities_differ(shipped: Snapshot) -> None:
    found = find(shipped, question="人才贷最高额度是多少", region=None, today=TODAY)
    assert found.band in ("clarify", "answer", "offer")
    if found.band == "answer":  # the province's own FAQ says that cities differ
        assert found.faqs[0].region == "370000"


@pytest.mark.parametrize(
    "question",
    ["社保断了几个月会怎么样", "住房公积金能提多少", "驾驶证到期换证", "新生儿上户口", "上海人才引进积分"],
)
def test_neighbouring_matters_are_not_answered(shipped: Snapshot, question: str) -> None:
    assert find(shipped, question=question, region=None, today=TODAY).band not in ("answer", "not_published")
