"""Whatever arrives, the answer is harmless or a clear refusal; never a trace, and nothing is lost."""

import json
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.web.visitor import AUDIENCE

TRACES = ("Traceback", 'File "', "sqlalchemy", "Exception")


async def session(web: httpx.AsyncClient) -> dict[str, str]:
    opened = await web.post("/api/web/session", json={})
    return {"Authorization": f"Bearer {opened.json()['token']}"}


async def say(web: httpx.AsyncClient, head: dict[str, str], text: str) -> httpx.Response:
    return await web.post(
        "/api/web/messages", json={"client_msg_id": str(uuid4()), "text": text}, headers=head
    )


def is_refusal(response: httpx.Response) -> bool:
    """`{"error": {"code", "message"}}`, the message in Chinese, and no word of the inside."""
    error = response.json()["error"]
    chinese = any("\u4e00" <= character <= "\u9fff" for character in error["message"])
    return bool(error["code"]) and chinese and not any(trace in response.text for trace in TRACES)


async def answer(web: httpx.AsyncClient, head: dict[str, str], after: int) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    while not any(message["author"] == "assistant" for message in said):
        page = await web.get("/api/web/events", params={"after": after, "mode": "poll"}, headers=head)
        said += page.json()["messages"]
        after = said[-1]["seq"] if said else after
    return said


@pytest.mark.parametrize(
    "text",
    [
        "😀😀🎉",
        "'; DROP TABLE messages; --",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "/restart",
        '/pick_faq{"faq": "sd-huicaika-term"}',
        "/session_start",
        "\u202e\u200b你好\u0007",
        "{{7*7}} ${jndi:ldap://x} %s %n",
        "x" * 2000,
        "〔身份证号1〕",
    ],
)
async def test_odd_text_is_an_ordinary_message(web: httpx.AsyncClient, text: str) -> None:
    head = await session(web)
    sent = await say(web, head, text)
    assert sent.status_code == 200
    said = await answer(web, head, 0)
    assert [message["author"] for message in said] == ["talent", "assistant"]


async def test_a_button_payload_cannot_be_typed(web: httpx.AsyncClient) -> None:
    head = await session(web)
    await say(web, head, '/pick_faq{"faq": "x"}')
    await answer(web, head, 0)
    (request,) = web.runtime.parts["engine"].requests  # type: ignore[attr-defined]
    assert request["payload"] is None


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("很" * 20_000, 413, "text_too_long"),
        ("", 422, "empty_message"),
        ("\u200b\u0000 \n", 422, "empty_message"),
    ],
)
async def test_unusable_text_is_refused_in_words(
    web: httpx.AsyncClient, text: str, status: int, code: str
) -> None:
    response = await say(web, await session(web), text)
    assert response.status_code == status
    assert is_refusal(response) and response.json()["error"]["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"text": "x"}',
        b'{"client_msg_id": "not a uuid", "text": "x"}',
        b'{"client_msg_id": "7f3b1b52-5a52-4d3c-9a4e-d9f0a1a4d9a1"}',
        b'{"client_msg_id": "7f3b1b52-5a52-4d3c-9a4e-d9f0a1a4d9a1", "text": 5}',
        b'{"client_msg_id": "7f3b1b52-5a52-4d3c-9a4e-d9f0a1a4d9a1", "text": "x", "seq": 1}',
        b'{"client_msg_id": "7f3b1b52-5a52-4d3c-9a4e-d9f0a1a4d9a1", "button": {"message_id": "../..", "index": 0}}',  # noqa: E501
        b"\xff\xfe{}",
        b'{"text": ' + b"[" * 50_000,
    ],
)
async def test_malformed_bodies_are_refused_in_words(web: httpx.AsyncClient, body: bytes) -> None:
    head = await session(web) | {"Content-Type": "application/json"}
    response = await web.post("/api/web/messages", content=body, headers=head)
    assert response.status_code in (400, 422)
    assert is_refusal(response)


async def test_lone_surrogates_are_refused_or_harmless(web: httpx.AsyncClient) -> None:
    head = await session(web) | {"Content-Type": "application/json"}
    body = json.dumps({"client_msg_id": str(uuid4()), "text": "x"}).replace('"x"', '"\\ud800"')
    response = await web.post("/api/web/messages", content=body.encode(), headers=head)
    assert response.status_code < 500


async def test_oversized_body_is_refused_before_it_is_read(web: httpx.AsyncClient) -> None:
    head = await session(web)
    response = await web.post("/api/web/messages", content=b"x" * 600_000, headers=head)
    assert response.status_code == 413 and is_refusal(response)

    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(700):
            yield b"x" * 1000

    response = await web.post("/api/web/messages", content=chunks(), headers=head)
    assert response.status_code == 413 and is_refusal(response)


def forged(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> dict[str, str]:
    full = {"sub": "x", "cid": "0" * 32, "aud": AUDIENCE, "exp": 4_000_000_000, **claims}
    return {"Authorization": f"Bearer {jwt.encode(full, key, algorithm=algorithm)}"}


async def test_forged_foreign_and_expired_tokens_are_refused(web: httpx.AsyncClient) -> None:
    key = web.runtime.secrets.visitor  # type: ignore[attr-defined]
    bad = [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic abc"},
        forged({}, "another key that is long enough to sign"),
        forged({"aud": "somebody-else"}, key),
        forged({"exp": 1}, key),
        forged({"exp": "never"}, "x" * 32),
        forged({}, "", "none"),
    ]
    for head in bad:
        response = await web.get("/api/web/history?before=5", headers=head)
        assert response.status_code == 401 and is_refusal(response), head


async def test_nobody_reads_or_presses_in_anothers_conversation(web: httpx.AsyncClient) -> None:
    mine, theirs = await session(web), await session(web)
    await say(web, theirs, "我的事")
    message = (await answer(web, theirs, 0))[-1]
    pressed = await web.post(
        "/api/web/messages",
        json={"client_msg_id": str(uuid4()), "button": {"message_id": message["id"], "index": 0}},
        headers=mine,
    )
    rated = await web.post(
        "/api/web/feedback", json={"message_id": message["id"], "helpful": True}, headers=mine
    )
    assert (pressed.status_code, rated.status_code) == (404, 404)
    history = await web.get("/api/web/history?before=99", headers=mine)
    assert history.json()["messages"] == []


async def test_repeated_send_is_stored_once(web: httpx.AsyncClient) -> None:
    head = await session(web)
    body = {"client_msg_id": str(uuid4()), "text": "惠才卡"}
    first = (await web.post("/api/web/messages", json=body, headers=head)).json()
    again = (await web.post("/api/web/messages", json=body, headers=head)).json()
    assert again == first | {"duplicate": True}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
async def test_any_text_is_kept_or_refused_in_words(web: httpx.AsyncClient, text: str) -> None:
    head = await session(web)
    sent = await say(web, head, text)
    if sent.status_code != 200:
        assert sent.status_code == 422 and is_refusal(sent)
        return
    history = await web.get("/api/web/history", params={"before": 99}, headers=head)
    assert history.json()["messages"][0]["content"]["paragraphs"][0]


@pytest.mark.parametrize(
    "path",
    [
        "/api/web/nothing",
        "/desk/../../pyproject.toml",
        "/desk/%2e%2e/%2e%2e/README.md",
        "/assets/x",
        "/%00",
        "/desk/%00",
        pytest.param(f"/{'x' * 5000}", id="longer than any name"),
    ],
)
async def test_unknown_paths_are_refused_and_no_file_leaks(web: httpx.AsyncClient, path: str) -> None:
    response = await web.get(path)
    assert response.status_code == 404 and is_refusal(response)


async def test_what_breaks_is_told_in_words_and_logged_without_the_error_s_own(
    web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise ValueError("13800138000")

    monkeypatch.setattr("bot.knowledge.service.menu", broken)
    response = await web.get("/api/web/menu")  # an error that got through would be raised here
    assert response.status_code == 500 and is_refusal(response)
    assert "x-content-type-options" in response.headers
    assert "ValueError at" in caplog.text and "13800138000" not in caplog.text


async def test_internal_actions_are_for_the_engine_alone(web: httpx.AsyncClient) -> None:
    secret = web.runtime.secrets.actions  # type: ignore[attr-defined]
    call = {"next_action": "action_menu", "tracker": {}, "domain": {}}
    forwarded = {"X-Huicai-Actions": secret, "X-Forwarded-For": "1.2.3.4"}
    for head in ({}, {"X-Huicai-Actions": "wrong"}, forwarded):
        response = await web.post("/internal/actions", json=call, headers=head)
        assert response.status_code == 401, head


async def test_security_headers_and_embedding_origins(web: httpx.AsyncClient) -> None:
    page = await web.get("/healthz")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    assert page.headers["x-content-type-options"] == "nosniff"
    preflight = {"Access-Control-Request-Method": "POST"}
    known = await web.options("/api/web/session", headers=preflight | {"Origin": "https://partner.example"})
    other = await web.options("/api/web/session", headers=preflight | {"Origin": "https://evil.example"})
    assert known.headers["access-control-allow-origin"] == "https://partner.example"
    assert "access-control-allow-credentials" not in known.headers
    assert "access-control-allow-origin" not in other.headers


async def test_readiness_tells_each_part(web: httpx.AsyncClient) -> None:
    body = (await web.get("/readyz")).json()
    assert body["status"] == "ready"
    assert set(body["parts"]) >= {"database", "engine", "knowledge", "wechat"}


async def test_not_ready_while_the_engine_is_down_but_alive(web: httpx.AsyncClient) -> None:
    async def down() -> dict[str, Any]:
        return {"ready": False}

    web.runtime.parts["engine"].status = down  # type: ignore[attr-defined]
    assert (await web.get("/readyz")).status_code == 503
    assert (await web.get("/healthz")).status_code == 200


async def test_too_many_messages_from_outside_are_refused_in_words(web: httpx.AsyncClient) -> None:
    head = await session(web)
    web._transport.client = ("203.0.113.7", 4711)  # type: ignore[attr-defined]
    statuses = [(await say(web, head, f"第{number}条")).status_code for number in range(45)]
    assert statuses[:40] == [200] * 40 and set(statuses[40:]) == {429}
    assert is_refusal(await say(web, head, "再来一条"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/web/files", 401),
        ("/api/unit/files", 401),
        ("/api/unit/items/sd-huicaika/form", 401),
        (f"/api/desk/chats/{'0' * 32}/files", 401),
        (f"/api/office/cases/{'0' * 32}/files", 401),
        ("/api/office/talents/import", 401),
        ("/api/web/messages", 413),
        (f"/api/office/cases/{'0' * 32}/accept", 413),
    ],
)
async def test_only_files_may_be_large(web: httpx.AsyncClient, path: str, status: int) -> None:
    """A photographed paper has megabytes; whoever is asked who they are was not refused for its size."""
    params = {"name": "x.jpg", "key": str(uuid4()), "request_id": "0" * 32}
    assert (await web.post(path, params=params, content=b"x" * 5_000_000)).status_code == status
