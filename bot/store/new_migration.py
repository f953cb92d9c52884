"""`bin/make-migration "what changed"`: compares the tables with a freshly migrated database."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command

from bot.store.database import Database
from bot.store.migrate import config_for, upgrade

VERSIONS = Path(__file__).parent / "migrations" / "versions"


async def write(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/fresh.db")
        try:
            if any(VERSIONS.glob("*.py")):
                await upgrade(database.engine)
            number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04d}"
            async with database.engine.execution_options(huicai_writes=True).begin() as connection:
                await connection.run_sync(
                    lambda sync: command.revision(config_for(sync), message, autogenerate=True, rev_id=number)
                )
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
