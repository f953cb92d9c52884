"""常用语: one's own, the team's and everybody's. Their variables are filled in by the page."""

from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.desk.models import Phrase
from bot.errors import Refusal
from bot.runtime import Runtime

MOST_OWN = 200

PhraseView = dict[str, Any]


async def phrases(rt: Runtime, *, staff: Staff) -> list[PhraseView]:
    """The most used first."""
    async with rt.db.read() as session:
        query = select(Phrase).where(_usable(staff)).order_by(Phrase.uses.desc(), Phrase.title, Phrase.id)
        return [_view(phrase) for phrase in await session.scalars(query)]


async def add(rt: Runtime, *, staff: Staff, title: str, text: str) -> PhraseView:
    async with rt.db.write() as session:
        count = select(func.count()).where(Phrase.staff_id == staff.id)
        if (await session.scalar(count) or 0) >= MOST_OWN:
            raise Refusal("too_many_phrases", f"个人常用语最多 {MOST_OWN} 条，请先删掉不用的。", status=409)
        phrase = Phrase(staff_id=staff.id, title=title, text=text, uses=0, updated_at=rt.clock.now())
        session.add(phrase)
        await session.flush()
        return _view(phrase)


async def change(rt: Runtime, *, phrase_id: str, staff: Staff, title: str, text: str) -> PhraseView:
    async with rt.db.write() as session:
        phrase = await _access_own(session, phrase_id=phrase_id, staff=staff)
        phrase.title, phrase.text, phrase.updated_at = title, text, rt.clock.now()
        return _view(phrase)


async def drop(rt: Runtime, *, phrase_id: str, staff: Staff) -> None:
    async with rt.db.write() as session:
        await session.delete(await _access_own(session, phrase_id=phrase_id, staff=staff))


async def used(rt: Runtime, *, phrase_id: str, staff: Staff) -> None:
    async with rt.db.write() as session:
        await session.execute(
            update(Phrase)
            .where(Phrase.id == phrase_id, _usable(staff))
            .values(uses=Phrase.uses + 1)
            .execution_options(synchronize_session=False)
        )


def _usable(staff: Staff) -> ColumnElement[bool]:
    everybodys = Phrase.staff_id.is_(None) & Phrase.team_id.is_(None)
    of_team = and_(Phrase.staff_id.is_(None), Phrase.team_id == (staff.team_id or ""))
    return or_(Phrase.staff_id == staff.id, everybodys, of_team)


async def _access_own(session: AsyncSession, *, phrase_id: str, staff: Staff) -> Phrase:
    phrase = await session.get(Phrase, phrase_id, with_for_update=True)
    if phrase is None or phrase.staff_id != staff.id:
        raise Refusal("no_such_phrase", "没有找到这条常用语，公共常用语请由负责人修改。", status=404)
    return phrase


def _view(phrase: Phrase) -> PhraseView:
    scope = "own" if phrase.staff_id else "team" if phrase.team_id else "all"
    return {
        "id": phrase.id,
        "title": phrase.title,
        "text": phrase.text,
        "initials": "".join(lazy_pinyin(phrase.title, style=Style.FIRST_LETTER)).lower(),
        "scope": scope,
        "uses": phrase.uses,
    }
