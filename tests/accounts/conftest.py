from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from bot.accounts.api import router
from bot.runtime import Runtime
from bot.store.database import Database
from tests.accounts.staff_app import MovedClock, anonymous, make_app, make_runtime


@pytest_asyncio.fixture
async def database(tmp_path):
    import bot.accounts.models  # noqa
    from bot.store.base import Base

    db = Database(f"sqlite+aiosqlite:///{tmp_path}/t.db")
    async with db.engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    yield db
    await db.close()


@pytest.fixture
def rt(database: Database) -> Runtime:
    return make_runtime(database)


@pytest.fixture
def clock(rt: Runtime) -> MovedClock:
    assert isinstance(rt.clock, MovedClock)
    return rt.clock


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt, router)


@pytest_asyncio.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with anonymous(app) as client:
        yield client
