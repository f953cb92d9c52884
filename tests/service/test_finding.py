"""Which items a message names, by the shipped items' names and phrasings."""

import pytest

from bot.service.catalogue import Catalogue
from bot.service.finding import find_items
from bot.service.seeds import read_items
from tests.service.items import demo_item, texts

CATALOGUE = Catalogue({item.key: item for item in read_items()[0]}, texts())


def keys(text: str, region: str | None = None, catalogue: Catalogue = CATALOGUE) -> list[str]:
    return [match.key for match in find_items(catalogue, text, region=region)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我想给孩子转学", ["qz-school"]),
        ("给小孩转个学校", ["qz-school"]),
        ("孩子要上小学了，帮我申请", ["qz-school"]),
        ("haizi zhuanxue", ["qz-school"]),
        ("孩子上学和买房补助一起办", ["qz-school", "qz-housing"]),
        ("我要办人才认定和子女就学", ["qz-recognition", "qz-school"]),
        ("买房补贴、孩子入学都要办", ["qz-housing", "qz-school"]),
        ("我要申请惠才卡", ["sd-huicaika"]),
        ("我想办卡和孩子上学", ["sd-huicaika", "qz-school"]),
        ("办个卡", ["sd-huicaika"]),
        ("我要补办卡", ["sd-huicaika-lost"]),
        ("都要办：人才认定、住房、上学", ["qz-recognition", "qz-housing", "qz-school"]),
        ("给娃办转学", ["qz-school"]),
        ("shenqing huicaika", ["sd-huicaika"]),
        ("惠才卡到期了想续", ["sd-huicaika-renew"]),
        ("惠才卡丢了怎么办", ["sd-huicaika-lost"]),
        ("机场贵宾室怎么预约", ["sd-airport"]),
        ("给我配个专员", ["sd-specialist"]),
        ("我想申请人才货", ["sd-loan"]),
        ("想报科特派", ["sd-kjtpy"]),
        ("报名三支一扶", ["sd-szyf"]),
        ("申请第六层次", ["qz-recognition-county"]),
        ("外籍专家想办签证和居留许可", ["qz-residence", "qz-visa"]),
        ("想给老公安排工作", ["qz-spouse"]),
        ("我想落户", ["qz-household"]),
        ("预约上门解读", ["qz-visit"]),
        ("博士后工作站备案", ["sd-postdoc-station"]),
        ("泰山学者怎么报", ["sd-taishan-youth"]),
    ],
)
def test_an_item_is_known_by_what_people_call_it(text: str, expected: list[str]) -> None:
    assert sorted(keys(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text", ["你好", "今天天气怎么样", "谢谢你", "我要转人工", "", "？？", "公司在哪里", "我想办社保卡", "卡"]
)
def test_what_names_no_item_finds_none(text: str) -> None:
    assert keys(text) == []


def test_what_is_refused_is_not_named() -> None:
    assert keys("我要办购房补助，不办孩子上学") == ["qz-housing"]


def test_a_place_leaves_out_the_items_of_others() -> None:
    assert keys("孩子上学", region="370100") == []
    assert keys("孩子上学", region="350503") == ["qz-school"]
    assert keys("在济南办人才贷", region="350503") == ["sd-loan"]


def test_no_more_than_go_together() -> None:
    assert len(keys("认定、购房补助、孩子上学、落户、配偶就业、疗养休假都想办")) == 4


def test_the_same_words_for_two_items_are_told_as_rivals() -> None:
    items = {key: demo_item(key=key, name=f"事项{key}", phrasings=["子女照顾"]) for key in ("a", "b")}
    (match,) = find_items(Catalogue(items, texts()), "办子女照顾")
    assert (match.key, match.rivals) == ("a", ("b",))


def test_a_new_item_is_known_at_once() -> None:
    items = {"new": demo_item(key="new", name="青年驿站入住", phrasings=["住青年驿站"])}
    assert keys("我想申请青年驿站入住", catalogue=Catalogue(items, texts())) == ["new"]
    assert keys("我想申请青年驿站入住") == []
