"""免申即享: found by the records, looked through, told once to those confirmed."""

import asyncio

import pytest

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import benefits
from tests.identity.people import Phones, id_number, make_talent
from tests.talent.grassroots.messages import said
from tests.talent.grassroots.people import YEAR, chat_of, expert, staff

ZIBO, KEY = "370300", "zb-youth-master"


async def test_a_list_from_making_to_telling(informed: Runtime, phones: Phones) -> None:
    rt, by = informed, staff()
    zhang = await make_talent(
        rt, name="张样例", number=id_number(8001), phone="13900000011", education="硕士", region="370302"
    )
    li = await expert(rt, "李样例", education="硕士", region=ZIBO)
    await expert(rt, "王样例", education="博士", region=ZIBO)  # another row's
    await expert(rt, "赵样例", education="硕士", region="370200")  # another city
    chats = [await chat_of(rt, zhang), await chat_of(rt, li), await chat_of(rt, None)]
    made = await benefits.make_list(rt, key=KEY, year=YEAR, region=ZIBO, staff=by)
    assert (made["open"], made["title"]) == (2, "淄博青年人才补贴")
    other = await benefits.make_list(rt, key="zb-youth-bachelor", year=YEAR, region=ZIBO, staff=by)
    assert other["title"] == made["title"] and other["line"] != made["line"]  # told apart by what is granted
    rows = {row["name"]: row for row in (await benefits.read_list(rt, list_id=made["id"], staff=by))["rows"]}
    assert rows["张样例"]["reason"] == "学历：硕士；工作地：淄川区"
    with pytest.raises(Refusal) as refused:
        await benefits.publish(rt, list_id=made["id"], staff=by)
    assert refused.value.code == "rows_open"
    ids = {name: row["id"] for name, row in rows.items()}
    for name, status, why in (("张样例", "已确认", None), ("李样例", "已剔除", "已离开本市")):
        await benefits.decide_rows(rt, list_id=made["id"], rows=[ids[name]], status=status, why=why, staff=by)
    tries = await asyncio.gather(
        *(benefits.publish(rt, list_id=made["id"], staff=by) for _ in range(2)), return_exceptions=True
    )
    assert [isinstance(one, Refusal) for one in tries].count(True) == 1
    assert [len(await said(rt, chat)) for chat in chats] == [1, 0, 0]
    assert "免申即享" in (await said(rt, chats[0]))[0]
    await phones.receive(rt)
    assert [number for number, _ in phones.sent] == ["13900000011"]
    again = await benefits.make_list(rt, key=KEY, year=YEAR, region=ZIBO, staff=by)
    names = [row["name"] for row in (await benefits.read_list(rt, list_id=again["id"], staff=by))["rows"]]
    assert names == ["李样例"]  # struck people may be found again, told ones not


async def test_two_lists_made_at_once_tell_nobody_twice(informed: Runtime) -> None:
    rt, by = informed, staff()
    zhang = await expert(rt, "张样例", education="硕士", region=ZIBO)
    chat = await chat_of(rt, zhang)
    made = await asyncio.gather(
        *(benefits.make_list(rt, key=KEY, year=YEAR, region=ZIBO, staff=by) for _ in range(2))
    )
    for one in made:
        rows = [row["id"] for row in (await benefits.read_list(rt, list_id=one["id"], staff=by))["rows"]]
        if rows:
            await benefits.decide_rows(rt, list_id=one["id"], rows=rows, status="已确认", why=None, staff=by)
    await asyncio.gather(
        *(benefits.publish(rt, list_id=one["id"], staff=by) for one in made), return_exceptions=True
    )
    assert len(await said(rt, chat)) == 1


async def test_what_needs_an_application_makes_no_list_until_the_centre_says_so(informed: Runtime) -> None:
    rt, by, nation = informed, staff(), staff(region="000000")
    await expert(rt, "张样例", education="硕士", region="370200")
    with pytest.raises(Refusal) as refused:
        await benefits.make_list(rt, key="qd-youth-master", year=YEAR, region="370200", staff=by)
    assert refused.value.code == "needs_application"
    await benefits.mark(rt, key="qd-youth-master", offered=True, staff=nation)
    made = await benefits.make_list(rt, key="qd-youth-master", year=YEAR, region="370200", staff=by)
    assert made["open"] == 1
    with pytest.raises(Refusal):  # a document says so: nobody takes it back
        await benefits.mark(rt, key=KEY, offered=False, staff=nation)
    with pytest.raises(Refusal):  # another city's
        await benefits.make_list(rt, key=KEY, year=YEAR, region="370200", staff=by)
    with pytest.raises(Refusal):
        await benefits.make_list(rt, key=KEY, year=YEAR, region=ZIBO, staff=staff(region="370200"))
    with pytest.raises(Refusal):
        await benefits.read_list(rt, list_id=made["id"], staff=staff(region=ZIBO))
