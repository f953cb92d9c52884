"""Whose FAQ of one subject is given: the person's own place, else a wider one, else one is asked."""

import pytest

from bot.knowledge.search import Found, Snapshot, find
from tests.knowledge.records import TODAY


def _ask(shipped: Snapshot, question: str, region: str | None) -> Found:
    return find(shipped, question=question, region=region, today=TODAY)


@pytest.mark.parametrize(
    ("region", "question", "key"),
    [
        ("370200", "人才贷最高多少", "qd-loan"),
        ("370600", "人才贷最高多少", "yt-loan"),
        ("371000", "人才贷最高多少", "wh-loan"),
        ("371400", "人才贷最高多少", "dz-loan"),
        ("370202", "人才贷额度", "qd-loan"),
        ("370602", "人才贷能贷多少钱", "yt-loan"),
        ("350500", "购房补助多少", "qz-house-subsidy"),
        ("350500", "租房补贴怎么算", "qz-rent"),
        ("350500", "孩子上学怎么照顾", "qz-school-choice"),
        ("350582", "购房补助多少", "jj-house-subsidy"),
        ("350583", "购房补助多少", "qz-house-subsidy"),
        ("350502", "第六层次什么标准", "lc-tiers"),
        ("350503", "第七层次人才有什么标准", "fz-tiers"),
        ("350583", "第六层次怎么认定", "qz-county-tiers"),
        ("370200", "机场怎么用惠才卡", "qd-huicaika-airport"),
        ("370100", "机场怎么用惠才卡", "jn-huicaika-airport"),
        ("370700", "绿色通道有哪些服务", "wf-green-channel-items"),
        ("371300", "服务专员有什么规定", "ly-specialist-rules"),
        ("370700", "惠才卡有效期几年", "sd-huicaika-term"),
    ],
)
def test_the_own_place_answers(shipped: Snapshot, region: str, question: str, key: str) -> None:
    found = _ask(shipped, question, region)
    assert (found.band, [faq.key for faq in found.faqs]) == ("answer", [key])


@pytest.mark.parametrize(("region", "question"), [("371300", "人才贷最高多少"), ("370800", "人才贷最高多少")])
def test_a_place_left_over_is_told_that_nothing_is_published(
    shipped: Snapshot, region: str, question: str
) -> None:
    found = _ask(shipped, question, region)
    assert (found.band, found.faqs[0].key) == ("not_published", "sd-loan-other-city")


@pytest.mark.parametrize("region", ["370100", "370200", "370600", "371000"])
def test_what_is_left_over_is_not_offered_where_the_place_has_its_own(shipped: Snapshot, region: str) -> None:
    found = _ask(shipped, "人才贷最高多少", region)
    assert "sd-loan-other-city" not in [faq.key for faq in found.faqs]
    assert found.gap is None or found.gap.key != "sd-loan-other-city"


@pytest.mark.parametrize(
    ("question", "key"),
    [("人才贷最高多少", "sd-loan-amount"), ("年轻人来山东能领多少补贴", "sd-youth-general")],
)
def test_an_overview_of_all_places_answers_who_did_not_say_where(
    shipped: Snapshot, question: str, key: str
) -> None:
    found = _ask(shipped, question, None)
    assert (found.band, found.faqs[0].key) == ("answer", key)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("买房补助多少钱", {"350500", "350582"}),
        ("机场怎么用惠才卡", {"370100", "370200"}),
        ("第七层次人才标准", {"350502", "350503", "350505"}),
    ],
)
def test_who_did_not_say_where_is_asked(shipped: Snapshot, question: str, places: set[str]) -> None:
    found = _ask(shipped, question, None)
    assert found.band == "clarify"
    assert places <= set(found.regions)


def test_another_thing_about_the_subject_is_not_the_places_amount(shipped: Snapshot) -> None:
    for question, key in [("人才贷利率多少", "sd-loan-rate"), ("人才贷是什么", "sd-loan-what")]:
        found = _ask(shipped, question, "370200")
        assert found.faqs[0].key != "qd-loan", question
        assert key in [faq.key for faq in found.faqs]
