"""One process whose tasks take the front of the queue until nothing is left for them.

`python -m tests.desk.routing.claimer <database> <home> <staff id>…` prints one line per claim:
staff id and conversation id. It begins when a line comes in on its standard input.
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Staff
from bot.desk.offers import claim_next
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from tests.desk.routing.people import staff_of


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


async def claim_all(rt: Runtime, staff: Staff) -> list[tuple[str, str]]:
    claims = []
    try:
        while True:
            claims.append((staff.id, await claim_next(rt, staff=staff)))
    except Refusal as refusal:
        if refusal.code not in ("queue_empty", "no_room"):
            raise
    return claims


async def main(url: str, home: Path, staff_ids: list[str]) -> None:
    settings = Settings(home=home, database_url=url)
    database = Database(settings.sqlalchemy_url)
    rt = Runtime(settings, load_secrets(home), database, Hints(), FixedClock())
    async with database.read() as session:
        rows = [await session.get_one(StaffAccount, staff_id) for staff_id in staff_ids]
    people = [staff_of(row) for row in rows]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for claims in await asyncio.gather(*(claim_all(rt, one) for one in people)):
        for staff_id, conversation_id in claims:
            print(staff_id, conversation_id)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
