"""Who is not WeChat is told nothing, and nothing they send is kept or leaks a trace."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.conversation.models import Message
from bot.runtime import Runtime
from tests.channels.wechat.peer import PATH, Follower, OfficialAccount

# Refused before the database matters.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def post(webhook: httpx.AsyncClient) -> Post:
    async def send(body: str | bytes, query: dict[str, str]) -> httpx.Response:
        content = body.encode() if isinstance(body, str) else body
        return await webhook.post(PATH, params=query, content=content)

    return send


async def stored(rt: Runtime) -> int:
    async with rt.db.read() as session:
        return await session.scalar(select(func.count()).select_from(Message)) or 0


def now_of(clock: Any) -> int:
    return int(clock.now().timestamp())


async def test_verification(webhook: httpx.AsyncClient, account: OfficialAccount) -> None:
    query = {"timestamp": "1", "nonce": "2", "echostr": "<b>42</b>", "signature": account.sign("1", "2")}
    answer = await webhook.get(PATH, params=query)
    assert (answer.status_code, answer.text) == (200, "<b>42</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    for change in ({"signature": "0" * 40}, {"nonce": "3"}, {"signature": ""}):
        answer = await webhook.get(PATH, params=query | change)
        assert (answer.status_code, answer.text) == (403, "")
    assert (await webhook.get(PATH)).status_code == 403


async def test_every_forgery_is_refused_alike(
    rt: Runtime, post: Post, li: Follower, account: OfficialAccount, clock: Any, engine: Any
) -> None:
    inner = li.message(Content="你好")
    body, query = account.request(inner, timestamp=now_of(clock))
    stranger = OfficialAccount(appid="wx-somebody-else")
    other_key = OfficialAccount(aes_key="Z" * 43)
    foreign, foreign_query = stranger.request(inner, timestamp=now_of(clock))
    garbled, garbled_query = other_key.request(inner, timestamp=now_of(clock))
    misdirected, misdirected_query = account.request(inner, timestamp=now_of(clock), to="gh_other")
    forgeries = [
        (body, query | {"msg_signature": "0" * 40}),
        (body, query | {"msg_signature": query["signature"]}),  # the one plain mode would accept
        (body, query | {"timestamp": "1"}),
        (body, {}),
        (body, {key: value for key, value in query.items() if key != "encrypt_type"}),
        (body.replace("<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA"), query),
        (inner, query),  # plain mode, correctly signed
        (foreign, foreign_query),
        (garbled, garbled_query),
        (misdirected, misdirected_query),
    ]
    for forged, forged_query in forgeries:
        answer = await post(forged, forged_query)
        assert (answer.status_code, answer.text) == (403, "")
    assert await stored(rt) == 0
    assert (await post(body, query)).status_code == 200


async def test_malformed_bodies(
    rt: Runtime, post: Post, li: Follower, account: OfficialAccount, clock: Any
) -> None:
    _, query = account.request(li.message(Content="x"), timestamp=now_of(clock))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    for body in ("", "{}", "<xml>", bomb, "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"):
        answer = await post(body, query)
        assert (answer.status_code, answer.text) == (400, "")
    for text in (
        bomb,
        "no xml",
        "<xml><ToUserName>gh_0123456789ab</ToUserName></xml>",
        li.inner(Content="no type", MsgId="1"),
        li.inner(MsgType="text", Content="no id"),
        li.inner(MsgType="event"),
    ):
        assert (await post(*account.request(text, timestamp=now_of(clock)))).status_code == 400
    assert await stored(rt) == 0


async def test_oversized_bodies_are_refused(post: Post, webhook: httpx.AsyncClient) -> None:
    assert (await post(b"<xml>" + b"a" * 65_536, {})).status_code == 413

    async def chunks() -> Any:  # no length announced
        for _ in range(100):
            yield b"a" * 16_384

    assert (await webhook.post(PATH, content=chunks())).status_code == 413


async def test_an_old_request_is_noted_not_refused(
    post: Post,
    li: Follower,
    account: OfficialAccount,
    clock: Any,
    engine: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    body, query = account.request(li.message(Content="你好"), timestamp=now_of(clock) - 700)
    assert (await post(body, query)).status_code == 200
    assert "wechat_stale_timestamp" in caplog.text
    assert "你好" not in caplog.text


async def test_not_configured_is_not_there(webhook: httpx.AsyncClient, rt: Runtime) -> None:
    rt.settings.wechat_secret = None
    assert (await webhook.get(PATH)).status_code == 404
    assert (await webhook.post(PATH)).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=400),
    query=st.dictionaries(
        st.sampled_from(["msg_signature", "timestamp", "nonce", "encrypt_type", "signature", "echostr"]),
        st.one_of(st.just("aes"), st.text(st.characters(codec="utf-8"), max_size=40)),
    ),
)
async def test_arbitrary_requests_get_a_short_refusal(
    webhook: httpx.AsyncClient, body: bytes, query: dict[str, str]
) -> None:
    for answer in (
        await webhook.post(PATH, params=query, content=body),
        await webhook.get(PATH, params=query),
    ):
        assert answer.status_code in (400, 403)
        assert answer.text == ""
