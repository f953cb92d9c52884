"""责任专员: one for a talent, the same in every bound chat, also when several act at once."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.accounts.permissions import Role
from bot.accounts.service import deactivate
from bot.conversation.models import Channel, Conversation
from bot.conversation.service import open_conversation
from bot.desk import specialists
from bot.desk.chat_specialist import Candidate
from bot.desk.manage.leaving import release_left
from bot.desk.models import Kind, Level, SpecialistChange
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import assignments
from bot.talent.choosing import Need, choose_specialist
from bot.talent.models import Assignment, TalentChange
from tests.talent.records.people import account, seat, talent


async def chat(rt: Runtime, user: str) -> str:
    return await open_conversation(
        rt, channel=Channel.WEB, account="web", external_user=user, region="370000"
    )


async def bind(rt: Runtime, conversation_id: str, talent_id: str) -> None:
    """As proving oneself does it."""
    async with rt.db.write() as session:
        await assignments.lock_talent(session, talent_id=talent_id)
        conversation = await session.get_one(Conversation, conversation_id, with_for_update=True)
        conversation.talent_id = talent_id
        await assignments.on_bound(session, rt, conversation=conversation, talent_id=talent_id)


async def specialist_in(rt: Runtime, conversation_id: str) -> str | None:
    async with rt.db.read() as session:
        return (await session.get_one(Conversation, conversation_id)).specialist_id


async def own(rt: Runtime, talent_id: str) -> str | None:
    async with rt.db.read() as session:
        return await assignments.specialist_of(session, talent_id=talent_id)


async def colleague(rt: Runtime, name: str, *, region: str = "370000") -> str:
    found = await account(rt, name, Role.SPECIALIST, region=region)
    await seat(rt, found.id)
    return found.id


async def test_a_bound_chat_takes_over_the_talents_specialist(rt: Runtime) -> None:
    lin = await colleague(rt, "lin")
    someone = await talent(rt, "张三", 1)
    assert await own(rt, someone.id) == lin, "a new record has a specialist at once"
    first = await chat(rt, "t1")
    await bind(rt, first, someone.id)
    assert await specialist_in(rt, first) == lin


async def test_a_talent_without_one_gets_the_chats(rt: Runtime) -> None:
    someone = await talent(rt, "张三", 1)
    assert await own(rt, someone.id) is None, "nobody has a seat yet"
    zhou = (await account(rt, "zhou", Role.SPECIALIST)).id
    first, second = await chat(rt, "t1"), await chat(rt, "t2")
    await bind(rt, second, someone.id)
    async with rt.db.write() as session:
        conversation = await session.get_one(Conversation, first, with_for_update=True)
        await specialists.assign_first(session, rt, conversation=conversation, staff_id=zhou)
    await bind(rt, first, someone.id)
    assert [await own(rt, someone.id), await specialist_in(rt, second)] == [zhou, zhou]


async def test_a_change_reaches_every_bound_chat_and_is_logged(rt: Runtime) -> None:
    lin, zhou = await colleague(rt, "lin"), await colleague(rt, "zhou")
    someone = await talent(rt, "张三", 1)
    chats = [await chat(rt, "t1"), await chat(rt, "t2")]
    for one in chats:
        await bind(rt, one, someone.id)
    before = await own(rt, someone.id)
    after = zhou if before == lin else lin
    async with rt.db.write() as session:
        assert await assignments.assign(
            session, rt, talent_id=someone.id, staff_id=after, by=None, why="本人要求"
        )
    assert [await specialist_in(rt, one) for one in chats] == [after, after]
    async with rt.db.read() as session:
        logged = list(await session.scalars(select(TalentChange).where(TalentChange.kind == "specialist")))
        in_chats = list(
            await session.scalars(select(SpecialistChange).where(SpecialistChange.after == after))
        )
    assert logged[-1].detail == {"before": before, "after": after} and logged[-1].why == "本人要求"
    assert len(in_chats) == 2


async def test_without_a_reason_nothing_changes(rt: Runtime) -> None:
    await colleague(rt, "lin")
    zhou = await colleague(rt, "zhou")
    someone = await talent(rt, "张三", 1)
    before = await own(rt, someone.id)
    with pytest.raises(Refusal) as refused:
        async with rt.db.write() as session:
            await assignments.assign(session, rt, talent_id=someone.id, staff_id=zhou, by=None, why=" ")
    assert refused.value.code == "no_reason" and await own(rt, someone.id) == before


async def test_one_specialist_however_many_act_at_once(rt: Runtime) -> None:
    """Chats are bound, taken and changed all at the same time: one row, and every chat agrees with it."""
    someone = await talent(rt, "张三", 1)
    people = [await colleague(rt, f"zhuan{number}") for number in range(3)]
    chats = [await chat(rt, f"t{number}") for number in range(4)]

    async def change(staff_id: str) -> None:
        async with rt.db.write() as session:
            await assignments.assign(
                session, rt, talent_id=someone.id, staff_id=staff_id, by=None, why="同时更换"
            )

    async def take(conversation_id: str, staff_id: str) -> None:
        async with rt.db.write() as session:
            conversation = await session.get_one(Conversation, conversation_id, with_for_update=True)
            await specialists.assign_first(session, rt, conversation=conversation, staff_id=staff_id)

    await asyncio.gather(
        *(bind(rt, one, someone.id) for one in chats),
        *(change(one) for one in people),
        *(take(one, people[0]) for one in chats[:2]),
    )
    final = await own(rt, someone.id)
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Assignment)) == 1
    assert final in people
    assert {await specialist_in(rt, one) for one in chats} == {final}


async def test_whoever_leaves_is_replaced(rt: Runtime) -> None:
    lin = await colleague(rt, "lin")
    someone = await talent(rt, "张三", 1)
    first = await chat(rt, "t1")
    await bind(rt, first, someone.id)
    zhou = await colleague(rt, "zhou")
    await deactivate(rt, staff_id=lin, by=zhou)
    await release_left(rt)
    assert [await own(rt, someone.id), await specialist_in(rt, first)] == [zhou, zhou]
    counter = await account(rt, "counter", Role.FRONT_DESK)
    await seat(rt, counter.id)  # takes in, and looks after nobody
    await deactivate(rt, staff_id=zhou, by=lin)
    await release_left(rt)
    assert [await own(rt, someone.id), await specialist_in(rt, first)] == [None, None]


def candidate(
    name: str,
    region: str,
    *,
    level: Level = Level.CITY,
    kind: Kind = Kind.WINDOW,
    skills: tuple[str, ...] = (),
) -> Candidate:
    return Candidate(name, name, region, level, kind, frozenset(skills))


def chosen(people: list[Candidate], load: dict[str, int] | None = None, **need: object) -> str | None:
    wanted = {"region": "370102", "nationality": "中国", "topics": frozenset()} | need
    found = choose_specialist(Need(**wanted), people, load or {})  # type: ignore[arg-type]
    return found.staff_id if found else None


def test_choosing_by_place_skill_kind_and_load() -> None:
    near, far = candidate("a", "370102", level=Level.COUNTY), candidate("b", "370000", level=Level.PROVINCE)
    assert chosen([far, near]) == "a", "the nearest"
    assert chosen([candidate("a", "350500")]) is None, "who does not answer for the place is nobody"
    expert = candidate("c", "370000", level=Level.PROVINCE, skills=("先进制造",))
    assert chosen([near, expert], topics=frozenset({"先进制造"})) == "c", "a skill weighs more"
    abroad = candidate("d", "000000", skills=("外籍",))
    assert chosen([near, abroad], nationality="德国") == "d"
    window, unit = candidate("e", "370100"), candidate("f", "370100", kind=Kind.EMPLOYER)
    assert chosen([unit, window], load={"e": 40}) == "e", "the kind before the load"
    assert chosen([candidate("g", "370100"), candidate("h", "370100")], load={"g": 2, "h": 1}) == "h"
    assert chosen([candidate("k", "370100"), candidate("j", "370100")]) == "j", "always the same of equals"
