from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.desk.api import router as desk_router
from bot.desk.manage.accounts_api import router as admin_router
from bot.desk.manage.after_api import router as after_router
from bot.desk.manage.api import router as manage_router
from bot.desk.manage.settings_api import router as settings_router
from bot.desk.models import ServiceLevel
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, make_app
from tests.desk.offices import found_team, join


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(
        rt, accounts_router, admin_router, desk_router, manage_router, after_router, settings_router
    )


@pytest.fixture
async def team(rt: Runtime) -> str:
    return await found_team(rt, "省人才服务组", default=True)


@pytest.fixture
async def other_team(rt: Runtime) -> str:
    return await found_team(rt, "泉州服务组", region="350500")


@pytest.fixture
async def lead(app: FastAPI, rt: Runtime, team: str) -> AsyncIterator[Person]:
    """Leads the team and sees its chats."""
    person = await join(app, rt, "zuzhang", Role.LEAD, team=team)
    yield person
    await person.http.aclose()


@pytest.fixture
async def chief(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    """Keeps settings and reports for the whole country."""
    person = await join(app, rt, "zhuguan", Role.SUPERVISOR, team=None, region="000000")
    yield person
    await person.http.aclose()


@pytest.fixture
async def levels(rt: Runtime) -> None:
    async with rt.db.write() as session:
        session.add(
            ServiceLevel(
                team_id="",
                queue_wait_s=120,
                first_reply_s=60,
                resolution_s=3600,
                callback_s=4 * 3600,
                warn_percent=80,
                updated_at=rt.clock.now(),
            )
        )
