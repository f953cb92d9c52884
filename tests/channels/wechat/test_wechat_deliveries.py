"""The outbox: order, retries, limits of WeChat, crashes; and a specialist's words on the phone."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels import service as channels
from bot.channels.claims import open_request
from bot.channels.deliveries import deliver_next, run_deliveries
from bot.channels.outcomes import BUSY_ERRORS, MAX_ATTEMPTS, judge
from bot.channels.wechat.api_client import ApiError, Problem, WeChatApi
from bot.conversation.models import Delivery, DeliveryStatus
from bot.conversation.service import Change, ControlEvent, StaffName, log_after, say_as_staff
from bot.runtime import Runtime
from tests.channels.fake_wechat import FakeWeChat
from tests.channels.wechat.desk import staff_does
from tests.channels.wechat.peer import Follower

STAFF = StaffName("s1", "李某")


class Chat:
    """A WeChat conversation that a specialist holds."""

    def __init__(self, rt: Runtime, conversation_id: str) -> None:
        self._rt = rt
        self.id = conversation_id
        self._said = 0

    async def say(self, text: str) -> None:
        self._said += 1
        await say_as_staff(
            self._rt, conversation_id=self.id, staff=STAFF, client_key=str(self._said), text=text
        )


@pytest.fixture
async def chat(li: Follower, rt: Runtime, engine: Any, fake: FakeWeChat, outbox: Any, clock: Any) -> Chat:
    """Li asked for a person, Li Mou took the chat, all notices are delivered."""
    text = (await li.say("转人工")).text or ""
    assert "已为您转接人工专员" in text
    conversation_id = (await _rows(rt))[0].conversation_id
    await staff_does(rt, conversation_id, Change(ControlEvent.PICK, by=STAFF))
    clock.advance(seconds=1)
    await outbox()
    clock.advance(seconds=1)
    fake.sent.clear()
    return Chat(rt, conversation_id)


async def _rows(rt: Runtime) -> list[Delivery]:
    async with rt.db.read() as session:
        return list(await session.scalars(select(Delivery).order_by(Delivery.seq)))


async def statuses(rt: Runtime) -> list[tuple[str, str | None]]:
    return [(row.status, row.error) for row in await _rows(rt)]


async def run_all(outbox: Any, clock: Any, times: int = 10) -> None:
    for _ in range(times):
        await outbox()
        clock.advance(seconds=0.31)


async def test_a_specialists_words_reach_the_phone_by_name(
    chat: Chat, li: Follower, fake: FakeWeChat, outbox: Any, engine: Any
) -> None:
    await chat.say("您好，请问是哪一类人才？")
    await outbox()
    assert fake.sent == [(li.openid, "【专员 李某】您好，请问是哪一类人才？")]
    shown = await li.say("第一类")
    assert (shown.status, shown.raw) == (200, "success")
    assert engine.requests == [], "while a person holds the chat the assistant is silent"
    assert fake.typing == []


async def test_a_picture_is_announced_to_the_specialist(chat: Chat, li: Follower, rt: Runtime) -> None:
    assert "专员" in ((await li.post(li.message("image", MediaId="m"))).text or "")
    last = (await log_after(rt, conversation_id=chat.id, seq=0, internal=True))[-1]
    assert last["author"] == "talent" and "图片" in last["content"]["paragraphs"][0]


async def test_order_is_kept_while_the_first_is_retried(
    chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any
) -> None:
    fake.errors.extend([-1, -1])
    for text in ("一", "二", "三"):
        await chat.say(text)
    await outbox()
    assert fake.sent == []
    clock.advance(seconds=10)
    await outbox()
    clock.advance(seconds=10)
    await run_all(outbox, clock)
    assert [text[-1] for text in fake.texts] == ["一", "二", "三"]


async def answered(rt: Runtime) -> bool:
    return any(row.turn_id for row in await _rows(rt))


async def test_one_persons_trouble_does_not_hold_up_another(
    chat: Chat,
    li_hurried: Follower,
    fake: FakeWeChat,
    outbox: Any,
    engine: Any,
    rt: Runtime,
    clock: Any,
    until: Any,
) -> None:
    engine.open.clear()
    wang = replace(li_hurried, openid="oWang")
    assert (await wang.say("你好")).raw == "success"
    engine.open.set()
    await until(lambda: answered(rt))
    clock.advance(seconds=5)
    fake.errors.append(-1)
    await chat.say("一")
    async with rt.db.write() as session:  # Li's is the older one, so it meets the error
        await session.execute(
            update(Delivery)
            .where(Delivery.conversation_id == chat.id)
            .values(due_at=clock.now() - timedelta(seconds=60))
        )
    await outbox()
    assert fake.sent == [("oWang", "【智能助手】答：你好")]


async def test_a_busy_api_is_tried_again_and_given_up_at_last(
    chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime
) -> None:
    fake.errors.extend([-1] * MAX_ATTEMPTS)
    await chat.say("一")
    for _ in range(MAX_ATTEMPTS):
        await outbox()
        clock.advance(seconds=61)
    await outbox()
    assert fake.send_calls - 1 == MAX_ATTEMPTS  # one was the notice of the claim
    assert (await statuses(rt))[-1] == (DeliveryStatus.FAILED, "-1")
    await chat.say("二")
    await outbox()
    assert fake.texts == ["【专员 李某】二"]


@pytest.mark.parametrize("code", [45015, 45047, 43004])
async def test_outside_the_window_words_wait_for_the_next_message(
    chat: Chat, li: Follower, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime, code: int
) -> None:
    fake.errors.append(code)
    for text in ("一", "二"):
        await chat.say(text)
    await run_all(outbox, clock)
    assert fake.sent == []
    assert (await statuses(rt))[-2:] == [
        (DeliveryStatus.PARKED, str(code)),
        (DeliveryStatus.PARKED, str(code)),
    ]
    await chat.say("三")
    await run_all(outbox, clock)
    assert (await statuses(rt))[-1] == (DeliveryStatus.PARKED, "waits_for_earlier")
    assert (await li.say("还在吗")).text == "【专员 李某】一\n\n二\n\n三"
    await run_all(outbox, clock)
    assert fake.sent == []
    assert [status for status, _ in await statuses(rt)][-3:] == [DeliveryStatus.SENT] * 3


async def test_the_quota_of_five(
    chat: Chat, li: Follower, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime
) -> None:
    fake.user_wrote(li.openid)
    for number in range(8):
        await chat.say(f"第{number}句")
        await run_all(outbox, clock, times=2)
    assert len(fake.sent) == 5
    fake.user_wrote(li.openid)
    passive = (await li.say("好")).text or ""
    await run_all(outbox, clock, times=20)
    told = "\n".join([*fake.texts, passive])
    assert [f"第{n}句" for n in range(8) if told.count(f"第{n}句") == 1] == [f"第{n}句" for n in range(8)]


async def test_an_unclear_outcome_is_not_repeated(
    chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime
) -> None:
    fake.network.append("answer_lost")
    await chat.say("一")
    await outbox()
    await chat.say("二")
    await run_all(outbox, clock)
    clock.advance(seconds=600)
    await outbox()
    assert fake.texts == ["【专员 李某】一", "【专员 李某】二"]
    assert (await statuses(rt))[-2:] == [(DeliveryStatus.UNKNOWN, "no_answer"), (DeliveryStatus.SENT, None)]


async def test_no_connection_is_repeated(chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any) -> None:
    fake.network.extend(["unreachable", "unreachable"])
    await chat.say("一")
    for _ in range(3):
        await outbox()
        clock.advance(seconds=10)
    assert fake.texts == ["【专员 李某】一"]


async def test_an_unclear_token_call_has_sent_nothing(
    chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any
) -> None:
    clock.advance(seconds=7200)
    fake.token_errors.append(-1)
    await chat.say("一")
    await outbox()
    clock.advance(seconds=10)
    await outbox()
    assert fake.texts == ["【专员 李某】一"]


@pytest.mark.parametrize("code", [40164, 48001])
async def test_without_permission_answers_still_come_passively(
    chat: Chat, li: Follower, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime, code: int
) -> None:
    fake.errors.append(code)
    await chat.say("一")
    await chat.say("二")
    calls = fake.send_calls
    await run_all(outbox, clock)
    assert fake.send_calls == calls + 1, "the circuit is open"
    assert (await statuses(rt))[-2:] == [(DeliveryStatus.FAILED, str(code))] * 2
    assert (await li.say("还在吗")).text == "【专员 李某】一\n\n二"


async def test_a_sender_that_died_leaves_unknown_and_blocks_nobody(
    chat: Chat, fake: FakeWeChat, outbox: Any, clock: Any, rt: Runtime
) -> None:
    await chat.say("一")

    class Dying:
        async def check_setup(self) -> None: ...

        async def send_text(self, *, openid: str, text: str) -> None:
            raise asyncio.CancelledError

        async def send_image(self, *, openid: str, data: bytes, name: str) -> None: ...

    with pytest.raises(asyncio.CancelledError):
        await deliver_next(rt, api=Dying(), jitter=lambda: 0.5)
    await chat.say("二")
    clock.advance(seconds=59)
    await outbox()
    assert fake.sent == [], "the lease is not over"
    clock.advance(seconds=2)
    await outbox()
    assert fake.texts == ["【专员 李某】二"]
    assert (await statuses(rt))[-2] == (DeliveryStatus.UNKNOWN, "sender_lost")


async def test_a_response_never_overtakes_what_is_being_sent(
    chat: Chat, li_hurried: Follower, fake: FakeWeChat, rt: Runtime, clock: Any, outbox: Any
) -> None:
    await chat.say("一")

    class Slow:
        async def check_setup(self) -> None: ...

        async def send_text(self, *, openid: str, text: str) -> None:
            # While this is under way, both write.
            await chat.say("二")
            assert (await li_hurried.say("还在吗")).raw == "success"
            fake.sent.append((openid, text))

        async def send_image(self, *, openid: str, data: bytes, name: str) -> None: ...

    await deliver_next(rt, api=Slow(), jitter=lambda: 0.5)
    await run_all(outbox, clock)
    assert fake.texts == ["【专员 李某】一", "【专员 李某】二"]


async def test_while_a_request_is_open_the_outbox_leaves_its_answer_to_it(
    chat: Chat, li: Follower, fake: FakeWeChat, rt: Runtime, outbox: Any
) -> None:
    with open_request(rt, external_user=li.openid), open_request(rt, external_user=li.openid):
        await chat.say("一")
        assert await outbox() == 0
    assert await outbox() == 1
    assert fake.texts == ["【专员 李某】一"]


async def test_many_senders_send_each_message_once_and_in_order(
    chat: Chat, fake: FakeWeChat, api: WeChatApi, clock: Any, rt: Runtime
) -> None:
    for number in range(12):
        await chat.say(f"第{number}句" + "话" * 600)  # one fills a sending
    for _ in range(12):
        await asyncio.gather(*(deliver_next(rt, api=api, jitter=lambda: 0.5) for _ in range(4)))
        clock.advance(seconds=0.31)
    assert [text.rstrip("话") for text in fake.texts] == [
        f"【专员 李某】第{number}句" for number in range(12)
    ]


async def test_words_that_wait_behind_each_other_go_out_as_one(
    chat: Chat, fake: FakeWeChat, outbox: Any, rt: Runtime, clock: Any
) -> None:
    fake.network.append("unreachable")
    await chat.say("一")
    await outbox()
    for text in ("二", "三"):
        await chat.say(text)
    clock.advance(seconds=10)
    await run_all(outbox, clock)
    assert fake.texts == ["【专员 李某】一\n\n二\n\n三"]
    assert {status for status, _ in await statuses(rt)} == {DeliveryStatus.SENT}


async def arrived(fake: FakeWeChat) -> bool:
    return bool(fake.sent)


async def test_the_worker_wakes_up_by_itself(
    chat: Chat, fake: FakeWeChat, api: WeChatApi, rt: Runtime, until: Any
) -> None:
    task = asyncio.create_task(run_deliveries(rt, api=api))
    try:
        await chat.say("一")
        await until(lambda: arrived(fake))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert fake.texts == ["【专员 李某】一"]


def test_back_off_grows_is_bounded_and_spread() -> None:
    busy = ApiError(Problem.REFUSED, -1)
    waits = [judge(busy, attempt=n, jitter=1.0).again_after_s for n in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(waits) and waits[0] == 1.0 and waits[-1] <= 60
    assert judge(busy, attempt=3, jitter=0.0).again_after_s == waits[2] / 2
    for code in BUSY_ERRORS:
        assert judge(ApiError(Problem.REFUSED, code), attempt=1, jitter=1.0).again_after_s == 60


async def test_readiness(rt: Runtime, api: WeChatApi, clock: Any, fake: FakeWeChat) -> None:
    assert await channels.check(rt) == {"enabled": False, "ok": True}
    rt.parts["wechat"] = api
    assert await channels.check(rt) == {"enabled": True, "ok": True}
    clock.advance(seconds=7200)
    fake.token_errors.append(-1)
    assert await channels.check(rt) == {"enabled": True, "ok": False, "error": "-1"}
    fake.token_errors.append(40164)
    assert await channels.check(rt) == {"enabled": True, "ok": False, "error": "40164"}
    issued = fake.tokens_issued
    assert await channels.check(rt) == {"enabled": True, "ok": False, "error": "40164"}
    assert fake.tokens_issued == issued


async def test_an_account_without_permission_shows_at_the_start(
    rt: Runtime, api: WeChatApi, fake: FakeWeChat, until: Any
) -> None:
    fake.typing_errors.append(48001)
    rt.parts["wechat"] = api

    async def noticed() -> bool:
        return not (await channels.check(rt))["ok"]

    task = asyncio.create_task(run_deliveries(rt, api=api))
    try:
        await until(noticed)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await channels.check(rt))["error"] == "48001"


async def test_a_good_account_passes_the_self_check(api: WeChatApi, fake: FakeWeChat) -> None:
    await api.check_setup()
    assert (fake.tokens_issued, fake.typing, fake.sent) == (1, [], [])
