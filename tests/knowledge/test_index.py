"""A chain of small updates answers exactly as one rebuild does."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.index import Index
from bot.knowledge.rank import rank
from bot.knowledge.schemas import Faq, parse_faq
from bot.settings import PROJECT
from bot.text.lexicon import load_lexicon
from tests.knowledge.records import TODAY, faqs, record

ANALYSER = Analyser(load_lexicon(PROJECT / "data" / "lexicon"))
TOPICS = ["惠才卡", "三支一扶", "人才贷", "购房补助", "博士后", "泰山学者"]
ASPECTS = ["有效期几年", "怎么申请", "要什么材料", "多少钱", "归谁管"]
QUESTIONS = ["惠才卡多久过期", "泰山学者要什么材料", "购房补助多少钱", "博士后归谁管", "完全无关的话"]

changes = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 5), st.sampled_from(TOPICS), st.sampled_from(ASPECTS)),
        st.tuples(st.just("drop"), st.integers(0, 5), st.none(), st.none()),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(changes)
def test_delta_equals_rebuild(steps: list[tuple[str, int, str | None, str | None]]) -> None:
    index = Index.build(analyser=ANALYSER, faqs=faqs()[:3])
    live: dict[str, Faq] = {faq.key: faq for faq in faqs()[:3]}
    for kind, number, topic, aspect in steps:
        key = f"faq-{number}"
        if kind == "put":
            faq = parse_faq(
                record(key, f"{topic}{aspect}？", f"{topic}{number}{aspect}", negatives=[f"不是{topic}"])
            )
            live[key] = faq
            index = index.updated(changed=[faq])
        else:
            live.pop(key, None)
            index = index.updated(changed=[], removed=[key])
    rebuilt = Index.build(analyser=ANALYSER, faqs=live.values())
    for text in QUESTIONS:
        assert _ranking(index, text) == _ranking(rebuilt, text)


def _ranking(index: Index, text: str) -> list[tuple[str, float]]:
    scored = rank(index, index.question(text), weights=SHIPPED.weights, today=TODAY)
    return [(index.entries[one.position].faq.key, pytest.approx(one.total, abs=1e-6)) for one in scored]


def test_an_older_snapshot_is_not_disturbed() -> None:
    first = Index.build(analyser=ANALYSER, faqs=faqs())
    before = _ranking(first, "惠才卡有效期几年")
    first.updated(changed=[parse_faq(record("new", "惠才卡有效期几年？"))], removed=["term"])
    assert _ranking(first, "惠才卡有效期几年") == before


def test_an_empty_index_finds_nothing() -> None:
    empty = Index.build(analyser=ANALYSER, faqs=[])
    assert empty.retrieve(empty.question("惠才卡"), today=date(2026, 1, 1)) == []
    assert empty.updated(changed=faqs()).position_of.keys() == {faq.key for faq in faqs()}
