from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.desk.manage.accounts_api import router as admin_router
from bot.runtime import Runtime
from tests.accounts.staff_app import anonymous, make_app, quick_hashing

__all__ = ["quick_hashing"]  # a fixture of every test here


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt, accounts_router, admin_router)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with anonymous(app) as client:
        yield client
