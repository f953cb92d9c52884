import pytest

from bot.knowledge.published import PART, Library
from bot.notices.port import PART as NOTICES
from bot.runtime import Runtime
from bot.talent.grassroots_seeds import load_grassroots
from tests.identity.people import Phones
from tests.talent.published import entitling_answers


@pytest.fixture
async def seeded(rt: Runtime) -> Runtime:
    await load_grassroots(rt, sample=False)
    return rt


@pytest.fixture(scope="session")
def entitling() -> Library:
    return entitling_answers()


@pytest.fixture
def informed(rt: Runtime, entitling: Library) -> Runtime:
    rt.parts[PART] = entitling
    return rt


@pytest.fixture
def phones(rt: Runtime) -> Phones:
    rt.parts[NOTICES] = phones = Phones()
    return phones
