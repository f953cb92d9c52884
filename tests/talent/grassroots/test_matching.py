"""Who fits a need, and whom not to ask again: pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.talent.interval import IntervalRule, overuse
from bot.talent.matching import Need, Person, best, match

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RULE = IntervalRule(interval_days=30, times_a_year=3)


def person(**more: object) -> Person:
    plain = {"id": "a", "fields": ["人工智能"], "industry": "食品", "region": "370102", "education": "硕士"}
    return Person(**(plain | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("need", "score"),
    [
        (Need("人工智能", "370102"), 70),
        (Need("人工智能", "370105"), 65),
        (Need("人工智能", "370100"), 65),
        (Need("人工智能", "370200"), 58),
        (Need("人工智能", "370000"), 58),
        (Need("人工智能", "350500"), 50),
        (Need("人工智能", "350500", key_chain=True), 60),
        (Need("人工智能", "350500", education="硕士"), 60),
        (Need("人工智能", "350500", education="本科"), 60),
        (Need("食品", "350500"), 20),
    ],
    ids=str,
)
def test_what_weighs(need: Need, score: int) -> None:
    found = match(need, person())
    assert found is not None and found.score == score
    assert found.reasons


@pytest.mark.parametrize(
    "need", [Need("海洋", "370102"), Need("人工智能", "370102", education="博士")], ids=str
)
def test_no_match(need: Need) -> None:
    assert match(need, person()) is None


def test_the_best_come_first_and_ties_stay_in_one_order() -> None:
    people = [person(id="c"), person(id="b", region="350500"), person(id="a")]
    assert [one.id for one in best(Need("人工智能", "370102"), people, most=2)] == ["a", "c"]


@pytest.mark.parametrize(
    ("days_ago", "free"),
    [
        ([], True),
        ([30], True),
        ([29], False),
        ([0], False),
        ([40, 80], True),
        ([40, 80, 120], False),
        ([40, 80, 365], True),
        ([40, 80, 364], False),
    ],
    ids=str,
)
def test_asked_too_often(days_ago: list[int], free: bool) -> None:
    asked = [NOW - timedelta(days=days) for days in days_ago]
    assert (overuse(asked, now=NOW, rule=RULE) is None) is free


def test_the_reason_is_said_with_the_centres_figure() -> None:
    recent = overuse([NOW - timedelta(days=3)], now=NOW, rule=RULE) or ""
    assert "3天前" in recent and "30天" in recent and "本中心设定" in recent
    often = overuse([NOW - timedelta(days=days) for days in (40, 80, 120)], now=NOW, rule=RULE) or ""
    assert "3次" in often and "本中心设定" in often
