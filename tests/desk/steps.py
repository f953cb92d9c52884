"""What people do at the desk over HTTP, for tests that are about what comes of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.conversation import service as conversation
from bot.conversation.change import Change, StaffName
from bot.conversation.control_rules import ControlEvent
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.desk.talents import Talent

Json = dict[str, Any]


async def listed(person: Person, view: str, **more: str) -> list[Json]:
    response = await person.http.get("/api/desk/chats", params={"view": view, **more})
    rows: list[Json] = response.raise_for_status().json()["chats"]
    return rows


async def detail(person: Person, talent: Talent) -> Json:
    body: Json = (await person.http.get(talent.path)).raise_for_status().json()
    return body


async def act(person: Person, talent: Talent, deed: str, **body: Any) -> httpx.Response:
    return await person.http.post(f"{talent.path}/{deed}", json=body or None)


async def done(person: Person, talent: Talent, deed: str, **body: Any) -> Json:
    """The row a deed answers with; the deed must succeed."""
    response = await act(person, talent, deed, **body)
    assert response.status_code == 200, response.text
    row: Json = response.json()["chat"]
    return row


async def say(person: Person, talent: Talent, text: str, **more: Any) -> httpx.Response:
    body = {"client_msg_id": str(uuid4()), "text": text} | more
    return await person.http.post(f"{talent.path}/messages", json=body)


async def note(person: Person, talent: Talent, text: str) -> httpx.Response:
    body = {"client_msg_id": str(uuid4()), "text": text}
    return await person.http.post(f"{talent.path}/notes", json=body)


async def deeds(rt: Runtime, talent: Talent, *, of: Person | None = None) -> list[str]:
    """What the audit log says was done to a chat, views left out."""
    query = select(AuditEntry).where(AuditEntry.subject == talent.conversation_id)
    if of:
        query = query.where(AuditEntry.staff_id == of.id)
    async with rt.db.read() as session:
        rows = await session.scalars(query.order_by(AuditEntry.id))
        return [row.action for row in rows if row.action != "desk.view"]


async def ring(rt: Runtime, talent: Talent, at: Person, *, seconds: int = 30) -> None:
    offer = Change(
        ControlEvent.OFFER,
        target=StaffName(at.id, at.name),
        until=rt.clock.now() + timedelta(seconds=seconds),
    )
    async with rt.db.write() as session:
        await conversation.act(session, rt, conversation_id=talent.conversation_id, change=offer)
