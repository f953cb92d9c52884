"""The knowledge we ship: found by other words, declined when out of scope."""

from datetime import date

import pytest

from bot.knowledge.analysis import Analyser
from bot.knowledge.cases import Scope, read_cases
from bot.knowledge.evaluate import by_scope, evaluate, figures, leave_one_out
from bot.knowledge.follow_up import find_following
from bot.knowledge.search import Snapshot, find
from bot.settings import PROJECT

FOLDER = PROJECT / "data" / "knowledge"
HELD_OUT = PROJECT / "tests" / "content" / "heldout.yml"
TODAY = date(2026, 11, 20)


def test_phrasings_left_out_are_found(shipped: Snapshot) -> None:
    """The phrasings of a FAQ differ in wording on purpose, so this is harder than life."""
    first, third = leave_one_out(shipped, today=TODAY, every=5)
    assert first >= 0.55
    assert third >= 0.75


def test_questions_never_seen(shipped: Snapshot, analyser: Analyser) -> None:
    outcomes = evaluate(shipped, read_cases(HELD_OUT, lexicon=analyser.lexicon), today=TODAY)
    seen = figures([one for one in outcomes if one.case.scope is not Scope.OUTSIDE])
    assert seen.first >= 0.80
    assert seen.third >= 0.92
    assert seen.wrong_direct <= 0.07
    assert seen.answered >= 0.4  # caution must not swallow the answers
    assert figures(by_scope(outcomes, Scope.OUTSIDE)).answered <= 0.08


@pytest.mark.parametrize(
    ("question", "region", "band", "key"),
    [
        ("惠才卡有效期几年", None, "answer", "sd-huicaika-term"),
        ("泉州第三层次人才买房补多少钱", "370000", "answer", "qz-house-subsidy"),
        ("三支一扶服务几年", "370000", "answer", "sd-szyf-term"),
        ("科技特派员咋申请", None, "answer", "sd-kjtpy-apply"),
        ("惠才卡丢了咋补办", None, "not_published", "sd-huicaika-lost"),
        ("青岛地铁几点停", "370200", "none", None),
        ("我不想活了", None, "none", None),
    ],
)
def test_the_first_questions_people_ask(
    shipped: Snapshot, question: str, region: str | None, band: str, key: str | None
) -> None:
    found = find(shipped, question=question, region=region, today=TODAY)
    assert (found.band, found.faqs[0].key if found.faqs else None) == (band, key)


@pytest.mark.parametrize(
    ("question", "last_faq", "key"),
    [
        ("那期满之后呢", "sd-szyf-term", "sd-szyf-after-2021"),
        ("有年龄限制吗", "sd-szyf-term", "sd-szyf-age-2021"),
        ("那青岛呢", "yt-loan", "qd-loan"),
        ("潍坊呢", "zb-youth", "wf-youth"),
        ("要多久", "sd-huicaika-term", "sd-huicaika-time-limit"),
    ],
)
def test_a_follow_up_keeps_its_subject(shipped: Snapshot, question: str, last_faq: str, key: str) -> None:
    found = find_following(shipped, question=question, region=None, today=TODAY, last_faq=last_faq)
    assert found.faqs[0].key == key


def test_the_same_answer_is_not_given_twice(shipped: Snapshot) -> None:
    found = find_following(
        shipped, question="有补贴吗", region=None, today=TODAY, last_faq="qz-house-subsidy"
    )
    assert found.beside and "qz-house-subsidy" not in [faq.key for faq in found.faqs]


@pytest.mark.parametrize("question", ["泉州", "我今年58了还能办惠才卡吗"])
def test_offers_instead_of_a_guess_or_a_bare_no(shipped: Snapshot, question: str) -> None:
    assert find(shipped, question=question, region=None, today=TODAY).band == "offer"


@pytest.mark.parametrize("question", ["考公务员报名时间", "医保卡丢了", "职称考试什么时候"])
def test_near_questions_get_no_direct_answer(shipped: Snapshot, question: str) -> None:
    assert find(shipped, question=question, region=None, today=TODAY).band in ("none", "offer")
