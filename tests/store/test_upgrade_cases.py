"""A database with applications of the first guide, upgraded: nothing is lost, and cases go on."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, select

from bot.accounts.permissions import Role
from bot.conversation import vault
from bot.runtime import Runtime
from bot.service import progress
from bot.service.case_list import CaseFilter, find_cases
from bot.service.case_rules import CaseEvent
from bot.service.case_upkeep import complete_old
from bot.service.models import Application, ApplicationPart, PartChange
from bot.service.submission import keyed_hash
from bot.settings import Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from bot.store.migrate import config_for, upgrade
from tests.accounts.staff_app import quick_hashing
from tests.cases import office
from tests.cases.office import NAME, VALUES, do
from tests.conftest import START, MovedClock
from tests.store.test_upgrade import old_url

__all__ = ["old_url", "quick_hashing"]

CODE = "AAAAAAAA"
# id: status, the history of statuses
OLD = {
    "a" * 32: ("已提交", ["已提交"]),
    "b" * 32: ("已受理", ["已提交", "已受理"]),
    "c" * 32: ("已办结", ["已提交", "已受理", "审核中", "已办结"]),
    "d" * 32: ("已退回", ["已提交", "已退回"]),
}


@pytest.fixture
async def old(old_url: str, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Runtime]:
    settings = Settings(home=tmp_path / "home", database_url=old_url)
    database = Database(settings.sqlalchemy_url)
    rt = Runtime(settings, load_secrets(settings.home), database, Hints(), clock)
    office.open_office(rt)
    async with database.engine.execution_options(huicai_writes=True).begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config_for(sync), "0003"))
        await connection.run_sync(lambda sync: _fill(sync, rt))
    yield rt
    await database.close()


def _fill(connection: Connection, rt: Runtime) -> None:
    tables = MetaData()
    tables.reflect(connection)

    def add(table: str, **values: Any) -> None:
        connection.execute(tables.tables[table].insert().values(**values))

    for number, (row_id, (status, history)) in enumerate(OLD.items()):
        values = VALUES | {"city": ["370102", "370100", "370000", "370102"][number]}
        add(
            "applications",
            id=row_id,
            case_no=f"HC20260101-0000{number}",
            code_hash=keyed_hash(rt, f"code:{CODE}"),
            turn_id=row_id,
            conversation_id=row_id,
            item="card",
            item_version=3,
            status=status,
            verdict="符合",
            route="direct",
            sealed=vault.seal(rt, json.dumps(values, ensure_ascii=False)),
            created_at=START,
            updated_at=START,
        )
        for step, one in enumerate(history):
            add(
                "application_status_history",
                id=f"{row_id[0]}{step}",
                application_id=row_id,
                status=one,
                at=START + timedelta(hours=step),
            )


async def test_old_applications_keep_everything_and_go_on(old: Runtime) -> None:
    await upgrade(old.db.engine)
    async with old.db.read() as session:
        applications = {row.id: row for row in await session.scalars(select(Application))}
        parts = {row.application_id: row for row in await session.scalars(select(ApplicationPart))}
        changes = list(await session.scalars(select(PartChange).order_by(PartChange.part_id, PartChange.at)))
    assert set(applications) == set(parts) == set(OLD)
    for row_id, (status, history) in OLD.items():
        part = parts[row_id]
        assert (part.status, part.item, part.item_version, part.verdict, part.route) == (
            status, "card", 3, "符合", "direct",
        )  # fmt: skip
        assert json.loads(vault.open_sealed(old, part.sealed))["name"] == NAME
        assert [one.after for one in changes if one.part_id == part.id] == history
        assert part.version == len(history)
        assert (part.ended_at is not None) == (status in ("已办结", "已退回"))
        assert (applications[row_id].closed_at is not None) == (part.ended_at is not None)
    before: str | None = None
    for change in changes:
        before = None if change.event == "submit" else before
        assert change.before == before
        before = change.after
    found = await progress.progress(old, case_no="HC20260101-00001", code=CODE)
    assert [status for _, status in found.parts[0].timeline] == ["已提交", "已受理"]


async def test_their_names_and_places_are_read_once_and_staff_work_on_them(old: Runtime) -> None:
    await upgrade(old.db.engine)
    assert (await complete_old(old), await complete_old(old)) == (4, 0)
    front = await office.staff(old, "front", Role.FRONT_DESK)
    listed = await find_cases(old, staff=front, which=CaseFilter(query=NAME))
    assert (listed["total"], {row["applicant"] for row in listed["rows"]}) == (4, {"孙**"})
    async with old.db.read() as session:
        parts = {row.id: row for row in await session.scalars(select(ApplicationPart))}
    assert [(parts[one * 32].region, parts[one * 32].levels) for one in "ab"] == [
        ("370102", ["县", "市", "省"]),
        ("370100", ["市", "省"]),
    ]
    city = await office.staff(old, "city", Role.BACK_OFFICE, region="370100")
    assert (await do(old, "a" * 32, CaseEvent.ACCEPT, front)).status == "已受理"
    assert (await do(old, "b" * 32, CaseEvent.REVIEW, city)).status == "审核中"
