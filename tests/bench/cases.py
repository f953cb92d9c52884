"""`python -m tests.bench.cases`: lists, search, detail and statistics of cases on both databases.

20,000 cases of 5,000 talents beside 2,000 cases of 500; one caller, so that what is measured is the work.
"""

import argparse
import asyncio
import gc
import random
import statistics as stats
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pgserver
import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bot.accounts.permissions import Role, Staff, permissions_of
from bot.accounts.reach import Reach
from bot.runtime import Runtime
from bot.service.case_detail import detail
from bot.service.case_dispatch import list_dispatches
from bot.service.case_following import timeline_of
from bot.service.case_list import CaseFilter, count_by_status, find_cases
from bot.service.case_tasks import tasks
from bot.service.catalogue import Catalogue
from bot.service.models import PartStatus
from bot.service.texts import load_texts
from bot.settings import PROJECT, Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from bot.store.migrate import upgrade
from bot.talent.statistics import span_of, statistics
from tests.bench.office_data import ITEMS, NOW, fill
from tests.conftest import MovedClock
from tests.service.items import demo_item

SIZES = {"2,000": (500, 2_000), "20,000": (5_000, 20_000)}
ROUNDS = 60
LIMIT_MS, RATIO = 200.0, 12.0
Call = Callable[[], Awaitable[Any]]
Calls = Callable[[Runtime, list[str]], dict[str, Call]]
More = Callable[[Runtime], Awaitable[None]]
console = Console()


@dataclass(frozen=True)
class Spread:
    p50: float
    p95: float


def main(calls: Calls | None = None, *, more: More | None = None, doc: str | None = __doc__) -> None:
    """`calls` are measured on the same data by other benches as well, with `more` rows of theirs."""
    arguments = argparse.ArgumentParser(description=doc)
    arguments.add_argument("--only", choices=["sqlite", "postgresql"])
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for kind in ("sqlite", "postgresql"):
            if given.only in (None, kind):
                asyncio.run(_measure(kind, Path(name), calls or _calls, more))


async def _measure(kind: str, folder: Path, calls: Calls, more: More | None) -> None:
    found: dict[str, dict[str, Spread]] = {}
    server = None if kind == "sqlite" else pgserver.get_server(folder / "pg", cleanup_mode="delete")
    for size, (talents, cases) in SIZES.items():
        url = _database(kind, folder, f"cases{cases}", server)
        settings = Settings(home=folder / f"home{cases}{kind}", database_url=url)
        database = Database(settings.sqlalchemy_url)
        rt = Runtime(settings, load_secrets(settings.home), database, Hints(), MovedClock(NOW))
        rt.parts["service"] = Catalogue(
            {key: demo_item(key=key, name=f"事项{key}") for key in ITEMS},
            load_texts(PROJECT / "data" / "dialogue" / "texts.yml"),
        )
        await upgrade(database.engine)
        parts = await fill(rt, talents=talents, cases=cases)
        if more:
            await more(rt)
        if server:  # autovacuum would within a minute; until then the planner knows nothing of the new rows
            async with rt.db.write() as session:
                await session.execute(text("ANALYZE"))
        # As the app does at its start: else what a full collection costs here would be taken for work.
        gc.collect()
        gc.freeze()
        found[size] = {label: await _spread(call) for label, call in calls(rt, parts).items()}
        await database.close()
    if server:
        server.cleanup()
    _show(kind, found)


def _database(kind: str, folder: Path, name: str, server: Any) -> str:
    if server is None:
        return f"sqlite+aiosqlite:///{folder / name}.db"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    head, _, query = str(server.get_uri()).partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def _spread(call: Call) -> Spread:
    times = []
    for _ in range(ROUNDS + 5):
        start = time.perf_counter()
        await call()
        times.append((time.perf_counter() - start) * 1000)
    kept = times[5:]
    return Spread(stats.median(kept), stats.quantiles(kept, n=20)[-1])


def staff_of(role: Role, region: str, number: int = 0, **ties: Any) -> Staff:
    return Staff(
        id=f"01{number:030x}",
        name="-",
        username="-",
        permissions=permissions_of([role]),
        session_id="-",
        reach=Reach.REGION,
        region=region,
        team_id=None,
        work_phone=None,
        **ties,
    )


def _calls(rt: Runtime, parts: list[str]) -> dict[str, Call]:
    chance = random.Random(1)
    lead, city = staff_of(Role.LEAD, "000000"), staff_of(Role.BACK_OFFICE, "370100")
    specialist = staff_of(Role.SPECIALIST, "370102", 3)
    department = staff_of(Role.DEPARTMENT, "350500", department="dept-1")
    span = span_of(first=date(2026, 1, 1), last=date(2026, 11, 20), region="000000")

    def listed(staff: Staff, **which: Any) -> Call:
        return lambda: find_cases(rt, staff=staff, which=CaseFilter(**which), page=chance.randint(1, 4))

    return {
        "list, whole country": listed(lead),
        "list of a city": listed(city),
        "list of a specialist with own talents": listed(specialist),
        "list by state and item": listed(lead, statuses=(PartStatus.REVIEW,), item="sd-huicaika"),
        "list by region and days": listed(lead, region="350500", since=NOW.replace(year=2025)),
        "waits for me": listed(city, todo=True),
        "mine": listed(specialist, mine=True),
        "overdue": listed(lead, due="overdue", open=True),
        "search by name": listed(lead, query="王伟芳"),
        "search by telephone": listed(lead, query="13800000123"),
        "search by case number": listed(lead, query="-0012"),
        "tabs with counts": lambda: count_by_status(rt, staff=city, which=CaseFilter()),
        "detail": lambda: detail(rt, part_id=chance.choice(parts), staff=lead),
        "a talent's own": lambda: timeline_of(rt, talent_id=f"03{chance.randrange(500):030x}"),
        "a department's questions": lambda: list_dispatches(rt, staff=department, state="answered"),
        "tasks": lambda: tasks(rt, staff=lead),
        "statistics of a year": lambda: statistics(rt, span=span, items={}),
    }


def _show(kind: str, found: dict[str, dict[str, Spread]]) -> None:
    small, large = found["2,000"], found["20,000"]
    table = Table(f"{kind}, ms", "2,000 p50", "p95", "20,000 p50", "p95", "ratio of p50", "", box=None)
    for label, now in large.items():
        before = small[label]
        ratio = now.p50 / before.p50
        good = now.p95 < LIMIT_MS and ratio <= RATIO
        figures = (before.p50, before.p95, now.p50, now.p95)
        table.add_row(label, *(f"{one:.1f}" for one in figures), f"{ratio:.1f}", "" if good else "over")
    console.print(table)


if __name__ == "__main__":
    main()
