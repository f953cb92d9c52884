"""质检: fair lots, nobody judges themselves, and sums are the server's."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.desk.manage.quality_rules import criteria, draw, most_points
from bot.desk.models import QualityCheck
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.desk.manage.episodes import at, change, episode
from tests.desk.offices import join

URL = "/api/desk/manage/quality"
WEEK = {"from": "2026-11-16", "to": "2026-11-20"}
FULL = {criterion.key: criterion.points for criterion in criteria()}


def test_a_lot_is_the_same_for_the_same_seed_and_fair_to_everybody() -> None:
    pool = [(f"e{number}", "lin" if number % 3 else "zhou") for number in range(30)]
    first = draw(pool, per_specialist=3, seed="s1")
    assert first == draw(list(reversed(pool)), per_specialist=3, seed="s1")
    assert len(first) == len(set(first)) == 6
    assert sum(1 for chosen in first if int(chosen[1:]) % 3) == 3
    assert any(draw(pool, per_specialist=3, seed=f"s{n}") != first for n in range(2, 6))
    assert sorted(draw(pool[:2], per_specialist=5, seed="s")) == ["e0", "e1"]


async def drawn(person: Person, **more: Any) -> dict[str, Any]:
    body = WEEK | {"per_specialist": 5} | more
    answer: dict[str, Any] = (await person.http.post(f"{URL}/sample", json=body)).raise_for_status().json()
    return answer


async def listed(person: Person, part: str = "", **query: Any) -> list[dict[str, Any]]:
    answer = (await person.http.get(f"{URL}{part}", params=query)).raise_for_status().json()
    rows: list[dict[str, Any]] = answer["checks"]
    return rows


@pytest.fixture
async def lin(app: FastAPI, rt: Runtime, team: str) -> Person:
    return await join(app, rt, "linxiao", Role.SPECIALIST, team=team)


async def test_one_s_own_episodes_are_never_drawn_nor_judged(
    app: FastAPI, rt: Runtime, lead: Person, lin: Person, team: str
) -> None:
    await episode(rt, at("11-19 09:00"), team=team, staff=lead.id, wait=1, reply=1, end=60)
    took_part = await episode(rt, at("11-19 10:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    await change(rt, took_part, "accept", before="offered", after="human", at=at("11-19 10:00"), by=lead.id)
    judged = await episode(rt, at("11-19 11:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    assert (await drawn(lead))["drawn"] == 1
    assert [row["handover_id"] for row in await listed(lead)] == [judged.id]

    # Drawn by a colleague, it is still not for whoever took part.
    colleague = await join(app, rt, "zhijian", Role.INSPECTOR, team=team)
    assert (await drawn(colleague))["drawn"] == 2
    assert len(await listed(lead)) == 1
    body = {"scores": FULL, "comment": ""}
    answer = await lead.http.post(f"{URL}/{took_part.id}/review", json=body)
    assert code(answer) == (404, "not_found")
    assert (await lead.http.get(f"{URL}/{took_part.id}")).status_code == 404


async def test_a_lot_takes_what_ended_in_the_period_and_nothing_twice(
    rt: Runtime, lead: Person, lin: Person, team: str, other_team: str
) -> None:
    for day in (16, 18, 20):
        await episode(rt, at(f"11-{day} 09:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    await episode(rt, at("11-10 09:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    await episode(rt, at("11-18 09:00"), team=other_team, region="350500", staff=lin.id, wait=1, end=60)
    first = await drawn(lead, per_specialist=2)
    assert (first["pool"], first["drawn"]) == (3, 2)
    second = await drawn(lead, per_specialist=2)
    assert (second["pool"], second["drawn"]) == (1, 1)
    async with rt.db.read() as session:
        rows = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "quality.sample")))
        checks = list(await session.scalars(select(QualityCheck)))
    assert [row.detail["seed"] for row in rows] == [first["seed"], second["seed"]]
    assert len(checks) == 3


async def test_a_sheet_is_summed_by_the_server_and_shown_to_the_specialist(
    rt: Runtime, lead: Person, lin: Person, team: str
) -> None:
    handover = await episode(rt, at("11-19 11:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    await drawn(lead)
    assert await listed(lin, "/mine") == []
    path = f"{URL}/{handover.id}/review"
    incomplete = dict(list(FULL.items())[1:])
    assert code(await lead.http.post(path, json={"scores": incomplete})) == (422, "incomplete_sheet")
    too_much = FULL | {"accuracy": FULL["accuracy"] + 1}
    assert code(await lead.http.post(path, json={"scores": too_much})) == (422, "invalid_score")
    negative = FULL | {"accuracy": -1}
    assert code(await lead.http.post(path, json={"scores": negative})) == (422, "invalid_score")

    scores = FULL | {"accuracy": 20}
    done = (await lead.http.post(path, json={"scores": scores, "comment": "说明依据"})).json()
    assert done["total"] == most_points() - FULL["accuracy"] + 20
    assert done["reviewer_name"] == lead.name
    assert code(await lead.http.post(path, json={"scores": FULL})) == (409, "already_done")
    (own,) = await listed(lin, "/mine")
    assert (own["scores"], own["comment"]) == (scores, "说明依据")
    averages = (await lead.http.get(f"{URL}/averages", params=WEEK)).json()["averages"]
    assert averages == [{"staff_id": lin.id, "name": lin.name, "count": 1, "percent": 90.0}]
    report = (await lead.http.get("/api/desk/manage/reports", params=WEEK)).json()
    assert report["total"]["quality"] == 90.0


async def test_somebody_elses_team_is_not_judged(
    app: FastAPI, rt: Runtime, lead: Person, lin: Person, team: str, other_team: str
) -> None:
    handover = await episode(rt, at("11-19 11:00"), team=team, staff=lin.id, wait=1, reply=1, end=60)
    await drawn(lead)
    stranger = await join(app, rt, "quanzhou", Role.LEAD, team=other_team, region="350500")
    assert await listed(stranger) == []
    answer = await stranger.http.post(f"{URL}/{handover.id}/review", json={"scores": FULL})
    assert code(answer) == (404, "not_found")
