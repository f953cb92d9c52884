"""Puts the fictitious talents into the database, and takes them out again with all that hangs on them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.service import audit
from bot.conversation.models import Conversation
from bot.conversation.vault import seal
from bot.runtime import Runtime
from bot.store.base import Base, new_id
from bot.talent.assignments import assign_all
from bot.talent.cards import today_of
from bot.talent.changes import note_change
from bot.talent.models import Assignment, Card, Talent, TalentProgramme, TalentTier
from bot.talent.network_models import Employer, Institution, Provider
from bot.talent.rules import years_later
from bot.talent.sample_people import SamplePerson, SampleTerm, SampleWorld, sample_world
from bot.talent.schemas import TalentEdit
from bot.talent.schemes import schemes
from bot.talent.sealing import check_email, sealed_id, sealed_phone

WHY = "样例数据"


@dataclass(frozen=True)
class Loaded:
    talents: int
    employers: int


async def load_sample(rt: Runtime, *, count: int | None = None) -> Loaded:
    """Nothing when sample talents are there already."""
    world = sample_world(today=today_of(rt), count=count)
    async with rt.db.write() as session:
        if await session.scalar(select(Talent.id).where(Talent.sample.is_(True)).limit(1)):
            return Loaded(0, 0)
        employers = _add_around(session, rt, world)
        await session.flush()
        talents = [_talent(rt, person, employers[person.employer]) for person in world.people]
        session.add_all(talents)
        await session.flush()  # what refers to them comes after
        for talent, person in zip(talents, world.people, strict=True):
            _add_held(session, rt, talent.id, person)
    return Loaded(len(world.people), len(employers))


async def load_first_sample(rt: Runtime) -> Loaded:
    """For a first start only: a service that has staff or talents gets no fictitious ones."""
    async with rt.db.read() as session:
        used = await session.scalar(select(StaffAccount.id).limit(1))
        used = used or await session.scalar(select(Talent.id).limit(1))
    return Loaded(0, 0) if used else await load_sample(rt)


async def sample_employer(rt: Runtime) -> tuple[str, str] | None:
    """Id and region of the employer the sample accounts belong to: that of the first known person."""
    name = sample_world(today=today_of(rt), count=1).people[0].employer
    async with rt.db.read() as session:
        query = select(Employer.id, Employer.region).where(Employer.name == name, Employer.sample.is_(True))
        found = (await session.execute(query)).first()
    return (found[0], found[1]) if found else None


async def assign_sample(rt: Runtime) -> int:
    """Specialists for sample talents that have none, once the desk has seats."""
    async with rt.db.write() as session:
        without = Talent.id.not_in(select(Assignment.talent_id)) & Talent.sample.is_(True)
        talents = list(await session.scalars(select(Talent).where(without).order_by(Talent.id)))
        return await assign_all(session, rt, talents=talents)


async def remove_sample(rt: Runtime) -> dict[str, int]:
    """Every row marked as a sample and what refers to it; how many of each table went."""
    removed: dict[str, int] = {}
    async with rt.db.write() as session:
        talents = list(await session.scalars(select(Talent.id).where(Talent.sample.is_(True))))
        # Accounts of an employer that is no more would belong to nobody.
        await session.execute(
            update(StaffAccount)
            .where(StaffAccount.employer_id.in_(select(Employer.id).where(Employer.sample.is_(True))))
            .values(active=False)
            .execution_options(synchronize_session=False)
        )
        await session.execute(
            update(Conversation)
            .where(Conversation.talent_id.in_(talents))
            .values(talent_id=None)
            .execution_options(synchronize_session=False)
        )
        for table in reversed(Base.metadata.sorted_tables):
            if "sample" in table.c:
                await _remove(session, table, table.c.sample.is_(True), removed)
        detail = {"talents": removed.get("talents", 0), "employers": removed.get("employers", 0)}
        await audit(
            session,
            staff_id=None,
            action="talent.sample_removed",
            subject="-",
            detail=detail,
            at=rt.clock.now(),
        )
    return removed


async def _remove(session: AsyncSession, table: Table, where: Any, removed: dict[str, int]) -> None:
    """Rows and, before them, what cannot be without them; what can only loses its link."""
    (key,) = table.primary_key.columns if len(table.primary_key.columns) == 1 else (None,)
    if key is not None:
        gone = select(key).where(where)
        for other in Base.metadata.sorted_tables:
            for column in other.columns:
                if not any(link.column is key for link in column.foreign_keys) or other is table:
                    continue
                if column.nullable:
                    await session.execute(update(other).where(column.in_(gone)).values({column.name: None}))
                else:
                    await _remove(session, other, column.in_(gone), removed)
    count = await session.scalar(select(func.count()).select_from(table).where(where)) or 0
    if count:
        await session.execute(delete(table).where(where))
        removed[table.name] = removed.get(table.name, 0) + count


def _add_around(session: AsyncSession, rt: Runtime, world: SampleWorld) -> dict[str, str]:
    """Employers, institutions and providers; the employers' ids by name."""
    now = rt.clock.now()
    ids: dict[str, str] = {}
    for one in world.employers:
        ids[one.name] = new_id()
        session.add(
            Employer(
                id=ids[one.name],
                name=one.name,
                kind=one.kind,
                region=one.region,
                industry=one.industry,
                active=True,
                sample=True,
                created_at=now,
                updated_at=now,
            )
        )
    session.add_all(Institution(**one, sample=True, updated_at=now) for one in world.institutions)
    session.add_all(Provider(**one, active=True, sample=True, updated_at=now) for one in world.providers)
    return ids


def _talent(rt: Runtime, person: SamplePerson, employer_id: str) -> Talent:
    edit = TalentEdit(**person.values, employer_id=employer_id)
    now = rt.clock.now()
    id_number = sealed_id(rt, edit.id_kind, edit.id_number or "")
    phone = sealed_phone(rt, edit.phone or "")
    plain = edit.model_dump(exclude={"id_number", "phone", "email"})
    return Talent(
        id=new_id(),
        **plain,
        id_sealed=id_number.sealed,
        id_fingerprint=id_number.fingerprint,
        id_hint=id_number.hint,
        phone_sealed=phone.sealed,
        phone_fingerprint=phone.fingerprint,
        phone_hint=phone.hint,
        email_sealed=seal(rt, check_email("sample@example.com")),
        sample=True,
        revision=1,
        created_at=now,
        updated_at=now,
    )


def _add_held(session: AsyncSession, rt: Runtime, talent_id: str, person: SamplePerson) -> None:
    now = rt.clock.now()
    session.add_all(TalentTier(talent_id=talent_id, **_term(tier)) for tier in person.tiers)
    session.add_all(Card(talent_id=talent_id, updated_at=now, **_held(card)) for card in person.cards)
    session.add_all(TalentProgramme(talent_id=talent_id, **one) for one in person.programmes)
    note_change(session, rt, talent_id=talent_id, kind="created", detail={}, by=None, why=WHY)


def _term(term: SampleTerm) -> dict[str, Any]:
    years = schemes()[term.values["scheme"]].years
    end: date | None = term.valid_to or (years_later(term.valid_from, years) if years else None)
    return term.values | {"valid_from": term.valid_from, "valid_to": end, "basis": WHY}


def _held(card: SampleTerm) -> dict[str, Any]:
    return card.values | {"valid_from": card.valid_from, "valid_to": card.valid_to}
