"""POST /turn and GET /turn: the contract of docs/architecture.md."""

import httpx
import pytest

from tests.engine.engine_process import ACTIONS_SECRET, Chat, EngineProcess, texts
from tests.engine.fake_actions import FakeActions


def test_a_policy_question_reaches_the_action_with_its_context(chat: Chat, actions: FakeActions) -> None:
    answer = chat.say("惠才卡有效期几年", region="371300")
    assert texts(answer) == ["action_answer_policy"]
    assert answer["intent"]["name"] == "ask_policy"
    assert {"state", "slots", "entities", "model", "messages"} <= answer.keys()
    call = actions.calls[0]
    message = call["tracker"]["latest_message"]
    assert message["text"] == "惠才卡有效期几年"
    assert message["metadata"] == {
        "channel": "web",
        "region": "371300",
        "outcome": None,
        "turn_id": f"{chat.conversation_id}-0",
        "conversation_id": chat.conversation_id,
    }
    assert "domain" not in call
    assert actions.headers[0]["X-Huicai-Actions"] == ACTIONS_SECRET
    assert actions.headers[0]["path"] == "/internal/actions"


def test_entities_name_the_region_by_its_code(chat: Chat) -> None:
    found = chat.say("临沂博士租房补贴多少")["entities"]
    region = next(entity for entity in found if entity["entity"] == "region")
    assert region == {"entity": "region", "value": "371300", "text": "临沂", "start": 0, "end": 2}


def test_ready_names_the_model(engine: EngineProcess) -> None:
    answer = engine.client.get(engine.url).json()
    assert answer["ready"] is True
    assert answer["model"].startswith("huicai-")


@pytest.mark.parametrize("secret", [None, "", "wrong", "ä"])
def test_without_the_secret_nothing_is_told(engine: EngineProcess, secret: str | None) -> None:
    headers = {} if secret is None else {"X-Huicai-Engine": secret.encode()}
    for method in ("GET", "POST", "PUT", "DELETE"):
        for path in ("/turn", "/", "/webhooks/rest/webhook", "/model/parse"):
            url = engine.url.removesuffix("/turn") + path
            answer = httpx.request(method, url, headers=headers, content=b"{}" if method != "GET" else None)
            assert answer.status_code in (401, 404)
            assert answer.json() == {"error": {"code": "wrong_secret", "detail": None}}


def test_only_one_route_exists(engine: EngineProcess) -> None:
    root = engine.url.removesuffix("/turn")
    for path in ("/", "/version", "/webhooks/rest/webhook", "/conversations/a/tracker", "/turn/"):
        assert engine.client.post(root + path, json={}).status_code == 404
    assert engine.client.put(engine.url, json={}).status_code == 405


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"[]", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"text": ""}', "empty_text"),
        (b'{"text": "  \\n"}', "empty_text"),
        (b'{"text": 5}', "empty_text"),
        (b'{"text": "a"}', "invalid_id"),
        (b'{"text": "a", "turn_id": "1", "conversation_id": ""}', "invalid_id"),
        (b'{"text": "a", "state": "x", "turn_id": "1", "conversation_id": "1"}', "invalid_state"),
        (
            b'{"text": "a", "state": {"version": 1}, "turn_id": "1", "conversation_id": "1"}',
            "invalid_state",
        ),
    ],
)
def test_a_wrong_body_is_refused_with_a_code(engine: EngineProcess, body: bytes, code: str) -> None:
    answer = engine.client.post(engine.url, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


def test_too_long_is_refused(chat: Chat, engine: EngineProcess) -> None:
    assert chat.refused("惠" * 4001) == (400, "invalid_text")
    huge = engine.client.post(engine.url, content=b"x" * 600_000)
    assert (huge.status_code, huge.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/back",
        '/inform{"faq": "x"}',
        "/session_start",
        "/start_application",
        " /restart",
        "／restart",
    ],
)
def test_a_command_typed_as_text_is_only_text(chat: Chat, actions: FakeActions, text: str) -> None:
    chat.say("惠才卡有效期几年")
    before = actions.names[:]
    answer = chat.say(text)
    assert answer["intent"]["confidence"] < 1 or answer["intent"]["name"] == "nonsense"
    assert answer["intent"]["name"] not in ("restart", "back", "session_start", "start_application")
    assert len(answer["state"]["events"]) > 5  # the conversation was not restarted
    assert "action_start_application" not in actions.names[len(before) :]


@pytest.mark.parametrize(
    "payload",
    [
        "/restart", "/back", "/session_start", "/nlu_fallback", "/unknown_intent", "pick_faq", "/pick_faq{",
        "/pick_faq{}x", '/pick_faq{"requested_slot": "a"}', '/pick_faq{"faq": {"a": 1}}', "/pick_faq[]",
        "/pick_faq@0.1", "", '/pick_faq{"faq": "' + "x" * 300 + '"}',
    ],
)  # fmt: skip
def test_a_payload_outside_the_contract_is_refused(chat: Chat, payload: str) -> None:
    status, code = chat.refused(payload=payload)
    assert status == 400
    assert code in ("invalid_payload", "unknown_payload")


def test_a_button_carries_its_values(chat: Chat, actions: FakeActions) -> None:
    answer = chat.say(payload='/pick_faq{"faq": "sd-huicaika-term"}')
    assert answer["intent"] == {"name": "pick_faq", "confidence": 1.0}
    assert actions.names == ["action_pick_faq"]
    entity = actions.calls[0]["tracker"]["latest_message"]["entities"][0]
    assert (entity["entity"], entity["value"]) == ("faq", "sd-huicaika-term")
