"""Messages with several questions are taken apart; one question never is, and nothing is lost."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.analysis import Analyser
from bot.knowledge.carried import completed
from bot.knowledge.parts import split, tidy
from bot.text.normalise import normalise

TABLE = yaml.safe_load((Path(__file__).parent / "parts.yml").read_text(encoding="utf-8"))
WHOLE: list[str] = TABLE["whole"]
SPLIT: dict[str, list[str]] = TABLE["split"]
_MARKS = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    return _MARKS.sub("", text)


def test_the_table_is_long_enough() -> None:
    assert len(WHOLE) + len(SPLIT) >= 60


@pytest.mark.parametrize("message", WHOLE)
def test_one_question_stays_whole(analyser: Analyser, message: str) -> None:
    assert len(split(message, analyser=analyser)) == 1


@pytest.mark.parametrize("message", SPLIT)
def test_several_questions_are_taken_apart(analyser: Analyser, message: str) -> None:
    parts = split(message, analyser=analyser)
    whole = completed(parts, analyser=analyser)
    assert [bare(tidy(part)) for part in whole] == [bare(part) for part in SPLIT[message]]


@pytest.mark.parametrize("message", [*WHOLE, *SPLIT])
def test_no_word_is_lost_or_invented(analyser: Analyser, message: str) -> None:
    assert bare("".join(split(message, analyser=analyser))) == bare(normalise(message))


@given(
    questions=st.lists(
        st.sampled_from(
            [
                "惠才卡有效期几年",
                "丢了怎么补办",
                "泉州第三层次买房补多少",
                "孩子能上哪个学校",
                "三支一扶服务几年",
                "科技特派员怎么报名",
                "要什么材料",
                "我在济南",
                "我是博士",
                "谢谢",
            ]
        ),
        min_size=1,
        max_size=6,
    ),
    joints=st.lists(
        st.sampled_from(["，", "？", "；", "\n", "，另外", "。还有", "！顺便问一下"]), min_size=6, max_size=6
    ),
)
def test_joined_parts_hold_every_word(analyser: Analyser, questions: list[str], joints: list[str]) -> None:
    message = "".join(q + joint for q, joint in zip(questions, joints, strict=False))
    parts = split(message, analyser=analyser)
    assert parts and all(parts)
    assert bare("".join(parts)) == bare(normalise(message))


def test_a_talk_that_has_a_subject_lends_it_to_the_first_part(analyser: Analyser) -> None:
    parts = split("有效期几年，泉州购房补助多少", analyser=analyser)
    assert completed(parts, analyser=analyser, leaning=True)[0] == parts[0]
