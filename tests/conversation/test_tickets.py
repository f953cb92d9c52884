"""Call-back tickets: out of hours or instead of waiting, with whom to call and when."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.control_rules import ControlEvent
from bot.conversation.log import access_conversation
from bot.conversation.models import Control, Message
from bot.conversation.service import leave_ticket, receive, request_human
from bot.errors import Refusal
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

PHONE = "13800138000"
LEAVE = "留言，请专员联系我"


@pytest.fixture
def closed(desk: DeskDouble) -> DeskDouble:
    desk.why, desk.opens_at = "hours", datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    desk.call_by = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return desk


async def test_out_of_hours_a_ticket_with_phone_and_time_while_the_assistant_goes_on(
    rt: Runtime, closed: DeskDouble
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    assert await control_of(rt, cid) == Control.BOT
    assert "11月23日 08:30 恢复" in (await texts(rt, cid))[-1]
    await presses(rt, cid, LEAVE)
    received = await says(rt, f"我的电话是{PHONE}，另外惠才卡有效期几年")
    assert received.turn_id is not None
    async with rt.db.read() as session:
        stored = [row.content for row in await session.scalars(select(Message))]
    assert PHONE not in str(stored)
    shown = await last_message(rt, cid)
    assert "138****8000" in shown["content"]["paragraphs"][0]
    assert [b["title"] for b in shown["content"]["buttons"]] == ["上午", "下午", "都可以"]
    await presses(rt, cid, "上午")
    (ticket,) = await episodes_of(rt, cid)
    assert (ticket.status, ticket.contact_when) == ("ticketed", "11月23日上午")
    opened = await vault.values_of(rt, conversation_id=cid, tokens=[ticket.contact_token or ""])
    assert list(opened.values()) == [PHONE]
    assert await control_of(rt, cid) == Control.BOT


async def test_the_rest_of_the_message_is_what_the_assistant_answers(rt: Runtime, closed: DeskDouble) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    bare = await says(rt, f"打这个：{PHONE}")
    assert bare.turn_id is None
    (ticket,) = await episodes_of(rt, cid)
    assert ticket.contact_token
    more = await says(rt, "13900139000 这个号的人能领补贴吗")  # the ticket has its number: just a question
    (ticket_after,) = await episodes_of(rt, cid)
    assert more.turn_id and ticket_after.contact_token == ticket.contact_token
    await says(rt, "13700137000")  # nothing but a number: another one to call
    (corrected,) = await episodes_of(rt, cid)
    assert corrected.contact_token != ticket.contact_token


async def test_a_number_the_guide_waits_for_answers_the_guide_as_well(
    rt: Runtime, closed: DeskDouble
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    async with rt.db.write() as session:
        (await access_conversation(session, conversation_id=cid, lock=True)).awaiting = "手机号"
    received = await says(rt, PHONE)
    assert received.turn_id is not None
    (ticket,) = await episodes_of(rt, cid)
    assert ticket.contact_token


async def test_in_the_chat_instead_of_by_telephone(rt: Runtime, closed: DeskDouble) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    await presses(rt, cid, "就在这里回复我")
    (ticket,) = await episodes_of(rt, cid)
    assert (ticket.contact_token, ticket.contact_when) == (None, "在聊天里回复")


async def test_a_number_given_before_is_offered(rt: Runtime, closed: DeskDouble) -> None:
    await says(rt, f"我之前留的电话{PHONE}还能用吗")
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    assert "138****8000" in str((await last_message(rt, cid))["content"]["paragraphs"])
    await presses(rt, cid, "就用之前留的号码")
    (ticket,) = await episodes_of(rt, cid)
    assert ticket.contact_token


@pytest.mark.parametrize("way", ["button", "word"])
async def test_a_ticket_is_cancelled_by_button_and_by_word(rt: Runtime, closed: DeskDouble, way: str) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    received = await (presses(rt, cid, "取消登记") if way == "button" else says(rt, "不用回电了"))
    assert received.turn_id is None
    (ticket,) = await episodes_of(rt, cid)
    assert (ticket.status, ticket.ended_by) == ("cancelled", "talent")
    again = await says(rt, "取消回电")  # nothing stands: the assistant answers
    assert again.turn_id is not None


async def test_asking_again_tells_that_it_stands_and_makes_no_second(rt: Runtime, closed: DeskDouble) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    await leave_ticket(rt, **WEB, external_key="t", phone=PHONE, when="下午")
    assert "已经登记过" in (await texts(rt, cid))[-1]
    (ticket,) = await episodes_of(rt, cid)
    assert ticket.contact_token and ticket.contact_when == "11月23日下午"


async def test_out_of_hours_asking_again_tells_of_the_ticket(rt: Runtime, closed: DeskDouble) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await presses(rt, cid, LEAVE)
    await says(rt, PHONE)
    await says(rt, "人工")
    told = (await texts(rt, cid))[-1]
    assert "11月23日 08:30 恢复" in told and "已经登记过" in told and "138****8000" in told
    assert len(await episodes_of(rt, cid)) == 1


async def test_the_page_leaves_a_ticket_whole_and_once(rt: Runtime, closed: DeskDouble) -> None:
    call: dict[str, Any] = {
        **WEB,
        "external_key": "t",
        "category": "手续代办",
        "phone": "138 0013 8000",
        "when": "都可以",
    }
    first = await leave_ticket(rt, **call)
    again = await leave_ticket(rt, **call)
    assert again.duplicate and again.message_id == first.message_id
    (ticket,) = await episodes_of(rt, first.conversation_id)
    assert (ticket.category, ticket.contact_when) == ("手续代办", "11月23日全天都可以")
    assert PHONE not in str(await texts(rt, first.conversation_id))
    wrong_calls: tuple[dict[str, Any], ...] = ({"phone": "12345"}, {"when": "半夜"})
    for wrong in wrong_calls:
        with pytest.raises(Refusal):
            await leave_ticket(rt, **WEB, external_key="w", **wrong)


async def test_a_full_queue_offers_a_ticket_and_waiting_may_become_one(rt: Runtime, desk: DeskDouble) -> None:
    waiting = await request_human(rt, **WEB, external_key="h")
    cid = waiting.conversation_id
    await service_does(rt, cid, ControlEvent.OFFER, target=LIN)
    await presses(rt, cid, LEAVE)
    (episode,) = await episodes_of(rt, cid)
    assert (episode.status, episode.offered_to) == ("ticketed", None)
    assert await control_of(rt, cid) == Control.BOT
    desk.why = "full"
    other = await receive(rt, **(WEB | {"external_user": "other"}), external_key="k", text="转人工")
    assert "等待人工的人很多" in (await texts(rt, other.conversation_id))[-1]


async def test_no_ticket_while_a_person_is_there(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    with pytest.raises(Refusal) as refused:
        await leave_ticket(rt, **WEB, external_key="t")
    assert refused.value.code == "person_is_here"
