"""Two employers with a head and an officer each, and an item their people apply for."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.identity.office_api import router as personal_data_router
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from bot.talent.models import Education
from bot.talent.network_models import Employer
from bot.talent.schemas import TalentEdit
from bot.talent.service import save_talent
from bot.units.api import router as units_router
from bot.units.cases_api import router as unit_cases_router
from tests.accounts.staff_app import Person, at_work, make_app, quick_hashing
from tests.service.items import demo_item, texts

__all__ = ["quick_hashing"]

OURS, THEIRS = "山东样例新材料有限公司", "泉州样例机械有限公司"
WORKPLACE = {
    "key": "workplace",
    "label": "工作单位",
    "ask": "工作单位？",
    "kind": "employer",
    "personal": True,
    "error": "请填写单位全称。",
}
DEMO = demo_item()
ITEM = demo_item(fields=[*(f.model_dump() for f in DEMO.fields), WORKPLACE])
PRIVATE = ITEM.model_copy(
    update={
        "key": "loan",
        "name": "人才贷登记",
        "approval": ITEM.approval.model_copy(update={"levels": ITEM.approval.levels[1:]}),
    }
)
ZHANG = {
    "group": "direct",
    "name": "张建国",
    "paper": "11010519491231002X",
    "phone": "13800138000",
    "city": "370100",
    "since": "2019",
    "work": "两项省级成果",
}
LI = ZHANG | {"name": "李晓梅", "paper": "110105198001010032", "phone": "13900139000"}


@dataclass
class House:
    """An employer: its people with a browser."""

    id: str
    head: Person
    officer: Person


async def found_house(app: FastAPI, rt: Runtime, name: str, region: str, word: str) -> House:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = Employer(name=name, kind="企业", region=region, created_at=now, updated_at=now)
        session.add(row)
        await session.flush()
    ties = {"employer_id": row.id, "region": region}
    head = await at_work(app, rt, f"{word}-head", Role.UNIT_HEAD, **ties)
    officer = await at_work(app, rt, f"{word}-officer", Role.UNIT_OFFICER, **ties)
    return House(row.id, head, officer)


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    rt.parts["service"] = Catalogue({ITEM.key: ITEM}, texts())
    return make_app(rt, accounts_router, units_router, unit_cases_router, personal_data_router)


@pytest.fixture
async def ours(app: FastAPI, rt: Runtime) -> AsyncIterator[House]:
    house = await found_house(app, rt, OURS, "370100", "ours")
    yield house
    for person in (house.head, house.officer):
        await person.http.aclose()


@pytest.fixture
async def theirs(app: FastAPI, rt: Runtime) -> AsyncIterator[House]:
    house = await found_house(app, rt, THEIRS, "370200", "theirs")
    yield house
    for person in (house.head, house.officer):
        await person.http.aclose()


async def add_talent(rt: Runtime, employer_id: str, *, name: str, number: str, phone: str) -> str:
    edit = TalentEdit(
        name=name,
        education=Education.DOCTOR,
        region="370100",
        employer_id=employer_id,
        id_number=number,
        phone=phone,
    )
    async with rt.db.write() as session:
        return (await save_talent(session, rt, talent_id=None, edit=edit, staff=None)).id


def key(word: str) -> str:
    """A request id that stays the same from run to run."""
    return hashlib.sha256(word.encode()).hexdigest()[:32]


def application(*people: dict[str, Any], word: str = "first") -> dict[str, Any]:
    return {"request_id": key(word), "item": ITEM.key, "people": [{"values": one} for one in people]}


async def apply(house: House, *people: dict[str, Any], word: str = "first") -> list[dict[str, Any]]:
    """Hands in for these people; the cases as the employer lists them."""
    sent = await house.officer.http.post("/api/unit/applications", json=application(*people, word=word))
    assert sent.status_code == 201, sent.text
    listed = await house.officer.http.get("/api/unit/cases", params={"batch": sent.json()["batch_id"]})
    rows: list[dict[str, Any]] = listed.raise_for_status().json()["rows"]
    return rows
