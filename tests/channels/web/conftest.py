from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.channels.limits import Limits
from bot.channels.web.routes import router
from bot.conversation.change import Change, StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover
from bot.conversation.service import act, tell
from bot.edge import errors, protection
from bot.runtime import Runtime

LIN = StaffName("s1", "林晓")


@dataclass
class Visitor:
    """Somebody with the chat page open, as it calls the server."""

    http: httpx.AsyncClient
    rt: Runtime
    conversation_id: str

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.http.post(f"/api/web/{path}", json=body)

    async def asks(self, **more: Any) -> dict[str, Any]:
        response = await self.post("human", {"client_msg_id": str(uuid4()), **more})
        return dict(response.raise_for_status().json())

    async def sends(self, data: bytes, *, name: str, key: str | None = None) -> httpx.Response:
        query = {"name": name, "key": key or str(uuid4())}
        return await self.http.post("/api/web/files", params=query, content=data)

    async def page(self) -> dict[str, Any]:
        response = await self.http.get("/api/web/history", params={"before": 10_000, "limit": 100})
        return dict(response.raise_for_status().json())

    async def last(self) -> dict[str, Any]:
        return dict((await self.page())["messages"][-1])

    async def staff(self, event: ControlEvent, **more: Any) -> None:
        async with self.rt.db.write() as session:
            change = Change(event, by=LIN, **more)
            await act(session, self.rt, conversation_id=self.conversation_id, change=change)
        tell(self.rt, self.conversation_id, desk=True)

    async def handover(self) -> Handover:
        async with self.rt.db.read() as session:
            found = await session.scalar(
                select(Handover).where(Handover.conversation_id == self.conversation_id)
            )
        assert found
        return found


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    app = FastAPI()
    app.state.runtime = rt
    rt.parts["limits"] = Limits()
    errors.install(app)
    protection.install(app, rt.settings)
    app.include_router(router)
    return app


async def visit(app: FastAPI, rt: Runtime) -> Visitor:
    # Not from this machine: its own callers are not limited.
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 40000), raise_app_exceptions=False)
    http = httpx.AsyncClient(transport=transport, base_url="http://test")
    session = (await http.post("/api/web/session", json={})).raise_for_status().json()
    http.headers["Authorization"] = f"Bearer {session['token']}"
    return Visitor(http, rt, session["conversation_id"])


@pytest.fixture
async def visitor(app: FastAPI, rt: Runtime) -> AsyncIterator[Visitor]:
    one = await visit(app, rt)
    yield one
    await one.http.aclose()


@pytest.fixture
async def stranger(app: FastAPI, rt: Runtime) -> AsyncIterator[Visitor]:
    one = await visit(app, rt)
    yield one
    await one.http.aclose()
