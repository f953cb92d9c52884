"""An employer's account reaches its own employer and nothing else, by any route and any id."""

import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.app import build_app
from bot.runtime import Runtime
from bot.talent.network_models import Employer
from tests.accounts.staff_app import at_work, code
from tests.accounts.staff_routes import EXPECTED
from tests.units.conftest import LI, ZHANG, House, add_talent, apply

OPEN_TO_ALL = {
    "GET /api/staff/me",
    "POST /api/staff/logout",
    "POST /api/staff/password",
    "POST /api/staff/login",
}
STAFF = ("/api/staff", "/api/desk", "/api/console", "/api/office", "/api/unit")


def staff_routes(app: FastAPI) -> list[str]:
    return sorted(
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith(STAFF) and not path.endswith("/events")
    )


async def knock(client: httpx.AsyncClient, name: str) -> httpx.Response:
    method, path = name.split(" ", 1)
    return await client.request(method, re.sub(r"\{\w+\}", "0" * 32, path), json={})


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.UNIT_OFFICER])
async def test_no_staff_route_but_its_own_opens(rt: Runtime, ours: House, app: FastAPI, role: Role) -> None:
    whole = build_app(rt)
    names = staff_routes(whole)
    assert len([name for name in names if " /api/unit" in name]) > 30
    person = await at_work(whole, rt, "another", role, employer_id=ours.id)
    for name in names:
        if name in OPEN_TO_ALL:
            continue
        answer = await knock(person.http, name)
        if " /api/unit" in name and not (role is Role.UNIT_OFFICER and EXPECTED[name] == "unit.approve"):
            assert answer.status_code not in (401, 403), name
        else:
            assert code(answer) == (403, "not_allowed"), name


async def test_staff_of_the_centre_get_nowhere_in_it(app: FastAPI, rt: Runtime, ours: House) -> None:
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DEPARTMENT):
        person = await at_work(app, rt, role.value, role)
        for name in EXPECTED:
            if " /api/unit" in name:
                assert code(await knock(person.http, name)) == (403, "not_allowed"), name


async def test_a_closed_employer_is_closed_to_its_accounts(rt: Runtime, ours: House) -> None:
    async with rt.db.write() as session:
        await session.execute(update(Employer).values(active=False))
    assert code(await ours.head.http.get("/api/unit/home")) == (409, "employer_closed")


async def test_nothing_of_another_employer_is_seen_or_done(rt: Runtime, ours: House, theirs: House) -> None:
    talent = await add_talent(rt, theirs.id, name="李晓梅", number=LI["paper"], phone=LI["phone"])
    (case,) = await apply(theirs, ZHANG)
    part, version = case["id"], {"version": case["version"]}
    http = ours.head.http
    for path in ("people", "cases", "demands", "visits", "proposals", "applications"):
        assert (await http.get(f"/api/unit/{path}")).json()["rows"] == [], path
    officers = {row["id"] for row in (await http.get("/api/unit/accounts")).json()["rows"]}
    assert officers == {ours.head.id, ours.officer.id}
    assert (await http.get("/api/unit/home")).json()["to_approve"] == 0
    wish = {"request_id": "1" * 32, "text": "电话换了"}
    refused = [
        await http.get(f"/api/unit/people/{talent}"),
        await http.post(f"/api/unit/people/{talent}/corrections", json=wish),
        await http.get(f"/api/unit/cases/{part}"),
        await http.put(f"/api/unit/cases/{part}/officer", json=version | {"staff_id": ours.officer.id}),
        await http.put(f"/api/unit/cases/{part}/values", json=version | {"values": {"remark": "无"}}),
        await http.post(f"/api/unit/cases/{part}/unit_approve", json=version),
        await http.post(f"/api/unit/cases/{part}/unit_return", json=version | {"reason": "不属实"}),
        await http.post(f"/api/unit/cases/{part}/supplied", json=version),
        await http.get(f"/api/unit/cases/{part}/files/{part}"),
        await http.post(f"/api/unit/accounts/{theirs.officer.id}/reset-password"),
        await http.post(f"/api/unit/accounts/{theirs.officer.id}/deactivate"),
    ]
    assert [answer.status_code for answer in refused] == [404] * len(refused)
    many = await http.post("/api/unit/cases/approve", json={"parts": [{"id": part, "version": 1}]})
    assert [row["ok"] for row in many.json()["results"]] == [False]
    theirs_now = (await theirs.head.http.get(f"/api/unit/cases/{part}")).json()
    assert (theirs_now["status"], theirs_now["version"]) == (case["status"], case["version"])


async def test_a_head_keeps_its_officers_accounts_and_no_heads(rt: Runtime, ours: House) -> None:
    new = {"username": "wang-officer", "name": "王单位专员"}
    assert code(await ours.officer.http.post("/api/unit/accounts", json=new)) == (403, "not_allowed")
    made = (await ours.head.http.post("/api/unit/accounts", json=new)).raise_for_status().json()
    rows = {row["id"]: row for row in (await ours.head.http.get("/api/unit/accounts")).json()["rows"]}
    assert rows[made["account_id"]]["must_change_password"]
    assert not rows[made["account_id"]]["head"] and rows[ours.head.id]["head"]
    one = f"/api/unit/accounts/{made['account_id']}"
    fresh = (await ours.head.http.post(f"{one}/reset-password")).json()["password"]
    assert fresh != made["password"]
    assert (await ours.head.http.post(f"{one}/deactivate")).status_code == 204
    for deed in ("reset-password", "deactivate"):
        answer = await ours.head.http.post(f"/api/unit/accounts/{ours.head.id}/{deed}")
        assert code(answer) == (403, "not_yours")
