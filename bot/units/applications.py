"""Applying for several people of an employer at once: all faults first, then one case for each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.conversation import vault
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import submission
from bot.service.case_scope import visible
from bot.service.catalogue import catalogue
from bot.service.filled import Answers
from bot.service.models import ENDED, Applicant, Application, ApplicationPart
from bot.service.schemas import FieldKind, ServiceItem
from bot.talent.models import Talent
from bot.talent.sealing import ID_CARD, PASSPORT_KIND, id_fingerprint, opened, plain_name
from bot.text.personal import MOBILE, NAME
from bot.units.access import Unit
from bot.units.rows import Fault, read_row, value_of

_IDS = (FieldKind.ID_NUMBER, FieldKind.PASSPORT)


@dataclass(frozen=True)
class PersonGiven:
    """As it was sent: a talent of the employer, whose record fills what is blank, or just values."""

    values: Mapping[str, str]
    talent_id: str | None = None


@dataclass(frozen=True)
class PersonChecked:
    values: dict[str, str]
    faults: tuple[Fault, ...]
    talent_id: str | None
    request_id: str  # of the person and the item: nobody is applied for twice at the same time
    case_no: str | None = None  # what this very request already made


@dataclass(frozen=True)
class Checked:
    item: ServiceItem
    people: list[PersonChecked] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not any(person.faults for person in self.people)


def item_for(rt: Runtime, *, unit: Unit, key: str) -> ServiceItem:
    """An item an employer may hand in for its people: one it has to approve, or that is for employers."""
    item = catalogue(rt).item(key)
    if item is None or not fits(item, unit):
        raise Refusal("unknown_item", "这个事项不能由单位批量申报，请从列表中选择事项。", status=404)
    return item


def items_for(rt: Runtime, *, unit: Unit) -> list[ServiceItem]:
    return [item for item in catalogue(rt).offered if fits(item, unit)]


def fits(item: ServiceItem, unit: Unit) -> bool:
    """Items of the employer's own province or of the whole country."""
    return item.region == "000000" or item.region[:2] == unit.region[:2]


async def check(
    rt: Runtime, *, unit: Unit, item: ServiceItem, people: Sequence[PersonGiven], request_id: str
) -> Checked:
    """Reads every person and says everything that is wrong, before anything is stored."""
    batch = batch_of(unit, request_id)
    async with rt.db.read() as session:
        known = await _records(session, unit, [person.talent_id for person in people])
        read: list[PersonChecked] = []
        seen: dict[str, int] = {}
        for number, person in enumerate(people, start=1):
            talent = known.get(person.talent_id or "")
            given = _filled(rt, item, person.values, talent)
            row = read_row(item, given, unit=unit.name)
            faults = list(row.faults)
            if person.talent_id and talent is None:
                faults.append(Fault("talent_id", "这位人才不在本单位名单里，请重新选择。"))
            if talent and not _same_person(rt, item, row.values, talent):
                faults.append(Fault("talent_id", "填写的证件号码与所选人才的档案不一致，请核对。"))
            mark = _mark(item, row.values)
            if mark and mark in seen:
                faults.append(Fault("", f"与第 {seen[mark]} 人重复，请删去一个。"))
            seen.setdefault(mark, number)
            earlier = await _earlier(session, rt, unit, item, row.values)
            request = _request_id(unit, item, mark, ended=earlier.ended)
            case_no = None
            for other in earlier.open:
                if other.batch_id == batch and other.turn_id == request:
                    case_no = other.case_no
                else:
                    faults.append(
                        Fault("", f"已有在办的同一事项申请（受理编号 {other.case_no}），请勿重复申报。")
                    )
            talent_id = talent.id if talent else await _talent_of(session, rt, unit, item, row.values)
            read.append(PersonChecked(row.values, tuple(faults), talent_id, request, case_no))
    return Checked(item, read)


@dataclass(frozen=True)
class Stored:
    case_no: str
    code: str


async def store(rt: Runtime, *, unit: Unit, checked: Checked, request_id: str) -> list[Stored]:
    """One case for each person. A repeat of the request stores only what is still missing."""
    assert checked.good
    batch = batch_of(unit, request_id)
    done: list[Stored] = []
    for person in checked.people:
        submitter = submission.Submitter(
            applicant=Applicant.EMPLOYER,
            talent_id=person.talent_id,
            employer_id=unit.employer_id,
            staff_id=unit.staff.id,
            batch_id=batch,
        )
        answers = [Answers(checked.item, person.values)]
        made = await submission.store(rt, request_id=person.request_id, submitter=submitter, answers=answers)
        done.append(Stored(made.case_no, made.code))
    async with rt.db.write() as session:
        await audit(
            session,
            staff_id=unit.staff.id,
            action="unit.apply",
            subject=unit.employer_id,
            detail={"item": checked.item.key, "people": len(done), "batch": batch},
            at=rt.clock.now(),
            once_key=f"unit.apply:{batch}",
        )
    return done


def batch_of(unit: Unit, request_id: str) -> str:
    return _hashed("batch", unit.employer_id, request_id)


def _request_id(unit: Unit, item: ServiceItem, mark: str, *, ended: int) -> str:
    """The same until the person's earlier application has ended: two requests at once make one case."""
    return _hashed("person", unit.employer_id, item.key, mark, str(ended))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Earlier:
    open: list[Application]
    ended: int


async def _earlier(
    session: AsyncSession, rt: Runtime, unit: Unit, item: ServiceItem, values: Mapping[str, str]
) -> _Earlier:
    """This person's applications for this item through this employer; of what somebody applied for without
    it nothing is told."""
    name, phone = value_of(item, values, FieldKind.NAME), value_of(item, values, FieldKind.PHONE)
    if not name:
        return _Earlier([], 0)
    query = (
        select(Application, ApplicationPart.status)
        .join(ApplicationPart, ApplicationPart.application_id == Application.id)
        .where(
            Application.name_fingerprint == vault.fingerprint(rt, f"{NAME}:{name}"),
            ApplicationPart.item == item.key,
            visible(unit.staff),
        )
    )
    if phone:
        query = query.where(Application.phone_fingerprint == vault.fingerprint(rt, f"{MOBILE}:{phone}"))
    rows = list(await session.execute(query))
    return _Earlier(
        [application for application, status in rows if status not in ENDED],
        sum(1 for _, status in rows if status in ENDED),
    )


def _mark(item: ServiceItem, values: Mapping[str, str]) -> str:
    """What tells one person from another in a batch."""
    kinds = (*_IDS, FieldKind.NAME, FieldKind.PHONE)
    number = value_of(item, values, *_IDS)
    parts = [number] if number else [value_of(item, values, kind) for kind in kinds]
    return "|".join(part for part in parts if part)


async def _records(session: AsyncSession, unit: Unit, ids: Sequence[str | None]) -> dict[str, Talent]:
    wanted = {talent_id for talent_id in ids if talent_id}
    query = select(Talent).where(Talent.id.in_(wanted), Talent.employer_id == unit.employer_id)
    return {row.id: row for row in await session.scalars(query)} if wanted else {}


async def _talent_of(
    session: AsyncSession, rt: Runtime, unit: Unit, item: ServiceItem, values: Mapping[str, str]
) -> str | None:
    """The employer's own talent with this ID number and name; somebody else's record is not looked for."""
    number, name = value_of(item, values, *_IDS), value_of(item, values, FieldKind.NAME)
    if not number or not name:
        return None
    prints = [id_fingerprint(rt, kind, number) for kind in (ID_CARD, PASSPORT_KIND)]
    found: str | None = await session.scalar(
        select(Talent.id).where(
            Talent.id_fingerprint.in_(prints),
            Talent.employer_id == unit.employer_id,
            Talent.name == plain_name(name),
        )
    )
    return found


def _same_person(rt: Runtime, item: ServiceItem, values: Mapping[str, str], talent: Talent) -> bool:
    number, name = value_of(item, values, *_IDS), value_of(item, values, FieldKind.NAME)
    if number and talent.id_fingerprint != id_fingerprint(rt, talent.id_kind, number):
        return False
    return not name or plain_name(name) == talent.name


def _filled(
    rt: Runtime, item: ServiceItem, given: Mapping[str, str], talent: Talent | None
) -> dict[str, str]:
    """With name, number and phone of the record where nothing was written."""
    values = dict(given)
    if talent is None:
        return values
    raw = opened(rt, talent)
    of_record = {
        FieldKind.NAME: talent.name,
        FieldKind.ID_NUMBER: raw["id_number"],
        FieldKind.PASSPORT: raw["id_number"],
        FieldKind.PHONE: raw["phone"],
        FieldKind.EMAIL: raw["email"],
    }
    taken: set[FieldKind] = set()
    for step in item.fields:
        known = of_record.get(step.kind)
        # Only the first of a kind is the applicant's own: a second name may be a child's.
        if known and step.kind not in taken and not (values.get(step.key) or "").strip():
            values[step.key] = known
        taken.add(step.kind)
    return values
