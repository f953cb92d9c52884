"""What time alone does: silence, lost desks, holds, transfers nobody answers, long waits, closing hours."""

import pytest

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation.change import StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.models import Channel, Control
from bot.conversation.rules import RING_S, TRANSFER_RING_S, WRAP_UP_S
from bot.conversation.service import leave_ticket
from bot.desk.models import SeatStatus, Team
from bot.desk.router import Router
from bot.desk.routing import GRACE_S
from bot.desk.sweeps import FIRST_REPLY_S, LONG_WAIT_S
from bot.runtime import SHANGHAI, Runtime
from tests.conftest import MovedClock
from tests.desk.routing.people import Desk


@pytest.fixture
async def desk(rt: Runtime) -> Desk:
    return await Desk.open(rt)


async def test_no_first_word_in_time_takes_the_chat_back_to_the_front(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    lead = await desk.seat("lead", team=team, role=Role.LEAD, status=SeatStatus.AWAY)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    waits_longer = [await desk.talent() for _ in range(2)]
    clock.advance(seconds=FIRST_REPLY_S)
    await desk.beat(lin, zhou)
    await desk.set(zhou, capacity=1)
    await desk.set(lin, status=SeatStatus.BUSY)
    await desk.route()
    assert await desk.rings_at(chat) == zhou.id  # before those who waited all the time
    assert [await desk.rings_at(other) for other in waits_longer] == [None, None]
    assert ("requeue", "no_first_reply") in await desk.changes(chat)
    assert "no_first_reply" in await desk.notices(lead)


async def test_a_first_word_keeps_the_chat(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    clock.advance(seconds=FIRST_REPLY_S * 2)
    await desk.beat(lin)
    await desk.route()
    assert (await desk.at(chat))[0].control == Control.HUMAN


async def test_a_connection_back_within_the_grace_loses_nothing(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    talked, rung = await desk.talent(), await desk.talent()
    await desk.do(talked, ControlEvent.PICK, by=lin)
    await desk.reply(talked)
    await desk.route()
    clock.advance(seconds=GRACE_S)
    await desk.route()
    await desk.beat(lin)
    await desk.route()
    assert (await desk.at(talked))[0].staff_id == lin.id
    assert await desk.rings_at(rung) == lin.id


async def test_a_lost_specialists_chats_go_to_the_front_and_the_lead_is_told(
    desk: Desk, clock: MovedClock
) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team)
    lead = await desk.seat("lead", team=team, role=Role.LEAD, status=SeatStatus.AWAY)
    talked, held, ended, rung = [await desk.talent() for _ in range(4)]
    for chat in (talked, held, ended):
        await desk.do(chat, ControlEvent.PICK, by=lin)
        await desk.reply(chat)
    await desk.do(held, ControlEvent.HOLD, by=lin, until=clock.now().replace(hour=8))
    await desk.do(ended, ControlEvent.END, by=lin)
    await desk.route()
    assert await desk.rings_at(rung) == lin.id
    clock.advance(seconds=GRACE_S + 1)
    await desk.route()
    conversation, handover = await desk.at(talked)
    assert (conversation.control, conversation.staff_id, handover.priority) == (Control.QUEUED, None, 1)
    assert ("requeue", "lost") in await desk.changes(talked)
    assert (await desk.at(rung))[0].control == Control.QUEUED
    assert (await desk.at(held))[0].staff_id == lin.id  # found out elsewhere, nobody waits
    assert (await desk.at(ended))[0].control == Control.WRAP_UP
    assert await desk.notices(lead) == ["lost"]
    assert "优先安排" in await desk.told(talked)


async def test_a_closed_account_holds_nothing(desk: Desk) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    async with desk.rt.db.write() as session:
        (await session.get_one(StaffAccount, lin.id)).active = False
    await desk.route()
    assert (await desk.at(chat))[0].control == Control.QUEUED


async def test_a_team_is_rung_one_after_the_other_then_the_transfer_is_off(
    desk: Desk, clock: MovedClock
) -> None:
    team, other = await desk.team(), await desk.team("另一组")
    lin = await desk.seat("lin", team=team)
    one, two = await desk.seat("one", team=other), await desk.seat("two", team=other)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    await desk.do(chat, ControlEvent.TRANSFER, by=lin, team_id=other, note="请接")
    rung = []
    for _ in range(2):
        await desk.route()
        rung.append((await desk.at(chat))[1].offered_to)
        clock.advance(seconds=RING_S)
        await desk.beat(lin, one, two)
    assert set(rung) == {one.id, two.id}
    await desk.route()
    conversation, handover = await desk.at(chat)
    assert (conversation.control, conversation.staff_id) == (Control.HUMAN, lin.id)
    assert (handover.transfer_team_id, handover.offered_to) == (None, None)
    assert await desk.notices(lin) == ["transfer_failed"]


async def test_a_transfer_nobody_answers_leaves_the_chat_where_it_is(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    until = clock.now().replace(microsecond=0)
    await desk.do(
        chat, ControlEvent.TRANSFER, by=lin, target=StaffName(zhou.id, zhou.name), until=until, note="请接"
    )
    clock.advance(seconds=TRANSFER_RING_S)
    await desk.beat(lin, zhou)
    await desk.route()
    conversation, handover = await desk.at(chat)
    assert (conversation.staff_id, handover.transfer_to) == (lin.id, None)
    assert await desk.notices(lin) == ["transfer_failed"]


async def test_a_hold_ends_by_itself(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    await desk.do(chat, ControlEvent.HOLD, by=lin, until=clock.now())
    await desk.route()
    assert (await desk.at(chat))[0].control == Control.HUMAN
    assert await desk.notices(lin) == ["hold_over"]


async def test_a_wrap_up_ends_by_itself_and_is_nobodys_burden(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    await desk.do(chat, ControlEvent.END, by=lin)
    clock.advance(seconds=WRAP_UP_S)
    await desk.route()
    conversation, handover = await desk.at(chat)
    assert (conversation.control, conversation.staff_id, handover.status) == (Control.CLOSED, None, "closed")


async def test_a_long_wait_is_told_once(desk: Desk, clock: MovedClock) -> None:
    await desk.team()
    chat = await desk.talent()
    await desk.route()
    assert "久等" not in await desk.told(chat)
    clock.advance(seconds=LONG_WAIT_S)
    for _ in range(2):
        await desk.route()
    assert (await desk.told(chat)).count("久等") == 1


async def test_at_closing_time_whoever_waits_is_owed_a_call(desk: Desk, clock: MovedClock) -> None:
    await desk.team()
    chat = await desk.talent()
    clock.advance(hours=8)  # 17:30
    await desk.route()
    conversation, handover = await desk.at(chat)
    assert (conversation.control, handover.status) == (Control.BOT, "ticketed")
    assert handover.due_at is not None and handover.due_at > clock.now()
    assert "人工服务时间已到" in await desk.told(chat) and "登记回电" in await desk.told(chat)


async def test_over_a_break_whoever_waits_keeps_the_place_and_is_told_once(
    desk: Desk, clock: MovedClock
) -> None:
    team = await desk.team()
    chat = await desk.talent()
    clock.advance(hours=3)  # 12:30, between the shifts
    for _ in range(2):
        await desk.route()
        clock.advance(minutes=1)
    conversation, handover = await desk.at(chat)
    assert (conversation.control, handover.status) == (Control.QUEUED, "waiting")
    told = await desk.told(chat)
    assert told.count("13:30 恢复") == 1 and "久等" not in told
    clock.advance(hours=1)
    lin = await desk.seat("lin", team=team)
    await desk.route()
    assert await desk.rings_at(chat) == lin.id


async def test_a_team_given_up_rests_for_nobody(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    chat = await desk.talent()
    clock.advance(hours=3)
    async with desk.rt.db.write() as session:
        (await session.get_one(Team, team)).active = False
    await desk.route()
    assert (await desk.at(chat))[1].status == "ticketed"


@pytest.mark.parametrize(
    ("hours", "when", "wished", "until"),
    [
        (0, "上午", "11月20日上午", "11-20 15:00"),  # due four working hours from now
        (0, "下午", "11月20日下午", "11-20 17:30"),
        (0, "都可以", "11月20日全天都可以", "11-20 15:00"),
        (3, "上午", "11月23日上午", "11-23 12:00"),  # noon on Friday: Monday is the next working day
        (7, "下午", "11月23日下午", "11-23 17:30"),
        (7, "上午", "11月23日上午", "11-23 12:00"),
    ],
)
async def test_a_call_is_promised_in_working_time_that_is_still_to_come(
    desk: Desk, clock: MovedClock, hours: int, when: str, wished: str, until: str
) -> None:
    await desk.team()
    clock.advance(hours=hours)  # from 9:30
    conversation_id = await leave_ticket_of(desk, when)
    _, ticket = await desk.at(conversation_id)
    assert ticket.contact_when == wished and ticket.due_at
    assert f"{ticket.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" == until


async def leave_ticket_of(desk: Desk, when: str) -> str:
    received = await leave_ticket(
        desk.rt,
        channel=Channel.WEB,
        account="web",
        external_user="calls",
        external_key="t",
        category="政策咨询",
        phone="13800138000",
        when=when,
    )
    return received.conversation_id


async def test_out_of_hours_nobody_is_queued(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    clock.advance(days=1)
    await desk.beat(lin)
    chat = await desk.talent_refused()
    assert chat.control == Control.BOT
    assert "11月23日 08:30" in await desk.told(chat.id)


async def test_a_full_queue_offers_a_call_back(desk: Desk) -> None:
    await desk.team(queue_limit=1)
    await desk.talent()
    chat = await desk.talent_refused()
    assert chat.control == Control.BOT
    assert "等待人工的人很多" in await desk.told(chat.id)


async def test_the_background_loop_routes_and_survives_a_failing_step(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    router = Router(desk.rt)

    async def fails(rt: Runtime) -> None:
        raise RuntimeError("database away")

    monkeypatch.setattr("bot.desk.router.SWEEPS", (fails,))
    chat = await desk.talent()
    with desk.rt.hints.subscribe(f"conversation:{chat}") as hints:
        router.start()
        while await desk.rings_at(chat) is None:
            assert await hints.wait(10)
        await router.stop()
    assert await desk.rings_at(chat) == lin.id


async def test_after_a_start_pages_get_the_grace_to_come_back(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    back, lost = await desk.talent(), await desk.talent()
    for chat in (back, lost):
        await desk.do(chat, ControlEvent.PICK, by=lin)
        await desk.reply(chat)
    clock.advance(minutes=5)  # the service was down
    router = Router(desk.rt)
    router.start()
    await router.stop()
    await router.route_once()
    assert (await desk.at(back))[0].staff_id == lin.id
    clock.advance(seconds=GRACE_S)
    await desk.beat(lin)
    clock.advance(seconds=1)
    await router.route_once()
    assert (await desk.at(back))[0].staff_id == lin.id
    clock.advance(seconds=GRACE_S + 1)
    await router.route_once()
    assert (await desk.at(lost))[0].control == Control.QUEUED
