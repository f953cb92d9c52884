"""Question files and the figures counted from them."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.cases import Case, Scope, read_cases
from bot.knowledge.evaluate import Answered, Outcome, by_kind, evaluate, figures, worst
from bot.knowledge.index import Index
from bot.knowledge.rules import Band
from bot.knowledge.schemas import parse_faq
from bot.knowledge.search import Snapshot

TODAY = date(2026, 11, 20)


def outcome(*parts: Answered, expected: tuple[set[str], ...], scope: Scope = Scope.WITHIN) -> Outcome:
    case = Case(
        id="1",
        question="问",
        scope=scope,
        kind="plain",
        region=None,
        expected=tuple(map(frozenset, expected)),
    )
    return Outcome(case=case, parts=parts)


def got(band: Band, *given: str, then: tuple[str, ...] = (), sure: float = 0.9) -> Answered:
    return Answered(band=band, probability=sure, ranked=(*given, *then), given=given)


def test_figures_count_what_a_person_would_see() -> None:
    seen = figures(
        [
            outcome(got(Band.ANSWER, "a"), expected=({"a"},)),
            outcome(got(Band.ANSWER, "b", then=("a",)), expected=({"a"},)),
            outcome(got(Band.OFFER, "b", "c", "a"), expected=({"a"},)),
            outcome(got(Band.NONE, then=("b", "c", "d", "a")), expected=({"a"},)),
        ]
    )
    assert (seen.asked, seen.first, seen.third, seen.solved) == (4, 0.25, 0.75, 0.5)
    assert (seen.direct, seen.answered, seen.wrong_direct) == (2, 0.5, 0.5)


def test_two_questions_need_two_right_answers() -> None:
    both = ({"a"}, {"b", "c"})
    assert outcome(got(Band.ANSWER, "a"), got(Band.ANSWER, "c"), expected=both).right_within(1)
    assert not outcome(got(Band.ANSWER, "a"), expected=both).right_within(1)
    assert not outcome(got(Band.OFFER, "a", "d"), got(Band.NONE), expected=both).solved


def test_nothing_expected_is_never_right_and_every_direct_answer_is_wrong() -> None:
    stray = outcome(got(Band.ANSWER, "a"), expected=(), scope=Scope.OUTSIDE)
    assert not stray.right_within(3)
    assert len(stray.wrong) == 1


def test_the_worst_come_first() -> None:
    fine = outcome(got(Band.ANSWER, "a"), expected=({"a"},))
    late = outcome(got(Band.OFFER, "b", "a"), expected=({"a"},))
    wrong = outcome(got(Band.ANSWER, "b", then=("a",)), expected=({"a"},))
    lost = outcome(got(Band.NONE), expected=({"a"},))
    assert worst([fine, late, wrong, lost], count=9) == [wrong, lost, late]
    assert worst([fine, late, wrong, lost], count=1) == [wrong]


def test_yaml_with_the_answers_beside(tmp_path: Path, analyser: Analyser) -> None:
    questions, answers = tmp_path / "q.yml", tmp_path / "a.yml"
    questions.write_text(
        "questions:\n"
        "  - {id: q1, q: 有效期几年, kind: short, scope: in, where: 泉州市}\n"
        "  - {id: q2, q: 买房补多少 孩子上学呢, kind: multi, scope: in, where: ''}\n"
        "  - {id: q3, q: 天气, kind: far, scope: out}\n",
        encoding="utf-8",
    )
    answers.write_text("expected: {q1: [term], q2: [[buy, buy-2], [school]], q3: []}\n", encoding="utf-8")
    cases = read_cases(questions, lexicon=analyser.lexicon, expected=answers)
    assert [case.region for case in cases] == ["350500", None, None]
    assert [case.expected for case in cases] == [
        (frozenset({"term"}),),
        (frozenset({"buy", "buy-2"}), frozenset({"school"})),
        (),
    ]
    assert [case.scope for case in cases] == [Scope.WITHIN, Scope.WITHIN, Scope.OUTSIDE]


def test_a_spreadsheet_saved_as_csv(tmp_path: Path, analyser: Analyser) -> None:
    file = tmp_path / "问题.csv"
    file.write_text("问题,答案编号,地区,类别\n有效期几年,term,济南,常见\n天气,,,\n", encoding="utf-8-sig")
    first, second = read_cases(file, lexicon=analyser.lexicon)
    assert (first.region, first.kind, first.expected) == ("370100", "常见", (frozenset({"term"}),))
    assert second.scope is Scope.OUTSIDE


@pytest.mark.parametrize(
    "text",
    ["questions: [{q: 没有编号}]", "other: []", "questions: [{id: 1, q: 问, where: 火星}]", "a: [", "- 1"],
)
def test_a_file_that_cannot_be_read_is_refused(text: str, tmp_path: Path, analyser: Analyser) -> None:
    file = tmp_path / "bad.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_cases(file, lexicon=analyser.lexicon)
    assert refused.value.code == "bad_question_file"


def test_each_question_of_a_message_is_asked(analyser: Analyser) -> None:
    faq = parse_faq(
        {
            "key": "term",
            "question": "惠才卡有效期几年？",
            "phrasings": [f"惠才卡能用多久{n}" for n in range(6)],
            "negatives": [],
            "category": "惠才卡",
            "region": "370000",
            "place": "山东省",
            "year": "2018",
            "audience": "人才",
            "kind": "answer",
            "answer": {"paragraphs": ["五年。"]},
            "confidence": "高",
            "sources": [{"title": "规定"}],
            "follow_ups": [],
        }
    )
    index = Index.build(analyser=analyser, faqs=[faq])
    snapshot = Snapshot(release=1, index=index, calibration=SHIPPED)
    case = Case(
        id="1",
        question="惠才卡有效期几年？天气怎么样？",
        scope=Scope.WITHIN,
        kind="multi",
        region=None,
        expected=(frozenset({"term"}),),
    )
    (one,) = evaluate(snapshot, [case], today=TODAY, parts_of=lambda text: text.rstrip("？").split("？"))
    assert [part.band for part in one.parts] == [Band.ANSWER, Band.NONE]
    assert by_kind([one]) == {"multi": [one]}
