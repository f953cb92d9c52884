"""One change of the register: it makes a release, so that every process follows it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refusal
from bot.knowledge.documents.models import DocumentRow
from bot.knowledge.models import VersionState
from bot.knowledge.published import PART, refresh
from bot.knowledge.releases import By, release
from bot.runtime import Runtime
from bot.texts import sentence

T = TypeVar("T")
_TRIES = 5


async def changed(rt: Runtime, *, by: By, step: Callable[[AsyncSession], Awaitable[T]]) -> tuple[int, T]:
    """`step` writes; its result comes back with the release's number."""
    for attempt in range(_TRIES):
        try:
            async with rt.db.write() as session:
                result = await step(session)
                number = await release(rt, session, rows=[], state=VersionState.PUBLISHED, by=by)
            break
        except IntegrityError:  # another process took the number
            if attempt == _TRIES - 1:
                raise
    rt.hints.notify("release")
    if (library := rt.parts.get(PART)) is not None:
        await refresh(rt, library)  # whoever changed it sees it at once
    return number, result


async def access_document(rt: Runtime, session: AsyncSession, *, document_id: str) -> DocumentRow:
    row = await session.get(DocumentRow, document_id, with_for_update=not rt.db.is_sqlite)
    if row is None:
        raise unknown_document()
    return row


def unknown_document() -> Refusal:
    return Refusal("unknown_document", sentence("documents.unknown_document"), status=404)


def stale() -> Refusal:
    return Refusal("changed_meanwhile", sentence("documents.saved_meanwhile"), status=409)
