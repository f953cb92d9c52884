"""Words in bound chats, short messages to phones, and what becomes of a sending whose answer is lost."""

import asyncio
import logging
from collections import deque
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.conversation.models import Channel, Conversation, Delivery, Message
from bot.notices.models import NoticeStatus, TalentNotice
from bot.notices.port import PART, FileOutbox, Gateway, NotSent, Unclear, port_for
from bot.notices.sender import MAX_ATTEMPTS, send_next
from bot.notices.service import Told, notify, send_sms
from bot.runtime import Runtime
from bot.settings import Settings
from bot.store.database import Database
from tests.conftest import MovedClock
from tests.identity.people import Phones, id_number, make_talent

PHONE = "13900000001"


class Scripted(Phones):
    """Answers its calls one after the other as told, then takes everything."""

    def __init__(self, *answers: Exception) -> None:
        super().__init__()
        self.answers = deque(answers)

    async def send(self, *, phone: str, text: str, key: str) -> None:
        if self.answers:
            raise self.answers.popleft()
        await super().send(phone=phone, text=text, key=key)


@pytest.fixture
async def talent(rt: Runtime) -> str:
    rt.parts[PART] = Phones()
    return await make_talent(rt, name="李知远", number=id_number(1), phone=PHONE)


async def _chat(rt: Runtime, *, channel: Channel, talent_id: str | None) -> str:
    now = rt.clock.now()
    row = Conversation(channel=channel, account="a", external_user=f"{channel}-{talent_id}")
    row.created_at = row.updated_at = now
    row.talent_id = talent_id
    async with rt.db.write() as session:
        session.add(row)
    return row.id


async def _tell(rt: Runtime, once_key: str = "case:1:accepted", **more: object) -> Told:
    async with rt.db.write() as session:
        values = {"kind": "case", "once_key": once_key, "text": "您的申请已受理。\n请留意后续通知。"} | more
        return await notify(session, rt, **values)  # type: ignore[arg-type]


async def _status(rt: Runtime) -> tuple[str, int, bytes]:
    async with rt.db.read() as session:
        row = (await session.scalars(select(TalentNotice))).one()
        return row.status, row.attempt, row.sealed


async def test_every_bound_chat_is_told_once_and_wechat_gets_a_delivery(rt: Runtime, talent: str) -> None:
    web = await _chat(rt, channel=Channel.WEB, talent_id=talent)
    wechat = await _chat(rt, channel=Channel.WECHAT, talent_id=talent)
    await _chat(rt, channel=Channel.WEB, talent_id=None)
    told = await _tell(rt, talent_id=talent, sms=True)
    assert (set(told.conversation_ids), told.sms) == ({web, wechat}, True)
    again = await _tell(rt, talent_id=talent, sms=True)
    assert again == Told((), False)
    async with rt.db.read() as session:
        messages = list(await session.scalars(select(Message)))
        assert {message.conversation_id for message in messages} == {web, wechat}
        assert messages[0].content["paragraphs"] == ["您的申请已受理。", "请留意后续通知。"]
        assert [row.conversation_id for row in await session.scalars(select(Delivery))] == [wechat]
        assert len(list(await session.scalars(select(TalentNotice)))) == 1


async def test_without_a_talent_the_one_chat_is_told_and_no_phone(rt: Runtime, talent: str) -> None:
    chat = await _chat(rt, channel=Channel.WEB, talent_id=None)
    told = await _tell(rt, conversation_id=chat, sms=True)
    assert told == Told((chat,), False)
    assert await _tell(rt, once_key="case:2", talent_id=talent) == Told((), False)  # no chat is theirs


async def test_the_same_notice_from_two_processes_is_told_once(rt: Runtime, talent: str) -> None:
    chat = await _chat(rt, channel=Channel.WEB, talent_id=talent)
    second = Runtime(
        rt.settings, rt.secrets, Database(rt.settings.sqlalchemy_url), rt.hints, rt.clock, rt.parts
    )
    together = asyncio.Barrier(8)

    async def tell(at: Runtime) -> Told:
        await together.wait()
        return await _tell(at, talent_id=talent, sms=True)

    told = await asyncio.gather(*(tell(at) for at in (rt, second) * 4))
    assert sorted(one.conversation_ids for one in told) == [()] * 7 + [(chat,)]
    assert [one.sms for one in told].count(True) == 1
    await second.db.close()


async def test_two_senders_never_send_one_message_twice(rt: Runtime, talent: str) -> None:
    for number in range(6):
        await _tell(rt, once_key=f"case:{number}", talent_id=talent, sms=True)
    second = Runtime(rt.settings, rt.secrets, Database(rt.settings.sqlalchemy_url), rt.hints, rt.clock)
    port, together = Phones(), asyncio.Barrier(6)

    async def work(at: Runtime) -> None:
        await together.wait()
        while await send_next(at, port=port, jitter=lambda: 0.0):
            pass

    await asyncio.gather(*(work(at) for at in (rt, second) * 3))
    # A claim lost to the other sender ends a round early; nothing is left for long.
    await port.receive(rt)
    assert len(port.sent) == 6
    await second.db.close()


async def test_a_refused_sending_is_tried_again_later_and_given_up_at_last(
    rt: Runtime, talent: str, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await _tell(rt, talent_id=talent, sms=True)
    port = Scripted(*[NotSent("http_503", again=True)] * MAX_ATTEMPTS)
    for attempt in range(1, MAX_ATTEMPTS):
        assert await send_next(rt, port=port, jitter=lambda: 1.0)
        assert (await _status(rt))[:2] == (NoticeStatus.QUEUED, attempt)
        assert not await send_next(rt, port=port, jitter=lambda: 1.0)  # not before its time
        clock.advance(seconds=2.0 * 2 ** (attempt - 1))
    assert await send_next(rt, port=port, jitter=lambda: 1.0)
    assert await _status(rt) == (NoticeStatus.FAILED, MAX_ATTEMPTS, b"")
    assert PHONE not in caplog.text and "受理" not in caplog.text


async def test_an_unknown_outcome_is_not_repeated(rt: Runtime, talent: str, clock: MovedClock) -> None:
    await _tell(rt, talent_id=talent, sms=True)
    port = Scripted(Unclear())
    await port.receive(rt)
    clock.advance(hours=1)
    await port.receive(rt)
    assert (await _status(rt))[0] == NoticeStatus.UNKNOWN
    assert port.sent == []


async def test_a_sender_that_died_leaves_an_unknown_outcome(
    rt: Runtime, talent: str, clock: MovedClock
) -> None:
    await _tell(rt, talent_id=talent, sms=True)
    started = asyncio.Event()

    class Stuck(Phones):
        async def send(self, *, phone: str, text: str, key: str) -> None:
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(send_next(rt, port=Stuck(), jitter=lambda: 0.0))
    await started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    clock.advance(minutes=2)
    port = Phones()
    await port.receive(rt)
    assert ((await _status(rt))[0], port.sent) == (NoticeStatus.UNKNOWN, [])


async def test_the_outbox_masks_the_phone_and_names_nobody(tmp_path: Path, clock: MovedClock) -> None:
    port = FileOutbox(tmp_path / "outbox", clock=clock)
    await port.send(phone=PHONE, text="验证码 123456", key="0" * 32)
    await port.send(phone=PHONE, text="验证码 123456", key="0" * 32)  # the same message again
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == f"20261120-093000-{'0' * 32}.txt"
    assert PHONE not in file.read_text() and "139****0001" in file.read_text()
    assert "验证码 123456" in file.read_text()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (httpx.Response(202), None),
        (httpx.Response(400), NotSent),
        (httpx.Response(302, headers={"Location": "https://elsewhere.test"}), NotSent),
        (httpx.Response(429), NotSent),
        (httpx.Response(503), NotSent),
        (httpx.Response(502), Unclear),
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ReadTimeout("late"), Unclear),
        (httpx.RemoteProtocolError("cut"), Unclear),
    ],
    ids=["taken", "bad", "moved", "many", "busy", "proxy", "down", "late", "cut"],
)
async def test_what_the_gateway_s_answer_means(
    answer: httpx.Response | Exception, outcome: type[Exception] | None
) -> None:
    asked: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    port = Gateway(url="https://sms.test/send", token="secret", transport=httpx.MockTransport(serve))
    if outcome is None:
        await port.send(phone=PHONE, text="您好", key="k")
    else:
        with pytest.raises(outcome) as caught:
            await port.send(phone=PHONE, text="您好", key="k")
        if isinstance(caught.value, NotSent):
            refused = isinstance(answer, httpx.Response) and answer.status_code in (302, 400)
            assert caught.value.again != refused
    assert asked[0].headers["Authorization"] == "Bearer secret"
    assert str(asked[0].url) == "https://sms.test/send"  # nothing personal in the address
    await port.close()


async def test_a_sample_talent_s_number_rings_nowhere(rt: Runtime, talent: str) -> None:
    sample = await make_talent(rt, name="样例", number=id_number(2), phone="13900000002", sample=True)
    rt.parts[PART] = Gateway(url="https://sms.test", token=None)
    for key, whose in (("a", sample), ("b", talent)):
        await _tell(rt, key, talent_id=whose, sms=True)
    async with rt.db.read() as session:
        rows = await session.execute(select(TalentNotice.talent_id, TalentNotice.status, TalentNotice.sealed))
        kept = {talent_id: (status, bool(sealed)) for talent_id, status, sealed in rows}
    assert kept == {sample: (NoticeStatus.FAILED, False), talent: (NoticeStatus.QUEUED, True)}


def test_which_provider_is_set_up(tmp_path: Path, clock: MovedClock) -> None:
    def port(**values: object) -> object:
        return port_for(Settings(home=tmp_path, **values), clock=clock)  # type: ignore[arg-type]

    assert port() is None and port(notice_outbox="") is None
    assert isinstance(port(notice_outbox=tmp_path), FileOutbox)
    assert isinstance(port(notice_outbox=tmp_path, sms_url="https://sms.test"), Gateway)
    with pytest.raises(ValueError, match="https"):
        port(sms_url="http://sms.test")


async def test_a_code_that_came_too_late_is_not_sent(rt: Runtime, talent: str, clock: MovedClock) -> None:
    async with rt.db.write() as session:
        until = clock.now() + timedelta(minutes=5)
        assert await send_sms(
            session, rt, talent_id=talent, kind="code", once_key="code:1", text="验证码", until=until
        )
    clock.advance(minutes=5)
    port = Phones()
    await port.receive(rt)
    assert ((await _status(rt))[0], port.sent) == (NoticeStatus.FAILED, [])
