"""The form contract of docs/engine.md, against an action server that plays each of its rows."""

from typing import Any

import pytest

from tests.engine.engine_process import Chat, texts
from tests.engine.fake_actions import Answer, Call, FakeActions, said, silent, slot

DRAFT = {"item": "sd-huicaika", "step": 0}


def play(actions: FakeActions) -> None:
    """A guide of two steps; words of the test decide what a message is."""

    def start(_: Call) -> Answer:
        return said("一次性告知", slot("application", DRAFT))

    def validate(call: Call) -> Answer:
        slots = call["tracker"]["slots"]
        draft, candidate = slots["application"], slots["application_answer"]
        open_step = slot("application_answer", None)
        if candidate is None:
            return silent() if draft else silent(slot("requested_slot", None))
        if candidate == "转人工":
            return said("马上转", open_step, slot("requested_slot", None))
        if candidate in ("取消申请", "/cancel_application"):
            return said("已取消", slot("application", None), open_step, slot("requested_slot", None))
        if candidate == "惠才卡有效期几年":
            return said("一般5年", open_step)
        if "看不懂" in candidate:
            return said("请再说一次", open_step)
        if draft["step"] == 1:
            return silent(slot("application", draft), slot("application_answer", "done"))
        return silent(slot("application", draft | {"step": 1}), open_step)

    def ask(call: Call) -> Answer:
        return said(f"第{call['tracker']['slots']['application']['step'] + 1}步")

    def submit(_: Call) -> Answer:
        return said("编号HC1", slot("application", None))

    actions.answers |= {
        "action_start_application": start,
        "action_resume_application": lambda _: said("接着来"),
        "validate_application_form": validate,
        "action_ask_application_answer": ask,
        "action_submit_application": submit,
    }


@pytest.fixture
def guide(chat: Chat, actions: FakeActions) -> Chat:
    play(actions)
    answer = chat.say(payload='/start_application{"item": "sd-huicaika"}')
    assert texts(answer) == ["一次性告知", "第1步"]
    return chat


def active_loop(answer: dict[str, Any]) -> str | None:
    loops = [event["name"] for event in answer["state"]["events"] if event["event"] == "active_loop"]
    return loops[-1] if loops else answer["state"]["loop"]


def test_answers_lead_to_the_submission(guide: Chat, actions: FakeActions) -> None:
    assert texts(guide.say("博士")) == ["第2步"]
    answer = guide.say("是的")
    assert texts(answer) == ["编号HC1"]
    assert active_loop(answer) is None
    assert "application" not in answer["slots"]
    assert "application_answer" not in answer["state"]["slots"]
    assert "requested_slot" not in answer["state"]["slots"]
    actions.calls.clear()
    assert texts(guide.say("三支一扶服务几年")) == ["action_answer_policy"]
    assert actions.names == ["action_answer_policy"]


def test_a_pressed_option_reaches_the_validation(guide: Chat, actions: FakeActions) -> None:
    actions.calls.clear()
    guide.say(payload='/answer_option{"option": "yes"}')
    latest = actions.calls[0]["tracker"]["latest_message"]
    assert actions.calls[0]["next_action"] == "validate_application_form"
    assert latest["intent"]["name"] == "answer_option"
    assert latest["entities"][0]["value"] == "yes"


def test_a_policy_question_midway_is_answered_and_the_step_asked_again(guide: Chat) -> None:
    assert texts(guide.say("惠才卡有效期几年")) == ["一般5年", "第1步"]
    assert texts(guide.say("博士")) == ["第2步"]


def test_an_unclear_answer_is_answered_once(guide: Chat) -> None:
    for _ in range(6):
        assert texts(guide.say("看不懂啊")) == ["请再说一次", "第1步"]


@pytest.mark.parametrize(
    "text", ["你好", "谢谢", "是", "😀", "？？？", "〔姓名1〕", "/restart", "青岛地铁几点停"]
)
def test_nothing_said_inside_the_form_goes_around_it(guide: Chat, actions: FakeActions, text: str) -> None:
    actions.calls.clear()
    assert texts(guide.say(text)) == ["第2步"]
    assert actions.names == ["validate_application_form", "action_ask_application_answer"]


@pytest.mark.parametrize(("text", "said_text"), [("取消申请", "已取消"), ("转人工", "马上转")])
def test_the_validation_can_end_the_form(guide: Chat, text: str, said_text: str) -> None:
    answer = guide.say(text)
    assert texts(answer) == [said_text]
    assert active_loop(answer) is None
    assert len(texts(guide.say("谢谢"))) == 1


def test_cancelling_by_button_ends_the_form(guide: Chat) -> None:
    answer = guide.say(payload="/cancel_application")
    assert texts(answer) == ["已取消"]
    assert active_loop(answer) is None


def test_resuming_asks_the_open_step(guide: Chat) -> None:
    guide.say("博士")
    guide.say("转人工")
    for _ in range(6):  # the form's start is no longer among the kept turns
        guide.say("谢谢")
    assert texts(guide.say("继续申请")) == ["接着来", "第2步"]
    assert texts(guide.say("对的")) == ["编号HC1"]


def test_a_long_form_outlives_the_kept_turns(guide: Chat) -> None:
    for _ in range(8):
        assert texts(guide.say("看不懂")) == ["请再说一次", "第1步"]
    assert texts(guide.say("博士")) == ["第2步"]
    assert texts(guide.say("是的")) == ["编号HC1"]


def test_starting_again_after_a_submission_begins_afresh(guide: Chat) -> None:
    guide.say("博士")
    guide.say("是的")
    assert texts(guide.say("我要申请惠才卡")) == ["一次性告知", "第1步"]


def test_a_refused_start_leaves_no_form(chat: Chat, actions: FakeActions) -> None:
    play(actions)
    actions.answers["action_start_application"] = lambda _: said("没有这个事项")
    answer = chat.say(payload='/start_application{"item": "none"}')
    assert texts(answer) == ["没有这个事项"]
    assert active_loop(answer) is None
    assert texts(chat.say("三支一扶服务几年")) == ["action_answer_policy"]


def test_nothing_to_resume_leaves_no_form(chat: Chat, actions: FakeActions) -> None:
    play(actions)
    answer = chat.say("继续申请")
    assert texts(answer) == ["接着来"]
    assert active_loop(answer) is None


def test_a_validation_that_rejects_the_form_fails_the_turn(guide: Chat, actions: FakeActions) -> None:
    actions.answers["validate_application_form"] = lambda _: silent(
        {"event": "action_execution_rejected", "name": "application_form", "policy": None, "confidence": None}
    )
    # Stock Rasa says its default ten times here.
    assert guide.refused("博士") == (502, "action_limit")


def test_the_same_turn_run_again_gives_the_same_result(guide: Chat) -> None:
    request = guide.request("博士")
    first = guide.engine.post(request).json()
    second = guide.engine.post(request).json()
    assert first == second
    assert texts(first) == ["第2步"]
