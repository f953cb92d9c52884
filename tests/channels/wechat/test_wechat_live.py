"""Path of a talent on WeChat through the real service: app, engine, fake WeChat over HTTP."""

import asyncio
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from bot.runtime import SystemClock
from tests.channels.fake_wechat import FakeWeChat
from tests.channels.wechat.peer import Follower, OfficialAccount, Shown, numbers_in
from tests.conftest import Prepared
from tests.live import LiveService, wait_until


@dataclass
class Service:
    live: LiveService
    fake: FakeWeChat
    account: OfficialAccount

    def say(self, openid: str, text: str) -> Shown:
        async def call() -> Shown:
            async with httpx.AsyncClient(base_url=self.live.url, timeout=30) as http:
                person = Follower(openid=openid, http=http, account=self.account, clock=SystemClock())
                return await person.say(text)

        return asyncio.run(call())


@pytest.fixture(scope="module")
def service(prepared_sqlite: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    account = OfficialAccount()
    fake = FakeWeChat(appid=account.appid, secret=account.secret)
    server = uvicorn.Server(uvicorn.Config(fake.app(), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, what="the fake WeChat API")
    port = server.servers[0].sockets[0].getsockname()[1]
    live = LiveService(
        shutil.copytree(prepared_sqlite.home, tmp_path_factory.mktemp("wechat") / "home"),
        more={
            "HUICAI_WECHAT_APPID": account.appid,
            "HUICAI_WECHAT_SECRET": account.secret,
            "HUICAI_WECHAT_TOKEN": account.token,
            "HUICAI_WECHAT_AES_KEY": account.aes_key,
            "HUICAI_WECHAT_API_BASE": f"http://127.0.0.1:{port}",
        },
    )
    try:
        live.start_all()
        yield Service(live, fake, account)
    finally:
        live.stop()
        server.should_exit = True
        thread.join(timeout=10)


@pytest.mark.xdist_group("wechat_live")
def test_a_question_is_answered_inside_the_request(service: Service) -> None:
    text = service.say("oAsks", "惠才卡有效期几年").text or ""
    assert "5年" in text and "依据：" in text and "2018" in text
    assert text.startswith("【智能助手】") and numbers_in(text)
    assert service.fake.sent == []


@pytest.mark.xdist_group("wechat_live")
def test_while_the_engine_hangs_the_answer_comes_later_and_once(service: Service) -> None:
    engine = service.live.processes["engine"]
    engine.send_signal(signal.SIGSTOP)
    try:
        shown = service.say("oWaits", "三支一扶服务几年")
        # Nothing yet, or the notice that it takes longer; never the answer, never an error.
        assert shown.status == 200 and "依据：" not in (shown.text or "")
    finally:
        engine.send_signal(signal.SIGCONT)
    answers = wait_until(lambda: _answers(service.fake, "oWaits"), what="the late answer")
    assert len(answers) == 1 and "年" in answers[0]
    assert "【智能助手】" in (service.say("oWaits", "谢谢").text or "")
    assert len(_answers(service.fake, "oWaits")) == 1


def _answers(fake: FakeWeChat, openid: str) -> list[str]:
    return [text for who, text in fake.sent if who == openid and "依据：" in text]


@pytest.mark.xdist_group("wechat_live")
def test_tokens_secrets_and_openids_are_in_no_log(service: Service) -> None:
    service.say("oSecretive", "我的电话是13800138000")
    log = service.live.log_of("app") + service.live.log_of("engine")
    for secret in (service.fake.secret, service.account.token, "TOKEN-", "oSecretive", "13800138000"):
        assert secret not in log
