"""Demands from registration to their end, events, challenges and visits."""

from datetime import date

import pytest

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import challenges, demands, events, matches, programmes, visits
from bot.talent.grassroots_schemas import ArrangeBody, CalendarBody, ChallengeBody, PeriodBody, VisitWish
from tests.conftest import MovedClock
from tests.talent.grassroots.people import (
    YEAR,
    demand_body,
    employer,
    expert,
    open_demand,
    staff,
)


async def test_a_demand_is_sent_back_mended_published_matched(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    period = PeriodBody.model_validate(
        {
            "name": "第四季度征集",
            "region": "370000",
            "opens_on": f"{YEAR}-10-01",
            "closes_on": f"{YEAR}-12-31",
        }
    )
    collected = await programmes.add_period(rt, body=period, staff=by)
    who = await employer(rt)
    made = await demands.register(rt, employer_id=who, body=demand_body(), by="e" * 32)
    assert made["status"] == "待审核" and made["period_id"] == collected["id"]
    late = demand_body(closes_on=date(YEAR, 11, 1))
    with pytest.raises(Refusal) as refused:
        await demands.move_demand(rt, demand_id=made["id"], event="return", reason=None, staff=by)
    assert refused.value.code == "reason_missing"
    await demands.move_demand(rt, demand_id=made["id"], event="return", reason="请写明指标", staff=by)
    with pytest.raises(Refusal) as refused:  # it would close by itself
        await demands.correct(rt, employer_id=who, demand_id=made["id"], body=late, by="e" * 32)
    assert refused.value.code == "closed_already"
    with pytest.raises(Refusal):  # another employer's
        await demands.correct(
            rt, employer_id=await employer(rt, "别家"), demand_id=made["id"], body=demand_body(), by="e" * 32
        )
    mended = await demands.correct(
        rt, employer_id=who, demand_id=made["id"], body=demand_body(title="果品分级二"), by="e" * 32
    )
    assert (mended["status"], mended["reason"], mended["title"]) == ("待审核", None, "果品分级二")
    await demands.move_demand(rt, demand_id=made["id"], event="publish", reason=None, staff=by)
    assert [row["demands"] for row in await demands.grid(rt, staff=by)] == [1]
    for query, count in (("分级", 1), ("样例公", 1), ("100%", 0)):
        assert (await demands.list_demands(rt, staff=by, query=query))["total"] == count
    zhang, wang = await expert(rt, "张样例"), await expert(rt, "王样例", education="本科")
    fitting = await matches.demand_candidates(rt, demand_id=made["id"], staff=by)
    assert [row["talent_id"] for row in fitting] == [zhang]  # 王样例 falls short of 硕士
    assert wang and "专业领域相同（现代农业）" in fitting[0]["reasons"]
    proposed = await matches.propose(rt, demand_id=made["id"], talent_id=zhang, staff=by)
    await matches.express_interest(rt, demand_id=made["id"], talent_id=zhang)
    done = await matches.move_match(rt, match_id=proposed["id"], event="settle", staff=by)
    assert done["status"] == "已对接"
    li = await expert(rt, "李样例")
    for _ in range(2):
        await matches.express_interest(rt, demand_id=made["id"], talent_id=li)
    rows = (await demands.read_demand(rt, demand_id=made["id"], staff=by))["matches"]
    [mine] = [row for row in rows if row["talent_id"] == li]
    await matches.move_match(rt, match_id=mine["id"], event="decline", staff=by)
    with pytest.raises(Refusal) as refused:
        await matches.express_interest(rt, demand_id=made["id"], talent_id=li)
    assert refused.value.code == "not_fitting"


async def test_what_is_past_closes_by_itself(seeded: Runtime, clock: MovedClock) -> None:
    rt, by = seeded, staff()
    demand = await open_demand(rt, by, closes_on=date(YEAR, 11, 21))
    clock.advance(days=1)
    assert await demands.close_past(rt) == 0  # its last day
    clock.advance(days=1)
    assert [await demands.close_past(rt) for _ in range(2)] == [1, 0]
    assert (await demands.read_demand(rt, demand_id=demand, staff=by))["status"] == "已关闭"
    with pytest.raises(Refusal):
        await matches.express_interest(rt, demand_id=demand, talent_id=await expert(rt, "张样例"))


async def test_the_named_events_have_no_invented_day(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    rows = (await events.list_events(rt, staff=by))["rows"]
    assert {"海洽会", "山东—名校人才直通车", "博士后创新创业大赛", "留学人才创业大赛"} <= {
        row["name"] for row in rows
    }
    assert {row["starts_on"] for row in rows} == {None}
    zhang = await expert(rt, "张样例")
    for _ in range(2):
        await events.sign_up(rt, event_id=rows[0]["id"], talent_id=zhang)
    assert [one["name"] for one in await events.list_sign_ups(rt, event_id=rows[0]["id"], staff=by)] == [
        "张样例"
    ]
    body = CalendarBody.model_validate(
        {
            "name": "样例活动",
            "kind": "其他",
            "region": "370000",
            "starts_on": f"{YEAR}-11-01",
            "organiser": "样例中心",
        }
    )
    past = await events.save_event(rt, body=body, staff=by)
    await events.show_event(rt, event_id=past["id"], published=True, staff=by)
    with pytest.raises(Refusal):
        await events.sign_up(rt, event_id=past["id"], talent_id=zhang)


async def test_a_challenge_is_assigned_only_to_who_was_chosen(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    body = ChallengeBody.model_validate(
        {
            "title": "膜组件",
            "host": "样例水务",
            "field": "海洋",
            "region": "370600",
            "closes_on": f"{YEAR}-12-01",
        }
    )
    made = await challenges.save_challenge(rt, body=body, staff=by)
    zhang = await expert(rt, "张样例")
    with pytest.raises(Refusal):
        await challenges.take_up(rt, challenge_id=made["id"], talent_id=zhang, by=None)
    await challenges.move_challenge(rt, challenge_id=made["id"], event="publish", staff=by)
    for _ in range(2):
        await challenges.take_up(rt, challenge_id=made["id"], talent_id=zhang, by=None)
    with pytest.raises(Refusal) as refused:
        await challenges.move_challenge(rt, challenge_id=made["id"], event="assign", staff=by)
    assert refused.value.code == "nobody_chosen"
    [claim] = (await challenges.read_challenge(rt, challenge_id=made["id"], staff=by))["claims"]
    await challenges.move_claim(rt, claim_id=claim["id"], event="choose", staff=by)
    assert (await challenges.move_challenge(rt, challenge_id=made["id"], event="assign", staff=by))[
        "status"
    ] == "攻关中"


async def test_a_visit_is_asked_for_once_and_its_contact_is_no_part_of_the_list(seeded: Runtime) -> None:
    rt, by = seeded, staff()
    who = await employer(rt)
    wish = VisitWish.model_validate(
        {"topic": "惠才卡政策", "wished": "下周三上午", "contact": "王女士 13800000000"}
    )
    made = [
        await visits.request_visit(rt, employer_id=who, body=wish, by="e" * 32, once_key="k1")
        for _ in range(2)
    ]
    assert made[0]["id"] == made[1]["id"]
    [row] = (await visits.list_visits(rt, staff=by))["rows"]
    assert "13800000000" not in str(row)
    assert await visits.show_contact(rt, visit_id=row["id"], staff=by) == "王女士 13800000000"
    day = ArrangeBody.model_validate({"arranged_for": f"{YEAR}-11-25"})
    nobody = day.model_copy(update={"staff_id": "f" * 32})
    with pytest.raises(Refusal):
        await visits.arrange(rt, visit_id=row["id"], body=nobody, staff=by)
    await visits.arrange(rt, visit_id=row["id"], body=day, staff=by)
    assert (await visits.finish(rt, visit_id=row["id"], result="已讲解", staff=by))["can"] == []
    assert (await visits.list_visits(rt, staff=staff(region="370200")))["rows"] == []
