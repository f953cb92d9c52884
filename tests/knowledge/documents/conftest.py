from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import service
from bot.runtime import Runtime
from bot.store.database import Database
from bot.store.hints import Hints
from tests.knowledge.conftest import write
from tests.knowledge.documents import files
from tests.knowledge.records import RECORDS, record

CHECKUP = record(
    "checkup",
    "测试人才体检一年几次？",
    "测试人才体检次数",
    "测试人才多久体检一回",
    sources=[{"title": files.TITLE, "number": files.NUMBER, "clause": "第三条"}],
)
REST = record(
    "rest",
    "测试人才疗养怎么安排？",
    "测试人才疗养安排",
    sources=[{"title": files.TITLE, "number": files.NUMBER, "clause": "第二条"}],
)


@pytest.fixture
async def library(rt: Runtime, tmp_path: Path) -> Runtime:
    """Answers that rest on the test document, which nobody has registered yet."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    write(folder, [*RECORDS, CHECKUP, REST])
    await service.load(rt, folder=folder)
    return rt


@pytest.fixture
async def other(rt: Runtime) -> AsyncIterator[Runtime]:
    """A second process on the same database: its own connections, no shared hints."""
    database = Database(rt.settings.sqlalchemy_url)
    second = Runtime(rt.settings, rt.secrets, database, Hints(), rt.clock)
    yield second
    await service.stop(second)
    await database.close()


def force(**changes: Any) -> dict[str, Any]:
    return {"in_force": True, "ends": [], **changes}
