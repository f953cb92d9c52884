import pytest

from bot.runtime import Runtime
from tests.conversation.desk_double import DeskDouble


@pytest.fixture
def desk(rt: Runtime) -> DeskDouble:
    double = DeskDouble()
    rt.parts["desk"] = double
    return double
