"""After a talk with a person: questions about what came of it, and greetings that begin nothing anew."""

from typing import Any

import pytest

from bot.nlu.outcome import asks_outcome
from tests.engine.engine_process import Chat, texts
from tests.engine.fake_actions import FakeActions

OUTCOME: dict[str, Any] = {
    "result": "已登记",
    "next": None,
    "said": "好的",
    "by": "林样例",
    "on": "11月20日",
    "fresh": True,
    "subject": None,
}
TELLS = ["action_tell_outcome"]


@pytest.mark.parametrize(
    "text",
    [
        "刚才专员说的结果是什么",
        "专员怎么说的",
        "人工那边怎么答复的",
        "上次的处理结果",
        "專員給的答覆是什麼",
        "工作人员告诉我什么了",
        "客服的处理意见",
    ],
)
def test_questions_about_it_at_any_time(text: str) -> None:
    assert asks_outcome(text, fresh=False)


@pytest.mark.parametrize(
    "text", ["那接下来呢", "然后呢？", "接下来我该怎么做", "结果呢", "那下一步呢", "那之后怎么办"]
)
def test_short_ones_only_right_after_it(text: str) -> None:
    assert asks_outcome(text, fresh=True) and not asks_outcome(text, fresh=False)


@pytest.mark.parametrize(
    "text",
    [
        "惠才卡有效期几年",
        "专员电话给我",
        "服务专员能办什么事",
        "人工智能专业算什么层次",
        "体检结果要交吗",
        "接下来我想问购房补贴要什么条件，孩子上学又要什么材料",
        "好的",
    ],
)
def test_what_asks_something_else(text: str) -> None:
    assert not asks_outcome(text, fresh=True)


def test_the_outcome_is_told_by_its_action_and_stays_known(chat: Chat, actions: FakeActions) -> None:
    assert texts(chat.say("那接下来呢", outcome=OUTCOME)) == TELLS
    assert actions.calls[-1]["tracker"]["slots"]["handover_outcome"] == OUTCOME
    assert texts(chat.say("惠才卡有效期几年", outcome={**OUTCOME, "fresh": False})) == [
        "action_answer_policy"
    ]
    assert texts(chat.say("专员怎么说的", outcome={**OUTCOME, "fresh": False})) == TELLS


def test_what_comes_next_may_be_asked_after_it_was_told(chat: Chat) -> None:
    known = {**OUTCOME, "fresh": False}
    assert texts(chat.say("专员怎么说的", outcome=known)) == TELLS
    assert texts(chat.say("那接下来呢", outcome=known)) == TELLS
    assert texts(chat.say("惠才卡有效期几年", outcome=known)) == ["action_answer_policy"]
    assert texts(chat.say("那接下来呢", outcome=known)) != TELLS


def test_a_greeting_right_after_it_is_no_new_beginning(chat: Chat) -> None:
    assert texts(chat.say("你好", outcome=OUTCOME)) == TELLS
    assert texts(chat.say("你好", outcome={**OUTCOME, "fresh": False})) != TELLS


def test_without_a_talk_nothing_is_told(chat: Chat) -> None:
    assert texts(chat.say("刚才专员说的结果是什么")) != TELLS


def test_despair_goes_first(chat: Chat) -> None:
    assert texts(chat.say("我不想活了", outcome=OUTCOME)) == ["action_crisis"]


def test_the_cited_faq_is_what_the_talk_is_about(chat: Chat, actions: FakeActions) -> None:
    answer = chat.say("惠才卡到期怎么办", outcome={**OUTCOME, "subject": "sd-huicaika-term"})
    assert actions.calls[0]["tracker"]["slots"]["last_faq"] == "sd-huicaika-term"
    assert answer["slots"]["last_faq"] == "sd-huicaika-term"
