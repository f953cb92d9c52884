"""Every staff route against every role. A route nobody thought of here fails these tests."""

import re
import shutil
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from bot.accounts.permissions import ROLE_PERMISSIONS, Guard, Permission, Role, reach_of, signed_in
from bot.accounts.sessions import COOKIE
from bot.app import build_app
from bot.knowledge.api import router as console_router
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from tests.accounts.staff_app import anonymous, at_work, code, make_app
from tests.accounts.staff_routes import (
    ANYBODY_SIGNED_IN,
    EXPECTED,
    PUBLIC,
    ROUTERS,
    routes_of,
    staff_routes,
)
from tests.desk.streaming import opened
from tests.service.items import texts


def guards(dependant: Dependant) -> set[object]:
    found: set[object] = set()
    for child in dependant.dependencies:
        if isinstance(child.call, Guard) or child.call is signed_in:
            found.add(child.call)
        found |= guards(child)
    return found


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Who may call a route is decided before any query of its own; one kind is enough here."""
    shutil.copy(migrated_sqlite, tmp_path / "huicai.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'huicai.db'}"


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    rt.parts["service"] = Catalogue({}, texts())
    return make_app(rt, *ROUTERS)


async def knock(app: FastAPI, client: httpx.AsyncClient, name: str) -> tuple[int, str]:
    method, path = name.split(" ", 1)
    path = re.sub(r"\{\w+\}", "0" * 32, path)
    if path.endswith("/events"):
        async with opened(app, client.cookies.get(COOKIE), path) as stream:
            return stream.status, "" if stream.status < 400 else await stream.error()
    response = await client.request(method, path, json={})
    return code(response) if response.status_code >= 400 else (response.status_code, "")


def test_every_staff_route_is_listed_with_its_guard() -> None:
    stated: dict[str, object] = {}
    for name, route in staff_routes().items():
        found = guards(route.dependant)
        assert len(found) == (0 if name in PUBLIC else 1), name
        for guard in found:
            if isinstance(guard, Guard):
                stated[name] = guard.permission
    assert stated == EXPECTED
    assert set(staff_routes()) == set(EXPECTED) | PUBLIC | ANYBODY_SIGNED_IN


async def test_the_whole_app_has_no_staff_route_open_to_strangers(rt: Runtime) -> None:
    app = build_app(rt)
    asked = {
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith(("/api/staff", "/api/desk", "/api/console", "/api/unit", "/api/office"))
    }
    desk = {name for name in asked if " /api/console" not in name}
    assert desk == set(EXPECTED) | PUBLIC | ANYBODY_SIGNED_IN, "the app serves other routes than listed"
    async with anonymous(app) as client:
        for name in asked - PUBLIC:
            assert await knock(app, client, name) == (401, "not_signed_in"), name


@pytest.mark.parametrize("role", Role)
async def test_the_console_refuses_whoever_lacks_the_permission(rt: Runtime, role: Role) -> None:
    app = build_app(rt)
    person = await at_work(app, rt, "somebody", role)
    for name, route in routes_of(console_router).items():
        (guard,) = guards(route.dependant)
        assert isinstance(guard, Guard), name
        if guard.permission not in ROLE_PERMISSIONS[role]:
            assert await knock(app, person.http, name) == (403, "not_allowed"), name


async def test_nobody_gets_anywhere_without_signing_in(app: FastAPI) -> None:
    async with anonymous(app) as client:
        for name in set(staff_routes()) - PUBLIC:
            assert await knock(app, client, name) == (401, "not_signed_in"), name


@pytest.mark.parametrize("role", [*Role, None])
async def test_a_role_opens_exactly_its_routes(app: FastAPI, rt: Runtime, role: Role | None) -> None:
    person = await at_work(app, rt, "somebody", *([role] if role else []))
    for name, permission in EXPECTED.items():
        answer = await knock(app, person.http, name)
        if role and permission in ROLE_PERMISSIONS[role]:
            assert answer[0] not in (401, 403), name
        else:
            assert answer == (403, "not_allowed"), name


@pytest.mark.parametrize("role", Role)
async def test_no_unsafe_route_works_without_the_csrf_token(app: FastAPI, rt: Runtime, role: Role) -> None:
    person = await at_work(app, rt, "somebody", role)
    del person.http.headers["X-CSRF-Token"]
    for name in set(staff_routes()) - PUBLIC:
        if not name.startswith("GET"):
            assert await knock(app, person.http, name) == (403, "csrf_failed"), name


def test_roles_hold_what_the_contract_says() -> None:
    chat = ["desk.chat", "desk.watch", "faq.read"]
    intake = ["case.intake", "case.read", "talent.read"]
    office = ["case.export", "case.read", "case.review", "grassroots.edit", "statistics.read"]
    office += ["talent.edit", "talent.exchange", "talent.read"]
    lead = [*chat, *office, "case.intake", "desk.export", "desk.lead"]
    lead += ["desk.quality", "desk.report", "desk.unmask"]
    assert {role: sorted(granted) for role, granted in ROLE_PERMISSIONS.items()} == {
        "specialist": sorted([*chat, *intake, "desk.export", "desk.unmask"]),
        "front_desk": sorted([*chat, *intake]),
        "back_office": sorted([*office, "desk.export", "desk.unmask", "desk.watch", "faq.read"]),
        "lead": sorted(lead),
        "supervisor": sorted([*lead, "desk.settings"]),
        "inspector": ["desk.quality", "desk.report", "desk.watch", "faq.read"],
        "editor": ["faq.edit", "faq.read", "item.edit"],
        "publisher": ["faq.edit", "faq.publish", "faq.read", "item.edit", "item.publish"],
        "administrator": ["audit.read", "desk.report", "desk.settings", "faq.read", "staff.manage"],
        "department": ["case.opinion", "talent.read"],
        "unit_head": ["unit.approve", "unit.complete", "unit.read"],
        "unit_officer": ["unit.complete", "unit.read"],
    }


def test_front_and_back_office_are_apart() -> None:
    assert Permission.CASE_REVIEW not in ROLE_PERMISSIONS[Role.FRONT_DESK]
    assert Permission.CASE_INTAKE not in ROLE_PERMISSIONS[Role.BACK_OFFICE]


def test_an_employers_account_does_nothing_but_its_own_work() -> None:
    for role in (Role.UNIT_HEAD, Role.UNIT_OFFICER):
        assert all(permission.startswith("unit.") for permission in ROLE_PERMISSIONS[role])


def test_whoever_keeps_accounts_reads_no_talk() -> None:
    granted = ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert not granted & {"desk.watch", "desk.chat", "desk.unmask", "desk.export"}


def test_reach_is_what_the_contract_says() -> None:
    main = {
        Role.EDITOR: Permission.FAQ_READ,
        Role.PUBLISHER: Permission.FAQ_READ,
        Role.ADMINISTRATOR: Permission.DESK_SETTINGS,
    }
    found = {role: reach_of([role], main.get(role, Permission.DESK_WATCH)).value for role in Role}
    assert found == {
        "specialist": "own",
        "front_desk": "team",
        "back_office": "region",
        "lead": "team",
        "supervisor": "region",
        "inspector": "region",
        "editor": "own",
        "publisher": "own",
        "administrator": "region",
        "department": "own",
        "unit_head": "own",
        "unit_officer": "own",
    }
    watch = Permission.DESK_WATCH
    assert reach_of(["specialist", "lead"], watch) == "team"
    assert reach_of([], watch) == reach_of(["root"], watch) == "own"


def test_a_second_role_widens_only_what_it_permits() -> None:
    """A specialist who keeps the accounts as well reads no more talks; nor does one who inspects
    take any."""
    roles = ["specialist", "administrator"]
    assert reach_of(roles, Permission.DESK_WATCH) == "own"
    assert reach_of(roles, Permission.DESK_REPORT) == "region"
    roles = ["specialist", "inspector"]
    assert reach_of(roles, Permission.DESK_WATCH) == "region"
    assert reach_of(roles, Permission.DESK_CHAT) == reach_of(roles, Permission.DESK_UNMASK) == "own"
