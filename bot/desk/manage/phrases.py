"""Shared canned phrases: a team's, or everybody's. Own ones are kept on the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.desk.manage.changes import (
    apply,
    check_everywhere,
    check_region,
    check_unchanged,
    may_region,
    unknown,
)
from bot.desk.models import Phrase, Team
from bot.runtime import Runtime
from bot.store.base import new_id


@dataclass(frozen=True)
class PhraseEdit:
    title: str
    text: str
    team_id: str | None
    updated_at: datetime | None  # None: a new phrase

    def values(self) -> dict[str, Any]:
        return {"title": self.title, "text": self.text, "team_id": self.team_id}


async def list_phrases(rt: Runtime, *, staff: Staff) -> list[Phrase]:
    async with rt.db.read() as session:
        regions = {row[0]: row[1] for row in await session.execute(select(Team.id, Team.region))}
        shared = select(Phrase).where(Phrase.staff_id.is_(None)).order_by(Phrase.team_id, Phrase.title)
        phrases = list(await session.scalars(shared))
    return [
        phrase
        for phrase in phrases
        if phrase.team_id is None or may_region(staff, regions.get(phrase.team_id, "000000"))
    ]


async def save_phrase(rt: Runtime, *, phrase_id: str | None, edit: PhraseEdit, staff: Staff) -> Phrase:
    now = rt.clock.now()
    async with rt.db.write() as session:
        await _check_reach(session, edit.team_id, staff)
        if phrase_id is None:
            phrase = Phrase(id=new_id(), staff_id=None, uses=0, **edit.values(), updated_at=now)
            session.add(phrase)
            changed: dict[str, Any] = {"team_id": [None, edit.team_id]}
        else:
            phrase = await _shared(session, phrase_id)
            await _check_reach(session, phrase.team_id, staff)
            check_unchanged(phrase.updated_at, edit.updated_at)
            changed = apply(phrase, edit.values(), texts=frozenset({"title", "text"}))
            phrase.updated_at = now
        await session.flush()
        await audit(
            session,
            staff_id=staff.id,
            action="settings.phrase",
            subject=phrase.id,
            detail={"changed": changed},
            at=now,
        )
    return phrase


async def drop_phrase(rt: Runtime, *, phrase_id: str, staff: Staff) -> None:
    async with rt.db.write() as session:
        phrase = await _shared(session, phrase_id)
        await _check_reach(session, phrase.team_id, staff)
        await session.delete(phrase)
        await audit(
            session,
            staff_id=staff.id,
            action="settings.phrase_dropped",
            subject=phrase_id,
            at=rt.clock.now(),
        )


async def _shared(session: AsyncSession, phrase_id: str) -> Phrase:
    phrase = await session.get(Phrase, phrase_id, with_for_update=True)
    if phrase is None or phrase.staff_id is not None:
        raise unknown("常用语")
    return phrase


async def _check_reach(session: AsyncSession, team_id: str | None, staff: Staff) -> None:
    if team_id is None:
        check_everywhere(staff)
        return
    team = await session.get(Team, team_id)
    if team is None:
        raise unknown("班组")
    check_region(staff, team.region)
