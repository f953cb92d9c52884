"""Once a day: a card that runs out, service days that lack, new demands for who asked to be told.

Every reminder has a key of its own, so that a repeated day, or a second process, tells nobody twice.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Button
from bot.errors import trace_of
from bot.notices.service import Told, notify, tell_after
from bot.runtime import SHANGHAI, Runtime
from bot.talent import demands
from bot.talent.demand_models import Demand, OpeningWish
from bot.talent.matching import Person, match
from bot.talent.models import Card, CardStatus, Talent
from bot.talent.network_models import OfficeSetting
from bot.talent.service_days import REQUIRED, lack_text, sums
from bot.talent.settings import setting
from bot.texts import sentence

POLL_S = 600.0
MARK = "reminders_of"  # the day they were last sent for
FROM, UNTIL = time(9), time(20)  # nobody is written to at night
LAST_QUARTER = 10  # month it begins in
RENEW = "sd-huicaika-renew"
_PART = "reminders"
logger = logging.getLogger(__name__)


async def remind_all(rt: Runtime) -> bool:
    """Whether this was the day's round; outside the hours and a second time it does nothing."""
    now = rt.clock.now().astimezone(SHANGHAI)
    if not FROM <= now.time() < UNTIL or await _marked(rt) == str(now.date()):
        return False
    await demands.close_past(rt)
    for step in (remind_cards, remind_days, tell_openings):
        await step(rt, today=now.date())
    async with rt.db.write() as session:
        row = await session.get(OfficeSetting, MARK)
        if row is None:
            row = OfficeSetting(key=MARK, updated_by=None)
            session.add(row)
        row.value, row.updated_at = {"day": str(now.date())}, rt.clock.now()
    return True


async def remind_cards(rt: Runtime, *, today: date) -> int:
    """Each card once before it runs out, with the way to renew it."""
    async with rt.db.read() as session:
        days = await setting(session, "card_reminder_days")
        rows = await session.execute(
            select(Card.id, Card.talent_id, Card.kind, Card.valid_to)
            .where(
                Card.status == CardStatus.VALID, Card.valid_to.between(today, today + timedelta(days=days))
            )
            .order_by(Card.talent_id, Card.id)
        )
        due = list(rows)
    renew = Button(title=sentence("reminders.renew"), payload=f'/start_application{{"item": "{RENEW}"}}')

    async def tell(session: AsyncSession, row: Any) -> Told:
        card_id, talent_id, kind, last = row
        text = sentence("reminders.card", kind=kind, day=last, days=(last - today).days)
        return await notify(
            session,
            rt,
            talent_id=talent_id,
            kind="card_expiring",
            once_key=f"card_expiring:{card_id}:{last}",
            text=text,
            buttons=[renew],
            sms=True,
        )

    return await _each(rt, due, tell)


async def remind_days(rt: Runtime, *, today: date) -> int:
    """In the last quarter, who owes service days and lacks some; once a year."""
    if today.month < LAST_QUARTER:
        return 0
    found = sums(today.year)
    done = func.coalesce(found.c.confirmed, 0.0)
    async with rt.db.read() as session:
        required = await setting(session, REQUIRED)
        rows = await session.execute(
            select(Talent.id, done)
            .outerjoin(found, found.c.talent_id == Talent.id)
            .where(Talent.serves_grassroots.is_(True), done < required)
            .order_by(Talent.id)
        )
        due = list(rows)

    async def tell(session: AsyncSession, row: Any) -> Told:
        talent_id, served = row
        return await notify(
            session,
            rt,
            talent_id=talent_id,
            kind="service_days",
            once_key=f"service_days:{talent_id}:{today.year}",
            text=lack_text(year=today.year, done=served, required=required),
            sms=True,
        )

    return await _each(rt, due, tell)


async def tell_openings(rt: Runtime, *, today: date) -> int:
    """New demands that fit, for who agreed to be told; in the chat alone."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        wishes = await session.execute(
            select(Talent, OpeningWish.told_until)
            .join(OpeningWish, OpeningWish.talent_id == Talent.id)
            .order_by(Talent.id)
        )
        people = list(wishes)
        rows = await session.scalars(
            select(Demand).where(Demand.status == demands.PUBLISHED, Demand.closes_on >= today)
        )
        published = list(rows)

    async def tell(session: AsyncSession, row: Any) -> Told:
        talent, since = row
        wish = await session.get(OpeningWish, talent.id)
        if wish is None:  # taken back meanwhile
            return Told()
        wish.told_until = now
        titles = [one.title for one in _fitting(published, talent, since)]
        if not titles:
            return Told()
        listed = "；".join(titles[:3])
        return await notify(
            session,
            rt,
            talent_id=talent.id,
            kind="openings",
            once_key=f"openings:{talent.id}:{today}",
            text=sentence("reminders.openings", count=len(titles), titles=listed),
            buttons=[Button(title=sentence("reminders.look"), payload="/my_demands")],
        )

    return await _each(rt, people, tell)


async def agree(rt: Runtime, *, talent_id: str, wished: bool) -> None:
    """To be told of new demands, or no longer."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(OpeningWish, talent_id)
        if wished and row is None:
            session.add(OpeningWish(talent_id=talent_id, agreed_at=now, told_until=now))
        elif not wished and row is not None:
            await session.delete(row)


async def start(rt: Runtime) -> None:
    rt.parts[_PART] = asyncio.create_task(_run(rt), name="reminders")


async def stop(rt: Runtime) -> None:
    task: asyncio.Task[None] | None = rt.parts.pop(_PART, None)
    if task:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _run(rt: Runtime) -> None:
    while True:
        try:
            await remind_all(rt)
        except Exception as error:  # tried again in the next round
            logger.error("reminders failed, going on: %s", trace_of(error))
        await asyncio.sleep(POLL_S)


async def _each(rt: Runtime, due: Sequence[Any], tell: Callable[[AsyncSession, Any], Any]) -> int:
    """A transaction each: nobody's message waits for all of them, and who cannot be told today keeps no
    one else from it; they are tried again tomorrow."""
    people = 0
    for row in due:
        try:
            async with rt.db.write() as session:
                told = await tell(session, row)
        except Exception as error:
            logger.error("reminders: one failed, going on: %s", trace_of(error))
            continue
        tell_after(rt, told)
        people += bool(told.conversation_ids or told.sms)
    return people


def _fitting(published: Sequence[Demand], talent: Talent, since: datetime) -> list[Demand]:
    person = Person(talent.id, talent.fields, talent.industry, talent.region, talent.education)
    return [
        row
        for row in published
        if row.updated_at > since
        and row.region[:2] in (talent.region[:2], "00")
        and match(demands.need_of(row), person)
    ]


async def _marked(rt: Runtime) -> str | None:
    async with rt.db.read() as session:
        row = await session.get(OfficeSetting, MARK)
    return row.value["day"] if row else None
