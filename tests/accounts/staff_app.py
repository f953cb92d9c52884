"""What tests of staff routes share: an app with the staff routers, people, and signed-in clients."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from bot.accounts.permissions import Role
from bot.accounts.service import create_staff
from bot.edge import errors
from bot.runtime import Runtime
from bot.settings import Secrets, Settings
from bot.store.database import Database
from bot.store.hints import Hints

ORIGIN = "http://huicai.test"
PASSWORD = "a-long-enough-password"


class MovedClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


def make_runtime(database: Database, *, public_url: str | None = None) -> Runtime:
    secrets = Secrets(engine="e", actions="a", visitor="v" * 43, vault="A" * 43, fingerprint="f")
    settings = Settings(public_url=public_url)
    return Runtime(settings, secrets, database, Hints(), MovedClock())


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


async def hire(rt: Runtime, username: str, *roles: Role, must_change: bool = False) -> str:
    account = await create_staff(
        rt,
        username=username,
        name=f"专员 {username}",
        roles=list(roles),
        password=PASSWORD,
        must_change_password=must_change,
    )
    return account.id


async def log_in(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD
) -> httpx.Response:
    return await client.post("/api/staff/login", json={"username": username, "password": password})


async def at_work(app: FastAPI, rt: Runtime, username: str, *roles: Role) -> Person:
    """Hire, sign in, and send the CSRF token from then on as the pages do."""
    staff_id = await hire(rt, username, *roles)
    client = anonymous(app)
    body: dict[str, Any] = (await log_in(client, username)).raise_for_status().json()
    client.headers["X-CSRF-Token"] = body["csrf"]
    return Person(staff_id, body["staff"]["name"], client)


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]
