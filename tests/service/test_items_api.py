"""The console's routes of service items: who may do what, and what the pages get."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import yaml

from bot.accounts.api import router as staff_router
from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.catalogue import catalogue, refresh
from bot.service.items import content_of
from bot.service.items_api import router
from bot.service.seeds import read_record
from tests.accounts.staff_app import anonymous, at_work, code, make_app, quick_hashing
from tests.service.items import demo_item

__all__ = ["quick_hashing"]
PATH = "/api/console/items"


def record(**changes: Any) -> dict[str, Any]:
    return content_of(demo_item(**changes))


@pytest.fixture
async def clients(rt: Runtime) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A browser per role, and one of nobody."""
    await refresh(rt)
    app = make_app(rt, staff_router, router)
    found = {"nobody": anonymous(app)}
    for role in (Role.SPECIALIST, Role.EDITOR, Role.PUBLISHER, Role.DEPARTMENT):
        found[role.value] = (await at_work(app, rt, role.value, role)).http
    yield found
    for client in found.values():
        await client.aclose()


async def test_each_role_does_what_it_may(clients: dict[str, httpx.AsyncClient]) -> None:
    made = await clients["editor"].post(PATH, json={"item": record()})
    assert made.status_code == 201
    calls: dict[str, tuple[str, str, dict[str, Any] | None, set[str]]] = {
        "list": ("GET", PATH, None, {"specialist", "editor", "publisher"}),
        "choices": ("GET", f"{PATH}/choices", None, {"specialist", "editor", "publisher"}),
        "read": ("GET", f"{PATH}/demo-card", None, {"specialist", "editor", "publisher"}),
        "export": ("GET", f"{PATH}/demo-card/export.yml", None, {"specialist", "editor", "publisher"}),
        "check": ("POST", f"{PATH}/check", {"item": record()}, {"specialist", "editor", "publisher"}),
        "import": ("POST", f"{PATH}/import", {"text": "items: [{key: a}]"}, {"editor", "publisher"}),
        "make": ("POST", PATH, {"item": {}}, {"editor", "publisher"}),
        "save": ("PUT", f"{PATH}/demo-card", {"item": {}, "revision": 1}, {"editor", "publisher"}),
        "publish": ("POST", f"{PATH}/demo-card/publish", {"revision": 9}, {"publisher"}),
        "withdraw": ("POST", f"{PATH}/demo-card/withdraw", {"revision": 9}, {"publisher"}),
        "version": ("GET", f"{PATH}/demo-card/versions/1", None, {"specialist", "editor", "publisher"}),
    }
    for name, (method, path, body, allowed) in calls.items():
        for role, client in clients.items():
            answer = await client.request(method, path, json=body)
            refused = answer.status_code in (401, 403)
            assert refused == (role not in allowed), (name, role, answer.status_code)


async def test_edit_publish_withdraw(clients: dict[str, httpx.AsyncClient], rt: Runtime) -> None:
    editor, publisher = clients["editor"], clients["publisher"]
    made = (await editor.post(PATH, json={"item": record()})).json()
    assert (made["status"], made["revision"], made["published_version"]) == ("draft", 1, None)
    assert made["card"]["card"]["title"] == "示范卡申领 · 一次性告知"
    assert any("相似说法" in one for one in made["advice"])
    done = (await publisher.post(f"{PATH}/demo-card/publish", json={"revision": 1})).json()
    assert (done["version"], done["status"]) == (1, "published")
    assert catalogue(rt).item("demo-card") is not None
    changed = await editor.put(f"{PATH}/demo-card", json={"item": record(name="新名字"), "revision": 1})
    assert (changed.json()["status"], changed.json()["revision"]) == ("changed", 2)
    stale = await publisher.post(f"{PATH}/demo-card/publish", json={"revision": 1})
    assert code(stale) == (409, "changed_meanwhile")
    version = (await editor.get(f"{PATH}/demo-card/versions/1")).json()
    assert version["item"]["name"] == "示范卡申领"
    assert version["changes"] == [["name", "示范卡申领", "新名字"]]
    (line,) = (await editor.get(PATH)).json()["items"]
    assert (line["name"], line["status"], line["version"]) == ("新名字", "changed", 1)
    gone = (await publisher.post(f"{PATH}/demo-card/withdraw", json={"revision": 2})).json()
    assert gone["status"] == "withdrawn" and catalogue(rt).item("demo-card") is None
    assert [one["version"] for one in gone["history"]] == [1]
    assert gone["history"][0]["staff_name"] == "专员 publisher"


async def test_a_mistake_is_named_by_its_place(clients: dict[str, httpx.AsyncClient]) -> None:
    wrong = record() | {"name": ""}
    wrong["questions"][1]["ask"] = ""
    answer = await clients["editor"].post(PATH, json={"item": wrong})
    assert code(answer) == (422, "invalid_item")
    assert answer.json()["error"]["fields"] == {
        "name": "这一项不能为空。",
        "questions.1.ask": "这一项不能为空。",
    }
    checked = (await clients["editor"].post(f"{PATH}/check", json={"item": wrong})).json()
    assert set(checked["fields"]) == {"name", "questions.1.ask"} and checked["card"] is None


async def test_a_saved_item_keeps_its_key(clients: dict[str, httpx.AsyncClient]) -> None:
    await clients["editor"].post(PATH, json={"item": record()})
    body = {"item": record(key="other"), "revision": 1}
    saved = (await clients["editor"].put(f"{PATH}/demo-card", json=body)).json()
    assert saved["item"]["key"] == "demo-card"
    again = await clients["editor"].post(PATH, json={"item": record()})
    assert code(again) == (409, "key_exists")
    assert code(await clients["editor"].get(f"{PATH}/other")) == (404, "unknown_item")
    assert code(await clients["editor"].get(f"{PATH}/demo-card/versions/1")) == (404, "unknown_version")


async def test_a_file_goes_out_and_in_again(clients: dict[str, httpx.AsyncClient]) -> None:
    await clients["editor"].post(PATH, json={"item": record()})
    file = await clients["editor"].get(f"{PATH}/demo-card/export.yml")
    assert file.headers["content-disposition"] == 'attachment; filename="demo-card.yml"'
    read = (await clients["editor"].post(f"{PATH}/import", json={"text": file.text})).json()["item"]
    assert read == yaml.safe_load(file.text)["items"][0]
    checked = (await clients["editor"].post(f"{PATH}/check", json={"item": read})).json()
    assert checked["fields"] == {}
    for text, told in (("不是事项", "unreadable_file"), ("x" * 200_001, "invalid_request")):
        answer = await clients["editor"].post(f"{PATH}/import", json={"text": text})
        assert code(answer) == (422, told)


@pytest.mark.parametrize(
    "text",
    [
        "不是事项",
        "items: []",
        "items: [1]",
        "a: &a [1,1]\nb: &b [*a,*a]\nitems: [{key: x, name: *b}]",
        "[" * 5000,
        "items: [{key: !!python/object/apply:os.getcwd []}]",
        "items: {",
    ],
    ids=["words", "empty", "number", "references", "depth", "object", "broken"],
)
def test_a_file_that_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_record(text)
    assert refused.value.code == "unreadable_file"
