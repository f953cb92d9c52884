"""Items as rows: seeds, drafts, versions, releases, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.accounts.models import AuditEntry
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import catalogue as snapshot
from bot.service.catalogue import Catalogue, catalogue, refresh
from bot.service.checking import InvalidItem, parse_item
from bot.service.item_models import ItemVersion
from bot.service.items import (
    content_of,
    list_items,
    publish,
    read_item,
    read_version,
    save_draft,
    status_of,
    withdraw,
)
from bot.service.seeds import load_seeds, read_records, write_record
from tests.service.items import demo_item, texts

STAFF = "1" * 32


def record(**changes: Any) -> dict[str, Any]:
    return content_of(demo_item(**changes))


def write(folder: Path, *records: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "items.yml").write_text(yaml.safe_dump({"items": list(records)}, allow_unicode=True), "utf-8")
    return folder


async def status(rt: Runtime) -> str:
    return status_of((await read_item(rt, key="demo-card")).row)


async def test_a_draft_is_offered_only_once_it_is_published(rt: Runtime) -> None:
    assert await save_draft(rt, item=record(), revision=None, staff_id=STAFF) == 1
    assert (await refresh(rt)).item("demo-card") is None and await status(rt) == "draft"
    assert await publish(rt, key="demo-card", revision=1, staff_id=STAFF) == 1
    offered = catalogue(rt).item("demo-card")
    assert offered is not None and (offered.version, offered.name) == (1, "示范卡申领")
    await save_draft(rt, item=record(name="示范卡"), revision=1, staff_id=STAFF)
    assert await status(rt) == "changed"
    offered = (await refresh(rt)).item("demo-card")
    assert offered is not None and offered.name == "示范卡申领"
    assert await publish(rt, key="demo-card", revision=2, staff_id=STAFF) == 2
    now = catalogue(rt)
    assert [now.version("demo-card", n).name for n in (1, 2)] == ["示范卡申领", "示范卡"]  # type: ignore[union-attr]
    assert now.version("demo-card", 3) is None and await status(rt) == "published"


async def test_a_withdrawn_item_keeps_its_versions(rt: Runtime) -> None:
    await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    await publish(rt, key="demo-card", revision=1, staff_id=STAFF)
    await withdraw(rt, key="demo-card", revision=1, staff_id=STAFF)
    now = catalogue(rt)
    assert now.item("demo-card") is None and now.offered == []
    assert now.version("demo-card", 1) is not None and now.items["demo-card"].name == "示范卡申领"
    assert await status(rt) == "withdrawn"
    with pytest.raises(Refusal) as refused:
        await withdraw(rt, key="demo-card", revision=1, staff_id=STAFF)
    assert refused.value.code == "not_published"
    assert await publish(rt, key="demo-card", revision=1, staff_id=STAFF) == 2
    assert catalogue(rt).item("demo-card") is not None


async def test_who_edits_what_another_has_changed_is_refused(rt: Runtime) -> None:
    await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    await save_draft(rt, item=record(name="甲"), revision=1, staff_id=STAFF)
    for act in (
        save_draft(rt, item=record(name="乙"), revision=1, staff_id=STAFF),
        publish(rt, key="demo-card", revision=1, staff_id=STAFF),
        withdraw(rt, key="demo-card", revision=1, staff_id=STAFF),
    ):
        with pytest.raises(Refusal) as refused:
            await act
        assert refused.value.code == "changed_meanwhile"
    with pytest.raises(Refusal) as refused:
        await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    assert refused.value.code == "key_exists"
    assert (await read_item(rt, key="demo-card")).row.draft["name"] == "甲"


async def test_of_many_at_once_each_publish_makes_one_version(rt: Runtime) -> None:
    keys = [f"demo-{n}" for n in range(4)]
    for key in keys:
        await save_draft(rt, item=record(key=key), revision=None, staff_id=STAFF)
    acts = [publish(rt, key=key, revision=1, staff_id=STAFF) for key in keys for _ in range(2)]
    assert sorted(await asyncio.gather(*acts)) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert sorted(item.key for item in (await refresh(rt)).offered) == keys
    assert catalogue(rt).release == 8


async def test_every_process_follows_a_release(rt: Runtime) -> None:
    other = Runtime(rt.settings, rt.secrets, rt.db, rt.hints, rt.clock)
    await snapshot.start(other)
    assert catalogue(other).offered == []
    await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    await publish(rt, key="demo-card", revision=1, staff_id=STAFF)
    async with asyncio.timeout(5):
        while not catalogue(other).offered:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await snapshot.stop(other)
    assert "service" not in other.parts


async def test_seeds_are_loaded_once_and_leave_what_staff_changed(rt: Runtime, tmp_path: Path) -> None:
    one, two = record(key="demo-a"), record(key="demo-b")
    folder = write(tmp_path / "seeds", one, two)
    assert (await load_seeds(rt, folder=folder)).added == ["demo-a", "demo-b"]
    assert catalogue(rt).release == 1
    assert (await load_seeds(rt, folder=folder)).unchanged == 2
    assert catalogue(rt).release == 1
    await save_draft(rt, item=one | {"name": "改过的"}, revision=1, staff_id=STAFF)
    write(folder, one | {"name": "新的甲"}, two | {"name": "新的乙"})
    loaded = await load_seeds(rt, folder=folder)
    assert (loaded.kept, loaded.changed) == (["demo-a"], ["demo-b"])
    assert (await read_item(rt, key="demo-a")).row.draft["name"] == "改过的"
    assert catalogue(rt).items["demo-a"].name == "示范卡申领"
    assert (catalogue(rt).items["demo-b"].name, catalogue(rt).items["demo-b"].version) == ("新的乙", 2)


async def test_withdrawn_seeds_stay_withdrawn(rt: Runtime, tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds", record())
    await load_seeds(rt, folder=folder)
    await withdraw(rt, key="demo-card", revision=1, staff_id=STAFF)
    write(folder, record(name="新的"))
    assert (await load_seeds(rt, folder=folder)).kept == ["demo-card"]
    assert catalogue(rt).item("demo-card") is None


async def test_a_file_with_a_mistake_changes_nothing(rt: Runtime, tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds", record(key="demo-a"), record(key="demo-b") | {"region": "999999"})
    loaded = await load_seeds(rt, folder=folder)
    assert loaded.problems == {"items.yml: demo-b": {"region": "没有这个地区代码，请填 6 位行政区划代码。"}}
    assert await list_items(rt) == []


async def test_published_versions_cannot_be_rewritten(rt: Runtime) -> None:
    await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    await publish(rt, key="demo-card", revision=1, staff_id=STAFF)
    with pytest.raises(DBAPIError):
        async with rt.db.write() as session:
            row = await session.scalar(select(ItemVersion))
            assert row is not None
            row.content = {}
    assert (await read_version(rt, key="demo-card", version=1))["name"] == "示范卡申领"


async def test_a_version_that_cannot_be_read_keeps_no_other_away(rt: Runtime) -> None:
    for key in ("demo-a", "demo-b"):
        await save_draft(rt, item=record(key=key), revision=None, staff_id=STAFF)
    async with rt.db.write() as session:
        row = ItemVersion(key="demo-a", version=1, content={"name": 5}, published_at=rt.clock.now())
        session.add(row)
    await publish(rt, key="demo-b", revision=1, staff_id=STAFF)
    assert [item.key for item in catalogue(rt).offered] == ["demo-b"]


async def test_every_change_is_in_the_audit_log(rt: Runtime) -> None:
    await save_draft(rt, item=record(), revision=None, staff_id=STAFF)
    await publish(rt, key="demo-card", revision=1, staff_id=STAFF)
    await withdraw(rt, key="demo-card", revision=1, staff_id=STAFF)
    async with rt.db.read() as session:
        found = (await session.execute(select(AuditEntry.action, AuditEntry.subject))).all()
    assert sorted(found) == [
        ("item.published", "demo-card"),
        ("item.save", "demo-card"),
        ("item.withdrawn", "demo-card"),
    ]


def test_what_is_written_is_read_again() -> None:
    (read,) = read_records(write_record(record()))
    assert content_of(parse_item(read)) == record()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"phone": "1" * 300}, "phone"),
        ({"key": "Demo"}, "key"),
        ({"key": "a+b"}, "key"),
        ({"steps": []}, "steps"),
        ({"year": "二〇二四"}, "year"),
        ({"secret": 1}, "secret"),
        ({"rules": [{"when": {}, "verdict": "符合", "because": "好"}]}, "rules.0.when"),
        ({"rules": [{"when": {"city": ["370100"]}, "verdict": "符合", "because": "好"}]}, "rules.0.when"),
        ({"rules": [{"when": {"group": ["nobody"]}, "verdict": "符合", "because": "好"}]}, "rules.0.when"),
        ({"rules": [{"when": {"group": ["full"]}, "verdict": "也许", "because": "好"}]}, "rules.0.verdict"),
        ({"approval": {"levels": ["省", "市"]}}, "approval.levels"),
        ({"approval": {"levels": ["市"], "outcome": "tier"}}, "approval.scheme"),
        ({"materials": [{"key": "a", "name": "甲"}, {"key": "a", "name": "乙"}]}, "materials.1.key"),
        ({"materials": [{"key": "a", "name": "甲", "only_if": {"no": ["x"]}}]}, "materials.0.only_if"),
    ],
)
def test_a_mistake_is_told_where_it_is_and_in_chinese(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        parse_item(record() | changes)
    assert path in refused.value.fields
    assert all("\u4e00" <= why[0] <= "\u9fff" for why in refused.value.fields.values())


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "name", "personal": False}, "fields.0.personal"),
        ({"kind": "text", "personal": True}, "fields.0.personal"),
        ({"kind": "choice", "personal": False}, "fields.0.options"),
        ({"key": "group"}, "fields.0.key"),
        ({"key": "summary"}, "fields.0.key"),
        ({"min_length": 9, "max_length": 3}, "fields.0.max_length"),
        ({"only_if": {"paper": ["x"]}}, "fields.0.only_if"),
        ({"pattern": "("}, "fields.0.pattern"),
        ({"also": ["text"]}, "fields.0.also"),
    ],
)
def test_a_field_must_fit_its_kind_and_its_place(change: dict[str, Any], path: str) -> None:
    data = record()
    data["fields"][0] |= change
    with pytest.raises(InvalidItem) as refused:
        parse_item(data)
    assert path in refused.value.fields


def test_a_snapshot_made_by_hand_knows_its_items() -> None:
    item = demo_item()
    by_hand = Catalogue({item.key: item}, texts())
    assert by_hand.item("demo-card") is item and by_hand.version("demo-card", 3) is item
    assert by_hand.item("demo-card+gone") is None and by_hand.item(None) is None
