"""Long messages: what they ask is found, and however they are made, an answer comes."""

import pytest

from bot.knowledge.answers import Asking, answer_message
from bot.knowledge.gist import MOST_READ, gist
from bot.knowledge.search import Snapshot
from tests.knowledge import records

PASTED = "本单位成立于二〇〇一年，主要从事高端装备研发，现有职工三百余人。" * 40


def test_a_short_message_is_left_as_it_is() -> None:
    assert gist("惠才卡有效期几年") == "惠才卡有效期几年"


def test_the_question_in_a_pasted_text_is_what_is_read() -> None:
    assert gist(f"{PASTED}请问惠才卡有效期几年？{PASTED}") == "请问惠才卡有效期几年？"


def test_a_text_that_asks_nothing_is_read_from_its_beginning() -> None:
    assert gist(PASTED) == PASTED[:MOST_READ]


def test_a_personal_token_is_not_cut_in_two() -> None:
    assert "〔" not in gist("好" * (MOST_READ - 2) + "〔手机号1〕" + "好" * 100)


def _reply(shipped: Snapshot, text: str) -> list[str]:
    asking = Asking(question=gist(text), region=None, today=records.TODAY)
    answered = answer_message(shipped, asking, follow_ups=lambda faq: [])
    return [reply.content.plain_text() for reply in answered.replies if reply.content]


@pytest.mark.parametrize("text", ["😀" * 50, " ", "\u200d" * 9, "？！。", "9" * 2000, ".*+?()[]{}|\\^$"])
def test_a_message_without_words_is_answered(shipped: Snapshot, text: str) -> None:
    assert _reply(shipped, text)


def test_many_questions_get_few_replies_that_can_be_read_on_a_phone(shipped: Snapshot) -> None:
    subjects = (
        "惠才卡",
        "泰山学者",
        "购房补贴",
        "人才公寓",
        "子女入学",
        "配偶就业",
        "人才贷",
        "博士后",
        "三支一扶",
        "创新券",
    )
    replies = _reply(shipped, "".join(f"{one}怎么办理？" for one in subjects))
    assert len(replies) <= 4
    assert len(replies[-1]) < 400
    assert "分开" in replies[-1]


def test_the_same_question_again_and_again_is_one_question(shipped: Snapshot) -> None:
    assert len(_reply(shipped, "惠才卡有效期几年？" * 30)) == 1
