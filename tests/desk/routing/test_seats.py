"""Seats from first use to log-out; the expected wait; own specialists; what a new desk begins with."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.accounts.api import router as accounts_router
from bot.accounts.models import AuditEntry, StaffAccount
from bot.accounts.permissions import Role, Staff
from bot.conversation.control_rules import ControlEvent
from bot.conversation.log import access_conversation
from bot.desk import router, seats
from bot.desk.defaults import ALWAYS, ensure_defaults, seat_sample_accounts, set_hours
from bot.desk.models import Phrase, Seat, SeatStatus, ServiceLevel, SpecialistChange, Team
from bot.desk.port import FIGURES_AT_LEAST
from bot.desk.port import Desk as Port
from bot.desk.seats import OFFLINE_AFTER_S
from bot.desk.specialists import change_specialist
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.accounts.staff_app import at_work, hire, make_app, quick_hashing
from tests.conftest import MovedClock
from tests.desk.routing.people import Desk, staff_of

__all__ = ["quick_hashing"]


@pytest.fixture
async def desk(rt: Runtime) -> Desk:
    return await Desk.open(rt)


async def test_the_first_use_makes_a_seat_in_the_general_team(desk: Desk) -> None:
    await desk.team("山东省服务组", region="370000")
    general = await desk.team()
    newcomer = await newly_hired(desk)
    for _ in range(2):
        async with desk.rt.db.write() as session:
            view = await seats.seat_view(session, desk.rt, staff=newcomer)
        assert (view["status"], view["team_id"], view["free"]) == (SeatStatus.OFFLINE, general, 5)
    async with desk.rt.db.read() as session:
        assert (await session.get_one(StaffAccount, newcomer.id)).team_id == general


async def test_somebody_of_a_city_joins_the_nearest_team_that_serves_it(desk: Desk) -> None:
    await desk.team()
    province = await desk.team("山东省服务组", region="370000")
    await desk.team("泉州市服务组", region="350500")
    newcomer = await newly_hired(desk)
    async with desk.rt.db.write() as session:
        await session.execute(
            update(StaffAccount).where(StaffAccount.id == newcomer.id).values(region="371300")
        )
    async with desk.rt.db.write() as session:
        await seats.ensure_seat(session, desk.rt, staff=replace(newcomer, region="371300"))
    async with desk.rt.db.read() as session:
        assert (await session.get_one(StaffAccount, newcomer.id)).team_id == province


async def test_status_by_hand(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team(), status=SeatStatus.AWAY, missed=2)
    clock.advance(seconds=60)
    async with desk.rt.db.write() as session:
        await seats.keep_alive(session, desk.rt, staff=lin)
    assert (await desk.seat_of(lin)).status == SeatStatus.AWAY  # a heartbeat is no decision
    async with desk.rt.db.write() as session:
        await seats.set_status(session, desk.rt, staff=lin, status=SeatStatus.READY)
    seat = await desk.seat_of(lin)
    assert (seat.status, seat.missed, seat.status_at) == (SeatStatus.READY, 0, clock.now())


async def test_a_desk_gone_over_night_does_not_ring_in_the_morning(desk: Desk, clock: MovedClock) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    clock.advance(seconds=OFFLINE_AFTER_S)
    await desk.route()
    assert (await desk.seat_of(lin)).status == SeatStatus.READY
    clock.advance(seconds=1)
    await desk.route()
    assert (await desk.seat_of(lin)).status == SeatStatus.OFFLINE


async def test_whoever_may_not_chat_any_more_is_off_line_and_that_is_all(desk: Desk) -> None:
    lin = await desk.seat("lin", team=await desk.team())
    async with desk.rt.db.write() as session:
        (await session.get_one(StaffAccount, lin.id)).roles = [Role.EDITOR.value]
    await desk.route()
    assert (await desk.seat_of(lin)).status == SeatStatus.OFFLINE
    with desk.rt.hints.subscribe("desk") as hints:
        await desk.route()
        assert not await hints.wait(0)  # else every open desk reads its lists anew each second


async def test_signing_out_is_off_line_at_once_and_chats_go_back_after_the_grace(
    rt: Runtime, clock: MovedClock
) -> None:
    await router.start(rt)
    await router.stop(rt)  # the rounds are made by hand below
    desk = await Desk.open(rt)
    person = await at_work(make_app(rt, accounts_router), rt, "linxiao", Role.SPECIALIST)
    async with rt.db.read() as session:
        account = await session.get_one(StaffAccount, person.id)
    lin = staff_of(account)
    async with rt.db.write() as session:
        await seats.set_status(session, rt, staff=lin, status=SeatStatus.READY)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.reply(chat)
    assert (await person.http.post("/api/staff/logout")).status_code == 204
    await person.http.aclose()
    assert (await desk.seat_of(lin)).status == SeatStatus.OFFLINE
    await desk.route()
    assert (await desk.at(chat))[0].staff_id == lin.id
    clock.advance(seconds=26)
    await desk.route()
    assert (await desk.at(chat))[0].staff_id is None


async def test_the_expected_wait(desk: Desk, clock: MovedClock) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team, capacity=2)
    assert await expected(desk, team, ahead=0) == 30  # there is room: a ring
    assert await expected(desk, team, ahead=2) is None  # too few figures
    for _ in range(FIGURES_AT_LEAST):
        chat = await desk.talent()
        await desk.do(chat, ControlEvent.PICK, by=lin)
        await desk.reply(chat)
        clock.advance(seconds=600)
        await desk.beat(lin)
        await desk.do(chat, ControlEvent.GIVE_BACK, by=lin)
    assert await expected(desk, team, ahead=2) == 900  # three times ten minutes, two at a time
    await desk.set(lin, status=SeatStatus.AWAY)
    assert await expected(desk, team, ahead=0) is None  # nobody is at work


async def test_the_first_to_serve_a_talent_becomes_their_specialist(desk: Desk) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.do(chat, ControlEvent.GIVE_BACK, by=lin)
    await desk.ask_again(chat)
    await desk.do(chat, ControlEvent.PICK, by=zhou)
    assert (await desk.at(chat))[0].specialist_id == lin.id  # exactly one, and not the last


async def test_a_lead_changes_a_talents_specialist_with_a_reason(desk: Desk) -> None:
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    lead = await desk.seat("lead", team=team, role=Role.LEAD)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    for why, done in (("  ", False), ("林晓休假", True), ("林晓休假", False)):
        assert await changed(desk, chat, zhou, lead, why) == done
    async with desk.rt.db.read() as session:
        rows = list(await session.scalars(select(SpecialistChange).order_by(SpecialistChange.id)))
        audited = select(AuditEntry).where(AuditEntry.action == "desk.specialist").order_by(AuditEntry.id)
        deeds = [entry.detail for entry in await session.scalars(audited)]
    assert [(row.before, row.after, row.by, row.why) for row in rows] == [
        (None, lin.id, None, "首次接待"),
        (lin.id, zhou.id, lead.id, "林晓休假"),
    ]
    assert deeds == [{"before": None, "after": lin.id}, {"before": lin.id, "after": zhou.id}]


async def test_a_specialist_who_left_is_not_wanted(desk: Desk) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team)
    chat = await desk.talent()
    await desk.do(chat, ControlEvent.PICK, by=lin)
    await desk.do(chat, ControlEvent.GIVE_BACK, by=lin)
    async with desk.rt.db.write() as session:
        (await session.get_one(StaffAccount, lin.id)).active = False
    await desk.ask_again(chat)
    assert (await desk.at(chat))[1].wanted_staff_id is None


async def test_a_new_desk_has_teams_hours_levels_and_phrases_once(rt: Runtime, clock: MovedClock) -> None:
    assert await ensure_defaults(rt)
    assert not await ensure_defaults(rt)
    await hire(rt, "zhuanyuan1", Role.SPECIALIST)
    await hire(rt, "zhuanyuan2", Role.SPECIALIST)
    await seat_sample_accounts(rt, usernames=["zhuanyuan1"])
    async with rt.db.read() as session:
        teams = {team.name: team for team in await session.scalars(select(Team))}
        taken = list(await session.scalars(select(Seat)))
        account = await session.get_one(StaffAccount, taken[0].staff_id)
        assert len(list(await session.scalars(select(Phrase)))) == 12
        assert await session.get(ServiceLevel, "") is not None
    assert set(teams) == {"综合服务组", "山东省服务组", "泉州市服务组"}
    assert (len(taken), account.username, account.team_id) == (1, "zhuanyuan1", teams["综合服务组"].id)


async def test_the_sample_teams_can_be_tried_at_any_hour(rt: Runtime, clock: MovedClock) -> None:
    await ensure_defaults(rt)
    desk = await Desk.open(rt)
    clock.advance(hours=14)  # 23:30
    assert (await desk.talent_refused()).control == "bot"
    assert len(await set_hours(rt, always=True)) == 3
    assert (await desk.at(await desk.talent()))[0].control == "queued"
    await set_hours(rt, always=False)
    assert (await desk.talent_refused()).control == "bot"
    assert ALWAYS == "全天"


async def newly_hired(desk: Desk) -> Staff:
    async with desk.rt.db.read() as session:
        account = await session.get_one(StaffAccount, await hire(desk.rt, "newcomer", Role.SPECIALIST))
    return staff_of(account)


async def expected(desk: Desk, team: str, *, ahead: int) -> int | None:
    async with desk.rt.db.read() as session:
        return await Port().expected_wait_s(session, desk.rt, team_id=team, ahead=ahead)


async def changed(desk: Desk, chat: str, to: Staff, lead: Staff, why: str) -> bool:
    async with desk.rt.db.write() as session:
        at = await access_conversation(session, conversation_id=chat, lock=True)
        try:
            return await change_specialist(
                session, desk.rt, conversation=at, staff_id=to.id, by=lead, why=why
            )
        except Refusal:
            return False
