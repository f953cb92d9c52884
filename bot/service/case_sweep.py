"""What time alone does to cases: publicity that ends, employers where nobody is left, reminders before
and after what is due.

Any number of processes may run it: every step finds what may be due, then decides each again under the
part's lock.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.permissions import Permission
from bot.desk.manage.notices import Told as Noticed
from bot.desk.manage.notices import add_notices
from bot.errors import Refusal, trace_of
from bot.notices.service import Told
from bot.runtime import Runtime
from bot.service import case_notices
from bot.service.case_days import last_day
from bot.service.case_deeds import Deed
from bot.service.case_levels import covers
from bot.service.case_moves import item_of, move_part
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import Case, access_part, unit_answers, units_unheard
from bot.service.case_upkeep import complete_old
from bot.service.case_work import wake
from bot.service.models import Application, ApplicationPart, Dispatch, PartChange, PartStatus
from bot.texts import sentence

POLL_S = 20.0
AT_ONCE = 200  # of each kind in one round; the rest comes in the next
AHEAD = timedelta(days=1)  # a reminder comes so long before the end
SUPPLEMENT_DUE = "supplement_due"  # event of the timeline
_PART = "case_sweep"
logger = logging.getLogger(__name__)


async def end_publicity(rt: Runtime) -> int:
    """公示期满: what nobody objected to goes on by itself."""
    due = (
        select(ApplicationPart.id)
        .where(ApplicationPart.status == PartStatus.PUBLICITY, ApplicationPart.publicity_to <= rt.clock.now())
        .order_by(ApplicationPart.publicity_to)
        .limit(AT_ONCE)
    )

    async def step(session: AsyncSession, case: Case) -> list[Told]:
        return await move_part(
            session, rt, case=case, event=CaseEvent.PUBLICITY_ENDED, by=None, version=None, deed=Deed()
        )

    return await _each(rt, due, step)


async def pass_over_units(rt: Runtime) -> int:
    """What waits for an employer where nobody is left to approve goes to the window, after a day in
    which somebody else may be named."""
    async with rt.db.read() as session:
        waiting = (
            select(Application.employer_id)
            .join(ApplicationPart, ApplicationPart.application_id == Application.id)
            .where(ApplicationPart.status == PartStatus.UNIT)
        )
        unheard = await units_unheard(session, which=waiting, since=rt.clock.now() - AHEAD)
    if not unheard:
        return 0
    due = (
        select(ApplicationPart.id)
        .join(Application, Application.id == ApplicationPart.application_id)
        .where(ApplicationPart.status == PartStatus.UNIT, Application.employer_id.in_(unheard))
        .order_by(ApplicationPart.id)
        .limit(AT_ONCE)
    )

    async def step(session: AsyncSession, case: Case) -> list[Told]:
        if await unit_answers(session, employer_id=case.application.employer_id or ""):
            return []
        return await move_part(
            session, rt, case=case, event=CaseEvent.UNIT_ABSENT, by=None, version=None, deed=Deed()
        )

    return await _each(rt, due, step)


async def remind_supplements(rt: Runtime) -> int:
    """Once a round, a day before it is due. Nothing is taken back when it has passed: no rule says so."""
    now = rt.clock.now()
    mark = literal("第") + cast(ApplicationPart.supplements, String) + literal("次补正提醒")
    reminded = exists().where(
        PartChange.part_id == ApplicationPart.id,
        PartChange.event == SUPPLEMENT_DUE,
        PartChange.note == mark,
    )
    due = (
        select(ApplicationPart.id)
        .where(
            ApplicationPart.status == PartStatus.SUPPLEMENT,
            ApplicationPart.due_at <= now + AHEAD,
            ApplicationPart.due_at > now,
            ~reminded,
        )
        .limit(AT_ONCE)
    )

    async def step(session: AsyncSession, case: Case) -> list[Told]:
        part = case.part
        note = f"第{part.supplements}次补正提醒"
        known = select(PartChange.id).where(PartChange.part_id == part.id, PartChange.note == note)
        if part.status != PartStatus.SUPPLEMENT or part.due_at is None or await session.scalar(known):
            return []
        item = item_of(rt, part)
        words = sentence(
            "cases.told_supplement_due",
            due=last_day(part.due_at),
            what="、".join(one["what"] for one in part.supplement),
        )
        head = sentence("cases.told", case_no=case.application.case_no, item=item.name if item else part.item)
        change = PartChange(
            part_id=part.id,
            event=SUPPLEMENT_DUE,
            before=part.status,
            after=part.status,
            told=head + words,
            note=note,
            at=now,
        )
        session.add(change)
        return await case_notices.tell(
            session,
            rt,
            application=case.application,
            text=head + words,
            once_key=f"supplement_due:{part.id}:{part.supplements}",
            sms=True,
            buttons=case_notices.supply_buttons(part),
        )

    return await _each(rt, due, step)


async def remind_dispatches(rt: Runtime) -> int:
    """A department is reminded once before and once after its date; then whoever asked hears of it too."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        rows = (
            await session.execute(
                select(Dispatch.id, Dispatch.due_at, Dispatch.reminded_at)
                .where(Dispatch.answered_at.is_(None), Dispatch.due_at <= now + AHEAD)
                .order_by(Dispatch.due_at)
            )
        ).all()
    marked = [(row[0], row[1] if row[1] <= now else row[1] - AHEAD, row[2]) for row in rows]
    due = [(dispatch_id, mark) for dispatch_id, mark, last in marked if last is None or last < mark]
    for dispatch_id, mark in due[:AT_ONCE]:
        async with rt.db.write() as session:
            claimed = (
                await session.scalars(
                    update(Dispatch)
                    .where(
                        Dispatch.id == dispatch_id,
                        Dispatch.answered_at.is_(None),
                        Dispatch.reminded_at.is_(None) | (Dispatch.reminded_at < mark),
                    )
                    .values(reminders=Dispatch.reminders + 1, reminded_at=now)
                    .returning(Dispatch)
                    .execution_options(synchronize_session=False)
                )
            ).one_or_none()
            if claimed is not None and mark <= now and claimed.due_at <= now:
                await _tell_who_asked(session, rt, claimed)
    if due:
        rt.hints.notify("desk")
    return len(due)


async def _tell_who_asked(session: AsyncSession, rt: Runtime, dispatch: Dispatch) -> None:
    """And whoever the case is assigned to; where neither is at work any more, all who may review it."""
    case = await access_part(session, rt, part_id=dispatch.part_id, by=None)
    at_work = await colleagues_with(session, permission=Permission.CASE_READ)
    whom = {one.id for one in at_work} & {dispatch.asked_by, case.part.staff_id}
    if not whom:
        reviewers = await colleagues_with(session, permission=Permission.CASE_REVIEW)
        whom = {one.id for one in reviewers if covers(one.region, case.part.region)}
    text = sentence("cases.dispatch_overdue", case_no=case.application.case_no)
    told = [
        Noticed(
            staff_id=staff_id,
            kind="dispatch_overdue",
            text=text,
            conversation_id=None,
            once_key=f"dispatch:{dispatch.id}",
        )
        for staff_id in sorted(whom)
    ]
    await add_notices(session, rt, told)


STEPS: tuple[Callable[[Runtime], Awaitable[int]], ...] = (
    end_publicity,
    pass_over_units,
    remind_supplements,
    remind_dispatches,
)


async def sweep(rt: Runtime) -> int:
    """One whole round; how much was done."""
    return sum([await step(rt) for step in STEPS])


async def start(rt: Runtime) -> None:
    await complete_old(rt)
    rt.parts[_PART] = asyncio.create_task(_run(rt), name="case-sweep")


async def stop(rt: Runtime) -> None:
    task: asyncio.Task[None] | None = rt.parts.pop(_PART, None)
    if task:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _run(rt: Runtime) -> None:
    while True:
        for step in STEPS:
            try:
                await step(rt)
            except Exception as error:  # tried again in the next round; the others go on
                logger.error("cases: %s failed, going on: %s", step.__name__, trace_of(error))
        await asyncio.sleep(POLL_S)


async def _each(rt: Runtime, due: Any, step: Callable[[AsyncSession, Case], Awaitable[list[Told]]]) -> int:
    async with rt.db.read() as session:
        ids = list(await session.scalars(due))
    done = 0
    for part_id in ids:
        try:
            async with rt.db.write() as session:
                case = await access_part(session, rt, part_id=part_id, by=None, lock=True)
                told = await step(session, case)
        except Refusal:  # somebody was quicker
            continue
        except Exception as error:  # one that fails keeps none of the others back
            logger.error("cases: %s of a part failed, going on: %s", step.__qualname__, trace_of(error))
            continue
        wake(rt, told)
        done += 1
    return done
