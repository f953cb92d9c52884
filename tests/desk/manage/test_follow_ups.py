"""A low rating makes somebody responsible, once."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.conversation.handover_models import Handover
from bot.desk.manage.follow_ups import on_rating
from bot.desk.models import FollowUp, Notice, WorkCalendar
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.desk.manage.episodes import at, episode
from tests.desk.offices import join

URL = "/api/desk/manage/follow-ups"


async def rated(rt: Runtime, handover: Handover, score: int) -> None:
    async with rt.db.write() as session:
        row = await session.get_one(Handover, handover.id)
        row.rating, row.rated_at = score, rt.clock.now()
        await on_rating(session, rt, handover=row)


async def listed(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = (await person.http.get(URL, params=query)).raise_for_status().json()
    rows: list[dict[str, Any]] = answer["follow_ups"]
    assert answer["total"] == len(rows)
    return rows


@pytest.fixture
async def ended(rt: Runtime, team: str, levels: None) -> Handover:
    return await episode(rt, at("11-20 09:00"), team=team, staff="1" * 32, wait=10, reply=5, end=60)


@pytest.mark.parametrize(("score", "owed"), [(1, 1), (2, 1), (3, 0), (5, 0)])
async def test_two_points_and_below_are_followed_up(
    rt: Runtime, lead: Person, ended: Handover, score: int, owed: int
) -> None:
    await rated(rt, ended, score)
    assert len(await listed(lead)) == owed


async def test_one_episode_is_followed_up_once_however_often_rated(
    rt: Runtime, lead: Person, ended: Handover
) -> None:
    for score in (2, 1, 1):
        await rated(rt, ended, score)
    assert len(await listed(lead)) == 1
    async with rt.db.read() as session:
        notices = list(await session.scalars(select(Notice)))
    assert [(notice.staff_id, notice.kind) for notice in notices] == [(lead.id, "low_rating")]


async def test_it_is_due_by_the_working_calendar(
    rt: Runtime, lead: Person, ended: Handover, clock: MovedClock
) -> None:
    async with rt.db.write() as session:
        calendar = (await session.scalars(select(WorkCalendar))).one()
        calendar.week = {str(day): [["09:00", "11:00"]] for day in range(1, 6)}
    await rated(rt, ended, 1)  # Friday 09:30, four working hours
    (row,) = await listed(lead)
    assert row["follow_up"]["due_at"] == "2026-11-24T01:30:00Z"


async def test_somebody_takes_it_on_and_tells_what_came_of_it(
    app: FastAPI, rt: Runtime, lead: Person, ended: Handover, team: str
) -> None:
    await rated(rt, ended, 1)
    other = await join(app, rt, "zuzhang2", Role.LEAD, team=team)
    (row,) = await listed(lead)
    path = f"{URL}/{row['follow_up']['id']}"
    taken = (await lead.http.post(f"{path}/take")).raise_for_status().json()
    assert taken["follow_up"]["staff_name"] == lead.name
    assert (await lead.http.post(f"{path}/take")).status_code == 200
    assert code(await other.http.post(f"{path}/take")) == (409, "already_taken")
    assert code(await other.http.post(f"{path}/done", json={"result": "x"})) == (403, "not_yours")
    assert (await lead.http.post(f"{path}/done", json={"result": "  "})).status_code == 422
    done = await lead.http.post(f"{path}/done", json={"result": "已电话致歉并补寄材料"})
    assert done.json()["follow_up"]["result"] == "已电话致歉并补寄材料"
    assert code(await lead.http.post(f"{path}/done", json={"result": "再来"})) == (409, "already_done")
    assert await listed(lead) == []
    assert len(await listed(lead, done=True)) == 1


async def test_a_lead_elsewhere_neither_sees_nor_takes_it(
    app: FastAPI, rt: Runtime, lead: Person, ended: Handover, other_team: str
) -> None:
    await rated(rt, ended, 1)
    stranger = await join(app, rt, "quanzhou", Role.LEAD, team=other_team, region="350500")
    assert await listed(stranger) == []
    (row,) = await listed(lead)
    answer = await stranger.http.post(f"{URL}/{row['follow_up']['id']}/take")
    assert code(answer) == (404, "not_found")


async def test_ratings_are_listed_with_their_words(rt: Runtime, lead: Person, team: str) -> None:
    when = rt.clock.now()
    for score, comment in ((5, None), (2, "等太久"), (4, "很好")):
        await episode(
            rt, at("11-20 09:00"), team=team, rating=score, rating_comment=comment, rated_at=when, end=60
        )
    span = {"from": "2026-11-20", "to": "2026-11-20"}

    async def seen(**query: Any) -> list[tuple[int, str | None]]:
        answer = await lead.http.get("/api/desk/manage/ratings", params=span | query)
        return sorted((row["rating"], row["comment"]) for row in answer.json()["ratings"])

    assert len(await seen()) == 3
    assert await seen(score=2) == [(2, "等太久")]
    assert await seen(commented=True) == [(2, "等太久"), (4, "很好")]
    async with rt.db.read() as session:
        assert list(await session.scalars(select(FollowUp))) == []
