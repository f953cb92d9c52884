"""What a question finds: the right FAQ, for the right place and day, or an honest no."""

from datetime import date

import pytest

from bot.knowledge.analysis import Analyser
from bot.knowledge.index import Index
from bot.knowledge.schemas import parse_faq
from tests.knowledge.records import RECORDS, ask, build, record


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("惠才卡有效期几年", "term"),
        ("惠 才 卡 有 效 期 几 年？？？", "term"),
        ("会才卡能用多久", "term"),
        ("請問惠才卡怎麼申請", "apply"),
        ("huicaika zenme shenqing", "apply"),
        ("三只一扶服务几年", "szyf-term"),
        ("山支一扶要干多久", "szyf-term"),
        ("泉州第三层次人才买房补多少钱", "qz-house"),
    ],
)
def test_finds_the_answer(index: Index, question: str, key: str) -> None:
    found = ask(index, question)
    assert (found.band, [faq.key for faq in found.faqs]) == ("answer", [key])


def test_exact_phrasing_is_certain(index: Index) -> None:
    assert ask(index, "惠才卡的有效期是多长").probability >= 0.99


@pytest.mark.parametrize(
    "question",
    ["青岛地铁几点停", "今天天气怎么样", "帮我写一首诗", "公积金怎么提取", "😀😀", "", "???", "a" * 2000],
)
def test_declines_what_it_does_not_know(index: Index, question: str) -> None:
    found = ask(index, question)
    assert (found.band, found.faqs) == ("none", ())


@pytest.mark.parametrize("question", ["我不想活了", "惠才卡办不下来我想自杀", "惠才卡有效期几年不想活了"])
@pytest.mark.parametrize("last_faq", [None, "term"])
def test_never_answers_a_crisis_with_a_policy(index: Index, question: str, last_faq: str | None) -> None:
    assert ask(index, question, last_faq=last_faq).band == "none"


def test_not_published_is_said(index: Index) -> None:
    found = ask(index, "惠才卡丢了咋补办")
    assert (found.band, found.faqs[0].key) == ("not_published", "lost")


def test_aspects_are_kept_apart(index: Index) -> None:
    for question, key in [("惠才卡挂失了", "lost"), ("惠才卡申领", "apply"), ("惠才卡管几年", "term")]:
        assert ask(index, question).candidates[0].key == key


def test_other_city_is_never_given_as_ones_own(index: Index) -> None:
    named = ask(index, "临沂人才贷最高能贷多少")
    assert (named.band, named.faqs) == ("none", ())
    known = ask(index, "人才贷最高能贷多少", region="371300")
    assert known.band == "offer"
    assert known.elsewhere
    assert ask(index, "子女入学怎么申请", region="371300").band != "answer"


def test_place_in_the_question_wins(index: Index) -> None:
    found = ask(index, "青岛人才贷最高能贷多少", region="370600")
    assert (found.band, found.faqs[0].key) == ("answer", "qd-loan")


def test_own_city_answers_without_being_named(index: Index) -> None:
    found = ask(index, "人才贷最高能贷多少", region="370600")
    assert (found.band, found.faqs[0].key) == ("answer", "yt-loan")


def test_district_falls_through_to_city_and_province(index: Index) -> None:
    assert ask(index, "人才贷最高能贷多少", region="370602").faqs[0].key == "yt-loan"
    assert ask(index, "惠才卡有效期几年", region="370602").faqs[0].key == "term"


@pytest.mark.parametrize("region", [None, "370000"])
def test_asks_which_city_when_only_the_place_differs(index: Index, region: str | None) -> None:
    found = ask(index, "人才贷最高能贷多少", region=region)
    assert found.band == "clarify"
    assert set(found.regions) == {"370200", "370600", "371400"}


def test_a_city_answer_is_only_offered_when_no_place_is_known(index: Index) -> None:
    assert ask(index, "人才子女入学怎么申请").band == "offer"
    assert ask(index, "人才子女入学怎么申请", region="350583").band == "answer"


def test_validity_is_checked_on_the_day(analyser: Analyser) -> None:
    dated = record(
        "dated", "泰山学者申报时间？", "泰山学者何时报",
        valid_from="2026-03-01", valid_until="2026-11-20",
    )  # fmt: skip
    index = Index.build(analyser=analyser, faqs=map(parse_faq, [*RECORDS, dated]))
    assert ask(index, "泰山学者申报时间", today=date(2026, 11, 20)).faqs[0].key == "dated"
    assert ask(index, "泰山学者申报时间", today=date(2026, 3, 1)).faqs[0].key == "dated"
    for outside in (date(2026, 2, 28), date(2026, 11, 21)):
        assert all(c.key != "dated" for c in ask(index, "泰山学者申报时间", today=outside).candidates)


def test_follow_ups_lean_on_the_last_answer(index: Index) -> None:
    assert ask(index, "那第四层次呢", last_faq="qz-house").faqs[0].key == "qz-house"
    assert ask(index, "怎么申请", last_faq="term").candidates[0].key == "apply"
    assert ask(index, "那青岛呢", last_faq="yt-loan").faqs[0].key == "qd-loan"
    assert ask(index, "三支一扶服务几年", last_faq="term").faqs[0].key == "szyf-term"
    assert ask(index, "地铁呢", last_faq="term").band == "none"


def test_a_negative_phrasing_pushes_its_faq_down(analyser: Analyser) -> None:
    question = "惠才卡批准之后几年复核"
    before = ask(build(analyser), question)
    assert before.candidates[0].key == "term"
    changed = [
        parse_faq({**one, "negatives": [question]} if one["key"] == "term" else one) for one in RECORDS
    ]
    after = ask(Index.build(analyser=analyser, faqs=changed), question)
    assert after.candidates[0].key != "term"
