"""From the wish for a person to the place in the queue and out of it, without the engine."""

from datetime import UTC, datetime

import pytest

from bot.conversation.change import StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.log import access_conversation
from bot.conversation.models import Control
from bot.conversation.service import person_outlook, request_human, state_for
from bot.conversation.words import Said, word_list
from bot.conversation.words import says as means
from bot.runtime import Runtime
from tests.conversation.desk_double import DeskDouble
from tests.conversation.people import (
    LIN,
    WEB,
    control_of,
    episodes_of,
    last_message,
    presses,
    says,
    service_does,
    staff_does,
    texts,
)


@pytest.mark.parametrize(
    "text",
    [
        "人工",
        "转人工",
        "找专员",
        "真人",
        "转接",
        "客服",
        "請幫我轉人工，謝謝",
        "轉 人 工",
        "转.人.工",
        "rengong",
        "zhuan rengong",
        "ＺＨＵＡＮＲＥＮＧＯＮＧ",
        "人工人工人工！！",
        "麻烦帮我找真人客服吧",
    ],
)
async def test_words_call_a_person_whatever_the_engine_would_say(rt: Runtime, text: str) -> None:
    received = await says(rt, text)
    assert received.turn_id is None
    assert await control_of(rt, received.conversation_id) == Control.QUEUED


@pytest.mark.parametrize(
    "text",
    [
        "人工智能人才算高层次吗",
        "客服电话是多少",
        "专员是谁",
        "转人工需要等多久",
        "人工费补贴怎么领",
        "真人秀嘉宾算人才吗",
        "?",
        "",
    ],
)
def test_questions_that_hold_the_words_stay_questions(text: str) -> None:
    assert not means(text, word_list(Said.PERSON))


async def test_place_wait_and_ways_out_are_told_and_told_again(rt: Runtime, desk: DeskDouble) -> None:
    desk.wait_s = 250
    await request_human(rt, **(WEB | {"external_user": "somebody else"}), external_key="h")
    asked = await says(rt, "转人工")
    cid = asked.conversation_id
    told = await last_message(rt, cid)
    assert "前面还有 1 位" in told["content"]["paragraphs"][0]
    assert any("4 分钟" in line for line in told["content"]["paragraphs"])
    assert {"取消排队", "留言，请专员联系我"} <= {b["title"] for b in told["content"]["buttons"]}
    await says(rt, "人工")
    assert "您已在排队" in (await last_message(rt, cid))["content"]["paragraphs"][0]
    assert len(await episodes_of(rt, cid)) == 1


async def test_a_guess_without_certainty_queues_at_once_and_may_be_changed(
    rt: Runtime, desk: DeskDouble
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    titles = [b["title"] for b in (await last_message(rt, cid))["content"]["buttons"]]
    assert titles[:2] == ["手续代办", "待遇落实"]
    await presses(rt, cid, "待遇落实")
    (episode,) = await episodes_of(rt, cid)
    assert (episode.category, episode.packet["category"], episode.team_id) == (
        "待遇落实",
        "待遇落实",
        "team of 待遇落实",
    )
    assert await control_of(rt, cid) == Control.QUEUED


@pytest.mark.parametrize("text", ["待遇落实", "我要的是待遇落实", "改成待遇落实吧"])
async def test_a_waiting_talent_names_another_category_in_words(
    rt: Runtime, desk: DeskDouble, text: str
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await says(rt, "我补充一下，我在济南")
    await says(rt, text)
    (episode,) = await episodes_of(rt, cid)
    assert episode.category == "待遇落实"
    assert "您已在排队（待遇落实）" in (await last_message(rt, cid))["content"]["paragraphs"][0]
    await says(rt, "手续代办要带什么")
    assert (await episodes_of(rt, cid))[0].category == "待遇落实"


async def test_what_was_said_names_the_category_without_a_question(rt: Runtime, desk: DeskDouble) -> None:
    await says(rt, "我的生活补贴迟迟没到账，找了几次都没人管")
    cid = (await says(rt, "转人工")).conversation_id
    (episode,) = await episodes_of(rt, cid)
    assert episode.category == "待遇落实"
    titles = [b["title"] for b in (await last_message(rt, cid))["content"]["buttons"]]
    assert "手续代办" not in titles


@pytest.mark.parametrize("ringing", [False, True])
@pytest.mark.parametrize("way", ["button", "word"])
async def test_waiting_ends_by_button_and_by_word_also_while_it_rings(
    rt: Runtime, ringing: bool, way: str
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    if ringing:
        await service_does(rt, cid, ControlEvent.OFFER, target=LIN)
    await (presses(rt, cid, "取消排队") if way == "button" else says(rt, "算了不等了"))
    assert await control_of(rt, cid) == Control.BOT
    (episode,) = await episodes_of(rt, cid)
    assert (episode.status, episode.offered_to, episode.ended_by) == ("cancelled", None, "talent")


async def test_cancel_alone_may_answer_the_specialist_and_ends_nothing(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    await says(rt, "取消")
    await says(rt, "转人工")
    assert await control_of(rt, cid) == Control.HUMAN
    await says(rt, "结束人工服务")
    assert await control_of(rt, cid) == Control.BOT


async def test_an_old_button_of_the_queue_does_no_harm(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await says(rt, "不等了")
    await presses(rt, cid, "取消排队")
    assert await control_of(rt, cid) == Control.BOT
    assert "没有在排队" in (await texts(rt, cid))[-1]


async def test_outlook_before_asking(rt: Runtime, desk: DeskDouble) -> None:
    cid = (await says(rt, "人才卡申请要提交什么材料，能代办吗")).conversation_id
    assert await person_outlook(rt, conversation_id=cid) == {
        "guess": "手续代办",
        "open": True,
        "opens_at": None,
        "position": None,
    }
    desk.why, desk.opens_at = "hours", datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    outlook = await person_outlook(rt, conversation_id=cid)
    assert (outlook["open"], outlook["opens_at"]) == (False, "2026-11-23T00:30:00.000Z")
    desk.why = None
    await says(rt, "转人工")
    assert (await person_outlook(rt, conversation_id=cid))["position"] == 1
    state = await state_for(rt, conversation_id=cid)
    assert (state["control"], state["position"]) == ("queued", 1)


async def test_a_form_that_is_open_goes_along_and_goes_on(rt: Runtime) -> None:
    cid = (await says(rt, "我要申请")).conversation_id
    draft = {"item": "no_such_item", "values": {"city": "linyi"}}
    await _put_slots(rt, cid, {"application": draft, "requested_slot": "application_answer"})
    await says(rt, "转人工")
    (episode,) = await episodes_of(rt, cid)
    assert episode.category == "手续代办" and episode.packet["application"] == draft
    assert any("申请会一并转给专员" in text for text in await texts(rt, cid))
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.GIVE_BACK, note="材料齐了")
    assert "继续办理" in [b["title"] for b in (await last_message(rt, cid))["content"]["buttons"]]
    pressed = await presses(rt, cid, "继续办理")
    assert pressed.turn_id is not None  # the engine resumes at the open step


async def test_a_name_said_to_a_person_is_no_answer_of_the_guide(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await _put_slots(rt, cid, {}, awaiting="姓名")
    await staff_does(rt, cid, ControlEvent.PICK, by=StaffName("s9", "样例"))
    await says(rt, "安排")
    assert (await texts(rt, cid))[-1] == "talent: 安排"


async def _put_slots(
    rt: Runtime, conversation_id: str, slots: dict[str, object], awaiting: str | None = None
) -> None:
    async with rt.db.write() as session:
        row = await access_conversation(session, conversation_id=conversation_id, lock=True)
        row.engine_state = {"version": 1, "slots": slots, "loop": None, "events": []}
        row.awaiting = awaiting
