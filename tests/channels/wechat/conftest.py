import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select

from bot.channels.deliveries import deliver_next
from bot.channels.wechat.api_client import WeChatApi
from bot.channels.wechat.routes import router
from bot.conversation.engine_client import EngineAnswer
from bot.conversation.models import Delivery
from bot.conversation.runner import TurnRunner
from bot.runtime import Runtime
from bot.settings import Settings
from tests.channels.fake_wechat import FakeWeChat
from tests.channels.wechat.peer import Follower, OfficialAccount
from tests.conftest import MovedClock

# The route waits 4.2 s. Here a patient one waits for any quick answer however slow the machine,
# and a hurried one gives up at once on an answer that is held back.
PATIENT_S = 60.0
HURRIED_S = 0.05


class ScriptedEngine:
    """Answers each text as told; holds its answers back while `open` is cleared."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.requests: list[dict[str, Any]] = []
        self.reply: Callable[[dict[str, Any]], list[dict[str, Any]]] = lambda request: [
            {"text": f"答：{request['text']}"}
        ]

    async def turn(self, request: dict[str, Any]) -> EngineAnswer:
        self.requests.append(request)
        await self.open.wait()
        return EngineAnswer(messages=self.reply(request), state={})

    async def status(self) -> dict[str, Any]:
        return {"ready": True}


@pytest.fixture
def account() -> OfficialAccount:
    return OfficialAccount()


@pytest.fixture
def fake(account: OfficialAccount) -> FakeWeChat:
    return FakeWeChat(appid=account.appid, secret=account.secret)


@pytest.fixture
def settings(settings: Settings, account: OfficialAccount) -> Settings:
    """The shared runtime's settings, with an account."""
    settings.wechat_appid = account.appid
    settings.wechat_secret = account.secret
    settings.wechat_token = account.token
    settings.wechat_aes_key = account.aes_key
    return settings


@pytest_asyncio.fixture
async def api(fake: FakeWeChat, clock: MovedClock) -> AsyncIterator[WeChatApi]:
    client = WeChatApi(
        appid=fake.appid,
        secret=fake.secret,
        base_url="https://api.weixin.example",
        clock=clock,
        transport=fake.transport(),
    )
    yield client
    await client.close()


@pytest_asyncio.fixture
async def engine(rt: Runtime) -> AsyncIterator[ScriptedEngine]:
    scripted = ScriptedEngine()
    runner = TurnRunner(rt, engine=scripted)
    runner.start()
    yield scripted
    await runner.stop()


def served(rt: Runtime, api: WeChatApi, *, answer_within_s: float) -> httpx.AsyncClient:
    rt.parts["wechat"] = api
    app = FastAPI()
    app.state.runtime = rt
    app.include_router(router(answer_within_s=answer_within_s), prefix="/channels/wechat")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest_asyncio.fixture
async def webhook(rt: Runtime, api: WeChatApi) -> AsyncIterator[httpx.AsyncClient]:
    async with served(rt, api, answer_within_s=PATIENT_S) as client:
        yield client


@pytest_asyncio.fixture
async def hurried(rt: Runtime, api: WeChatApi) -> AsyncIterator[httpx.AsyncClient]:
    async with served(rt, api, answer_within_s=HURRIED_S) as client:
        yield client


@pytest.fixture
def li(webhook: httpx.AsyncClient, account: OfficialAccount, clock: MovedClock) -> Follower:
    return Follower(openid="oLi-0123456789abcdefghijklmn", http=webhook, account=account, clock=clock)


@pytest.fixture
def li_hurried(li: Follower, hurried: httpx.AsyncClient) -> Follower:
    return replace(li, http=hurried)


@pytest.fixture
def wang(li: Follower) -> Follower:
    return replace(li, openid="oWang-123456789abcdefghijklm")


@pytest.fixture
def outbox(rt: Runtime, api: WeChatApi) -> Callable[[], Any]:
    """Send everything that is due now."""

    async def run() -> int:
        count = 0
        while await deliver_next(rt, api=api, jitter=lambda: 0.5):
            count += 1
            assert count < 100, "the outbox turns in circles"
        return count

    return run


@pytest.fixture
def deliveries(rt: Runtime) -> Callable[[], Any]:
    async def rows() -> list[Delivery]:
        async with rt.db.read() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.seq)))

    return rows


@pytest.fixture
def until(rt: Runtime) -> Callable[[Callable[[], Any]], Any]:
    """Wait until an async question is answered with something true."""

    async def wait(ready: Callable[[], Any]) -> None:
        async with asyncio.timeout(30):
            with rt.hints.subscribe("deliveries", "turns") as hint:
                while not await ready():
                    await hint.wait(0.05)

    return wait


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    path = Path(__file__).with_name("vectors.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
