"""会办: what departments are asked, and their opinions."""

from typing import Any, Literal

from sqlalchemy import func, select, update

from bot.accounts.permissions import Permission, Staff
from bot.errors import Refusal
from bot.notices.service import Told
from bot.runtime import Runtime
from bot.service.case_deeds import Deed
from bot.service.case_detail import materials_of, values_of
from bot.service.case_moves import item_of, move_part
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import access_part, visible
from bot.service.case_work import check_may, note, unmask, wake
from bot.service.models import Application, ApplicationPart, Dispatch, PartChange, PartStatus
from bot.talent.network_models import Department
from bot.talent.places import region_name
from bot.texts import sentence

PAGE = 50
State = Literal["open", "overdue", "answered"]
Opinion = Literal["同意", "不同意"]


async def list_dispatches(rt: Runtime, *, staff: Staff, state: State, page: int = 1) -> dict[str, Any]:
    """A department its own, the centre those of the cases it sees; the most urgent first."""
    now = rt.clock.now()
    wanted = [visible(staff)]
    if Permission.CASE_READ not in staff.permissions:
        wanted.append(Dispatch.department == staff.department)
    wanted.append(
        Dispatch.answered_at.is_not(None) if state == "answered" else Dispatch.answered_at.is_(None)
    )
    if state == "overdue":
        wanted.append(Dispatch.due_at < now)
    joined = (
        select(Dispatch, Department.name, ApplicationPart, Application)
        .join(ApplicationPart, ApplicationPart.id == Dispatch.part_id)
        .join(Application, Application.id == ApplicationPart.application_id)
        .join(Department, Department.key == Dispatch.department)
        .where(*wanted)
    )
    order = Dispatch.answered_at.desc() if state == "answered" else Dispatch.due_at
    async with rt.db.read() as session:
        counted = joined.with_only_columns(func.count(), maintain_column_froms=True)
        total = await session.scalar(counted) or 0
        rows = (
            await session.execute(joined.order_by(order, Dispatch.id).limit(PAGE).offset((page - 1) * PAGE))
        ).all()
    return {
        "total": total,
        "page_size": PAGE,
        "rows": [_row(rt, *row) for row in rows],
    }


async def read_dispatch(rt: Runtime, *, dispatch_id: str, staff: Staff) -> dict[str, Any]:
    """For the department: its question, and the application with personal answers as hints."""
    async with rt.db.read() as session:
        dispatch = await _access(session, dispatch_id, staff)
        case = await access_part(session, rt, part_id=dispatch.part_id, by=staff)
        name = await session.scalar(select(Department.name).where(Department.key == dispatch.department))
        item = item_of(rt, case.part)
        return {
            "dispatch": _row(rt, dispatch, name or "", case.part, case.application),
            "values": values_of(rt, part=case.part, item=item, clear=False),
            "materials": await materials_of(session, part=case.part, item=item),
        }


async def in_clear(rt: Runtime, *, dispatch_id: str, staff: Staff) -> dict[str, str]:
    """What was filled in, to check it by, for as long as the department is asked; every look is noted."""
    async with rt.db.read() as session:
        dispatch = await _access(session, dispatch_id, staff)
    if dispatch.answered_at is not None:
        raise _answered_already()
    return await unmask(rt, part_id=dispatch.part_id, staff=staff)


async def part_of(rt: Runtime, *, dispatch_id: str, staff: Staff) -> str:
    async with rt.db.read() as session:
        return (await _access(session, dispatch_id, staff)).part_id


async def answer(rt: Runtime, *, dispatch_id: str, staff: Staff, opinion: Opinion, words: str) -> None:
    """Once. With the last answer the part goes back to its review."""
    part_id = await part_of(rt, dispatch_id=dispatch_id, staff=staff)
    now = rt.clock.now()
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff, lock=True)
        claimed = await session.execute(
            update(Dispatch)
            .where(Dispatch.id == dispatch_id, Dispatch.answered_at.is_(None))
            .values(opinion=opinion, answer=words, answered_by=staff.id, answered_at=now)
            .returning(Dispatch.id)
            .execution_options(synchronize_session=False)
        )
        if claimed.one_or_none() is None or case.part.status != PartStatus.CONSULTED:
            raise _answered_already()
        await note(session, rt, staff=staff, deed="opinion", subject=case.application.case_no)
        waiting = select(Dispatch.id).where(Dispatch.part_id == part_id, Dispatch.answered_at.is_(None))
        told: list[Told] = []
        if await session.scalar(waiting.limit(1)) is None:
            told = await move_part(
                session, rt, case=case, event=CaseEvent.CONSULTED, by=None, version=None, deed=Deed()
            )
    wake(rt, told)


async def urge(rt: Runtime, *, part_id: str, staff: Staff, dispatch_id: str | None = None) -> int:
    """催办 of one department, or of all that have not answered; how many were urged."""
    check_may(staff, Permission.CASE_REVIEW)
    now = rt.clock.now()
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff, lock=True)
        wanted = [Dispatch.part_id == part_id, Dispatch.answered_at.is_(None)]
        if dispatch_id:
            wanted.append(Dispatch.id == dispatch_id)
        urged = (
            await session.scalars(
                update(Dispatch)
                .where(*wanted)
                .values(reminders=Dispatch.reminders + 1, reminded_at=now)
                .returning(Dispatch.department)
                .execution_options(synchronize_session=False)
            )
        ).all()
        if not urged:
            raise Refusal("nothing_to_urge", "没有等待答复的部门，不用催办。", status=409)
        names = await session.scalars(select(Department.name).where(Department.key.in_(urged)))
        session.add(
            PartChange(
                part_id=part_id,
                event="urge",
                before=case.part.status,
                after=case.part.status,
                level=case.part.review_level,
                by=staff.id,
                note=sentence("cases.urged", department="、".join(names)),
                at=now,
            )
        )
        await note(session, rt, staff=staff, deed="urge", subject=case.application.case_no)
    wake(rt, [])
    return len(urged)


def _answered_already() -> Refusal:
    return Refusal("answered_already", "这件会办已经答复或已不再需要，请刷新后再看。", status=409)


async def _access(session: Any, dispatch_id: str, staff: Staff) -> Dispatch:
    query = (
        select(Dispatch)
        .join(ApplicationPart, ApplicationPart.id == Dispatch.part_id)
        .join(Application, Application.id == ApplicationPart.application_id)
        .where(Dispatch.id == dispatch_id, visible(staff))
    )
    # Of a case several departments are asked about, each sees and answers its own question.
    query = query.where(Dispatch.department == staff.department)
    found: Dispatch | None = await session.scalar(query)
    if found is None:
        raise Refusal("no_such_dispatch", "没有找到这件会办，或者它不是派给您所在部门的。", status=404)
    return found


def _row(
    rt: Runtime, one: Dispatch, department: str, part: ApplicationPart, application: Application
) -> dict[str, Any]:
    item = item_of(rt, part)
    return {
        "id": one.id,
        "part_id": part.id,
        "case_no": application.case_no,
        "item_name": item.name if item else part.item,
        "applicant": application.name_hint,
        "region": part.region,
        "region_name": region_name(part.region),
        "department": one.department,
        "department_name": department,
        "question": one.question,
        "asked_at": one.asked_at,
        "due_at": one.due_at,
        "overdue": one.answered_at is None and one.due_at < rt.clock.now(),
        "reminders": one.reminders,
        "reminded_at": one.reminded_at,
        "opinion": one.opinion,
        "answer": one.answer,
        "answered_at": one.answered_at,
    }
