from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI

from bot.accounts.api import router as accounts_router
from bot.channels.limits import Limits
from bot.channels.web.routes import router as web_router
from bot.identity.api import router as identity_router
from bot.identity.office_api import router as office_router
from bot.notices.port import PART
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from bot.service.texts import load_texts
from bot.settings import PROJECT
from tests.accounts.staff_app import anonymous, make_app, quick_hashing
from tests.identity.people import Chat, Phones, open_chat

__all__ = ["quick_hashing"]


@pytest.fixture
def phones(rt: Runtime) -> Phones:
    rt.parts[PART] = phones = Phones()
    return phones


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    rt.parts["limits"] = Limits()
    texts = load_texts(PROJECT / "data" / "dialogue" / "texts.yml")
    rt.parts.setdefault("service", Catalogue({}, texts))
    return make_app(rt, web_router, identity_router, office_router, accounts_router)


@pytest.fixture
async def new_chat(
    rt: Runtime, app: FastAPI, phones: Phones
) -> AsyncIterator[Callable[..., Awaitable[Chat]]]:
    async with AsyncExitStack() as stack:

        async def make(*, address: str = "203.0.113.7") -> Chat:
            http = await stack.enter_async_context(anonymous(app, address=address))
            return await open_chat(rt, http, phones)

        yield make


@pytest.fixture
async def chat(new_chat: Callable[..., Awaitable[Chat]]) -> Chat:
    return await new_chat()
