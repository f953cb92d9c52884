"""`python -m tests.bench.talents`: what one may claim, matching, service days, lists and figures.

On the data of `tests.bench.cases`: 5,000 talents with 20,000 cases beside 500 with 2,000.
"""

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.accounts.permissions import Role
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.published import PART
from bot.mine.benefits import my_benefits
from bot.mine.openings import my_demands, my_projects
from bot.runtime import Runtime
from bot.talent import benefits, demands, experts, matches, participations, service_days
from bot.talent.demand_models import Demand, DemandMatch
from bot.talent.entitled import entitlements_of
from bot.talent.grassroots_models import Participation, Project, ServiceDay
from bot.talent.grassroots_seeds import load_grassroots
from bot.talent.models import Talent
from bot.talent.network_models import Employer
from bot.talent.programmes import fields
from bot.talent.scope import visible
from bot.talent.statistics import span_of, statistics
from bot.talent.statistics_workbook import workbook_of
from tests.bench.cases import Call, main, staff_of
from tests.bench.office_data import NOW, REGIONS
from tests.talent.published import entitling_answers

KEY = "zb-youth-master"


async def _more(rt: Runtime) -> None:
    """Fields and honours of the people, what they are asked for and what they serve."""
    rt.parts[PART] = entitling_answers()
    await load_grassroots(rt, sample=False)
    chance = random.Random(7)
    names = [str(one["name"]) for one in fields()]
    honours = ["泰山系列", "泰山学者青年专家", "国家级人才工程", "外专双百计划"]
    async with rt.db.write() as session:
        ids = list(await session.scalars(select(Talent.id).order_by(Talent.id)))
        employers = list(await session.scalars(select(Employer.id).order_by(Employer.id)))
        for talent_id in ids:
            held = [chance.choice(honours)] if chance.random() < 0.3 else []
            await session.execute(
                update(Talent)
                .where(Talent.id == talent_id)
                .values(
                    fields=chance.sample(names, 2),
                    honours=held,
                    expert=chance.random() < 0.3,
                    serves_grassroots=chance.random() < 0.5,
                )
            )
        size = len(ids) // 10
        await session.execute(insert(Project), [_project(n, names, chance) for n in range(size)])
        await session.execute(
            insert(Demand), [_demand(n, names, chance, chance.choice(employers)) for n in range(size)]
        )
        await session.execute(
            insert(Participation),
            [
                {
                    "id": f"{n:032x}",
                    "project_id": f"aa{n % size:030x}",
                    "talent_id": talent_id,
                    "status": "已推荐",
                    "asked_at": NOW - timedelta(days=chance.randint(1, 300)),
                    "updated_at": NOW,
                }
                for n, talent_id in enumerate(chance.sample(ids, len(ids) // 2))
            ],
        )
        await session.execute(
            insert(DemandMatch),
            [
                {
                    "id": f"{n:032x}",
                    "demand_id": f"bb{n % size:030x}",
                    "talent_id": talent_id,
                    "status": "推荐",
                    "asked_at": NOW - timedelta(days=chance.randint(1, 300)),
                    "updated_at": NOW,
                }
                for n, talent_id in enumerate(chance.sample(ids, len(ids) // 2))
            ],
        )
        await session.execute(insert(ServiceDay), [_days(n, ids, chance) for n in range(2 * len(ids))])


def _project(number: int, names: list[str], chance: random.Random) -> dict[str, Any]:
    term = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 9), "places": 5, "days": 3.0}
    return {
        "id": f"aa{number:030x}",
        "programme": "expert-activity",
        "title": f"样例项目{number}",
        "host": "样例单位",
        "region": chance.choice(REGIONS),
        "field": chance.choice(names),
        "term": "短期",
        "status": "征集中",
        "updated_at": NOW,
        **term,
    }


def _demand(number: int, names: list[str], chance: random.Random, employer: str) -> dict[str, Any]:
    return {
        "id": f"bb{number:030x}",
        "employer_id": employer,
        "kind": "技术",
        "title": f"样例需求{number}",
        "field": chance.choice(names),
        "region": chance.choice(REGIONS),
        "status": "已发布",
        "closes_on": date(2026, 12, 31),
        "created_at": NOW,
        "updated_at": NOW,
    }


def _days(number: int, ids: list[str], chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "talent_id": chance.choice(ids),
        "day": date(2026, chance.randint(1, 11), 3),
        "days": chance.choice([0.5, 1.0, 3.0]),
        "note": "",
        "confirmed_by": "-" if number % 3 else None,
        "created_at": NOW,
    }


def _calls(rt: Runtime, _parts: list[str]) -> dict[str, Call]:
    chance = random.Random(1)
    lead, city = staff_of(Role.LEAD, "000000"), staff_of(Role.BACK_OFFICE, "370100")
    span = span_of(first=date(2026, 1, 1), last=date(2026, 11, 20), region="000000")
    names = [str(one["name"]) for one in fields()]
    assert any(row.key == KEY for row in shipped_catalogue().rows)

    def somebody() -> str:
        return f"03{chance.randrange(500):030x}"

    async def made() -> None:
        found = await benefits.make_list(rt, key=KEY, year=2026, region="370300", staff=lead)
        await benefits.void(rt, list_id=found["id"], staff=lead)

    async def book() -> None:
        workbook_of(await statistics(rt, span=span, items={}))

    async def people() -> Any:
        async with rt.db.read() as session:
            return await experts.experts_counted(
                session, field=chance.choice(names), region="370000", now=NOW
            )

    return {
        "what may be claimed": lambda: entitlements_of(rt, talent_id=somebody()),
        "the same as a message": lambda: my_benefits(rt, talent_id=somebody()),
        "projects to join": lambda: my_projects(rt, talent_id=somebody()),
        "demands that fit": lambda: my_demands(rt, talent_id=somebody()),
        "experts counted": people,
        "experts of a field": lambda: experts.list_experts(
            rt, people=visible(lead), field=chance.choice(names), region=None, abroad=None, query=None, page=1
        ),
        "candidates of a demand": lambda: matches.demand_candidates(rt, demand_id=f"bb{3:030x}", staff=lead),
        "candidates of a project": lambda: participations.project_candidates(
            rt, project_id=f"aa{3:030x}", staff=lead
        ),
        "service days, who lacks": lambda: service_days.list_days(rt, staff=lead, year=2026, lacking=True),
        "service days of a city": lambda: service_days.list_days(rt, staff=city, year=2026),
        "demands by grid": lambda: demands.grid(rt, staff=lead),
        "a list without application": made,
        "statistics of a year": lambda: statistics(rt, span=span, items={}),
        "statistics as a workbook": book,
    }


if __name__ == "__main__":
    main(_calls, more=_more, doc=__doc__)
