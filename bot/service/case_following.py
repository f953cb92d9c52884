"""Cases as the person who applied sees them."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select

from bot.runtime import Runtime
from bot.service.case_moves import item_of
from bot.service.case_scope import Person, belongs
from bot.service.models import Application, ApplicationPart, PartChange, PartStatus
from bot.talent.places import region_name
from bot.texts import sentence

MOST = 30


@dataclass(frozen=True)
class Moment:
    at: datetime
    status: PartStatus
    told: str


@dataclass(frozen=True)
class PartTimeline:
    part_id: str
    item: str
    item_name: str
    status: PartStatus
    level: str | None
    region_name: str
    missing: list[dict[str, str]]  # while 待补正: kind, key, what, why
    due_at: datetime | None
    publicity_from: datetime | None
    publicity_to: datetime | None
    reason: str | None
    moments: list[Moment]
    can_withdraw: bool


@dataclass(frozen=True)
class CaseTimeline:
    application_id: str
    case_no: str
    created_at: datetime
    rating: int | None
    parts: list[PartTimeline]


@dataclass(frozen=True)
class Waiting:
    """A part that waits for what is missing."""

    part_id: str
    case_no: str
    item: str
    item_version: int
    item_name: str
    round: int
    missing: list[dict[str, str]]
    due_at: datetime | None
    version: int


async def timeline_of(rt: Runtime, *, talent_id: str) -> list[CaseTimeline]:
    """A proven talent's own applications, the newest first. Nothing that staff noted for themselves."""
    async with rt.db.read() as session:
        applications = list(
            await session.scalars(
                select(Application)
                .where(Application.talent_id == talent_id)
                .order_by(Application.created_at.desc(), Application.id.desc())
                .limit(MOST)
            )
        )
        ids = [application.id for application in applications]
        parts = list(
            await session.scalars(
                select(ApplicationPart)
                .where(ApplicationPart.application_id.in_(ids))
                .order_by(ApplicationPart.position)
            )
        )
        changes = await session.scalars(
            select(PartChange)
            .where(PartChange.part_id.in_([part.id for part in parts]))
            .order_by(PartChange.at, PartChange.id)
        )
        moments: dict[str, list[Moment]] = {part.id: [] for part in parts}
        for change in changes:
            if change.told or change.before != change.after:
                moments[change.part_id].append(Moment(change.at, PartStatus(change.after), change.told or ""))
    numbers = {application.id: application.case_no for application in applications}
    of: dict[str, list[PartTimeline]] = {one: [] for one in ids}
    for part in parts:
        of[part.application_id].append(_timeline(rt, part, numbers[part.application_id], moments[part.id]))
    return [CaseTimeline(a.id, a.case_no, a.created_at, a.rating, of[a.id]) for a in applications]


def _timeline(rt: Runtime, part: ApplicationPart, case_no: str, moments: list[Moment]) -> PartTimeline:
    item = item_of(rt, part)
    name = item.name if item else part.item
    head = sentence("cases.told", case_no=case_no, item=name)  # said with each of them in the chat
    return PartTimeline(
        part_id=part.id,
        item=part.item,
        item_name=name,
        status=PartStatus(part.status),
        level=part.review_level,
        region_name=region_name(part.region),
        missing=list(part.supplement),
        due_at=part.due_at,
        publicity_from=part.publicity_from,
        publicity_to=part.publicity_to,
        reason=part.reason,
        moments=[replace(moment, told=moment.told.removeprefix(head)) for moment in moments],
        can_withdraw=part.ended_at is None,
    )


async def waiting_supplements(
    rt: Runtime, *, conversation_id: str | None = None, talent_id: str | None = None
) -> list[Waiting]:
    """What this chat handed in, and what the talent proven in it did, and is asked to complete."""
    person = Person(conversation_id, talent_id)
    whose = []
    if conversation_id:
        whose.append(Application.conversation_id == conversation_id)
    if talent_id:
        whose.append(Application.talent_id == talent_id)
    if not whose:
        return []
    async with rt.db.read() as session:
        rows = (
            await session.execute(
                select(ApplicationPart, Application)
                .join(Application, Application.id == ApplicationPart.application_id)
                .where(or_(*whose), ApplicationPart.status == PartStatus.SUPPLEMENT)
                .order_by(ApplicationPart.due_at, ApplicationPart.id)
            )
        ).all()
        own = [row for row in rows if await belongs(session, rt, application=row[1], person=person)]
    found = []
    for part, application in own:
        item = item_of(rt, part)
        found.append(
            Waiting(
                part_id=part.id,
                case_no=application.case_no,
                item=part.item,
                item_version=part.item_version,
                item_name=item.name if item else part.item,
                round=part.supplements,
                missing=list(part.supplement),
                due_at=part.due_at,
                version=part.version,
            )
        )
    return found
