import pytest

from bot.runtime import Runtime
from bot.talent.grassroots_seeds import load_grassroots


@pytest.fixture
async def seeded(rt: Runtime) -> Runtime:
    await load_grassroots(rt, sample=False)
    return rt
