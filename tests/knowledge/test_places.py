"""Where people say they are, and where they only ask about."""

import pytest

from bot.knowledge.analysis import Analyser
from bot.knowledge.places import place_said, wants_other_place

QINGDAO, QUANZHOU, YANTAI, JINAN = "370200", "350500", "370600", "370100"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我在青岛", QINGDAO),
        ("我是泉州的", QUANZHOU),
        ("青岛", QINGDAO),
        ("你好，我在青岛", QINGDAO),
        ("我人在青岛工作", QINGDAO),
        ("我不在济南了，现在在烟台", YANTAI),
        ("我在烟台，不在济南了", YANTAI),
        ("我搬到烟台了", YANTAI),
        ("换成烟台", YANTAI),
        ("我老家泉州，现在青岛上班", QINGDAO),
        ("我在历下", "370102"),
    ],
)
def test_only_a_place(analyser: Analyser, text: str, code: str) -> None:
    said = place_said(text, lexicon=analyser.lexicon)
    assert (said.code, said.only) == (code, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我在泉州，想问买房补助", QUANZHOU),
        ("我是泉州的，在青岛工作，能拿什么补贴", QINGDAO),
        ("泉州买房补助多少", None),
        ("那青岛呢", None),
        ("青岛呢", None),
        ("青岛地铁几点停", None),
        ("我不在济南", None),
        ("我是山东大学的", None),
        ("想去济南发展，有补贴吗", None),
    ],
)
def test_a_place_within_more(analyser: Analyser, text: str, code: str | None) -> None:
    said = place_said(text, lexicon=analyser.lexicon)
    assert (said.code, said.only) == (code, False)


def test_the_place_left_is_no_place_asked_about(analyser: Analyser) -> None:
    said = place_said("我不在济南了，现在在烟台，人才贷能贷多少", lexicon=analyser.lexicon)
    assert said.code == YANTAI
    assert "济南" not in said.question and "人才贷能贷多少" in said.question


def test_a_change_without_a_place() -> None:
    assert wants_other_place("换个城市") and wants_other_place("我要改地区")
    assert not wants_other_place("换成烟台")
