"""The 5-second rule: answered inside the request if possible, otherwise by the outbox, never twice."""

import asyncio
import json
from typing import Any

import pytest

from bot.conversation.apologies import apologise
from bot.conversation.content import Button, Content, Reply
from bot.conversation.models import DeliveryStatus
from bot.runtime import Runtime
from tests.channels.fake_wechat import FakeWeChat
from tests.channels.wechat.peer import Follower, numbers_in


def replies(*contents: Content) -> Any:
    messages = [{"custom": Reply(content=content).model_dump(mode="json")} for content in contents]
    return lambda request: messages


async def test_a_quick_answer_is_the_response(
    li: Follower, engine: Any, fake: FakeWeChat, outbox: Any, clock: Any
) -> None:
    assert (await li.say("惠才卡有效期几年")).text == "【智能助手】答：惠才卡有效期几年"
    clock.advance(seconds=60)
    await outbox()
    assert fake.sent == []


async def test_a_slow_answer_comes_by_the_outbox(
    li_hurried: Follower, engine: Any, fake: FakeWeChat, outbox: Any, rt: Runtime
) -> None:
    engine.open.clear()
    shown = await li_hurried.say("你好")
    assert (shown.status, shown.raw) == (200, "success")
    assert fake.typing == [li_hurried.openid]
    with rt.hints.subscribe("deliveries") as hint:
        engine.open.set()
        assert await hint.wait(5)
    # The window of the request is over: nothing is held back for it.
    rt.clock.advance(seconds=5)  # type: ignore[attr-defined]
    await outbox()
    assert fake.sent == [(li_hurried.openid, "【智能助手】答：你好")]


async def asked(engine: Any) -> bool:
    return bool(engine.requests)


async def test_repeats_run_the_turn_once_and_get_the_same_answer(
    li: Follower, engine: Any, fake: FakeWeChat, outbox: Any, clock: Any, until: Any
) -> None:
    message = li.message(Content="你好")
    engine.open.clear()
    first, second = asyncio.create_task(li.post(message)), asyncio.create_task(li.post(message))
    await until(lambda: asked(engine))
    engine.open.set()
    third = await li.post(message)
    texts = {(await first).text, (await second).text, third.text}
    assert texts == {"【智能助手】答：你好"}
    assert len(engine.requests) == 1
    clock.advance(seconds=60)
    await outbox()
    assert fake.sent == []


async def test_a_repeat_after_the_answer_was_handed_to_the_outbox(
    li: Follower, li_hurried: Follower, engine: Any, fake: FakeWeChat, outbox: Any, clock: Any
) -> None:
    message = li.message(Content="你好")
    engine.open.clear()
    assert (await li_hurried.post(message)).raw == "success"
    engine.open.set()
    # WeChat did not see our first response; whichever way is quicker delivers, the other does not.
    assert (await li.post(message)).text == "【智能助手】答：你好"
    clock.advance(seconds=60)
    await outbox()
    assert fake.sent == [] and len(engine.requests) == 1


async def test_equal_message_ids_of_two_people_are_two_messages(
    li: Follower, wang: Follower, engine: Any
) -> None:
    assert (await li.say("甲", message_id=7)).text == "【智能助手】答：甲"
    assert (await wang.say("乙", message_id=7)).text == "【智能助手】答：乙"


async def test_several_replies_share_one_response(li: Follower, engine: Any) -> None:
    engine.reply = replies(Content.say("第一句"), Content.say("第二句"))
    assert (await li.say("x")).text == "【智能助手】第一句\n\n第二句"


async def test_what_does_not_fit_follows_in_order(
    li: Follower, engine: Any, fake: FakeWeChat, outbox: Any, clock: Any
) -> None:
    long = ["甲" * 600, "乙" * 600, "丙" * 600]
    engine.reply = replies(Content(paragraphs=long), Content.say("末"))
    shown = await li.say("x")
    assert shown.text == "【智能助手】" + long[0]
    assert await outbox() == 0, "nothing may overtake the response"
    for expected in (long[1], long[2], "【智能助手】末"):
        clock.advance(seconds=0.31)
        await outbox()
        assert fake.texts[-1] == expected
    assert len(fake.sent) == 3


async def test_a_number_means_the_choice_shown_last(li: Follower, engine: Any) -> None:
    offers = [Button(title=t, payload=f'/pick_faq{{"faq": "{t}"}}') for t in ("甲", "乙", "丙")]
    engine.reply = replies(Content(paragraphs=["您想问哪个？"], buttons=offers), Content.say("请选"))
    text = (await li.say("惠才卡")).text or ""
    assert numbers_in(text) == ["1", "2", "3"]
    for said in ("2", "２", "2.", "（2）"):
        await li.say(said)
        assert engine.requests[-1]["payload"] == '/pick_faq{"faq": "乙"}'
        assert engine.requests[-1]["text"] == "乙"
    await li.say("4")
    assert (engine.requests[-1]["payload"], engine.requests[-1]["text"]) == (None, "4")


async def test_a_number_answers_a_later_question(li: Follower, engine: Any) -> None:
    engine.reply = replies(Content.say("选", buttons=[Button(title="甲", payload="/menu")]))
    await li.say("x")
    engine.reply = replies(Content.say("您有几年工作经验？"))
    await li.say("y")
    await li.say("1")
    assert (engine.requests[-1]["payload"], engine.requests[-1]["text"]) == (None, "1")


async def test_menu_lines(li: Follower, wang: Follower, engine: Any, rt: Runtime) -> None:
    rt.settings.wechat_menu_links = True
    engine.reply = replies(Content.say("选", buttons=[Button(title="甲", payload="/menu")]))
    text = (await li.say("x")).text or ""
    line = text.split("msgmenuid=")[1].split('"')[0]
    # No 「甲」 under the newest answer: its words alone would press it.
    engine.reply = replies(Content.say("好"))
    await li.say("甲", bizmsgmenuid=line)
    assert engine.requests[-1]["payload"] == "/menu"
    for who, foreign in ((wang, line), (li, "no-such-line"), (li, line[:-1] + "9")):
        await who.say("甲", bizmsgmenuid=foreign)
        assert (engine.requests[-1]["payload"], engine.requests[-1]["text"]) == (None, "甲")


async def test_following_is_welcomed_with_the_menu(li: Follower, engine: Any) -> None:
    engine.reply = replies(Content.say("常见问题", buttons=[Button(title="惠才卡", payload="/menu")]))
    event = li.event("subscribe", EventKey="")
    text = (await li.post(event)).text or ""
    assert text.startswith("您好，欢迎关注") and text.endswith("1. 惠才卡")
    assert engine.requests[0]["payload"] == "/menu"
    assert (await li.post(event)).text == text
    assert len(engine.requests) == 1


async def test_following_is_welcomed_even_without_an_engine(li_hurried: Follower, engine: Any) -> None:
    engine.open.clear()
    assert ((await li_hurried.post(li_hurried.event("subscribe"))).text or "").startswith("您好，欢迎关注")


async def test_account_menu(li: Follower, engine: Any) -> None:
    await li.post(li.event("CLICK", EventKey="progress"))
    assert engine.requests[-1]["payload"] == "/check_progress"
    await li.post(li.event("CLICK", EventKey="惠才卡怎么申请"))
    assert (engine.requests[-1]["payload"], engine.requests[-1]["text"]) == (None, "惠才卡怎么申请")


@pytest.mark.parametrize("event", ["LOCATION", "VIEW", "TEMPLATESENDJOBFINISH", "something_new"])
async def test_other_events_are_acknowledged_and_dropped(li: Follower, engine: Any, event: str) -> None:
    shown = await li.post(li.event(event, EventKey="x"))
    assert (shown.status, shown.raw) == (200, "success")
    assert engine.requests == []


@pytest.mark.parametrize(("kind", "name"), [("image", "图片"), ("voice", "语音"), ("location", "位置")])
async def test_what_we_cannot_read_is_said_so(li: Follower, engine: Any, kind: str, name: str) -> None:
    text = (await li.post(li.message(kind, MediaId="m"))).text or ""
    assert name in text and "文字" in text
    assert engine.requests == []


async def test_recognised_speech_counts_as_text(li: Follower, engine: Any) -> None:
    shown = await li.post(li.message("voice", MediaId="m", Recognition="惠才卡"))
    assert shown.text == "【智能助手】答：惠才卡"


async def test_refusals_are_sentences(li: Follower, engine: Any) -> None:
    assert "2000" in ((await li.say("字" * 2001)).text or "")
    assert "空" in ((await li.say("  ")).text or "")


async def test_a_message_that_could_not_be_kept_is_not_acknowledged_as_kept(
    li: Follower, engine: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("disk full: 你好")

    monkeypatch.setattr("bot.channels.wechat.handling.receive", broken)
    shown = await li.say("你好")
    assert (shown.status, "没有收到" in (shown.text or "")) == (200, True)
    assert "wechat_message_not_kept RuntimeError" in caplog.text
    assert "你好" not in caplog.text


async def test_an_error_after_keeping_ends_in_success(
    li: Follower,
    engine: Any,
    fake: FakeWeChat,
    outbox: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("boom")

    with monkeypatch.context() as patch:
        patch.setattr("bot.channels.wechat.handling.answer_until", broken)
        shown = await li.say("你好")
    assert (shown.status, shown.raw) == (200, "success")
    assert "wechat_internal_error RuntimeError" in caplog.text
    assert (await li.say("在吗")).text == "【智能助手】答：你好\n\n答：在吗", "the answer is not lost"


async def test_personal_data_reaches_the_engine_and_the_phone_only_masked(li: Follower, engine: Any) -> None:
    text = (await li.say("我的电话是13800138000")).text or ""
    assert "13800138000" not in text and "138" in text
    assert "13800138000" not in json.dumps(engine.requests, ensure_ascii=False)


async def test_text_that_looks_like_markup_stays_text(li: Follower, engine: Any) -> None:
    evil = "]]></Content><ToUserName><![CDATA[victim]]></ToUserName>"
    assert evil in ((await li.say(evil)).text or "")
    await li.say('/pick_faq{"faq": "x"}')
    assert engine.requests[-1]["payload"] is None


async def test_an_unsent_message_waits_for_one_who_left(
    li: Follower,
    li_hurried: Follower,
    engine: Any,
    fake: FakeWeChat,
    outbox: Any,
    clock: Any,
    deliveries: Any,
    until: Any,
) -> None:
    engine.open.clear()
    await li_hurried.say("你好")
    engine.open.set()
    await until(deliveries)
    await li.post(li.event("unsubscribe"))
    clock.advance(seconds=60)
    await outbox()
    assert fake.sent == []
    assert [row.status for row in await deliveries()] == [DeliveryStatus.PARKED]
    assert "答：你好" in ((await li.say("我回来了")).text or "")


async def test_while_the_engine_is_down_people_are_told_and_reach_a_person(
    li_hurried: Follower, engine: Any, rt: Runtime, clock: Any
) -> None:
    engine.open.clear()
    assert (await li_hurried.say("惠才卡有效期几年")).raw == "success"
    clock.advance(seconds=5)
    await apologise(rt)
    told = (await li_hurried.say("在吗")).text or ""
    assert "已经收到" in told and numbers_in(told) == ["1"]
    assert "已为您转接人工专员" in ((await li_hurried.say("1")).text or "")


async def test_a_queue_can_be_left_by_word(li: Follower, engine: Any) -> None:
    assert "已为您转接人工专员" in ((await li.say("转人工")).text or "")
    assert (await li.say("我还想问下补贴")).raw == "success"
    assert "已取消排队" in ((await li.say("取消排队")).text or "")
    assert (await li.say("你好")).text == "【智能助手】答：你好"
    assert len(engine.requests) == 1
