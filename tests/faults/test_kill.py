"""Processes killed or stopped under load: nothing acknowledged is lost, nothing is answered twice.

On SQLite with one app process, on PostgreSQL with two.
"""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from bot.conversation.models import Author, Conversation, Message, Turn, TurnStatus
from bot.settings import Settings
from tests.conftest import Prepared, in_database
from tests.live import LiveService, Talent, free_port, wait_until

TALENTS, EACH = 20, 10
QUESTIONS = ["惠才卡有效期几年", "三支一扶服务几年", "你好", "科技特派员咋申请", "青岛地铁几点停"]

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveService]:
    prepared: Prepared = request.getfixturevalue(
        "prepared_sqlite" if request.param == "sqlite" else "prepared_postgres"
    )
    more = {"HUICAI_TURN_LEASE_S": "4", "HUICAI_ENGINE_TIMEOUT_S": "3"}
    live = LiveService(shutil.copytree(prepared.home, tmp_path_factory.mktemp("faults") / "home"), more=more)
    if prepared.template:
        server = request.getfixturevalue("postgres")
        name = f"live{uuid4().hex}"
        with psycopg.connect(in_database(server, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {prepared.template}")
        more["HUICAI_DATABASE_URL"] = in_database(server, name)
        live.second_port = free_port()
    try:
        if live.second_port:
            live.start_app("app2", port=live.second_port)
        live.start_engine()
        live.start_app()
        yield live
    finally:
        live.stop()


@pytest.fixture
def service(running: LiveService) -> LiveService:
    """The same processes for all tests of a database: each leaves them at work."""
    for port in ports(running):
        running.wait_ready(port)
    return running


def ports(service: LiveService) -> list[int]:
    return [service.port, service.second_port] if service.second_port else [service.port]


class Database:
    """Reads the service's database from outside, with the synchronous drivers."""

    def __init__(self, service: LiveService) -> None:
        settings = Settings(home=service.home, database_url=service.more.get("HUICAI_DATABASE_URL"))
        self.engine = sa.create_engine(settings.sqlalchemy_url.replace("+aiosqlite", ""))

    def open_turns(self) -> int:
        with self.engine.connect() as connection:
            query = sa.select(sa.func.count()).where(
                Turn.status.in_((TurnStatus.WAITING, TurnStatus.RUNNING))
            )
            return int(connection.scalar(query) or 0)

    def sent(self) -> int:
        with self.engine.connect() as connection:
            query = sa.select(sa.func.count()).where(Message.author == Author.TALENT)
            return int(connection.scalar(query) or 0)

    def check_exactly_once(self, acknowledged: set[str]) -> None:
        """Every acknowledged message is stored once and answered once; seq has no gap."""
        with self.engine.connect() as connection:
            messages = connection.execute(sa.select(Message)).all()
            turns = connection.execute(sa.select(Turn)).all()
            last = dict(connection.execute(sa.select(Conversation.id, Conversation.last_seq)).all())
        stored = Counter(row.external_key for row in messages if row.author == Author.TALENT)
        assert set(stored.values()) == {1}
        assert acknowledged <= set(stored), "an acknowledged message is lost"
        assert Counter(turn.message_id for turn in turns) == Counter(
            row.id for row in messages if row.author == Author.TALENT
        )
        assert {turn.status for turn in turns} == {TurnStatus.DONE}
        answers = Counter(row.turn_id for row in messages if row.turn_id and row.position == 0)
        assert answers == Counter(turn.id for turn in turns), "a message has no answer, or two"
        for conversation_id, last_seq in last.items():
            seqs = sorted(row.seq for row in messages if row.conversation_id == conversation_id)
            assert seqs == list(range(1, last_seq + 1))


def send_all(service: LiveService, talents: list[Talent], *, patient: bool) -> set[str]:
    """Each talent sends its messages; a patient one repeats a failed send with the same key."""

    def send(talent: Talent) -> list[str]:
        acknowledged = []
        for number in range(EACH):
            key = str(uuid4())

            def try_send(key: str = key, number: int = number) -> bool:
                try:
                    talent.send(QUESTIONS[number % len(QUESTIONS)], key=key)
                except httpx.HTTPError:
                    assert patient
                    return False
                return True

            wait_until(try_send, what="a send to be acknowledged")
            acknowledged.append(key)
        return acknowledged

    with ThreadPoolExecutor(8) as pool:
        return {key for keys in pool.map(send, talents) for key in keys}


def test_engine_killed_with_200_turns_waiting(service: LiveService) -> None:
    talents = [Talent(service, port=ports(service)[n % len(ports(service))]) for n in range(TALENTS)]
    service.kill("engine")
    acknowledged = send_all(service, talents, patient=False)
    database = Database(service)
    assert database.open_turns() == TALENTS * EACH
    service.start_engine()
    wait_until(lambda: database.open_turns() < TALENTS * EACH - 20, what="the first answers")
    service.kill("engine")  # and once more in the middle of answering
    assert database.open_turns() > 0
    service.start_engine()
    wait_until(lambda: database.open_turns() == 0, what="all answers")
    assert len(acknowledged) == TALENTS * EACH
    database.check_exactly_once(acknowledged)


def test_app_killed_in_the_middle_of_200_sends(service: LiveService) -> None:
    talents = [Talent(service) for _ in range(TALENTS)]
    database = Database(service)
    before = database.sent()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_all, service, talents, patient=True)
        wait_until(lambda: database.sent() - before >= TALENTS * EACH // 3, what="a third of the messages")
        service.kill("app")
        service.start_app()
        acknowledged = sending.result()
    wait_until(lambda: database.open_turns() == 0, what="all answers")
    assert len(acknowledged) == TALENTS * EACH
    database.check_exactly_once(acknowledged)


def test_runner_stopped_past_its_lease(service: LiveService) -> None:
    """SIGSTOP in the middle of answering; whoever is left, or the same one later, goes on."""
    talents = [Talent(service) for _ in range(TALENTS)]
    database = Database(service)
    acknowledged = send_all(service, talents, patient=False)
    wait_until(lambda: database.open_turns() < TALENTS * EACH, what="the first answers")
    stopped = service.processes["app"]
    os.kill(stopped.pid, signal.SIGSTOP)
    if len(ports(service)) == 2:
        wait_until(lambda: database.open_turns() == 0, what="the second process to answer everything")
    else:
        lease_over(database)
    os.kill(stopped.pid, signal.SIGCONT)
    wait_until(lambda: database.open_turns() == 0, what="all answers")
    database.check_exactly_once(acknowledged)


def lease_over(database: Database) -> None:
    """Wait until no turn's lease is still running."""
    query = sa.select(sa.func.count()).where(Turn.status == TurnStatus.RUNNING, Turn.due_at > sa.func.now())
    with database.engine.connect() as connection:
        wait_until(lambda: connection.scalar(query) == 0, what="the leases to end")
