"""职能部门 and windows: rows from data/talent, kept where staff have changed them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.talent.network_models import Department, Window
from bot.talent.places import check_region, full_name, lexicon
from bot.talent.schemas import DepartmentBody, Key, WindowBody, Word32
from bot.talent.scope import check_place

FOLDER = PROJECT / "data" / "talent"
OWN_SOURCE = "本中心登记"


class _DepartmentRow(DepartmentBody):
    model_config = ConfigDict(extra="forbid")

    key: Key
    source: Word32


class _WindowRow(WindowBody):
    model_config = ConfigDict(extra="forbid")

    key: Key
    source: Word32


@dataclass(frozen=True)
class Loaded:
    added: int
    changed: int
    kept: int  # changed by staff


async def load(rt: Runtime, *, folder: Path = FOLDER) -> Loaded:
    """Repeatable; one transaction, so that a faulty file changes nothing."""
    departments, windows = _shipped(folder)
    counts = {"added": 0, "changed": 0, "kept": 0}
    async with rt.db.write() as session:
        known = {row.key: row for row in await session.scalars(select(Department))}
        for position, department in enumerate(departments):
            values = department.model_dump() | {"position": position}
            counts[_put(session, Department, known.get(department.key), values)] += 1
        places = {row.key: row for row in await session.scalars(select(Window))}
        for window in windows:
            counts[_put(session, Window, places.get(window.key), window.model_dump())] += 1
    return Loaded(**counts)


def _put(session: AsyncSession, model: type[Any], row: Any, values: dict[str, Any]) -> str:
    if row is None:
        session.add(model(**values))
        return "added"
    if row.edited:
        return "kept"
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return "changed" if before != values else "kept"


@cache
def _shipped(folder: Path) -> tuple[list[_DepartmentRow], list[_WindowRow]]:
    departments = [_DepartmentRow.model_validate(row) for row in _rows(folder, "departments")]
    windows = [_WindowRow.model_validate(row) for row in _rows(folder, "windows")]
    keys = {row.key for row in departments}
    for row in departments:
        if row.parent is not None and row.parent not in keys:
            raise ValueError(f"departments.yml: {row.key} lies in {row.parent}, which is missing")
    for key, region in [(one.key, one.region) for one in departments] + [
        (one.key, one.region) for one in windows
    ]:
        if region not in lexicon().regions:
            raise ValueError(f"data/talent: {key} is in an unknown region")
    return departments, windows


def _rows(folder: Path, name: str) -> list[Any]:
    rows: list[Any] = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))[name]
    if len({row["key"] for row in rows}) != len(rows):
        raise ValueError(f"{name}.yml: a key stands twice")
    return rows


async def list_departments(session: AsyncSession) -> list[dict[str, Any]]:
    rows = list(await session.scalars(select(Department).order_by(Department.position, Department.key)))
    names = {row.key: row.name for row in rows}
    return [department_view(row) | {"parent_name": names.get(row.parent or "")} for row in rows]


async def list_windows(session: AsyncSession) -> list[dict[str, Any]]:
    return [window_view(row) for row in await session.scalars(select(Window).order_by(Window.key))]


async def windows_near(session: AsyncSession, *, region: str, item: str | None = None) -> list[Window]:
    """Those of the place and of what it lies in, nearest first; with `item`, those that take it or any."""
    chain = lexicon().chain(region)
    rows = await session.scalars(select(Window).where(Window.region.in_(chain)))
    fitting = [row for row in rows if item is None or not row.items or item in row.items]
    # Of one place, what is meant for just this item comes first.
    return sorted(fitting, key=lambda row: (chain.index(row.region), item not in row.items, row.key))


async def save_department(
    rt: Runtime, *, key: str, body: DepartmentBody, new: bool, staff: Staff
) -> dict[str, Any]:
    async with rt.db.write() as session:
        if body.parent is not None and await session.get(Department, body.parent) is None:
            raise Refusal("unknown_department", "没有这个上级部门，请从列表中选择。", status=422)
        row = await _save(session, rt, Department, key, body.model_dump(), new=new, staff=staff)
    return department_view(row)


async def save_window(rt: Runtime, *, key: str, body: WindowBody, new: bool, staff: Staff) -> dict[str, Any]:
    async with rt.db.write() as session:
        row = await _save(session, rt, Window, key, body.model_dump(), new=new, staff=staff)
    return window_view(row)


async def _save(
    session: AsyncSession,
    rt: Runtime,
    model: type[Any],
    key: str,
    values: dict[str, Any],
    *,
    new: bool,
    staff: Staff,
) -> Any:
    check_region(values["region"])
    check_place(staff, values["region"])
    row = await session.get(model, key, with_for_update=True)
    if (row is None) != new:
        if new:
            raise Refusal("key_taken", "这个代号已经有了，请换一个。", status=409)
        raise Refusal("not_found", "没有找到这一项，请刷新列表后重试。", status=404)
    if row is None:
        row = model(key=key, source=OWN_SOURCE)
        session.add(row)
    else:
        check_place(staff, row.region)
    for name, value in values.items():
        setattr(row, name, value)
    row.edited = True
    await session.flush()
    action = f"directory.{model.__name__.lower()}"
    await audit(session, staff_id=staff.id, action=action, subject=key, at=rt.clock.now())
    return row


def department_view(row: Department) -> dict[str, Any]:
    names = ("key", "name", "also", "level", "region", "parent", "duties", "phone", "source")
    return {name: getattr(row, name) for name in names} | {"region_name": full_name(row.region)}


def window_view(row: Window) -> dict[str, Any]:
    names = ("key", "name", "also", "kind", "region", "address", "url", "phone")
    more = ("services", "items", "source", "note")
    return {name: getattr(row, name) for name in (*names, *more)} | {"region_name": full_name(row.region)}
