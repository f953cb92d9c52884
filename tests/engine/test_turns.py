"""Turns as a function: repeatable, of constant size, and never silently empty."""

import json
from pathlib import Path

import pytest

from tests.engine.conftest import free_port
from tests.engine.engine_process import Chat, EngineProcess, texts
from tests.engine.fake_actions import FakeActions, said, silent, slot

SCRIPT = [
    "你好",
    "惠才卡有效期几年",
    "谢谢",
    "你是真人吗",
    "三支一扶服务几年",
    "青岛",
    "都不是",
    "再说一遍",
    "哈哈哈",
]


def test_a_turn_run_twice_is_byte_for_byte_the_same(chat: Chat) -> None:
    for text in SCRIPT:
        request = chat.request(text)
        first, second = (chat.engine.post(request).content for _ in range(2))
        assert first == second
        chat.say(text)


def test_another_engine_process_continues_a_conversation(
    chat: Chat, engine: EngineProcess, actions: FakeActions
) -> None:
    for text in SCRIPT[:4]:
        chat.say(text)
    request = chat.request(SCRIPT[4])
    here = engine.post(request).content
    other = EngineProcess(home=engine.home, port=free_port(), actions_port=actions.port)
    try:
        assert other.post(request).content == here
    finally:
        other.stop()


def test_the_state_does_not_grow_with_the_conversation(chat: Chat, actions: FakeActions) -> None:
    sizes = []
    for turn in range(1000):
        actions.calls.clear()
        state = chat.say(SCRIPT[turn % len(SCRIPT)])["state"]
        sizes.append(len(json.dumps(state, ensure_ascii=False).encode()))
    # Static texts vary in length, so a little play remains.
    assert max(sizes[500:]) <= 1.05 * max(sizes[10:100])
    assert max(sizes) < 8_000


def test_slots_survive_and_old_messages_do_not(chat: Chat, actions: FakeActions) -> None:
    actions.answers["action_answer_policy"] = lambda _: said("好", slot("last_faq", "sd-huicaika-term"))
    chat.say("惠才卡有效期几年")
    for _ in range(6):
        answer = chat.say("谢谢")
    assert answer["slots"]["last_faq"] == "sd-huicaika-term"
    assert "有效期" not in json.dumps(answer["state"], ensure_ascii=False)
    assert len([e for e in answer["state"]["events"] if e["event"] == "user"]) == 4


def test_the_last_answer_stays_whole_for_a_repetition(chat: Chat, actions: FakeActions) -> None:
    chat.say("惠才卡有效期几年")
    chat.say("再说一遍")
    bot = [event for event in actions.calls[-1]["tracker"]["events"] if event["event"] == "bot"]
    assert bot[-1]["data"]["custom"]["content"]["paragraphs"] == ["action_answer_policy"]


def test_static_answers_vary(chat: Chat) -> None:
    assert len({texts(chat.say("谢谢"))[0] for _ in range(3)}) == 3


def test_a_yes_after_an_offered_person_calls_one(chat: Chat, actions: FakeActions) -> None:
    assert chat.say("我要投诉你们")["messages"][0]["buttons"]
    assert texts(chat.say("好的")) == ["action_request_human"]
    chat.say("谢谢")
    actions.calls.clear()
    chat.say("好的")
    assert actions.names == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, b"{}"), "action_refused"),
        ((400, b'{"action_name": "action_answer_policy", "error": "no"}'), "action_refused"),
        ((404, b"{}"), "action_refused"),
        ((302, b"{}"), "action_refused"),
        ((200, b"not json"), "action_answer_invalid"),
        ((200, b"[]"), "action_answer_invalid"),
        ((200, b'{"events": "x", "responses": []}'), "action_failed"),
        ((200, b'{"events": [{"event": "slot"}], "responses": []}'), "action_failed"),
        ((200, b'{"events": [], "responses": []}'), "empty_answer"),
    ],
)
def test_a_failing_action_fails_the_turn(
    chat: Chat, actions: FakeActions, answer: tuple[int, bytes], code: str
) -> None:
    actions.answers["action_answer_policy"] = lambda _: answer
    assert chat.refused("惠才卡有效期几年") == (502, code)
    del actions.answers["action_answer_policy"]
    assert texts(chat.say("惠才卡有效期几年")) == ["action_answer_policy"]


def test_a_form_whose_validation_fails_fails_the_turn(chat: Chat, actions: FakeActions) -> None:
    actions.answers["validate_application_form"] = lambda _: (500, b"{}")
    assert chat.refused("我要申请惠才卡") == (502, "action_refused")


def test_without_an_action_server_the_turn_fails(trained_model: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / trained_model.name).symlink_to(trained_model)
    process = EngineProcess(home=tmp_path, port=free_port(), actions_port=free_port())
    try:
        chat = Chat(process)
        assert chat.refused("惠才卡有效期几年") == (502, "actions_unreachable")
        assert len(texts(chat.say("谢谢"))) == 1
    finally:
        process.stop()


def test_an_action_may_not_pause_or_restart_the_engine(chat: Chat, actions: FakeActions) -> None:
    actions.answers["action_answer_policy"] = lambda _: said("好", {"event": "pause"})
    chat.say("惠才卡有效期几年")
    assert len(texts(chat.say("谢谢"))) == 1


def test_an_unclear_turn_says_one_thing(chat: Chat, actions: FakeActions) -> None:
    answer = chat.say(payload='/answer_option{"option": "yes"}')
    assert texts(answer) == ["action_unclear"]
    assert actions.names == ["action_unclear"]
    actions.answers["action_unclear"] = lambda _: silent()
    assert chat.refused(payload='/answer_option{"option": "yes"}') == (502, "empty_answer")


def test_nothing_said_is_kept_in_the_logs(chat: Chat, engine: EngineProcess, actions: FakeActions) -> None:
    secret = "独一无二的句子"
    actions.answers["action_answer_policy"] = lambda _: (200, b'{"events": "x", "responses": []}')
    chat.refused(f"惠才卡有效期几年 {secret}")
    engine.client.post(engine.url, content=f'{{"text": "{secret}"'.encode())
    log = engine.log.read_text()
    assert "action_failed" in log  # the log is written
    assert secret not in log
    files = [path for path in engine.home.rglob("*") if path.is_file() and path.suffix != ".gz"]
    assert all(secret.encode() not in path.read_bytes() for path in files)
