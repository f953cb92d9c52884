"""Nothing is stated that the fact sheet does not state for the same source, place and year.

The sheet is not part of the repository; where it is absent these tests are skipped and say so, and
test_proved.py compares what we tell with the digest of the last proof.
"""

import copy
import re
from typing import Any

import pytest

from tests.content.fact_sheet import (
    SHEET,
    confidence_of,
    front_matter,
    sheet_text,
    source_row,
    text_for,
    tidy,
)
from tests.content.figures import arabic, figures, is_stated
from tests.content.proof import of_faq, unproved
from tests.content.proved import all_unproved, of_entitlement, of_item, of_sentence
from tests.content.shipped import BY_KEY, ENTITLEMENTS, FAQS, ITEMS, Faq, codes_of, failing

pytestmark = pytest.mark.skipif(
    not SHEET.exists(),
    reason="../shared/domain/facts.md is absent: figures are only compared with the last proof",
)
_RANK = {"低": 0, "中": 1, "高": 2}


def test_every_figure_we_tell_stands_in_the_fact_sheet() -> None:
    assert all_unproved() == {}


def _misquoted(faq: dict[str, Any]) -> list[str]:
    sheet = sheet_text()
    problems = []
    for source in faq["sources"]:
        code = source["code"]
        known = text_for(codes={code}) + front_matter(code) + source_row(code)
        digits = re.sub(r"\D", "", source.get("date", ""))
        dated = digits in re.sub(r"[/-]", "", known) or digits in source.get("number", "")
        problems += [source[key] for key in ("number", "url") if source.get(key) and source[key] not in sheet]
        problems += [] if dated else [source["date"]]
    return problems


def test_sources_are_quoted_as_the_sheet_has_them() -> None:
    assert not failing(_misquoted)


def _raised(faq: dict[str, Any]) -> bool:
    allowed = {mark for code in codes_of(faq) for mark in confidence_of(code)}
    return _RANK[faq["confidence"]] > max((_RANK[mark] for mark in allowed), default=0)


def test_confidence_is_not_raised() -> None:
    assert not failing(_raised)


@pytest.mark.parametrize("word", ["千人计划", "范文礼", "刘曙庆", "陈颖锋"])
def test_blanked_names_and_private_persons_are_not_written(word: str) -> None:
    assert not [faq["key"] for faq in FAQS if word in str(faq)]
    assert not [faq["key"] for faq in FAQS if re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", str(faq["answer"]))]


# --- the proof can fail


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("一般5年", True),
        ("一般五年", True),
        ("一般6年", False),
        ("一般两年", False),
        ("第一、第二层次分别补80万元和40万元", True),
        ("补90万元", False),
        ("补80元", False),
        ("电话 0531-88597979", True),
        ("电话 0531-88597970", False),
        ("鲁人社规〔2018〕5号", True),
        ("鲁人社规〔2018〕6号", False),
        ("请登录 www.qzrc.com.cn", False),
        ("在丰泽区兰台路", False),
        ("公示七天", False),
        ("2024年4月28日公布", True),
        ("2024年4月29日公布", False),
    ],
)
def test_a_sentence_is_judged(sentence: str, stated: bool) -> None:
    text = text_for(codes={"P01", "P02", "P03", "Q06"})
    assert all(is_stated(figure, text=text) for figure in figures(sentence)) is stated


def _changed(key: str, old: str, new: str) -> dict[str, Any]:
    faq = copy.deepcopy(BY_KEY[key])
    before = str(faq["answer"])

    def swap(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, list):
            return [swap(part) for part in value]
        return {name: swap(part) for name, part in value.items()} if isinstance(value, dict) else value

    faq["answer"] = swap(faq["answer"])
    assert str(faq["answer"]) != before, f"{key} does not say {old}"
    return faq


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("qz-house-subsidy", "80万元", "90万元"),
        ("qz-house-subsidy", "满5年", "满八年"),
        ("qz-house-serve", "满5年", "满四年"),
        ("qz-house-papers", "前2年", "前四年"),
        ("qz-term", "6年", "5年"),
        ("qz-zhongkao", "2分", "10分"),
        ("qz-zhongkao", "2024年", "2023年"),
        ("qz-school-time", "6月6日", "6月16日"),
        ("qz-stat-2017", "1345", "1354"),
        ("qz-website", "qzrc.gov.cn", "qzrc.com.cn"),
        ("qz-window", "兰台路", "东海大道"),
        ("qz-basis", "13号", "31号"),
        ("sd-huicaika-contact", "88597979", "88597978"),
        ("jj-house-subsidy", "100万元", "120万元"),
    ],
)
def test_one_changed_figure_is_reported(key: str, old: str, new: str) -> None:
    assert not unproved(of_faq(BY_KEY[key]))
    assert unproved(of_faq(_changed(key, old, new)))


def test_two_rows_that_change_places_are_reported() -> None:
    faq = copy.deepcopy(BY_KEY["qz-house-subsidy"])
    rows = faq["answer"]["table"]["rows"]
    rows[0][1], rows[1][1] = rows[1][1], rows[0][1]
    assert unproved(of_faq(faq))


@pytest.mark.parametrize(
    ("stranger", "into"),
    [
        ("jj-house-subsidy", "qz-house-subsidy"),  # a county's figures in the city's answer
        ("qz-house-subsidy", "jj-house-subsidy"),
        ("fz-stat", "na-tech"),  # two counties in one line of one source
        ("ly-youth", "zb-youth"),  # two cities in one source
        ("qz-house-subsidy", "sd-huicaika-term"),
        ("qd-loan", "yt-loan"),
    ],
)
def test_figures_moved_into_the_answer_of_another_place_are_reported(stranger: str, into: str) -> None:
    faq = BY_KEY[into] | {"answer": copy.deepcopy(BY_KEY[stranger]["answer"])}
    assert unproved(of_faq(faq))


def test_a_year_the_sources_do_not_have_is_reported() -> None:
    assert unproved(of_faq(BY_KEY["qz-school-time"] | {"year": "2025"})) == ["2025年"]


def test_a_clause_under_the_number_of_another_is_reported() -> None:
    faq: Faq = {"key": "x", "question": "？", "year": "", "region": "370000", "answer": {}}
    faq["sources"] = [{"title": "四链融合三十条", "code": "S004"}]
    right, wrong = ("第12条网格化服务信息系统", "第14条网格化服务信息系统")
    assert not unproved(of_faq(faq | {"answer": {"paragraphs": [right]}}))
    assert unproved(of_faq(faq | {"answer": {"paragraphs": [wrong]}}))


def test_service_items_entitlements_and_sentences_are_proved_too() -> None:
    item = next(iter(ITEMS.values()))
    assert unproved(of_item(item.model_copy(update={"phone": "0531-88597970"})))
    assert unproved(of_item(item.model_copy(update={"time_limit": "15个工作日"})))
    assert unproved(of_item(item.model_copy(update={"steps": [*item.steps, "公示五个工作日"]})))
    assert unproved(of_entitlement(ENTITLEMENTS[0] | {"line": "每月补贴777元"}))
    assert unproved(of_sentence("x", "请拨打12399"))
    assert not unproved(of_sentence("x", "请拨打12345或12333"))


def test_spelt_figures_are_figures() -> None:
    assert arabic("五年、两年、十五个工作日、二十九项、三倍") == "5年、2年、15个工作日、29项、3倍"
    assert (
        arabic("第一层次、一次性、一对一、三支一扶、万人计划")
        == "第一层次、一次性、一对一、三支一扶、万人计划"
    )
    assert tidy("2020-09-25") == "2020-09-25=2020年9月25日"
