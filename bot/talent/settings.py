"""Figures the centre chooses: defaults in data/talent/settings.yml, changes in the database."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.talent.network_models import OfficeSetting
from bot.talent.scope import check_everywhere

_FILE = PROJECT / "data" / "talent" / "settings.yml"


class Figure(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: str
    unit: str
    value: int
    min: int
    max: int
    own: bool  # 本中心设定: no document states it
    source: str | None = None
    note: str


@cache
def figures() -> Mapping[str, Figure]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["settings"]
    return MappingProxyType({row["key"]: Figure.model_validate(row) for row in rows})


async def setting(source: Runtime | AsyncSession, key: str) -> int:
    """A figure as it stands now; KeyError for one that is not in the file."""
    default = figures()[key].value
    if isinstance(source, Runtime):
        async with source.db.read() as session:
            return await setting(session, key)
    stored = await source.scalar(select(OfficeSetting.value).where(OfficeSetting.key == key))
    return default if stored is None else int(stored["value"])


async def list_settings(rt: Runtime) -> list[dict[str, Any]]:
    """Every figure with what it is now; one that was changed is the centre's own in any case."""
    async with rt.db.read() as session:
        stored = {row.key: row for row in await session.scalars(select(OfficeSetting))}
    return [_row(figure, stored.get(figure.key)) for figure in figures().values()]


async def save_setting(rt: Runtime, *, key: str, value: int, seen: int, staff: Staff) -> dict[str, Any]:
    """`seen` is the value the page showed, so that nobody overwrites a colleague unseen."""
    check_everywhere(staff)
    figure = figures().get(key)
    if figure is None:
        raise Refusal("not_found", "没有找到这一项设置，请刷新后重试。", status=404)
    if not figure.min <= value <= figure.max:
        raise Refusal(
            "out_of_range",
            f"“{figure.title}”要在 {figure.min} 到 {figure.max} {figure.unit}之间。",
            status=422,
        )
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(OfficeSetting, key, with_for_update=True)
        before = figure.value if row is None else int(row.value["value"])
        if before != seen:
            raise Refusal("changed_meanwhile", "同事刚刚修改过这一项，请刷新后再改。", status=409)
        if row is None:
            row = OfficeSetting(key=key)
            session.add(row)
        row.value, row.updated_at, row.updated_by = {"value": value}, now, staff.id
        await audit(
            session,
            staff_id=staff.id,
            action="settings.office",
            subject=key,
            detail={"before": before, "after": value},
            at=now,
        )
    return _row(figure, row)


def _row(figure: Figure, stored: OfficeSetting | None) -> dict[str, Any]:
    value = figure.value if stored is None else int(stored.value["value"])
    return figure.model_dump() | {
        "value": value,
        "default": figure.value,
        "own": figure.own or value != figure.value,
        "updated_at": stored.updated_at if stored else None,
    }
