"""The items that ship with the project. Loading is idempotent and leaves alone what staff have changed."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.catalogue import refresh
from bot.service.checking import InvalidItem, parse_item
from bot.service.item_models import ItemRow
from bot.service.items import add_version, content_of, put_draft, releasing
from bot.service.schemas import ServiceItem
from bot.settings import PROJECT
from bot.texts import sentence

FOLDER = PROJECT / "data" / "service"


@dataclass
class LoadedItems:
    """What a load did; `problems` maps `file: key` to field messages, and nothing was stored when
    there are any."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed by staff, so the file did not win
    unchanged: int = 0
    problems: dict[str, dict[str, str]] = field(default_factory=dict)


async def load_seeds(rt: Runtime, *, folder: Path = FOLDER) -> LoadedItems:
    """Upsert by key and publish what is new or changed, as one release."""
    items, outcome = await asyncio.to_thread(read_items, folder)
    if outcome.problems:
        return outcome
    async with rt.db.read() as session:
        known: dict[str, str | None] = dict(
            (key, digest)
            for key, digest in (await session.execute(select(ItemRow.key, ItemRow.loaded_digest))).all()
        )
    due: dict[str, ServiceItem] = {}
    for item in items:
        if item.key in known and known[item.key] is None:
            outcome.kept.append(item.key)
        elif known.get(item.key) == _digest(item):
            outcome.unchanged += 1
        else:
            (outcome.changed if item.key in known else outcome.added).append(item.key)
            due[item.key] = item

    async def step(session: AsyncSession) -> int:
        for item in due.values():
            row = await session.get(ItemRow, item.key)
            if row is None:
                row = ItemRow(key=item.key, revision=0, active=False)
                session.add(row)
            elif row.loaded_digest is None or row.loaded_digest == _digest(item):
                continue  # staff, or another process that loads, were quicker
            put_draft(row, item, rt=rt, staff_id=None)
            row.loaded_digest = _digest(item)
            await session.flush()
            add_version(session, rt, row, staff_id=None, at_least=item.version)
        return len(due)

    if due:
        await releasing(rt, step)
    else:
        await refresh(rt)
    return outcome


def read_items(folder: Path = FOLDER) -> tuple[list[ServiceItem], LoadedItems]:
    """The folder's items, and what is wrong with the rest."""
    outcome, items = LoadedItems(), dict[str, ServiceItem]()
    for path in sorted(folder.glob("*.yml")):
        for number, record in enumerate(read_records(path.read_text("utf-8"))):
            name = record.get("key", number) if isinstance(record, dict) else number
            try:
                item = parse_item(record)
            except InvalidItem as problem:
                outcome.problems[f"{path.name}: {name}"] = problem.fields
                continue
            if item.key in items:
                outcome.problems[f"{path.name}: {name}"] = {"key": sentence("items.twice")}
            items[item.key] = item
    return list(items.values()), outcome


def read_records(text: str) -> list[Any]:
    """The records of a file; parts that several items share stand once, under `shared`."""
    data = yaml.safe_load(text) or {}
    records = data.get("items") if isinstance(data, dict) else None
    return records if isinstance(records, list) else []


def read_record(text: str) -> dict[str, Any]:
    """The one item of a file somebody hands in, as far as it is an item at all; unchecked."""
    try:
        data = yaml.load(text, Loader=_Plain)
    except (yaml.YAMLError, RecursionError, ValueError):
        data = None
    records = data.get("items") if isinstance(data, dict) else None
    if not isinstance(records, list) or len(records) != 1 or not isinstance(records[0], dict):
        raise Refusal("unreadable_file", sentence("items.unreadable_file"), status=422)
    return dict(records[0])


class _Plain(yaml.SafeLoader):
    """Without references: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)


def write_record(content: dict[str, Any]) -> str:
    """A file that `read_records` reads, with nothing in it that says no more than the default."""
    plain = ServiceItem.model_validate(content).model_dump(mode="json", exclude_defaults=True)
    return str(yaml.safe_dump({"items": [plain]}, allow_unicode=True, sort_keys=False, width=120))


def _digest(item: ServiceItem) -> str:
    text = json.dumps(content_of(item) | {"version": item.version}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
