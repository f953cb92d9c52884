"""Whose parts somebody sees, and as whom they act: one condition for lists, search, reading and export."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.colleagues import colleagues_with
from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Staff, permissions_of
from bot.conversation import vault
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_levels import level_of, place_at
from bot.service.case_rules import APPLICANT, SERVICE, Actor, Who
from bot.service.models import (
    SUBMIT,
    Applicant,
    Application,
    ApplicationPart,
    Dispatch,
    PartChange,
    PartStatus,
)
from bot.talent.models import Assignment, Talent
from bot.talent.network_models import Employer
from bot.talent.places import within
from bot.text import personal
from bot.text.lexicon import NATION


@dataclass(frozen=True)
class Person:
    """Who applied, as a chat knows them: the chat, and the talent who proved themselves in it."""

    conversation_id: str | None = None
    talent_id: str | None = None


By = Staff | Person | None  # None: the service itself


@dataclass(frozen=True)
class Case:
    part: ApplicationPart
    application: Application


def visible(staff: Staff) -> ColumnElement[bool]:
    """Condition over ApplicationPart alone, so that an index answers for lists and counts."""
    if staff.employer_id is not None:
        return _of_employer(staff.employer_id) if Permission.UNIT_READ in staff.permissions else false()
    if Permission.CASE_READ in staff.permissions:
        if staff.region == NATION:
            return true()
        chats = select(Conversation.id).where(Conversation.specialist_id == staff.id)
        return or_(
            within(ApplicationPart.region, staff.region),
            ApplicationPart.region == NATION,
            ApplicationPart.staff_id == staff.id,
            of_application(
                Application.made_by == staff.id,
                of_own_talents(staff),
                Application.conversation_id.in_(chats),
            ),
        )
    if staff.department is not None and Permission.CASE_OPINION in staff.permissions:
        asked = select(Dispatch.part_id).where(Dispatch.department == staff.department)
        return ApplicationPart.id.in_(asked)
    return false()


def _of_employer(employer_id: str) -> ColumnElement[bool]:
    """What an employer handed in, or was asked to approve. That somebody who works there applied for a loan,
    or for their spouse, and named the workplace, is none of its business."""
    own = Application.employer_id == employer_id
    asked = exists().where(
        PartChange.part_id == ApplicationPart.id,
        PartChange.event == SUBMIT,
        PartChange.after == PartStatus.UNIT,
    )
    handed_in = of_application(and_(own, Application.applicant == Applicant.EMPLOYER))
    return and_(of_application(own), or_(handed_in, asked))  # the first by index


def of_application(*any_of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Parts of applications one of these holds for. Each is asked apart, so that each has its index."""
    found = [select(Application.id).where(one) for one in any_of]
    return ApplicationPart.application_id.in_(union(*found) if len(found) > 1 else found[0])


def of_own_talents(staff: Staff) -> ColumnElement[bool]:
    own = select(Assignment.talent_id).where(Assignment.staff_id == staff.id)
    return Application.talent_id.in_(own)


async def access_part(
    session: AsyncSession, rt: Runtime, *, part_id: str, by: By, lock: bool = False
) -> Case:
    """The only way to one part. `lock` serialises whoever acts on it (SQLite: BEGIN IMMEDIATE)."""
    query = (
        select(ApplicationPart, Application)
        .join(Application, Application.id == ApplicationPart.application_id)
        .where(ApplicationPart.id == part_id)
    )
    if isinstance(by, Staff):
        query = query.where(visible(by))
    if lock:
        query = query.with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise no_such_case()
    case = Case(*row)
    if isinstance(by, Person) and not await belongs(session, rt, application=case.application, person=by):
        raise no_such_case()
    return case


async def belongs(session: AsyncSession, rt: Runtime, *, application: Application, person: Person) -> bool:
    """A proven talent's own; else what this very chat handed in, unless it has become another person's
    or nobody's since, or somebody of another name has proven themselves in it."""
    if application.talent_id is not None:
        return application.talent_id == person.talent_id
    if application.conversation_id is None or application.conversation_id != person.conversation_id:
        return False
    if not await since_parted(session, application=application):
        return False
    if person.talent_id is None or application.name_fingerprint is None:
        return True
    name = await session.scalar(select(Talent.name).where(Talent.id == person.talent_id))
    return name is not None and name_print(rt, name) == application.name_fingerprint


async def since_parted(session: AsyncSession, *, application: Application) -> bool:
    """Whether it was handed in after its chat was parted from somebody, if ever it was."""
    chat = application.conversation_id or ""
    since = vault.since_former_person(chat, Application.created_at)
    found = select(Application.id).where(Application.id == application.id, since)
    return await session.scalar(found) is not None


def name_print(rt: Runtime, name: str) -> str:
    return vault.fingerprint(rt, f"{personal.NAME}:{name}")


async def actor_of(session: AsyncSession, *, case: Case, by: By) -> Actor:
    if by is None:
        return SERVICE
    if isinstance(by, Person):
        return APPLICANT
    own = case.part.staff_id == by.id or case.application.made_by == by.id
    if not own and case.application.talent_id:
        assigned = select(Assignment.staff_id).where(Assignment.talent_id == case.application.talent_id)
        own = await session.scalar(assigned) == by.id
    if not own and case.application.conversation_id:
        chat = select(Conversation.specialist_id).where(Conversation.id == case.application.conversation_id)
        own = await session.scalar(chat) == by.id
    return Actor(
        Who.INTAKE,
        permissions=frozenset(permission.value for permission in by.permissions),
        region=by.region,
        employer_id=by.employer_id,
        serves=own,
    )


async def unstaffed(session: AsyncSession, *, region: str, level: str | None) -> bool:
    """Whether no account of that level reviews for this place."""
    if level is None or level_of(region) is None:
        return False
    place = place_at(region, level)
    return not any(
        one.region == place for one in await colleagues_with(session, permission=Permission.CASE_REVIEW)
    )


async def unit_answers(session: AsyncSession, *, employer_id: str) -> bool:
    """Whether somebody at work there may approve; else an application must not wait for it."""
    roles = await session.scalars(
        select(StaffAccount.roles)
        .join(Employer, Employer.id == StaffAccount.employer_id)
        .where(Employer.id == employer_id, Employer.active.is_(True), StaffAccount.active.is_(True))
    )
    return any(Permission.UNIT_APPROVE in permissions_of(row) for row in roles)


async def units_unheard(session: AsyncSession, *, which: Select[Any], since: datetime) -> list[str]:
    """Of these employers those nobody may approve for, unchanged since then."""
    rows = await session.execute(
        select(Employer, StaffAccount)
        .outerjoin(StaffAccount, StaffAccount.employer_id == Employer.id)
        .where(Employer.id.in_(which))
    )
    heard: set[str] = set()
    changed: dict[str, datetime] = {}
    for employer, account in rows:
        moment = changed.setdefault(employer.id, employer.updated_at)
        if account and Permission.UNIT_APPROVE in permissions_of(account.roles):
            changed[employer.id] = max(moment, account.updated_at)
            heard |= {employer.id} if employer.active and account.active else set()
    return [one for one, moment in changed.items() if one not in heard and moment <= since]


def no_such_case() -> Refusal:
    return Refusal("no_such_case", "没有找到这件申请，或者它不在您的办理范围内。", status=404)
