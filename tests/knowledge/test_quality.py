"""The frozen questions, as a gate: the least that must be reached. `tests.bench.quality` shows the rest."""

import hashlib

import pytest

from bot.knowledge.cases import Scope, read_cases
from bot.knowledge.evaluate import Outcome, by_scope, evaluate, figures
from bot.knowledge.search import Snapshot
from bot.knowledge.service import parts_of
from bot.settings import PROJECT
from tests.knowledge.records import TODAY

QUESTIONS = PROJECT / "tests" / "bench" / "questions"


@pytest.fixture(scope="module")
def outcomes(shipped: Snapshot) -> list[Outcome]:
    cases = read_cases(
        QUESTIONS / "frozen.yml",
        lexicon=shipped.index.analyser.lexicon,
        expected=QUESTIONS / "frozen_expected.yml",
    )
    return evaluate(shipped, cases, today=TODAY, parts_of=parts_of)


def test_the_questions_are_those_frozen_before_the_search_was_tuned() -> None:
    written, _ = (QUESTIONS / "frozen.sha256").read_text(encoding="utf-8").split()
    assert hashlib.sha256((QUESTIONS / "frozen.yml").read_bytes()).hexdigest() == written


def test_the_right_answer_comes_first_or_near(outcomes: list[Outcome]) -> None:
    seen = figures(by_scope(outcomes, Scope.WITHIN))
    assert seen.asked == 220
    assert seen.first >= 0.80
    assert seen.third >= 0.92
    assert seen.answered >= 0.6  # caution must not swallow the answers


def test_direct_answers_are_right(outcomes: list[Outcome]) -> None:
    ours = [one for one in outcomes if one.case.scope is not Scope.OUTSIDE]
    assert figures(ours).wrong_direct <= 0.07


def test_what_is_not_ours_is_declined(outcomes: list[Outcome]) -> None:
    outside = figures(by_scope(outcomes, Scope.OUTSIDE))
    assert (outside.asked, outside.answered <= 0.08) == (60, True)
