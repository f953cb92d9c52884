"""The demonstration data: the same every time, clearly fictitious, and removable."""

import re
from datetime import date

from sqlalchemy import func, select

from bot.accounts.permissions import Role
from bot.conversation.models import Channel, Conversation
from bot.conversation.service import open_conversation
from bot.runtime import Runtime
from bot.store.base import Base
from bot.talent.models import Card, CardStatus, Talent
from bot.talent.network_models import Employer
from bot.talent.sample import (
    assign_sample,
    load_first_sample,
    load_sample,
    remove_sample,
    sample_employer,
)
from bot.talent.sample_people import sample_world
from bot.talent.schemas import TalentEdit
from bot.talent.service import find_by_name_and_last6
from bot.text.personal import is_id_number
from tests.talent.records.people import account, seat, talent

DAY = date(2026, 11, 20)
FEW = 40
# GB/T 2260: the first two digits of every province, 港澳台 and the numbers of residents from abroad.
PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
ASSIGNED = PROVINCES | {71, 81, 82, 83, *range(90, 100)}


def test_the_same_seed_and_day_make_the_same_people() -> None:
    world = sample_world(today=DAY)
    assert world == sample_world(today=DAY)
    assert (len(world.people), len(world.employers)) == (500, 67)


def test_nobody_can_be_taken_for_a_real_person() -> None:
    world = sample_world(today=DAY)
    numbers = [one.values["id_number"] for one in world.people if one.values["id_kind"] == "身份证"]
    assert all(is_id_number(number) for number in numbers), "the check digit is right"
    assert not any(int(number[:2]) in ASSIGNED for number in numbers), "no province has this code"
    phones = [one.values["phone"] for one in world.people]
    assert all(re.fullmatch(r"164\d{8}", phone) for phone in phones), "no operator has this range"
    assert len(set(numbers)) == len(numbers) and len(set(phones)) == len(phones)
    assert all(re.search("样|例|Sample", one.values["name"]) for one in world.people)
    names = [one.name for one in world.employers]
    names += [one["name"] for one in (*world.institutions, *world.providers)]
    assert all("样例" in name for name in names) and len(set(names)) == len(names)
    for one in world.people:
        TalentEdit.model_validate(one.values)


def test_the_people_are_varied() -> None:
    world = sample_world(today=DAY)
    cards = [card for one in world.people for card in one.cards]
    assert {card.values["status"] for card in cards} == {
        CardStatus.VALID,
        CardStatus.SUSPENDED,
        CardStatus.WITHDRAWN,
    }
    ends = [card.valid_to for card in cards if card.valid_to]
    assert min(ends) < DAY < max(ends)
    schemes = {tier.values["scheme"] for one in world.people for tier in one.tiers}
    assert schemes == {"quanzhou-2017", "quanzhou-2021", "fujian"}
    assert {one.values.get("nationality", "中国") for one in world.people} > {"中国", "德国"}
    assert any(one.values.get("departments") for one in world.people)


async def test_loaded_once_with_specialists_and_known_people(rt: Runtime) -> None:
    loaded = await load_sample(rt, count=FEW)
    assert (loaded.talents, (await load_sample(rt, count=FEW)).talents) == (FEW, 0)
    lin = await account(rt, "lin", Role.SPECIALIST)
    await seat(rt, lin.id)
    assert (await assign_sample(rt), await assign_sample(rt)) == (FEW, 0)
    number = sample_world(today=DAY, count=1).people[0].values["id_number"]
    async with rt.db.read() as session:
        found = await find_by_name_and_last6(session, rt, name="林样安", last6=number[-6:])
        (known,) = [await session.get_one(Talent, one) for one in found]
        card = await session.scalar(select(Card).where(Card.talent_id == known.id))
        unit = await session.get_one(Employer, known.employer_id)
    assert known.sample and card is not None and card.valid_to == date(2026, 12, 30), "ends in 40 days"
    assert await sample_employer(rt) == (unit.id, "370102")


async def test_a_service_in_use_gets_no_fictitious_people(rt: Runtime) -> None:
    await talent(rt, "张三", 1)
    assert (await load_first_sample(rt)).talents == 0


async def test_removing_takes_the_samples_and_nothing_else(rt: Runtime) -> None:
    await load_sample(rt, count=FEW)
    async with rt.db.write() as session:
        (first,) = await session.scalars(select(Talent).order_by(Talent.id).limit(1))
    real = await talent(rt, "张三", 1, employer_id=first.employer_id)
    chat = await open_conversation(
        rt, channel=Channel.WEB, account="web", external_user="t1", region="370000"
    )
    async with rt.db.write() as session:
        (await session.get_one(Conversation, chat)).talent_id = first.id
    head = await account(rt, "head", Role.UNIT_HEAD, region="370102", employer_id=first.employer_id)
    removed = await remove_sample(rt)
    assert removed["talents"] == FEW
    async with rt.db.read() as session:
        for table in Base.metadata.sorted_tables:
            if "sample" in table.c:
                query = select(func.count()).select_from(table).where(table.c.sample.is_(True))
                assert await session.scalar(query) == 0, table.name
        kept = await session.get_one(Talent, real.id)
        assert kept.employer_id is None and kept.name == "张三"
        assert (await session.get_one(Conversation, chat)).talent_id is None
        assert not (await session.get_one(type(head), head.id)).active
    assert (await load_sample(rt, count=FEW)).talents == FEW, "they may come back"
