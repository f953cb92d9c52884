"""The migrations make exactly the tables the code declares, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.runtime import Runtime
from bot.store import tables


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, tables.metadata)


async def test_migrated_database_equals_the_declared_tables(rt: Runtime) -> None:
    async with rt.db.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
