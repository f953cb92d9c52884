"""Shared fixtures: both databases with the real migrations, a runtime with a moved clock."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pgserver
import psycopg
import pytest
from sqlalchemy import event

from bot.engine.train import data_fingerprint
from bot.knowledge.calibrate import Calibration, calibrate
from bot.knowledge.files import read_faqs, read_out_of_scope
from bot.knowledge.index import Index
from bot.knowledge.published import shipped_analyser
from bot.knowledge.search import Snapshot
from bot.runtime import Runtime
from bot.settings import PROJECT, Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from bot.store.migrate import upgrade
from bot.supervisor import engine_python
from tests.live import LiveService, free_port, passwords_in

START = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


class MovedClock:
    """Stands still until a test moves it."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with the whole schema, to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a private PostgreSQL server's migrated database `empty`."""
    server = _start_postgres()
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        # Nothing here outlives the machine: waiting for its disk is most of what a test would do.
        for name in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE empty")
    asyncio.run(_migrate(in_database(address, "empty")))
    yield in_database(address, "empty")
    server.cleanup()


def _start_postgres() -> pgserver.PostgresServer:
    for attempt in range(4):  # the package gives its start only 10 s, too little on a busy machine
        try:
            return pgserver.get_server(tempfile.mkdtemp(prefix="huicai-pg-"), cleanup_mode="delete")
        except (subprocess.SubprocessError, RuntimeError, AssertionError):
            if attempt == 3:
                raise
    raise AssertionError("unreachable")


def in_database(address: str, name: str) -> str:
    head, _, query = address.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def _migrate(url: str) -> None:
    database = Database(Settings(database_url=url).sqlalchemy_url)
    try:
        await upgrade(database.engine)
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a fresh database with the schema, on each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "huicai.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    template = request.getfixturevalue("postgres")
    server = in_database(template, "postgres")
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY FILE_COPY")
    yield in_database(template, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url, turn_workers=2)


@pytest.fixture
async def rt(settings: Settings, clock: MovedClock) -> AsyncIterator[Runtime]:
    """A runtime on each kind of database, with a clock that stands still."""
    database = Database(settings.sqlalchemy_url)
    if database.is_sqlite:
        event.listen(database.engine.sync_engine, "connect", forgetful)
    yield Runtime(settings, load_secrets(settings.home), database, Hints(), clock)
    await database.close()


def forgetful(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug here


def pytest_configure() -> None:
    # Whatever a developer has set must not reach the tests.
    for name in [name for name in os.environ if name.startswith("HUICAI_")]:
        del os.environ[name]


@dataclass(frozen=True)
class Once:
    """Makes what all test processes of a run share: `once("name", make)` gives the folder `make` filled."""

    root: Path

    def __call__(self, name: str, make: Callable[[Path], None]) -> Path:
        folder, made = self.root / name, self.root / f"{name}.made"
        with (self.root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        return folder


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    own = tmp_path_factory.getbasetemp()
    return Once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The trained model file; trained once for all test processes when the data changed."""
    folder = PROJECT / ".stamps" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [engine_python(), "-m", "bot.engine.train", "--unless-current", "--out", str(folder)]
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return max(folder.glob(f"huicai-*-{data_fingerprint(config=PROJECT / 'config.yml')}.tar.gz"))


@pytest.fixture(scope="session")
def shipped(once: Once) -> Snapshot:
    """The knowledge we ship, calibrated as a load does it."""
    source = PROJECT / "data" / "knowledge"
    faqs, outcome = read_faqs(source)
    assert outcome.problems == {}
    index = Index.build(analyser=shipped_analyser(), faqs=faqs)

    def fit(folder: Path) -> None:
        figures = calibrate(index, out_of_scope=read_out_of_scope(source), today=START.date())
        (folder / "figures.json").write_text(json.dumps(figures.as_json()), encoding="utf-8")

    stored = json.loads((once("calibration", fit) / "figures.json").read_text(encoding="utf-8"))
    return Snapshot(release=1, index=index, calibration=Calibration.of_json(stored))


@dataclass(frozen=True)
class Prepared:
    """What `huicai prepare` made, to copy from."""

    home: Path
    passwords: dict[str, str]
    template: str | None = None  # name of the PostgreSQL database


@pytest.fixture(scope="session")
def prepared_sqlite(trained_model: Path, once: Once) -> Prepared:
    def prepare(folder: Path) -> None:
        printed = LiveService(folder / "home").prepare(trained_model)
        (folder / "printed.txt").write_text(printed, encoding="utf-8")

    folder = once("prepared", prepare)
    return Prepared(folder / "home", passwords_in((folder / "printed.txt").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def prepared_postgres(
    trained_model: Path, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    with psycopg.connect(in_database(postgres, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE prepared")
    more = {"HUICAI_DATABASE_URL": in_database(postgres, "prepared")}
    service = LiveService(tmp_path_factory.mktemp("prepared") / "home", more=more)
    return Prepared(service.home, passwords_in(service.prepare(trained_model)), "prepared")


@pytest.fixture(scope="session")
def live(prepared_sqlite: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    """A running service on SQLite, shared by the tests of one test process; one foreign site may embed it."""
    home = shutil.copytree(prepared_sqlite.home, tmp_path_factory.mktemp("live") / "home")
    more = {
        "HUICAI_EMBED_ORIGINS": f"http://127.0.0.1:{free_port()}",
        "HUICAI_NOTICE_OUTBOX": str(home / "outbox"),  # codes are read there
    }
    # Passwords get changed at the first log-in, here only.
    service = LiveService(home, passwords=dict(prepared_sqlite.passwords), more=more)
    try:
        service.start_all()
        yield service
    finally:
        service.stop()
