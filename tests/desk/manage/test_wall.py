"""The live wall: what waits, who is there, what today was like; within one's reach."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from bot.accounts.permissions import Role
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.desk.models import Seat, SeatStatus
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.conftest import MovedClock
from tests.desk.manage.episodes import at, episode
from tests.desk.offices import join


async def wall(person: Person) -> Any:
    return (await person.http.get("/api/desk/manage/wall")).raise_for_status().json()


async def test_the_wall_counts_what_is_there_now_and_today(
    app: FastAPI, rt: Runtime, clock: MovedClock, lead: Person, chief: Person, team: str, other_team: str
) -> None:
    now = clock.now()  # 09:30 in Shanghai
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    async with rt.db.write() as session:
        session.add(Seat(staff_id=lin.id, status=SeatStatus.READY, status_at=now, seen_at=now, capacity=4))
    ago = lambda **span: now - timedelta(**span)  # noqa: E731
    await episode(rt, ago(minutes=7), team=team, status=HandoverStatus.WAITING)
    await episode(
        rt,
        ago(minutes=2),
        team=team,
        status=HandoverStatus.WAITING,
        control=Control.OFFERED,
        reason="complaint",
    )
    await episode(rt, ago(hours=1), team=team, status=HandoverStatus.ACTIVE, staff=lin.id, wait=10, reply=20)
    await episode(
        rt,
        ago(hours=2),
        team=team,
        status=HandoverStatus.ACTIVE,
        staff=lin.id,
        control=Control.ON_HOLD,
        wait=10,
        reply=40,
    )
    await episode(rt, ago(days=2), team=team, status=HandoverStatus.TICKETED, due_at=ago(minutes=1))
    await episode(
        rt, ago(hours=3), team=other_team, region="350500", status=HandoverStatus.TICKETED, due_at=now
    )
    await episode(rt, ago(minutes=30), team=team, status=HandoverStatus.CANCELLED, end=60)
    # A call-back no longer wanted is nobody's waiting given up, here as in the reports.
    await episode(rt, ago(minutes=40), team=team, status=HandoverStatus.CANCELLED, due_at=now, end=60)
    # Yesterday's, rated today; 23:50 in Shanghai.
    await episode(
        rt, at("11-19 23:50"), team=team, staff=lin.id, wait=5, reply=5, end=60, rating=4, rated_at=now
    )

    seen = await wall(lead)
    assert (seen["waiting"], seen["ringing"], seen["active"], seen["on_hold"]) == (1, 1, 1, 1)
    assert seen["longest_wait_s"] == 420
    assert (seen["tickets"], seen["tickets_overdue"]) == (1, 1)
    today = seen["today"]
    assert (today["requested"], today["answered"], today["abandoned"]) == (6, 2, 1)
    assert today["by_reason"] == [{"key": "requested", "count": 5}, {"key": "complaint", "count": 1}]
    # The median, as in the reports: of 20 and 40 by nearest rank.
    assert (today["first_reply_s"], today["rating"], today["rated"]) == (20, 4, 1)
    (seat,) = [row for row in seen["seats"] if row["staff_id"] == lin.id]
    assert (seat["name"], seat["status"], seat["load"], seat["capacity"]) == (lin.name, "ready", 2, 4)
    assert seat["free"] == 2  # one on hold weighs a quarter
    assert seat["team_name"] == "省人才服务组"

    everywhere = await wall(chief)
    assert (everywhere["tickets"], everywhere["tickets_overdue"]) == (2, 1)


async def test_a_seat_whose_page_is_gone_is_not_on_line(
    app: FastAPI, rt: Runtime, clock: MovedClock, lead: Person, team: str
) -> None:
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    now = clock.now()
    async with rt.db.write() as session:
        session.add(Seat(staff_id=lin.id, status=SeatStatus.READY, status_at=now, seen_at=now, capacity=4))
    clock.advance(minutes=2)
    (seat,) = [row for row in (await wall(lead))["seats"] if row["staff_id"] == lin.id]
    assert seat["status"] == "offline"


async def test_an_empty_desk_has_an_empty_wall(app: FastAPI, rt: Runtime, other_team: str) -> None:
    person = await join(app, rt, "quanzhou", Role.LEAD, team=other_team, region="350500")
    seen = await wall(person)
    assert (seen["waiting"], seen["longest_wait_s"], seen["today"]["rating"]) == (0, None, None)
    assert seen["seats"] == []
