"""What is told by the clock: each thing once, by day, to whom it concerns."""

from datetime import date
from typing import Any

import pytest

from bot.runtime import Runtime
from bot.talent import reminders
from bot.talent.models import Card
from bot.talent.reminders import agree, remind_all
from tests.conftest import MovedClock
from tests.talent.grassroots.messages import said
from tests.talent.grassroots.people import chat_of, expert, open_demand, staff


async def give_card(rt: Runtime, talent_id: str, number: str, **more: object) -> None:
    plain = {"valid_from": date(2022, 1, 1), "valid_to": date(2027, 1, 19), "updated_at": rt.clock.now()}
    async with rt.db.write() as session:
        session.add(Card(talent_id=talent_id, number=number, **(plain | more)))


async def test_a_card_is_reminded_of_once_sixty_days_before(seeded: Runtime, clock: MovedClock) -> None:
    rt = seeded  # 20 November 2026, 9:30 in Shanghai
    people = {name: await expert(rt, name) for name in ("张样例", "李样例", "王样例", "赵样例")}
    chats = {name: await chat_of(rt, talent) for name, talent in people.items()}
    await give_card(rt, people["张样例"], "SD1")  # 60 days
    await give_card(rt, people["李样例"], "SD2", valid_to=date(2027, 1, 20))  # 61
    await give_card(rt, people["王样例"], "SD3", valid_to=date(2026, 11, 19))  # run out
    await give_card(rt, people["赵样例"], "SD4", status="停用")
    assert [await remind_all(rt) for _ in range(2)] == [True, False]
    assert {name: len(await said(rt, chat)) for name, chat in chats.items()} == {
        "张样例": 1,
        "李样例": 0,
        "王样例": 0,
        "赵样例": 0,
    }
    assert "还有60天" in (await said(rt, chats["张样例"]))[0]
    clock.advance(days=1)
    assert await remind_all(rt)
    assert [len(await said(rt, chat)) for chat in chats.values()] == [1, 1, 0, 0]


async def test_one_who_cannot_be_told_keeps_nobody_else_from_it(
    seeded: Runtime, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rt = seeded
    people = [await expert(rt, name) for name in ("张样例", "李样例", "王样例")]
    chats = [await chat_of(rt, talent) for talent in people]
    for number, talent in enumerate(people):
        await give_card(rt, talent, f"SD{number}")
    notify = reminders.notify

    async def failing(*given: Any, talent_id: str, **more: Any) -> Any:
        if talent_id == people[1]:
            raise RuntimeError("no way to them")
        return await notify(*given, talent_id=talent_id, **more)

    monkeypatch.setattr(reminders, "notify", failing)
    assert await remind_all(rt)
    assert [len(await said(rt, chat)) for chat in chats] == [1, 0, 1]
    monkeypatch.undo()
    clock.advance(days=1)
    assert await remind_all(rt)
    assert [len(await said(rt, chat)) for chat in chats] == [1, 1, 1]


async def test_nobody_is_written_to_at_night_nor_about_days_before_the_last_quarter(
    seeded: Runtime, clock: MovedClock
) -> None:
    rt = seeded
    clock.moment = clock.moment.replace(month=9)
    chat = await chat_of(rt, await expert(rt, "张样例", serves_grassroots=True))
    assert await remind_all(rt)
    assert await said(rt, chat) == []
    clock.moment = clock.moment.replace(month=10, hour=13)  # 21:30 in Shanghai
    assert not await remind_all(rt)
    clock.advance(hours=12)
    assert await remind_all(rt)
    clock.advance(days=1)
    assert await remind_all(rt)
    [text] = await said(rt, chat)
    assert "还差15天" in text


async def test_new_demands_reach_who_agreed_and_only_what_fits(seeded: Runtime, clock: MovedClock) -> None:
    rt, by = seeded, staff()
    zhang, li = await expert(rt, "张样例"), await expert(rt, "李样例")
    chats = [await chat_of(rt, zhang), await chat_of(rt, li)]
    await open_demand(rt, by, title="早先的需求")
    clock.advance(minutes=1)
    await agree(rt, talent_id=zhang, wished=True)
    clock.advance(minutes=1)
    await open_demand(rt, by, title="果品分级")
    await open_demand(rt, by, title="芯片设计", field="集成电路")
    clock.advance(minutes=1)
    assert await remind_all(rt)
    assert [len(await said(rt, chat)) for chat in chats] == [1, 0]
    [text] = await said(rt, chats[0])
    assert "果品分级" in text and "早先" not in text and "芯片" not in text
    await agree(rt, talent_id=zhang, wished=False)
    await open_demand(rt, by, title="茶叶分级")
    clock.advance(days=1)
    assert await remind_all(rt)
    assert len(await said(rt, chats[0])) == 1
