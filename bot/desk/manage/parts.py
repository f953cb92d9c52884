"""Reading very many rows without keeping the chats waiting that are served meanwhile."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

AT_A_TIME = 250  # rows; a few milliseconds' work


async def in_parts(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> AsyncIterator[Sequence[Any]]:
    found = await session.stream(query.execution_options(yield_per=AT_A_TIME))
    async for part in found.partitions():
        yield part
