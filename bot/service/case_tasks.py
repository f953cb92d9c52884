"""What is owed to an applicant besides the case itself: calls after publicity and after a low rating."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import audit, staff_names
from bot.desk.manage.notices import Told, add_notices
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service.case_days import this_evening
from bot.service.case_moves import Moving, item_of
from bot.service.case_scope import visible
from bot.service.models import Application, ApplicationPart, CaseTask
from bot.store.base import new_id
from bot.talent.models import Assignment
from bot.talent.settings import setting
from bot.texts import sentence

PUBLICITY_CALL, LOW_RATING = "publicity_call", "low_rating"
PAGE = 50


async def add_publicity_call(moving: Moving) -> None:
    """公示当晚: the talent's own specialist asks what else they need."""
    session, part, application = moving.session, moving.case.part, moving.case.application
    hours = await setting(session, "publicity_call_hours")
    await add_task(
        session,
        moving.rt,
        once_key=f"{PUBLICITY_CALL}:{part.id}",
        kind=PUBLICITY_CALL,
        application=application,
        part=part,
        staff_id=await specialist_of(session, application) or part.staff_id,
        due_at=this_evening(moving.now, within_hours=hours),
    )


async def specialist_of(session: AsyncSession, application: Application) -> str | None:
    if application.talent_id is None:
        return None
    query = select(Assignment.staff_id).where(Assignment.talent_id == application.talent_id)
    return await session.scalar(query)


async def add_task(
    session: AsyncSession,
    rt: Runtime,
    *,
    once_key: str,
    kind: str,
    application: Application,
    part: ApplicationPart,
    staff_id: str | None,
    due_at: datetime,
) -> None:
    """Once per key, whichever process was first."""
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    await session.execute(
        insert(CaseTask)
        .values(
            id=new_id(),
            once_key=once_key,
            kind=kind,
            application_id=application.id,
            part_id=part.id,
            region=part.region,
            staff_id=staff_id,
            due_at=due_at,
            created_at=rt.clock.now(),
        )
        .on_conflict_do_nothing(index_elements=[CaseTask.once_key])
    )
    if staff_id and kind == PUBLICITY_CALL:
        due = f"{due_at.astimezone(SHANGHAI):%m月%d日 %H:%M}"
        text = sentence("cases.task_publicity_call", case_no=application.case_no, due=due)
        await add_notices(session, rt, [Told(staff_id, kind, text, None, f"task:{once_key}")])


async def tasks(rt: Runtime, *, staff: Staff, done: bool = False, page: int = 1) -> dict[str, Any]:
    """One's own, those of nobody in one's cases, and for leads everybody's; the most urgent first."""
    condition = [
        _mine(staff),
        visible(staff),
        CaseTask.done_at.is_not(None) if done else CaseTask.done_at.is_(None),
    ]
    query = (
        select(CaseTask, ApplicationPart, Application)
        .join(Application, Application.id == CaseTask.application_id)
        .join(ApplicationPart, ApplicationPart.id == CaseTask.part_id)
        .where(*condition)
    )
    order = CaseTask.done_at.desc() if done else CaseTask.due_at
    async with rt.db.read() as session:
        rows = (
            await session.execute(query.order_by(order, CaseTask.id).limit(PAGE).offset((page - 1) * PAGE))
        ).all()
        names = await staff_names(session, [task.staff_id for task, _, _ in rows])
    now = rt.clock.now()
    return {
        "page_size": PAGE,
        "rows": [
            {
                "id": task.id,
                "kind": task.kind,
                "part_id": part.id,
                "case_no": application.case_no,
                "item_name": item.name if (item := item_of(rt, part)) else part.item,
                "applicant": application.name_hint,
                "region": task.region,
                "rating": application.rating,
                "rating_comment": application.rating_comment,
                "staff_name": names.get(task.staff_id),
                "due_at": task.due_at,
                "overdue": task.done_at is None and task.due_at < now,
                "done_at": task.done_at,
                "result": task.result,
            }
            for task, part, application in rows
        ],
    }


async def finish_task(rt: Runtime, *, task_id: str, staff: Staff, result: str) -> None:
    now = rt.clock.now()
    async with rt.db.write() as session:
        task = await session.scalar(
            select(CaseTask)
            .join(Application, Application.id == CaseTask.application_id)
            .join(ApplicationPart, ApplicationPart.id == CaseTask.part_id)
            .where(CaseTask.id == task_id, _mine(staff), visible(staff))
            .with_for_update(of=CaseTask)
        )
        if task is None:
            raise Refusal("no_such_task", "没有找到这项任务，请刷新后再看。", status=404)
        if task.done_at is not None:
            raise Refusal("done_already", "这项任务已经办结。", status=409)
        task.done_at, task.result, task.staff_id = now, result, staff.id
        await audit(
            session,
            staff_id=staff.id,
            action="case.task",
            subject=task.application_id,
            at=now,
            detail={"kind": task.kind},
        )
    rt.hints.notify("cases")


def _mine(staff: Staff) -> Any:
    """A low rating is for who leads, not for who was rated."""
    lead = Permission.DESK_LEAD in staff.permissions
    if lead:
        return CaseTask.id.is_not(None)
    # What somebody left behind who is no longer here is owed all the same.
    here = select(StaffAccount.id).where(StaffAccount.active.is_(True))
    nobody = or_(CaseTask.staff_id.is_(None), CaseTask.staff_id.not_in(here))
    return or_(CaseTask.staff_id == staff.id, nobody & (CaseTask.kind != LOW_RATING))
