"""Nothing is stated that the fact sheet does not state for the same source and place.

The sheet is not part of the repository; where it is absent these tests are skipped and say so.
"""

import re
from typing import Any

import pytest
import yaml

from tests.content.fact_sheet import SHEET, confidence_of, sheet_text, text_for, tidy
from tests.content.figures import figures, is_stated
from tests.content.test_knowledge_content import FAQS, ROOT, failing

pytestmark = pytest.mark.skipif(
    not SHEET.exists(),
    reason="../shared/domain/facts.md is absent: the figures of the answers are NOT proved",
)
_RANK = {"低": 0, "中": 1, "高": 2}
# Sources that speak of many cities at once: the line must name the city of the answer.
_OF_MANY_CITIES = {"P06", "P19", "P48"}


def sentences(answer: dict[str, Any]) -> list[str]:
    table = answer.get("table") or {"head": [], "rows": []}
    cells = [cell for row in table["rows"] for cell in row]
    return [*answer.get("paragraphs", []), *answer.get("items", []), *table["head"], *cells]


def codes_of(faq: dict[str, Any]) -> set[str]:
    return {source["code"] for source in faq["sources"]}


def city_of(faq: dict[str, Any]) -> str | None:
    if faq["region"].endswith("0000") or not codes_of(faq) <= _OF_MANY_CITIES:
        return None
    return str(faq["place"]).removesuffix("市")


def _unproved(faq: dict[str, Any]) -> list[str]:
    sheet = sheet_text()
    text = text_for(codes=codes_of(faq), place=city_of(faq))
    # The year of a source and the public numbers may be told with any answer.
    text += "\n" + "\n".join(
        tidy(f"{source.get('date', '')}年 {source['title']}") for source in faq["sources"]
    )
    text += "\n" + text_for(codes={"公共号码"}, place=None)
    return [
        figure.text + figure.unit
        for sentence in sentences(faq["answer"])
        for figure in figures(sentence)
        if not is_stated(figure, text=text, sheet=sheet)
    ]


def test_every_figure_stands_in_the_fact_sheet_for_its_source_and_place() -> None:
    assert not failing(_unproved)


def _misquoted(faq: dict[str, Any]) -> list[str]:
    sheet = sheet_text()
    problems = []
    for source in faq["sources"]:
        known = text_for(codes={source["code"]}, place=None) + sheet[: sheet.index("##A.")]
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


def test_the_service_item_states_only_known_figures() -> None:
    sheet = sheet_text()
    text = text_for(codes={"S000", "P01", "P02", "P03", "P04"}, place=None)
    for item in yaml.safe_load((ROOT / "data/service/shandong.yml").read_text(encoding="utf-8"))["items"]:
        assert item["time_limit"] == "未公布"
        told = [
            *item["conditions"],
            *item["steps"],
            item["phone"],
            *(rule["because"] for rule in item["rules"]),
        ]
        told += [str(value) for material in item["materials"] for value in material.values()]
        unproved = [
            f.text + f.unit
            for line in told
            for f in figures(line)
            if not is_stated(f, text=text, sheet=sheet)
        ]
        assert not unproved


@pytest.mark.parametrize("word", ["千人计划", "范文礼", "刘曙庆", "陈颖锋"])
def test_blanked_names_and_private_persons_are_not_written(word: str) -> None:
    assert not [faq["key"] for faq in FAQS if word in str(faq)]
    assert not [faq["key"] for faq in FAQS if re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", str(faq["answer"]))]


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("一般5年", True),
        ("一般6年", False),
        ("第一、第二层次分别补80万元和40万元", True),
        ("补90万元", False),
        ("电话 0531-88597979", True),
        ("电话 0531-88597970", False),
        ("鲁人社规〔2018〕5号", True),
        ("鲁人社规〔2018〕6号", False),
        ("请登录 www.qzrc.com.cn", False),
        ("公示七天", False),
    ],
)
def test_the_proof_can_fail(sentence: str, stated: bool) -> None:
    sheet = sheet_text()
    text = text_for(codes={"P01", "P03", "Q06"}, place=None)
    assert all(is_stated(figure, text=text, sheet=sheet) for figure in figures(sentence)) is stated
