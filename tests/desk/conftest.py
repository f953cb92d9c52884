from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.desk.api import router as desk_router
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, make_app, quick_hashing
from tests.desk.offices import found_team, join
from tests.desk.talents import Talent

__all__ = ["quick_hashing"]  # a fixture of every test here


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt, accounts_router, desk_router)


@pytest.fixture
async def team(rt: Runtime) -> str:
    """The team that answers for every chat of these tests."""
    return await found_team(rt, "省人才服务组", default=True)


@pytest.fixture
async def lin(app: FastAPI, rt: Runtime, team: str) -> AsyncIterator[Person]:
    """A specialist, who sees what is theirs and what waits in the team."""
    person = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    yield person
    await person.http.aclose()


@pytest.fixture
async def zhou(app: FastAPI, rt: Runtime, team: str) -> AsyncIterator[Person]:
    """A colleague of the same team who sees all its chats."""
    person = await join(app, rt, "zhouning", Role.FRONT_DESK, team=team)
    yield person
    await person.http.aclose()


@pytest.fixture
async def lead(app: FastAPI, rt: Runtime, team: str) -> AsyncIterator[Person]:
    person = await join(app, rt, "zuzhang", Role.LEAD, team=team)
    yield person
    await person.http.aclose()


@pytest.fixture
async def waiting(rt: Runtime, team: str) -> Talent:
    """A talent who asked a question and then for a person."""
    talent = await Talent.arrive(rt, "t1")
    await talent.say("惠才卡有效期几年？")
    await talent.ask_for_a_person()
    return talent


@pytest.fixture
async def held(waiting: Talent, lin: Person) -> Talent:
    """The same chat, held by `lin`."""
    (await lin.http.post(f"{waiting.path}/claim")).raise_for_status()
    return waiting
