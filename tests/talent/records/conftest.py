from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.runtime import Runtime
from bot.talent import directory
from bot.talent.api import router as talents_router
from bot.talent.directory_api import router as directory_router
from bot.talent.exchange_api import router as exchange_router
from tests.accounts.staff_app import Person, make_app, quick_hashing
from tests.talent.records.people import signed_in

__all__ = ["quick_hashing"]  # a fixture of every test here


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt, accounts_router, exchange_router, talents_router, directory_router)


@pytest.fixture
async def departments(rt: Runtime) -> None:
    await directory.load(rt)


@pytest.fixture
async def office(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    """The back office of the whole country."""
    person = await signed_in(app, rt, "houtai", Role.BACK_OFFICE)
    yield person
    await person.http.aclose()
