"""A database of the first desk, upgraded: nothing is lost, and somebody answers for everybody."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, select

from bot.accounts.permissions import Role
from bot.conversation.handover_models import Handover
from bot.conversation.models import Control, Conversation, Message
from bot.desk.defaults import ensure_defaults
from bot.desk.models import Seat
from bot.desk.port import Desk as Port
from bot.desk.router import Router
from bot.desk.routing import AGAIN_AFTER_S, GRACE_S
from bot.runtime import Runtime
from bot.settings import Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from bot.store.migrate import config_for, upgrade
from tests.conftest import START, MovedClock, in_database

ASKED, TAKEN, ANSWERED = (START - timedelta(minutes=minutes) for minutes in (30, 20, 19))
# conversation: control, region, who holds it, status of its episode
CHATS = {
    "waits": ("queued", "371300", None, "waiting"),
    "talks": ("human", None, "lin", "active"),
    "silent": ("human", None, "lin", "active"),
    "returned": ("bot", None, "lin", "returned"),
    "cancelled": ("bot", None, None, "cancelled"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
        return
    server = in_database(request.getfixturevalue("postgres"), "postgres")
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield in_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def old(old_url: str, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Runtime]:
    settings = Settings(home=tmp_path / "home", database_url=old_url)
    database = Database(settings.sqlalchemy_url)
    async with database.engine.execution_options(huicai_writes=True).begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config_for(sync), "0002"))
        await connection.run_sync(_fill)
    yield Runtime(settings, load_secrets(settings.home), database, Hints(), clock)
    await database.close()


def _fill(connection: Connection) -> None:
    """What the first desk left: rows with its columns only."""
    tables = MetaData()
    tables.reflect(connection)
    at = {"created_at": START, "updated_at": START}

    def add(table: str, **values: Any) -> None:
        connection.execute(tables.tables[table].insert().values(**values))

    add(
        "staff",
        id="lin",
        username="lin",
        name="林晓",
        password_hash="-",
        roles=[Role.SPECIALIST.value],
        active=True,
        must_change_password=False,
        **at,
    )
    for name, (control, region, holder, status) in CHATS.items():
        held = {"staff_id": holder if control == "human" else None, "region": region}
        add(
            "conversations",
            id=name,
            channel="web",
            account="web",
            external_user=name,
            control=control,
            version=2,
            epoch=2,
            last_seq=2,
            shown_seq=2,
            **held,
            **at,
        )
        words = [("talent", "惠才卡，怎麼申請", ASKED)]
        if name in ("talks", "returned"):
            words.append(("staff", "您好", ANSWERED))
        for seq, (author, said, moment) in enumerate(words, start=1):
            add(
                "messages",
                id=f"{name}{seq}",
                conversation_id=name,
                seq=seq,
                author=author,
                internal=False,
                content={"paragraphs": [said]},
                created_at=moment,
            )
        add(
            "handovers",
            id=f"of-{name}",
            conversation_id=name,
            status=status,
            reason="requested",
            category="政策咨询",
            packet={"reason": "requested", "tried": [], "slots": {}, "application": None},
            staff_id=holder,
            requested_at=ASKED,
            accepted_at=TAKEN if holder else None,
            ended_at=START if control == "bot" else None,
        )


async def _at(rt: Runtime, name: str) -> tuple[Conversation, Handover]:
    async with rt.db.read() as session:
        handover = await session.get_one(Handover, f"of-{name}")
        return await session.get_one(Conversation, name), handover


async def test_old_episodes_hold_what_they_would_hold_had_they_begun_today(old: Runtime) -> None:
    await upgrade(old.db.engine)
    _, waits = await _at(old, "waits")
    assert (waits.queued_at, waits.region, waits.first_reply_at) == (ASKED, "371300", None)
    _, talks = await _at(old, "talks")
    assert (talks.taken_at, talks.first_reply_at, talks.replied_at) == (TAKEN, ANSWERED, ANSWERED)
    assert (await _at(old, "silent"))[1].replied_at is None
    assert [(await _at(old, name))[1].ended_by for name in ("returned", "cancelled")] == ["staff", "talent"]
    async with old.db.read() as session:
        kept = list(await session.scalars(select(Message).order_by(Message.id)))
    assert len(kept) == 7
    assert {message.plain for message in kept if message.author == "talent"} == {"惠才卡,怎么申请"}


async def test_after_the_upgrade_nobody_is_left_alone(old: Runtime, clock: MovedClock) -> None:
    await upgrade(old.db.engine)
    await ensure_defaults(old)
    old.parts["desk"] = Port()
    router = Router(old)
    router.start()
    await router.stop()
    await router.route_once()
    assert (await _at(old, "talks"))[0].staff_id == "lin"  # whose page is not back yet
    clock.advance(seconds=GRACE_S + 1)
    await router.route_once()
    for name in ("talks", "silent"):
        conversation, handover = await _at(old, name)
        assert (conversation.control, handover.priority) == (Control.QUEUED, 1)
    clock.advance(seconds=AGAIN_AFTER_S)
    async with old.db.write() as session:
        session.add(
            Seat(
                staff_id="lin",
                level="省",
                kind="服务窗口",
                capacity=5,
                status="ready",
                status_at=clock.now(),
                seen_at=clock.now(),
            )
        )
    await router.route_once()
    for name in ("waits", "talks", "silent"):
        conversation, handover = await _at(old, name)
        assert (conversation.control, handover.offered_to) == (Control.OFFERED, "lin"), name
