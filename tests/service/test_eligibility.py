"""The shipped items' conditions, row by row, against tables written from the documents."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.service.checking import FEWEST_PHRASINGS, advice, ways
from bot.service.composing import compose
from bot.service.rules import assess
from bot.service.schemas import Rule, Verdict
from bot.service.seeds import read_items
from bot.service.steps import all_steps, order
from bot.settings import PROJECT

ITEMS = {item.key: item for item in read_items()[0]}
TABLES = sorted((Path(__file__).parent / "tables").glob("*.yml"))
ROWS: dict[str, list[dict[str, Any]]] = {
    key: rows for path in TABLES for key, rows in yaml.safe_load(path.read_text("utf-8")).items()
}
CASES = [(key, number) for key, rows in ROWS.items() for number in range(len(rows))]
DEPARTMENTS = {
    row["key"]
    for row in yaml.safe_load((PROJECT / "data/talent/departments.yml").read_text("utf-8"))["departments"]
}
SCHEMES = {
    row["key"]: row
    for row in yaml.safe_load((PROJECT / "data/talent/schemes.yml").read_text("utf-8"))["schemes"]
}


@pytest.mark.parametrize(("key", "number"), CASES, ids=[f"{key}-{number}" for key, number in CASES])
def test_an_answer_gets_the_published_verdict(key: str, number: int) -> None:
    item, row = ITEMS[key], ROWS[key][number]
    asked = [q.key for q in item.questions if q.key in order(item=item, values=row["say"])]
    assert sorted(row["say"]) == sorted(asked), "the row answers what is asked, and nothing else"
    result = assess(item=item, values=row["say"])
    assert result.verdict == Verdict(row["verdict"])
    assert (result.route.value if result.route else None) == row.get("route")
    assert len(result.reasons) == len(row["because"])
    for words, basis in row["because"].items():
        (reason,) = [rule for rule in result.reasons if words in rule.because]
        assert basis in (reason.basis or "")


@pytest.mark.parametrize("key", sorted(ITEMS))
def test_every_rule_has_a_row(key: str) -> None:
    item = ITEMS[key]
    hit: list[Rule] = []
    for row in ROWS.get(key, []):
        hit += assess(item=item, values=row["say"]).reasons
    without = [f"{number}: {rule.because}" for number, rule in enumerate(item.rules, 1) if rule not in hit]
    assert without == []


@pytest.mark.parametrize("key", ["qz-recognition", "qz-housing", "qz-school", "qz-subsidy"])
def test_a_countys_own_way_of_applying_is_never_the_only_reason(key: str) -> None:
    item = ITEMS[key]
    for values in ways(item):
        reasons = assess(item=item, values=values).reasons
        assert [rule for rule in reasons if set(rule.when) != {"county"}], values


@pytest.mark.parametrize("key", sorted(ITEMS))
def test_an_item_is_complete_for_those_who_work_on_it(key: str) -> None:
    item = ITEMS[key]
    assert advice(item, departments=DEPARTMENTS) == []
    assert len(item.phrasings) >= FEWEST_PHRASINGS
    assert all(basis.code for basis in item.basis) and item.materials
    assert all(rule.basis for rule in item.rules)
    assert item.approval.scheme is None or item.approval.scheme in SCHEMES
    assert item.approval.publicity_days is None  # no document states how long


@pytest.mark.parametrize("key", sorted(ITEMS))
def test_places_are_not_mixed(key: str) -> None:
    """A rule for one place names no other's figures: whoever answers 青岛 reads nothing of 烟台."""
    item = ITEMS[key]
    places = {"370600": "烟台", "370200": "青岛", "371000": "威海", "371400": "德州", "370100": "济南"}
    for rule in item.rules:
        for code in rule.when.get("place", []):
            others = {name for other, name in places.items() if other != code and code in places}
            told = {name for name in others if re.search(rf"{name}[^，；。]*\d", rule.because)}
            assert told == set(), rule.because


def test_unknown_things_are_told_as_unknown() -> None:
    """Section by section of what no document states: never a figure in its place."""
    unpublished = [
        "sd-huicaika-lost",
        "sd-allowance",
        "qz-training",
        "qz-medical",
        "qz-vacation",
        "qz-spouse",
    ]
    for key in [*unpublished, "qz-household"]:
        item = ITEMS[key]
        told = " ".join([*item.conditions, *item.steps, item.caution or "", *(r.because for r in item.rules)])
        assert "没有公布" in told or "没有找到" in told
        assert not re.search(r"\d+(?:个工作日|天|万元|元)", told)
    assert {item.time_limit for item in ITEMS.values()} == {"未公布"}


def test_both_tier_schemes_keep_apart() -> None:
    years = {key: item.year for key, item in ITEMS.items() if key.startswith("qz-recognition")}
    assert set(years.values()) == {"2021"}
    assert {ITEMS[key].approval.scheme for key in years} == {"quanzhou-2021"}


def test_school_and_housing_ask_the_same_things_once() -> None:
    whole = compose([ITEMS["qz-school"], ITEMS["qz-housing"]])
    keys = [step.key for step in all_steps(whole)]
    assert [key for key in keys if key.endswith("_2")] == ["kind_2"]
    assert keys.count("county") == keys.count("tier") == keys.count("name") == keys.count("phone") == 1
