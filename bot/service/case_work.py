"""Case work: every change of an application goes through here, one transaction each."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import audit
from bot.conversation import vault
from bot.errors import Refusal
from bot.notices.service import Told, tell_after
from bot.runtime import Runtime
from bot.service.case_deeds import Deed
from bot.service.case_moves import changed_meanwhile, item_of, move_part
from bot.service.case_notices import LINKED
from bot.service.case_person import answers_of, check_same_person
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import By, Case, Person, access_part
from bot.service.models import PartChange, PartStatus
from bot.talent.service import access_talent
from bot.texts import sentence

HINT = "cases"


@dataclass(frozen=True)
class PartView:
    """A part after a move; what a page shows of it is read by `case_list` and `case_detail`."""

    id: str
    application_id: str
    case_no: str
    item: str
    item_name: str
    status: PartStatus
    level: str | None
    version: int
    due_at: datetime | None


async def act(
    rt: Runtime,
    *,
    part_id: str,
    event: CaseEvent,
    by: By,
    version: int | None = None,
    deed: Deed | None = None,
) -> PartView:
    """The only writer of a part's state. `by`: staff, the person who applied, or None for the service."""
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=by, lock=True)
        told = await move_part(
            session, rt, case=case, event=event, by=by, version=version, deed=deed or Deed()
        )
        if isinstance(by, Staff):
            await note(session, rt, staff=by, deed=event.value, subject=case.application.case_no)
        view = view_of(rt, case)
    wake(rt, told)
    return view


def view_of(rt: Runtime, case: Case) -> PartView:
    part = case.part
    item = item_of(rt, part)
    return PartView(
        id=part.id,
        application_id=part.application_id,
        case_no=case.application.case_no,
        item=part.item,
        item_name=item.name if item else part.item,
        status=PartStatus(part.status),
        level=part.review_level,
        version=part.version,
        due_at=part.due_at,
    )


async def link_talent(rt: Runtime, *, part_id: str, staff: Staff, version: int, talent_id: str) -> PartView:
    """Whose application it is, found by staff. From then on the talent sees it: name, and the ID number
    where the form asks for one, must be those of the record."""
    check_may(staff, Permission.CASE_INTAKE, Permission.CASE_REVIEW)
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff, lock=True)
        if case.part.version != version:
            raise changed_meanwhile()
        application = case.application
        talent = await access_talent(session, talent_id=talent_id, staff=staff)
        if application.talent_id not in (None, talent.id):
            raise Refusal("linked_already", "这件申请已经关联了另一份人才档案，不能再改。", status=409)
        check_same_person(
            rt, talent=talent, given=await answers_of(session, rt, application=application, instead={})
        )
        application.talent_id = talent.id
        session.add(
            PartChange(
                part_id=case.part.id,
                event=LINKED,
                before=case.part.status,
                after=case.part.status,
                by=staff.id,
                note=sentence("cases.linked"),
                at=rt.clock.now(),
            )
        )
        await note(session, rt, staff=staff, deed="link", subject=application.case_no)
        view = view_of(rt, case)
    wake(rt, [])
    return view


async def unmask(rt: Runtime, *, part_id: str, staff: Staff) -> dict[str, str]:
    """The answers in clear; every look is noted."""
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff)
        await note(session, rt, staff=staff, deed="unmask", subject=case.application.case_no)
        values: dict[str, str] = json.loads(vault.open_sealed(rt, case.part.sealed))
    return values


async def withdraw(rt: Runtime, *, part_id: str, person: Person, version: int | None = None) -> PartView:
    return await act(rt, part_id=part_id, event=CaseEvent.WITHDRAW, by=person, version=version)


async def add_note(rt: Runtime, *, part_id: str, staff: Staff, text: str) -> None:
    """For colleagues alone; moves nothing."""
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff)
        part = case.part
        session.add(
            PartChange(
                part_id=part.id,
                event="note",
                before=part.status,
                after=part.status,
                level=part.review_level,
                by=staff.id,
                note=text,
                at=rt.clock.now(),
            )
        )
    rt.hints.notify(HINT)


def check_may(staff: Staff, *permissions: Permission) -> None:
    if not set(permissions) & staff.permissions:
        raise Refusal("not_allowed", "您没有此操作的权限，如有需要请联系管理员。", status=403)


async def note(
    session: AsyncSession,
    rt: Runtime,
    *,
    staff: Staff,
    deed: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    once_key: str | None = None,
) -> None:
    """The audit entry of a deed; `subject` is the case number, `detail` codes and counts only."""
    await audit(
        session,
        staff_id=staff.id,
        action=f"case.{deed}",
        subject=subject,
        detail=detail,
        at=rt.clock.now(),
        once_key=once_key,
    )


def wake(rt: Runtime, told: list[Told]) -> None:
    tell_after(rt, *told)
    rt.hints.notify(HINT)
