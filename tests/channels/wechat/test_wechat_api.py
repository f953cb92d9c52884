"""Our client against the fake API, and the fake against wechatpy's client."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.channels.wechat.api_client import ApiError, Problem, WeChatApi
from tests.channels.fake_wechat import FakeWeChat


async def refused(call: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


async def test_a_text_is_sent_and_the_token_kept(api: WeChatApi, fake: FakeWeChat) -> None:
    await api.send_text(openid="o1", text="您好")
    await api.send_text(openid="o1", text="再见")
    assert fake.sent == [("o1", "您好"), ("o1", "再见")]
    assert fake.tokens_issued == 1


async def test_the_token_is_renewed_five_minutes_early(api: WeChatApi, fake: FakeWeChat, clock: Any) -> None:
    await api.check_token()
    clock.advance(seconds=7200 - 301)
    await api.check_token()
    assert fake.tokens_issued == 1
    clock.advance(seconds=2)
    await api.check_token()
    assert fake.tokens_issued == 2


async def test_a_revoked_token_is_renewed_once_by_all_together(api: WeChatApi, fake: FakeWeChat) -> None:
    await api.check_token()
    fake.revoke_token()
    await asyncio.gather(*(api.send_text(openid=f"o{n}", text="x") for n in range(10)))
    assert len(fake.sent) == 10
    assert fake.tokens_issued == 2


async def test_a_token_that_never_works_is_not_asked_for_again_and_again(
    api: WeChatApi, fake: FakeWeChat
) -> None:
    fake.token_never_works = True
    error = await refused(api.send_text(openid="o1", text="x"))
    assert (error.problem, error.code) == (Problem.REFUSED, 40001)
    assert (fake.tokens_issued, fake.send_calls) == (2, 2)


@pytest.mark.parametrize("code", [40164, 40125, 48001])
async def test_a_setup_error_opens_the_circuit(
    api: WeChatApi, fake: FakeWeChat, clock: Any, code: int
) -> None:
    fake.errors.append(code)
    assert (await refused(api.send_text(openid="o1", text="x"))).code == code
    assert (await refused(api.send_text(openid="o2", text="y"))).code == code
    assert fake.send_calls == 1
    assert api.circuit_code == code
    clock.advance(seconds=301)
    await api.send_text(openid="o2", text="y")
    assert fake.texts == ["y"]


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [("unreachable", Problem.NOT_SENT), ("answer_lost", Problem.UNCLEAR), ("html", Problem.UNCLEAR)],
)
async def test_network_trouble(api: WeChatApi, fake: FakeWeChat, trouble: str, problem: Problem) -> None:
    fake.network.append(trouble)
    assert (await refused(api.send_text(openid="o1", text="x"))).problem == problem


async def test_secrets_are_in_no_log_and_no_exception(
    api: WeChatApi, fake: FakeWeChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await api.send_text(openid="o1", text="x")
    fake.network.extend(["unreachable", "answer_lost", "html"])
    errors = [await refused(api.send_text(openid="o1", text="x")) for _ in range(3)]
    fake.errors.append(48001)
    errors.append(await refused(api.send_text(openid="o1", text="x")))
    told = caplog.text + "".join(f"{error!r} {error.__cause__!r}" for error in errors)
    assert "access_token=…" in told  # the request log itself is there
    assert fake.secret not in told and "TOKEN-" not in told
    assert all(error.__suppress_context__ or error.__context__ is None for error in errors)


def test_plain_http_to_elsewhere_is_refused(clock: Any) -> None:
    with pytest.raises(ValueError, match="https"):
        WeChatApi(appid="a", secret="s", base_url="http://api.weixin.qq.com", clock=clock)


async def test_a_redirect_is_not_followed(clock: Any) -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return httpx.Response(302, headers={"location": "https://elsewhere.example/"})

    client = WeChatApi(
        appid="a",
        secret="s",
        base_url="https://api.weixin.example",
        clock=clock,
        transport=httpx.MockTransport(answer),
    )
    await refused(client.check_token())
    await client.close()
    assert len(calls) == 1


@pytest.fixture
def served(fake: FakeWeChat) -> Iterator[str]:
    """The fake on a loopback port, for a client that opens its own connections."""
    server = uvicorn.Server(uvicorn.Config(fake.app(), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/cgi-bin/"
    server.should_exit = True
    thread.join(timeout=5)


class _Peer(WeChatClient):  # type: ignore[misc]
    """wechatpy 1.8 knows the old token call only; everything else is its own."""

    def fetch_access_token(self) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = self._http.post(f"{self.API_BASE_URL}stable_token", data=json.dumps(body)).json()
        self.session.set(self.access_token_key, answer["access_token"], answer["expires_in"])
        self.expires_at = int(time.time()) + answer["expires_in"]
        return dict(answer)


def test_wechatpy_and_the_fake_understand_each_other(fake: FakeWeChat, served: str) -> None:
    peer = _Peer(fake.appid, fake.secret)
    peer.API_BASE_URL = served
    assert peer.message.send_text("o1", "您好，汉字")["errcode"] == 0
    assert fake.sent == [("o1", "您好，汉字")]
    with pytest.raises(WeChatClientException) as caught:
        peer.message.send_text("o1", "汉" * 683)
    assert caught.value.errcode == 45002
    fake.user_wrote("o1")
    for _ in range(5):
        peer.message.send_text("o1", "x")
    with pytest.raises(WeChatClientException) as caught:
        peer.message.send_text("o1", "x")
    assert caught.value.errcode == 45047
    fake.revoke_token()
    peer.message.send_text("o2", "renewed")
    assert fake.texts[-1] == "renewed"
