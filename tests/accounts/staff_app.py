"""What tests of staff routes share: an app with the staff routers, people, and signed-in clients."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI

from bot.accounts import passwords
from bot.accounts.permissions import Role
from bot.accounts.service import create_staff
from bot.accounts.ties import UNIT_ROLES
from bot.edge import errors
from bot.runtime import Runtime
from bot.text.lexicon import NATION

ORIGIN = "http://huicai.test"
PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 at its cheapest: its strength has a test of its own."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", cheap)


def make_app(rt: Runtime, *routers: APIRouter) -> FastAPI:
    app = FastAPI()
    app.state.runtime = rt
    for router in routers:
        app.include_router(router)
    errors.install(app)
    return app


def anonymous(app: FastAPI, *, address: str = "203.0.113.7") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 40000))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN})


@dataclass
class Person:
    """A member of staff with a browser."""

    id: str
    name: str
    http: httpx.AsyncClient

    @property
    def cookie(self) -> str:
        return self.http.cookies["huicai_session"]


async def hire(
    rt: Runtime,
    username: str,
    *roles: Role,
    must_change: bool = False,
    region: str = NATION,
    department: str | None = None,
    employer_id: str | None = None,
) -> str:
    """A department's or an employer's account belongs to one nobody else does, unless said."""
    if Role.DEPARTMENT in roles:
        department = department or "nowhere"
    if UNIT_ROLES & set(roles):
        employer_id = employer_id or "0" * 32
    account = await create_staff(
        rt,
        username=username,
        name=f"专员 {username}",
        roles=list(roles),
        password=PASSWORD,
        must_change_password=must_change,
        region=region,
        department=department,
        employer_id=employer_id,
    )
    return account.id


async def log_in(client: httpx.AsyncClient, username: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/staff/login", json={"username": username, "password": password})


async def at_work(app: FastAPI, rt: Runtime, username: str, *roles: Role, **ties: str | None) -> Person:
    """Hire, sign in, and send the CSRF token from then on as the pages do. `ties` as in `hire`."""
    staff_id = await hire(rt, username, *roles, **ties)  # type: ignore[arg-type]
    client = anonymous(app)
    body: dict[str, Any] = (await log_in(client, username)).raise_for_status().json()
    client.headers["X-CSRF-Token"] = body["csrf"]
    return Person(staff_id, body["staff"]["name"], client)


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]
