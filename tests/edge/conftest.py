"""The whole app in this process, with a scripted engine, as its callers see it over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import build_app
from bot.runtime import Runtime, SystemClock
from bot.settings import Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from tests.conversation.engine import ScriptedEngine


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(home=tmp_path, embed_origins="https://partner.example")
    secrets = load_secrets(settings.home)
    rt = Runtime(settings, secrets, Database(settings.sqlalchemy_url), Hints(), SystemClock())
    app = build_app(rt, engine=ScriptedEngine())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        client.runtime = rt  # type: ignore[attr-defined]
        yield client
