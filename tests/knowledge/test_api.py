"""The console's routes: who may do what, and what the pages get."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.accounts.api import router as staff_router
from bot.accounts.permissions import Role
from bot.knowledge import service
from bot.knowledge.api import router
from bot.runtime import Runtime
from tests.accounts.staff_app import anonymous, hire, log_in, make_app
from tests.knowledge.records import RECORDS, record

TERM = next(one for one in RECORDS if one["key"] == "term")


@pytest.fixture
async def clients(rt: Runtime, folder: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A browser per role, and one of nobody."""
    await service.load(rt, folder=folder)
    app = make_app(rt, staff_router, router)
    found: dict[str, httpx.AsyncClient] = {"nobody": anonymous(app)}
    for role in (Role.EDITOR, Role.PUBLISHER, Role.SPECIALIST):
        await hire(rt, role.value, role)
        client = found[role.value] = anonymous(app)
        answer = await log_in(client, role.value)
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    yield found
    for client in found.values():
        await client.aclose()


async def test_reading_needs_a_session(clients: dict[str, httpx.AsyncClient]) -> None:
    for path in ("/api/console/faqs", "/api/console/faqs/term"):
        assert (await clients["nobody"].get(path)).status_code == 401
        assert (await clients["specialist"].get(path)).status_code == 200


async def test_list_is_searched_and_filtered(clients: dict[str, httpx.AsyncClient]) -> None:
    editor = clients["editor"]
    everything = (await editor.get("/api/console/faqs")).json()
    assert (everything["total"], everything["categories"]) == (len(RECORDS), ["测试"])
    found = (await editor.get("/api/console/faqs", params={"query": "挂失"})).json()
    assert [(one["key"], one["status"], one["phrasings"]) for one in found["faqs"]] == [
        ("lost", "published", 2)
    ]
    drafts = await editor.get("/api/console/faqs", params={"status": "draft"})
    assert drafts.json()["total"] == 0
    assert (await editor.get("/api/console/faqs", params={"query": "100%_"})).json()["total"] == 0


async def test_edit_publish_answer(clients: dict[str, httpx.AsyncClient]) -> None:
    editor, publisher = clients["editor"], clients["publisher"]
    read = (await editor.get("/api/console/faqs/term")).json()
    faq = {
        **read["faq"],
        "phrasings": ["惠才卡年审"],
        "answer": {**read["faq"]["answer"], "paragraphs": ["改好了。"]},
    }
    saved = await editor.put("/api/console/faqs/term", json={"faq": faq, "revision": read["revision"]})
    assert (saved.status_code, saved.json()["status"]) == (200, "changed")
    assert any("相似问" in warning for warning in saved.json()["warnings"])
    stale = await editor.put("/api/console/faqs/term", json={"faq": faq, "revision": read["revision"]})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "changed_meanwhile")
    assert (await editor.post("/api/console/faqs/term/publish")).status_code == 403
    published = await publisher.post("/api/console/faqs/term/publish")
    assert (published.json()["release"], published.json()["status"]) == (2, "published")
    assert published.json()["history"][0]["staff_name"] == "专员 publisher"
    tried = (await editor.post("/api/console/try", json={"question": "惠才卡年审"})).json()
    assert (tried["band"], tried["release"], tried["candidates"][0]["key"]) == ("answer", 2, "term")
    assert tried["content"]["paragraphs"] == ["改好了。"]
    assert tried["candidates"][0]["scores"]["total"] == pytest.approx(
        tried["candidates"][0]["scores"]["total"]
    )


async def test_new_faq_and_withdrawal(clients: dict[str, httpx.AsyncClient]) -> None:
    editor, publisher = clients["editor"], clients["publisher"]
    new = record("huaqiao", "华侨回国定居怎么办？", "归侨定居手续")
    created = await editor.post("/api/console/faqs", json={"faq": new})
    assert (created.status_code, created.json()["status"]) == (201, "draft")
    early = await publisher.post("/api/console/faqs/huaqiao/withdraw")
    assert early.json()["error"]["code"] == "not_published"
    await publisher.post("/api/console/faqs/huaqiao/publish")
    gone = await publisher.post("/api/console/faqs/huaqiao/withdraw")
    assert gone.json()["status"] == "withdrawn"
    assert (await publisher.post("/api/console/faqs/nowhere/publish")).status_code == 404


async def test_what_is_wrong_is_said_by_field(clients: dict[str, httpx.AsyncClient]) -> None:
    bad = {
        **TERM,
        "sources": [{"title": ""}],
        "region": "山东",
        "valid_from": "2026-02-02",
        "valid_until": "2026-02-01",
    }
    answer = await clients["editor"].post("/api/console/faqs", json={"faq": bad})
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == {"sources.0.title", "region"}
    for junk in ({"faq": {}}, {"faq": {"key": 1}}, {"faq": TERM, "more": 1}):
        assert (await clients["editor"].post("/api/console/faqs", json=junk)).status_code == 422
