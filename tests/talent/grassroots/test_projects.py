"""Projects, who joins them, and the days served."""

import asyncio

import pytest

from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import events, matches, participations, plan, projects, service_days
from bot.talent.experts import AskedTooOften
from bot.talent.grassroots_schemas import BaseBody, ServiceDaysBody
from tests.conftest import MovedClock
from tests.talent.grassroots.messages import said
from tests.talent.grassroots.people import (
    YEAR,
    chat_of,
    expert,
    open_demand,
    open_project,
    project_body,
    staff,
)


async def test_of_two_who_ask_one_expert_at_once_one_is_refused_and_told_whom_else(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    zhang = await expert(rt, "张样例")
    await expert(rt, "李样例", region="370200")
    wanted = [await open_project(rt, by), await open_project(rt, by, title="茶树管理")]
    tries = await asyncio.gather(
        *(participations.recommend(rt, project_id=one, talent_id=zhang, staff=by) for one in wanted),
        return_exceptions=True,
    )
    [refused] = [one for one in tries if isinstance(one, BaseException)]
    assert isinstance(refused, AskedTooOften)
    assert "李样例" in refused.message and refused.more["instead"]["name"] == "李样例"
    rows = [await projects.read_project(rt, project_id=one, staff=by) for one in wanted]
    assert sum(len(row["participations"]) for row in rows) == 1


async def test_the_interval_holds_across_kinds_and_ends(seeded: Runtime, clock: MovedClock) -> None:
    rt, by = seeded, staff()
    zhang = await expert(rt, "张样例")
    project, demand = await open_project(rt, by), await open_demand(rt, by)
    await matches.propose(rt, demand_id=demand, talent_id=zhang, staff=by)
    with pytest.raises(AskedTooOften) as refused:
        await participations.recommend(rt, project_id=project, talent_id=zhang, staff=by)
    assert refused.value.more["instead"] is None
    [shown] = await participations.project_candidates(rt, project_id=project, staff=by)
    assert shown["free"] is False and "0天前" in shown["why"]
    clock.advance(days=30)
    await participations.recommend(rt, project_id=project, talent_id=zhang, staff=by)


async def test_signing_up_by_oneself_is_no_request(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    zhang = await expert(rt, "张样例")
    project = await open_project(rt, by)
    for _ in range(2):  # a repeat changes nothing
        await participations.sign_up(rt, project_id=project, talent_id=zhang)
    [row] = (await projects.read_project(rt, project_id=project, staff=by))["participations"]
    assert row["status"] == "报名" and row["asked_at"] is None
    other = await open_project(rt, by, title="茶树管理")
    assert (await participations.recommend(rt, project_id=other, talent_id=zhang, staff=by))[
        "status"
    ] == "已推荐"


async def test_who_left_may_come_back_and_hears_what_came_of_it(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    zhang = await expert(rt, "张样例")
    chat = await chat_of(rt, zhang)
    project = await open_project(rt, by)
    await participations.sign_up(rt, project_id=project, talent_id=zhang)
    [row] = (await projects.read_project(rt, project_id=project, staff=by))["participations"]

    async def do(event: str) -> list[str]:
        done = await participations.move_participation(rt, participation_id=row["id"], event=event, staff=by)
        can: list[str] = done["can"]
        return can

    assert await do("leave") == []
    await participations.sign_up(rt, project_id=project, talent_id=zhang)
    [again] = (await projects.read_project(rt, project_id=project, staff=by))["participations"]
    assert again["status"] == "报名"
    await do("refuse")
    with pytest.raises(Refusal) as refused:  # it was answered: nothing is said to be registered
        await participations.sign_up(rt, project_id=project, talent_id=zhang)
    assert refused.value.code == "not_taken"
    [told] = await said(rt, chat)
    assert "没有安排您参加" in told


async def test_the_last_place_is_given_once(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    project = await open_project(rt, by, places=1)
    for name in ("张样例", "李样例"):
        await participations.sign_up(rt, project_id=project, talent_id=await expert(rt, name))
    rows = (await projects.read_project(rt, project_id=project, staff=by))["participations"]
    tries = await asyncio.gather(
        *(
            participations.move_participation(rt, participation_id=row["id"], event="confirm", staff=by)
            for row in rows
        ),
        return_exceptions=True,
    )
    [refused] = [one for one in tries if isinstance(one, Refusal)]
    assert refused.code == "full"


async def test_what_is_not_open_takes_nobody(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    draft = await projects.save_project(rt, body=project_body(), staff=by)
    with pytest.raises(Refusal) as refused:
        await participations.sign_up(rt, project_id=draft["id"], talent_id=await expert(rt, "张样例"))
    assert refused.value.code == "closed"
    with pytest.raises(Refusal):
        await projects.move_project(rt, project_id=draft["id"], event="finish", staff=by)
    past = await open_project(rt, by, ends_on=f"{YEAR}-11-19")
    with pytest.raises(Refusal):
        await participations.sign_up(rt, project_id=past, talent_id=await expert(rt, "李样例"))


async def test_another_region_sees_and_changes_nothing(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    project = await open_project(rt, by)
    zhang = await expert(rt, "张样例")
    await participations.sign_up(rt, project_id=project, talent_id=zhang)
    qingdao = staff(region="370200")
    assert (await projects.list_projects(rt, staff=qingdao))["rows"] == []
    for call in (
        projects.read_project(rt, project_id=project, staff=qingdao),
        projects.move_project(rt, project_id=project, event="cancel", staff=qingdao),
        participations.recommend(rt, project_id=project, talent_id=zhang, staff=qingdao),
    ):
        with pytest.raises(Refusal) as refused:
            await call
        assert refused.value.code == "not_found"
    # A department sees the project, and of its people only those whose records are shared with it.
    kjt = staff(role=Role.DEPARTMENT, department="sd-kjt")
    assert (await projects.read_project(rt, project_id=project, staff=kjt))["participations"] == []


async def test_days_are_summed_against_what_is_owed_and_who_lacks_is_told_once(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    zhang = await expert(rt, "张样例", serves_grassroots=True)
    await expert(rt, "李样例", serves_grassroots=True, region="350502")  # another province
    chat = await chat_of(rt, zhang)
    project = await open_project(rt, by)
    await projects.move_project(rt, project_id=project, event="start", staff=by)
    row = await participations.recommend(rt, project_id=project, talent_id=zhang, staff=by)
    for event in ("confirm", "complete"):
        await participations.move_participation(rt, participation_id=row["id"], event=event, staff=by)
    extra = ServiceDaysBody.model_validate({"talent_id": zhang, "day": f"{YEAR}-11-02", "days": 3})
    made = await service_days.register_days(rt, body=extra, staff=by)
    with pytest.raises(Refusal) as refused:  # the same, sent twice
        await service_days.register_days(rt, body=extra, staff=by)
    assert refused.value.code == "known_already"
    [listed] = (await service_days.list_days(rt, staff=by, year=YEAR, lacking=True))["rows"]
    assert (listed["confirmed"], listed["registered"], listed["lacks"]) == (2.5, 5.5, 12.5)
    await service_days.confirm_days(rt, row_id=made["id"], staff=by)
    [listed] = (await service_days.list_days(rt, staff=by, year=YEAR))["rows"]
    assert (listed["confirmed"], listed["lacks"]) == (5.5, 9.5)
    with pytest.raises(Refusal):
        await service_days.drop_days(rt, row_id=made["id"], staff=by)
    assert [await service_days.remind(rt, year=YEAR, talents=[zhang], staff=by) for _ in range(2)] == [1, 0]
    with pytest.raises(Refusal):
        await service_days.remind(rt, year=YEAR + 1, talents=[zhang], staff=by)
    confirmed, text = await said(rt, chat)
    assert "已确认由您参加" in confirmed
    assert "还差9.5天" in text and "不少于15天" in text
    assert (await service_days.list_days(rt, staff=by, year=YEAR - 1))["rows"][0]["confirmed"] == 0


async def test_the_plan_counts_what_is_real(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    planned = {row["key"]: row["planned"] for row in await plan.plan_of(rt, year=YEAR)}
    assert planned == {"activities": 20, "doctors": 200, "units": 30, "persons": 100, "bases": 10}
    everywhere = staff(region="000000")
    project = await open_project(rt, by)
    elsewhere = await open_project(rt, everywhere, region="350502")  # the plan is 山东's
    for one in (project, elsewhere):
        await projects.move_project(rt, project_id=one, event="start", staff=everywhere)
    for number, region in enumerate(("370100", "350500")):
        base = {
            "name": f"样例基地{number}",
            "kind": "专家服务基地",
            "level": "省",
            "region": region,
            "year": YEAR,
        }
        await events.add_base(rt, body=BaseBody.model_validate(base), staff=everywhere)
    await plan.add_achievement(rt, year=YEAR, key="units", name="样例单位", staff=by)
    with pytest.raises(Refusal):
        await plan.add_achievement(rt, year=YEAR, key="units", name="样例单位", staff=by)
    rows = {
        row["key"]: row for row in await plan.save_figure(rt, year=YEAR, key="units", planned=31, staff=by)
    }
    assert (rows["activities"]["done"], rows["units"]["done"], rows["units"]["planned"]) == (1, 1, 31)
    assert rows["bases"]["done"] == 1
    assert rows["persons"]["planned"] == 100
    before = {row["key"]: row["planned"] for row in await plan.plan_of(rt, year=YEAR - 1)}
    assert before["units"] == 30  # a change holds for its year
    with pytest.raises(Refusal):
        await plan.save_figure(rt, year=YEAR, key="units", planned=1, staff=staff(region="370100"))
