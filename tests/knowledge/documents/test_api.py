"""The console's routes for documents: who may do what, and what the page gets."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.accounts.api import router as staff_router
from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.edge import protection
from bot.knowledge.documents.api import router
from bot.knowledge.documents.service import MOST_BYTES
from bot.runtime import Runtime
from tests.accounts.staff_app import anonymous, code, hire, log_in, make_app
from tests.knowledge.documents import files

BASE = "/api/console/documents"


@pytest.fixture
async def clients(library: Runtime) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A browser per role, and one of nobody, behind the same protection as the app's."""
    app = make_app(library, staff_router, router)
    protection.install(app, library.settings)
    found: dict[str, httpx.AsyncClient] = {"nobody": anonymous(app)}
    for role in (Role.EDITOR, Role.PUBLISHER, Role.SPECIALIST):
        await hire(library, role.value, role)
        client = found[role.value] = anonymous(app)
        answer = await log_in(client, role.value)
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    yield found
    for client in found.values():
        await client.aclose()


async def upload(client: httpx.AsyncClient, data: bytes, name: str = "办法.txt") -> httpx.Response:
    return await client.post(f"{BASE}/import", params={"name": name}, content=data)


async def test_who_may_do_what(clients: dict[str, httpx.AsyncClient]) -> None:
    data = files.txt().encode()
    assert code(await upload(clients["nobody"], data)) == (401, "not_signed_in")
    assert code(await upload(clients["specialist"], data)) == (403, "not_allowed")
    without = {name: clients["editor"].headers.pop(name) for name in ("X-CSRF-Token",)}
    assert code(await upload(clients["editor"], data)) == (403, "csrf_failed")
    clients["editor"].headers.update(without)
    made = await upload(clients["editor"], data)
    assert (made.status_code, made.json()["known"]) == (201, False)
    path = f"{BASE}/{made.json()['document']['id']}"
    body: dict[str, Any] = {"revision": made.json()["draft"]["revision"]}
    assert code(await clients["editor"].post(f"{path}/publish", json=body)) == (403, "not_allowed")
    changed = {"revision": 1, "force": {}}
    assert code(await clients["editor"].put(f"{path}/force", json=changed)) == (403, "not_allowed")
    assert (await clients["specialist"].get(path)).status_code == 200
    assert (await clients["publisher"].post(f"{path}/publish", json=body)).status_code == 200


async def test_the_whole_path(clients: dict[str, httpx.AsyncClient], library: Runtime) -> None:
    editor, publisher = clients["editor"], clients["publisher"]
    made = (await upload(editor, files.txt().encode())).json()
    path, draft = f"{BASE}/{made['document']['id']}", made["draft"]
    (doubt,) = draft["report"]["doubts"]
    (line,) = (await editor.get(BASE, params={"status": "draft"})).json()["documents"]
    assert (line["standing"], line["draft"], line["doubts"]) == (None, True, 1)
    facts = {k: v for k, v in draft["facts"].items() if k not in ("status_text", "source_site")}
    words = draft["paragraphs"][doubt["paragraph"]]["text"].replace("“”", "“甲”")
    body = {"revision": 1, "facts": facts | {"in_force": True}, "paragraphs": {doubt["paragraph"]: words}}
    saved = (await editor.put(f"{path}/draft", json=body)).json()
    assert saved["draft"]["revision"] == 2
    assert code(await editor.put(f"{path}/draft", json=body)) == (409, "changed_meanwhile")
    live = (await publisher.post(f"{path}/publish", json={"revision": 2})).json()
    assert (live["document"]["standing"], live["draft"]) == ("in_force", None)
    assert live["text"]["paragraphs"][doubt["paragraph"]]["text"] == words
    force = {**live["document"]["force"], "ends": [{"how": "repealed", "on": "2026-11-20"}]}
    changed = {"revision": live["document"]["revision"], "force": force}
    ended = (await publisher.put(f"{path}/force", json=changed)).json()
    assert ended["release"] == live["release"] + 1
    assert [(one["key"], one["ended"]) for one in ended["citing"]] == [("checkup", True), ("rest", True)]
    (line,) = (await editor.get(BASE, params={"status": "repealed", "query": files.NUMBER})).json()[
        "documents"
    ]
    assert (line["citing"], line["review"]) == (2, 2)
    async with library.db.read() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    documents = [entry.action for entry in entries if entry.action.startswith("document.")]
    assert documents == ["document.import", "document.save", "document.publish", "document.force"]


async def test_faults_are_named_by_field(clients: dict[str, httpx.AsyncClient]) -> None:
    made = (await upload(clients["editor"], files.txt().encode())).json()
    path = f"{BASE}/{made['document']['id']}"
    bad = await clients["editor"].put(f"{path}/draft", json={"revision": 1, "facts": {"title": ""}})
    assert (bad.status_code, bad.json()["error"]["fields"]) == (422, {"facts.title": "这一项必填。"})
    assert code(await clients["editor"].get(f"{BASE}/{'0' * 32}")) == (404, "unknown_document")


async def test_only_an_upload_may_be_large(clients: dict[str, httpx.AsyncClient]) -> None:
    large = ("　　" + "很长的一段话。" * 40 + "\n").encode() * 1_000
    assert len(large) > protection.BODY_LIMIT_BYTES
    assert (await upload(clients["editor"], (files.TITLE + "\n").encode() + large)).status_code == 201
    assert code(await upload(clients["editor"], b"a" * (MOST_BYTES + 1))) == (413, "too_large")
    assert code(await upload(clients["editor"], b"a" * (MOST_BYTES + 100))) == (413, "too_large")
    elsewhere = await clients["editor"].post(f"{BASE}/x/publish", content=large)
    assert code(elsewhere) == (413, "too_large")
