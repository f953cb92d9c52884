from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.desk.api import router as desk_router
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, at_work, make_app, quick_hashing
from tests.desk.talents import Talent

__all__ = ["quick_hashing"]  # a fixture of every test here


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt, accounts_router, desk_router)


@pytest.fixture
async def lin(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    yield person
    await person.http.aclose()


@pytest.fixture
async def zhou(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    person = await at_work(app, rt, "zhouning", Role.SPECIALIST)
    yield person
    await person.http.aclose()


@pytest.fixture
async def waiting(rt: Runtime) -> Talent:
    """A talent who asked a question and then for a person."""
    talent = await Talent.arrive(rt, "t1")
    await talent.say("惠才卡有效期几年？")
    await talent.ask_for_a_person()
    return talent
