"""Staff, talents and rows of the tests of grass-roots service."""

from datetime import date
from typing import Any
from uuid import uuid4

from bot.accounts.permissions import ROLE_PERMISSIONS, ROLE_REACH, Role, Staff
from bot.conversation.models import Channel, Conversation
from bot.runtime import Runtime
from bot.talent import demands, projects
from bot.talent.grassroots_schemas import DemandBody, ProjectBody
from bot.talent.network_models import Employer
from tests.identity.people import id_number, make_talent

_serials = iter(range(1, 100_000))
YEAR = 2026


def staff(*, role: Role = Role.BACK_OFFICE, region: str = "370000", department: str | None = None) -> Staff:
    return Staff(
        uuid4().hex,
        "专员 样例",
        "sample",
        ROLE_PERMISSIONS[role],
        "s" * 32,
        ROLE_REACH[role],
        region,
        None,
        None,
        department,
        None,
    )


async def expert(rt: Runtime, name: str, **more: Any) -> str:
    values: dict[str, Any] = {"fields": ["现代农业"], "expert": True, "region": "370102"} | more
    return await make_talent(rt, name=name, number=id_number(next(_serials)), phone=None, **values)


async def chat_of(rt: Runtime, talent_id: str | None) -> str:
    now = rt.clock.now()
    row = Conversation(
        channel=Channel.WEB,
        account="web",
        external_user=uuid4().hex,
        talent_id=talent_id,
        created_at=now,
        updated_at=now,
    )
    async with rt.db.write() as session:
        session.add(row)
    return row.id


async def employer(rt: Runtime, name: str = "样例公司", region: str = "370102") -> str:
    now = rt.clock.now()
    row = Employer(name=name, kind="企业", region=region, created_at=now, updated_at=now)
    async with rt.db.write() as session:
        session.add(row)
    return row.id


def project_body(**more: Any) -> ProjectBody:
    plain: dict[str, Any] = {
        "programme": "expert-activity",
        "title": "果树病虫害防治",
        "host": "样例合作社",
        "region": "370102",
        "field": "现代农业",
        "term": "短期",
        "starts_on": date(YEAR, 11, 15),
        "ends_on": date(YEAR, 12, 31),
        "places": 1,
        "days": 2.5,
    }
    return ProjectBody.model_validate(plain | more)


async def open_project(rt: Runtime, by: Staff, **more: Any) -> str:
    made = await projects.save_project(rt, body=project_body(**more), staff=by)
    await projects.move_project(rt, project_id=made["id"], event="publish", staff=by)
    project_id: str = made["id"]
    return project_id


def demand_body(**more: Any) -> DemandBody:
    plain: dict[str, Any] = {
        "kind": "技术",
        "title": "果品分级",
        "field": "现代农业",
        "region": "370102",
        "education": "硕士",
        "closes_on": date(YEAR, 12, 1),
    }
    return DemandBody.model_validate(plain | more)


async def open_demand(rt: Runtime, by: Staff, **more: Any) -> str:
    made = await demands.register(
        rt, employer_id=await employer(rt, f"样例公司{uuid4().hex[:6]}"), body=demand_body(**more), by=by.id
    )
    await demands.move_demand(rt, demand_id=made["id"], event="publish", reason=None, staff=by)
    demand_id: str = made["id"]
    return demand_id
