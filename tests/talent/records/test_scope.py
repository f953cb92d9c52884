"""Who sees which record: lists, search, reading and export answer alike for every kind of account."""

import io
from collections.abc import Iterable

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import select

from bot.accounts.permissions import Permission, Role, Staff
from bot.accounts.service import create_staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.assignments import assign
from bot.talent.models import Talent
from bot.talent.scope import visible
from bot.talent.service import TalentFilters, access_talent, find_talents
from tests.accounts.staff_app import PASSWORD
from tests.talent.records.people import account, as_staff, employer, id_of, member, seat, signed_in, talent

JINAN, LIXIA, QINGDAO, QUANZHOU, FENGZE = "370100", "370102", "370202", "350500", "350503"


@pytest.fixture
async def world(rt: Runtime, departments: None) -> dict[str, str]:
    """Four talents: two places, two employers, one shared with a department."""
    ours, theirs = await employer(rt, "甲单位"), await employer(rt, "乙单位", region=FENGZE)
    made = {
        "lixia": await talent(rt, "张历下", 1, region=LIXIA, employer_id=ours),
        "qingdao": await talent(rt, "张青岛", 2, region=QINGDAO),
        "fengze": await talent(rt, "张丰泽", 3, region=FENGZE, employer_id=theirs, departments=["qz-jyj"]),
        "quanzhou": await talent(rt, "张泉州", 4, region=QUANZHOU, departments=["qz-zjj"]),
    }
    return {name: row.id for name, row in made.items()} | {"ours": ours, "theirs": theirs}


CASES: dict[str, tuple[Role, dict[str, str], set[str]]] = {
    "nation": (Role.BACK_OFFICE, {}, {"lixia", "qingdao", "fengze", "quanzhou"}),
    "province": (Role.BACK_OFFICE, {"region": "370000"}, {"lixia", "qingdao"}),
    "city": (Role.FRONT_DESK, {"region": JINAN}, {"lixia"}),
    "county": (Role.SPECIALIST, {"region": LIXIA}, {"lixia"}),
    "other county": (Role.SPECIALIST, {"region": "370112"}, set()),
    "lead": (Role.LEAD, {"region": QUANZHOU}, {"fengze", "quanzhou"}),
    "department": (Role.DEPARTMENT, {"region": QUANZHOU, "department": "qz-jyj"}, {"fengze"}),
    "department elsewhere": (Role.DEPARTMENT, {"region": "370000", "department": "qz-jyj"}, set()),
    "editor": (Role.EDITOR, {}, set()),
    "administrator": (Role.ADMINISTRATOR, {}, set()),
}


async def test_list_search_and_reading_agree(rt: Runtime, world: dict[str, str]) -> None:
    for number, (case, (role, ties, expected)) in enumerate(CASES.items()):
        staff = await member(rt, f"somebody{number}", role, **ties)
        wanted = {world[name] for name in expected}
        assert {row["id"] for row in (await find_talents(rt, staff=staff)).rows} == wanted, case
        assert {row["id"] for row in (await find_talents(rt, staff=staff, query="张")).rows} == wanted, case
        for name in ("lixia", "qingdao", "fengze", "quanzhou"):
            assert await readable(rt, staff, world[name]) == (name in expected), (case, name)


async def readable(rt: Runtime, staff: Staff, talent_id: str) -> bool:
    async with rt.db.read() as session:
        try:
            return (await access_talent(session, talent_id=talent_id, staff=staff)).id == talent_id
        except Refusal as refused:
            assert refused.code == "not_found"
            return False


async def test_an_employers_account_sees_its_own_people_wherever_they_work(
    rt: Runtime, world: dict[str, str]
) -> None:
    head = await member(rt, "head", Role.UNIT_HEAD, region=QINGDAO, employer_id=world["ours"])
    assert [row["name"] for row in (await find_talents(rt, staff=head)).rows] == ["张历下"]


async def test_the_region_of_a_filter_never_widens(rt: Runtime, world: dict[str, str]) -> None:
    staff = await member(rt, "somebody", Role.BACK_OFFICE, region=JINAN)
    found = await find_talents(rt, staff=staff, filters=TalentFilters(region="350000"))
    assert found.total == 0


async def test_ones_own_talent_is_seen_outside_ones_region(rt: Runtime, world: dict[str, str]) -> None:
    one = await account(rt, "lin", Role.SPECIALIST, region=LIXIA)
    await seat(rt, one.id)
    async with rt.db.write() as session:
        await assign(session, rt, talent_id=world["fengze"], staff_id=one.id, by=None, why="请求")
    found = await find_talents(rt, staff=as_staff(one))
    assert {row["id"] for row in found.rows} == {world["lixia"], world["fengze"]}


async def test_a_department_key_inside_another_is_not_that_department(
    rt: Runtime, world: dict[str, str]
) -> None:
    staff = await member(rt, "somebody", Role.DEPARTMENT, region=QUANZHOU, department="z-jyj")
    assert (await find_talents(rt, staff=staff)).total == 0


async def test_every_route_hides_alike(app: FastAPI, rt: Runtime, world: dict[str, str]) -> None:
    """A record out of reach does not exist for any route, and its number finds nothing."""
    person = await signed_in(app, rt, "jinan", Role.LEAD, region=JINAN)
    http, hidden = person.http, world["fengze"]
    path = f"/api/office/talents/{hidden}"
    body = {"name": "张三", "education": "博士", "region": LIXIA, "revision": 1}
    tier = {"scheme": "quanzhou-2021", "tier": "第一层次", "valid_from": "2026-01-01"}
    answers = [
        await http.get(path),
        await http.put(path, json=body),
        await http.post(f"{path}/unmask", json={"fields": ["phone"]}),
        await http.post(f"{path}/tiers", json=tier),
        await http.post(f"{path}/cards", json={"number": "N1", "valid_from": "2026-01-01"}),
        await http.post(f"{path}/programmes", json={"name": "泰山学者", "level": "省", "year": 2024}),
        await http.post(f"{path}/specialist", json={"staff_id": person.id, "reason": "试"}),
    ]
    assert {(one.status_code, one.json()["error"]["code"]) for one in answers} == {(404, "not_found")}
    found = await http.post("/api/office/talents/find", json={"value": id_of(3)})
    assert found.json()["rows"] == []
    assert [row["name"] for row in (await http.get("/api/office/talents")).json()["rows"]] == ["张历下"]
    await http.aclose()


async def test_an_export_holds_what_the_list_shows(app: FastAPI, rt: Runtime, world: dict[str, str]) -> None:
    person = await signed_in(app, rt, "jinan", Role.BACK_OFFICE, region=JINAN)
    got = await person.http.get("/api/office/talents/export.xlsx")
    text = cells(got.content)
    assert "张历下" in text and not text & {"张青岛", "张丰泽", "张泉州"}
    assert id_of(1) not in text and "164****9001" in text
    await person.http.aclose()


async def test_moving_a_record_out_of_ones_region_is_refused(
    app: FastAPI, rt: Runtime, world: dict[str, str]
) -> None:
    person = await signed_in(app, rt, "jinan", Role.BACK_OFFICE, region=JINAN)
    body = {"name": "张历下", "education": "博士", "region": QINGDAO, "revision": 1}
    got = await person.http.put(f"/api/office/talents/{world['lixia']}", json=body)
    assert (got.status_code, got.json()["error"]["code"]) == (403, "out_of_reach")
    await person.http.aclose()


async def test_an_account_of_no_kind_sees_nobody(rt: Runtime, world: dict[str, str]) -> None:
    """A department's role without a department, were it ever stored."""
    one = await create_staff(
        rt, username="odd", name="某人", roles=[Role.EDITOR], password=PASSWORD, must_change_password=False
    )
    one.roles = [Role.DEPARTMENT]
    staff = as_staff(one, Permission.TALENT_READ)
    async with rt.db.read() as session:
        assert not list(await session.scalars(select(Talent.id).where(visible(staff))))


def cells(data: bytes) -> set[str]:
    rows: Iterable[tuple[object, ...]] = load_workbook(io.BytesIO(data)).worksheets[0].values
    return {str(cell) for row in rows for cell in row if cell is not None}
