"""The router on both databases: which seat is rung, and what a declined or missed ring leads to."""

import pytest

from bot.conversation.control_rules import ControlEvent
from bot.conversation.models import Control
from bot.conversation.rules import RING_S
from bot.desk.models import SeatStatus
from bot.desk.offers import offer_next
from bot.desk.routing import AGAIN_AFTER_S, OWN_WAIT_S, RELAX_AFTER_S, WIDEN_AFTER_S
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.desk.routing.people import Desk


@pytest.fixture
async def desk(rt: Runtime) -> Desk:
    return await Desk.open(rt)


async def test_a_waiting_chat_rings_at_the_seat_with_the_least_load(desk: Desk) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    first = await desk.talent()
    await desk.do(first, ControlEvent.PICK, by=lin)
    second = await desk.talent()
    await desk.route()
    assert await desk.rings_at(second) == zhou.id


async def test_among_equals_the_longest_idle_is_first_and_the_ring_passes_on(
    desk: Desk, clock: MovedClock
) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    await desk.set(lin, given_at=clock.now())
    chat = await desk.talent()
    await desk.route()
    assert await desk.rings_at(chat) == zhou.id
    clock.advance(seconds=RING_S)
    await desk.beat(lin, zhou)
    await desk.route()
    assert await desk.rings_at(chat) == lin.id  # rang in vain at zhou, goes on at once
    assert (await desk.seat_of(zhou)).missed == 1
    await desk.do(chat, ControlEvent.ACCEPT, by=lin)
    conversation, handover = await desk.at(chat)
    assert (conversation.control, handover.staff_id) == (Control.HUMAN, lin.id)
    assert (await desk.changes(chat))[-3:] == [("expire", "no_answer"), ("offer", None), ("accept", None)]


async def test_three_missed_rings_in_a_row_mean_away_and_are_told(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    for missed in (1, 2, 0):
        await desk.route()
        assert await desk.rings_at(chat) == lin.id
        clock.advance(seconds=RING_S)
        await desk.beat(lin)
        await desk.route()
        assert await desk.rings_at(chat) is None
        assert (await desk.seat_of(lin)).missed == missed
        clock.advance(seconds=AGAIN_AFTER_S)
        await desk.beat(lin)
    assert (await desk.seat_of(lin)).status == SeatStatus.AWAY
    assert await desk.notices(lin) == ["away"]
    await desk.route()
    assert await desk.rings_at(chat) is None


async def test_whoever_declined_is_not_rung_again_at_once(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    chat = await desk.talent()
    await desk.route()
    await desk.do(chat, ControlEvent.DECLINE, by=lin)
    await desk.route()
    assert await desk.rings_at(chat) is None
    clock.advance(seconds=AGAIN_AFTER_S)
    await desk.beat(lin)
    await desk.route()
    assert await desk.rings_at(chat) == lin.id


async def test_capacity_bounds_what_rings(desk: Desk) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team, capacity=2)
    chats = [await desk.talent() for _ in range(3)]
    await desk.route()
    assert [await desk.rings_at(chat) for chat in chats] == [lin.id, lin.id, None]


async def test_a_chat_on_hold_makes_room(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team, capacity=2)
    chats = [await desk.talent() for _ in range(2)]
    for chat in chats:
        await desk.do(chat, ControlEvent.PICK, by=lin)
        await desk.do(chat, ControlEvent.HOLD, by=lin, until=clock.now())
    later = await desk.talent()
    assert await offer_next(desk.rt)
    assert await desk.rings_at(later) == lin.id
    assert not await offer_next(desk.rt)


async def test_skills_are_waited_for_then_dropped(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    able = await desk.seat("able", team=team, skills=["外籍"], capacity=1)
    other = await desk.seat("other", team=team)
    await desk.do(await desk.talent(), ControlEvent.PICK, by=able)
    chat = await desk.talent(slots={"profile": {"foreign": True}})
    await desk.route()
    assert await desk.rings_at(chat) is None  # the only one with the skill is full
    clock.advance(seconds=RELAX_AFTER_S)
    await desk.beat(able, other)
    await desk.route()
    assert await desk.rings_at(chat) == other.id


async def test_the_next_team_up_is_asked_after_a_while_or_when_nobody_is_at_work(
    desk: Desk, clock: MovedClock
) -> None:
    general, city = await desk.team(), await desk.team("泉州市服务组", region="350500")
    wide = await desk.seat("wide", team=general)
    local = await desk.seat("local", team=city, region="350500", capacity=1)
    await desk.do(await desk.talent(region="350500"), ControlEvent.PICK, by=local)
    chat = await desk.talent(region="350503")
    assert (await desk.at(chat))[1].team_id == city
    await desk.route()
    assert await desk.rings_at(chat) is None
    clock.advance(seconds=WIDEN_AFTER_S)
    await desk.beat(wide, local)
    await desk.route()
    assert await desk.rings_at(chat) == wide.id
    await desk.set(local, status=SeatStatus.AWAY)
    next_one = await desk.talent(region="350503")
    await desk.route()
    assert await desk.rings_at(next_one) == wide.id


async def test_ones_own_specialist_is_waited_for_then_anybody(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    own = await desk.seat("own", team=team, capacity=1)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=own)
    await desk.do(chat, ControlEvent.GIVE_BACK, by=own)
    other = await desk.seat("other", team=team)
    await desk.ask_again(chat)
    assert (await desk.at(chat))[1].wanted_staff_id == own.id
    busy_with = await desk.talent()
    await desk.set(other, status=SeatStatus.AWAY)
    await desk.do(busy_with, ControlEvent.PICK, by=own)
    await desk.set(other, status=SeatStatus.READY)
    await desk.route()
    assert await desk.rings_at(chat) is None  # own is full
    clock.advance(seconds=OWN_WAIT_S)
    await desk.beat(own, other)
    await desk.route()
    assert await desk.rings_at(chat) == other.id
