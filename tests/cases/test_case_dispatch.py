"""会办: several departments are asked, reminded and urged, and answer once each."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.accounts.models import AuditEntry, StaffAccount
from bot.accounts.permissions import Role, Staff
from bot.desk.models import Notice
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service import case_dispatch
from bot.service.case_days import day_of
from bot.service.case_sweep import sweep
from bot.service.models import Dispatch
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import E, do, handed_in, heard, part
from tests.conftest import MovedClock

START_OF_LAST_DAY = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.fixture
async def school(rt: Runtime, desk: Office) -> Staff:
    await office.departments(rt, "school", "housing")
    return await office.staff(rt, "school", Role.DEPARTMENT, region="370100", department="school")


@pytest.fixture
async def housing(rt: Runtime, school: Staff) -> Staff:
    return await office.staff(rt, "housing", Role.DEPARTMENT, region="370100", department="housing")


async def asked(rt: Runtime, desk: Office, *departments: str, **more: Any) -> str:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await do(rt, part_id, E.ACCEPT, desk.front)
    await do(rt, part_id, E.REVIEW, desk.county)
    asks = [{"department": key, "question": "请核对学籍和房产", **more} for key in departments]
    await do(rt, part_id, E.CONSULT, desk.county, asks=asks)
    return part_id


async def own(rt: Runtime, who: Staff, state: case_dispatch.State = "open") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await case_dispatch.list_dispatches(rt, staff=who, state=state))["rows"]
    return rows


async def answer(rt: Runtime, who: Staff, dispatch_id: str, words: str = "情况属实") -> None:
    await case_dispatch.answer(rt, dispatch_id=dispatch_id, staff=who, opinion="同意", words=words)


async def refused(call: Any) -> str:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value.code


async def test_each_department_sees_and_answers_its_own_and_the_last_one_moves_it_on(
    rt: Runtime, desk: Office, school: Staff, housing: Staff
) -> None:
    part_id = await asked(rt, desk, "school", "housing")
    (mine,) = await own(rt, school)
    assert (mine["department"], mine["question"]) == ("school", "请核对学籍和房产")
    # Friday 20 November: five working days later is Friday 27 November.
    assert mine["due_at"].astimezone(SHANGHAI).date() == date(2026, 11, 28)
    (theirs,) = await own(rt, housing)
    assert await refused(answer(rt, school, theirs["id"])) == "no_such_dispatch"
    seen = await case_dispatch.read_dispatch(rt, dispatch_id=mine["id"], staff=school)
    assert office.NAME not in repr(seen) and office.PHONE not in repr(seen)
    # The names to check by are opened while it is asked, and each look is noted.
    clear = await case_dispatch.in_clear(rt, dispatch_id=mine["id"], staff=school)
    assert office.NAME in clear.values()
    async with rt.db.read() as session:
        looks = select(AuditEntry.staff_id).where(AuditEntry.action == "case.unmask")
        assert list(await session.scalars(looks)) == [school.id]
    assert await refused(case_dispatch.in_clear(rt, dispatch_id=mine["id"], staff=housing)) == (
        "no_such_dispatch"
    )
    await answer(rt, school, mine["id"])
    assert await refused(case_dispatch.in_clear(rt, dispatch_id=mine["id"], staff=school)) == (
        "answered_already"
    )
    assert (await part(rt, part_id)).status == "会办中"
    assert await refused(answer(rt, school, mine["id"])) == "answered_already"
    await answer(rt, housing, theirs["id"])
    assert ((await part(rt, part_id)).status, (await part(rt, part_id)).due_at) == ("审核中", None)
    assert [row["answer"] for row in await own(rt, school, "answered")] == ["情况属实"]


async def test_back_office_may_go_on_without_an_answer(rt: Runtime, desk: Office, school: Staff) -> None:
    part_id = await asked(rt, desk, "school")
    await do(rt, part_id, E.CONSULTED, desk.county, note="电话核实")
    assert await own(rt, school) == []
    assert (await part(rt, part_id)).status == "审核中"


async def test_a_case_that_ends_asks_nobody_any_longer(rt: Runtime, desk: Office, school: Staff) -> None:
    part_id = await asked(rt, desk, "school")
    (mine,) = await own(rt, school)
    await do(rt, part_id, E.WITHDRAW, desk.front, note="本人电话提出")
    assert await own(rt, school) == []
    assert await refused(answer(rt, school, mine["id"])) == "answered_already"


async def test_departments_are_asked_once_and_must_exist(rt: Runtime, desk: Office, school: Staff) -> None:
    part_id = await asked(rt, desk, "school")
    for key, code in (("school", "asked_already"), ("nothing", "unknown_department")):
        asks = [{"department": key, "question": "再看一下"}]
        assert await refused(do(rt, part_id, E.CONSULT, desk.county, asks=asks)) == code
    asks = [{"department": "housing", "question": "再看一下"}]
    for day in ("2026-11-19", "2027-11-21", "9999-12-31"):
        asks[0]["due_on"] = day
        assert await refused(do(rt, part_id, E.CONSULT, desk.county, asks=asks)) == "bad_due"
    asks[0]["due_on"] = "2026-12-24"
    await do(rt, part_id, E.CONSULT, desk.county, asks=asks)
    due = (await part(rt, part_id)).due_at
    assert due and day_of(due - timedelta(seconds=1)) == date(2026, 12, 24)
    chat = (await office.application(rt, part_id)).conversation_id or ""
    assert sum("征求有关部门" in text for text in await heard(rt, chat)) == 1


async def test_reminded_once_before_and_once_after_the_date_and_who_asked_hears_of_it(
    rt: Runtime, desk: Office, school: Staff, clock: MovedClock
) -> None:
    await asked(rt, desk, "school", due_on="2026-11-23")
    assert await sweep(rt) == 0
    clock.moment = START_OF_LAST_DAY
    assert (await sweep(rt), await sweep(rt)) == (1, 0)
    clock.advance(days=1)
    assert (await sweep(rt), await sweep(rt)) == (1, 0)
    clock.advance(days=30)
    assert await sweep(rt) == 0
    async with rt.db.read() as session:
        (row,) = await session.scalars(select(Dispatch))
        told = list(await session.scalars(select(Notice)))
    assert row.reminders == 2
    assert {(one.staff_id, one.kind) for one in told} == {
        (desk.county.id, "dispatch_overdue"),
        (desk.front.id, "dispatch_overdue"),
    }


async def test_where_nobody_who_asked_is_left_whoever_may_review_hears_of_it(
    rt: Runtime, desk: Office, school: Staff, clock: MovedClock
) -> None:
    await asked(rt, desk, "school", due_on="2026-11-23")
    async with rt.db.write() as session:
        gone = update(StaffAccount).where(StaffAccount.id.in_((desk.county.id, desk.front.id)))
        await session.execute(gone.values(active=False))
    clock.moment = START_OF_LAST_DAY + timedelta(days=1)
    assert await sweep(rt) == 1
    async with rt.db.read() as session:
        told = {one.staff_id for one in await session.scalars(select(Notice))}
    assert told == {desk.city.id, desk.province.id}


async def test_urging_counts_and_is_noted(rt: Runtime, desk: Office, school: Staff, housing: Staff) -> None:
    part_id = await asked(rt, desk, "school", "housing")
    (mine,) = await own(rt, school)
    assert await refused(case_dispatch.urge(rt, part_id=part_id, staff=desk.front)) == "not_allowed"
    assert await case_dispatch.urge(rt, part_id=part_id, staff=desk.county) == 2
    assert await case_dispatch.urge(rt, part_id=part_id, staff=desk.county, dispatch_id=mine["id"]) == 1
    assert [row["reminders"] for row in (await own(rt, school)) + (await own(rt, housing))] == [2, 1]
    changes = await office.timeline(rt, part_id)
    assert "部门school" in (changes[-1].note or "") and changes[-1].told is None


async def test_a_department_sees_nothing_but_what_it_is_asked(
    rt: Runtime, desk: Office, school: Staff
) -> None:
    part_id = await asked(rt, desk, "housing")
    assert await own(rt, school) == []
    assert await refused(do(rt, part_id, E.APPROVE, school)) == "no_such_case"
