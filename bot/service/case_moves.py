"""One move of a locked part, with everything that belongs to it, in the caller's transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.notices.service import Told
from bot.runtime import Runtime
from bot.service import case_notices
from bot.service.case_deeds import Deed
from bot.service.case_rules import CaseEvent, Situation, Step, move
from bot.service.case_scope import By, Case, Person, actor_of, unstaffed
from bot.service.catalogue import catalogue
from bot.service.models import (
    ENDED,
    Application,
    ApplicationPart,
    Dispatch,
    Objection,
    PartChange,
    PartStatus,
)
from bot.service.schemas import ServiceItem

# Who works on a part in these states is said by the level it stands at.
_AT_LEVEL = frozenset(
    {
        PartStatus.ACCEPTED,
        PartStatus.REVIEW,
        PartStatus.CONSULTED,
        PartStatus.PUBLICITY,
        PartStatus.OBJECTED,
        PartStatus.ISSUING,
    }
)


@dataclass
class Moving:
    """A move on its way: effects fill in what is written and what is told."""

    session: AsyncSession
    rt: Runtime
    case: Case
    item: ServiceItem | None
    at: Situation
    step: Step
    event: CaseEvent
    by: By
    deed: Deed
    now: datetime
    columns: dict[str, Any] = field(default_factory=dict)
    told: str | None = None  # for the talent
    note: str | None = None  # for staff alone
    sms: bool = False

    @property
    def staff_id(self) -> str | None:
        return self.by.id if isinstance(self.by, Staff) else None

    @property
    def files_from(self) -> str | None:
        """The chat whose files may be taken in: the person's own, for the centre's staff the one that
        applied."""
        if isinstance(self.by, Person):
            return self.by.conversation_id
        inside = isinstance(self.by, Staff) and self.by.employer_id is None
        return self.case.application.conversation_id if inside else None

    @property
    def item_name(self) -> str:
        return self.item.name if self.item else self.case.part.item


def item_of(rt: Runtime, part: ApplicationPart) -> ServiceItem | None:
    """The item as it was when the part was handed in."""
    known = catalogue(rt)
    return known.version(part.item, part.item_version) or known.items.get(part.item)


async def situation_of(session: AsyncSession, rt: Runtime, case: Case) -> Situation:
    part = case.part
    item = item_of(rt, part)
    dispatches = select(func.count()).where(Dispatch.part_id == part.id, Dispatch.answered_at.is_(None))
    objections = select(func.count()).where(Objection.part_id == part.id, Objection.settled_at.is_(None))
    level = part.levels[part.level] if part.level < len(part.levels) else None
    return Situation(
        status=PartStatus(part.status),
        region=part.region,
        levels=tuple(part.levels),
        level=part.level,
        resumes=PartStatus(part.resumes) if part.resumes else None,
        publicity=bool(item and item.approval.publicity),
        publicity_to=part.publicity_to,
        open_dispatches=await session.scalar(dispatches) or 0,
        open_objections=await session.scalar(objections) or 0,
        employer_id=case.application.employer_id,
        unstaffed=await unstaffed(session, region=part.region, level=level),
    )


async def move_part(
    session: AsyncSession,
    rt: Runtime,
    *,
    case: Case,
    event: CaseEvent,
    by: By,
    version: int | None,
    deed: Deed,
) -> list[Told]:
    """Decide, carry out and note one move. `version` is what the caller saw; None decides on what is."""
    from bot.service.case_effects import carry_out  # effects name Moving

    part, application, now = case.part, case.application, rt.clock.now()
    if version is not None and part.version != version:
        raise changed_meanwhile()
    at = await situation_of(session, rt, case)
    step = move(at, event, actor=await actor_of(session, case=case, by=by), now=now)
    moving = Moving(session, rt, case, item_of(rt, part), at, step, event, by, deed, now)
    await carry_out(moving)
    step = moving.step  # corrected answers may lead elsewhere
    levels = moving.columns.get("levels", at.levels)
    level = levels[step.level] if step.level < len(levels) else None
    columns = {
        "status": step.status,
        "level": step.level,
        "review_level": level if step.status in _AT_LEVEL else None,
        "resumes": step.resumes,
        "version": part.version + 1,
        "updated_at": now,
        **({"decision": step.decision} if step.decision else {}),
        **({"ended_at": now, "due_at": None} if step.ended else {}),
        **moving.columns,
    }
    # By compare-and-set, though the row is locked: whoever read it without the lock must lose.
    written = await session.execute(
        update(ApplicationPart)
        .where(ApplicationPart.id == part.id, ApplicationPart.version == part.version)
        .values(**columns)
        .returning(ApplicationPart.id)
        .execution_options(synchronize_session=False)
    )
    if written.one_or_none() is None:
        raise changed_meanwhile()
    change = PartChange(
        part_id=part.id,
        event=event,
        before=at.status,
        after=step.status,
        level=level,
        by=moving.staff_id,
        told=moving.told,
        note=moving.note or deed.note,
        at=now,
    )
    session.add(change)
    await session.flush()
    await session.refresh(part)
    told: list[Told] = []
    if moving.told:
        told += await case_notices.tell(
            session,
            rt,
            application=application,
            text=moving.told,
            once_key=f"case:{change.id}",
            sms=moving.sms,
            buttons=case_notices.supply_buttons(part),
        )
    application.updated_at = now
    if step.ended:
        told += await _close(session, rt, application=application, now=now)
    return told


async def _close(
    session: AsyncSession, rt: Runtime, *, application: Application, now: datetime
) -> list[Told]:
    """With its last part an application ends, and the talent is asked once how it went."""
    statuses = list(
        await session.scalars(
            select(ApplicationPart.status).where(ApplicationPart.application_id == application.id)
        )
    )
    if any(status not in ENDED for status in statuses) or application.closed_at:
        return []
    application.closed_at = now
    if all(status == PartStatus.WITHDRAWN for status in statuses):
        return []
    return await case_notices.ask_rating(session, rt, application=application)


def changed_meanwhile() -> Refusal:
    return Refusal("changed_meanwhile", "这件申请刚刚有变化，请刷新后再办。", status=409)
