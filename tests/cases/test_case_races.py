"""Two people at the same moment: one wins, and the timeline tells the same as the row."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import case_dispatch
from bot.service.case_rating import rate
from bot.service.case_scope import access_part
from bot.service.case_sweep import end_publicity
from bot.service.case_work import act
from bot.service.models import ENDED
from bot.store.database import Database
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import Deed, E, Person, do, handed_in, part
from tests.cases.test_case_moves import reviewed
from tests.conftest import MovedClock


@pytest.fixture
async def second(rt: Runtime) -> Any:
    """The same service once more, as another process would run it."""
    database = Database(rt.settings.sqlalchemy_url)
    yield Runtime(rt.settings, rt.secrets, database, rt.hints, rt.clock, dict(rt.parts))
    await database.close()


async def race(*calls: Awaitable[Any]) -> list[str]:
    """How each ended; all set out together."""
    start = asyncio.Event()

    async def run(call: Awaitable[Any]) -> str:
        await start.wait()
        try:
            await call
        except Refusal as refusal:
            return refusal.code
        return "ok"

    tasks = [asyncio.create_task(run(call)) for call in calls]
    await asyncio.sleep(0)
    start.set()
    return await asyncio.gather(*tasks)


async def agree(rt: Runtime, part_id: str) -> None:
    """The timeline adds up to the row: each move begins where the last one ended."""
    now, changes = await part(rt, part_id), await office.timeline(rt, part_id)
    at: str | None = None
    for change in changes:
        assert change.before == at
        at = change.after
    assert at == now.status and now.version == len(changes)
    assert (now.ended_at is not None) == (now.status in ENDED)


def at_version(rt: Runtime, part_id: str, version: int, event: E, by: Any, **deed: Any) -> Awaitable[Any]:
    return act(rt, part_id=part_id, event=event, by=by, version=version, deed=Deed(**deed))


async def test_two_reviewers_approve_at_once(rt: Runtime, desk: Office, second: Runtime) -> None:
    second.parts.update(rt.parts)
    (part_id,) = await handed_in(rt)
    await do(rt, part_id, E.ACCEPT, desk.front)
    version = (await do(rt, part_id, E.REVIEW, desk.county)).version
    colleague = await office.staff(rt, "county2", Role.BACK_OFFICE, region="370102")
    got = await race(
        at_version(rt, part_id, version, E.APPROVE, desk.county),
        at_version(second, part_id, version, E.APPROVE, colleague),
    )
    assert sorted(got) == ["changed_meanwhile", "ok"]
    now = await part(rt, part_id)
    assert (now.level, now.version) == (1, version + 1)
    await agree(rt, part_id)


async def test_a_rating_pressed_too_soon_waits_for_nobody(rt: Runtime, desk: Office, second: Runtime) -> None:
    """It comes with the chat locked, and whoever works on the case is about to tell that chat."""
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    application = await office.application(rt, part_id)
    async with rt.db.write() as working, second.db.read() as pressing:
        await access_part(working, rt, part_id=part_id, by=None, lock=True)
        with pytest.raises(Refusal) as caught:
            await rate(pressing, second, application_id=application.id, person=Person(chat), score=5)
    assert caught.value.code == "not_closed"


async def test_approving_against_withdrawing(rt: Runtime, desk: Office, second: Runtime) -> None:
    second.parts.update(rt.parts)
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await do(rt, part_id, E.ACCEPT, desk.front)
    version = (await do(rt, part_id, E.REVIEW, desk.county)).version
    approved, withdrawn = await race(
        at_version(rt, part_id, version, E.APPROVE, desk.county),
        act(second, part_id=part_id, event=E.WITHDRAW, by=Person(chat)),
    )
    # The person withdraws whatever has become of it; the reviewer decides only on what they saw.
    assert withdrawn == "ok" and approved in ("ok", "changed_meanwhile", "case_ended")
    assert (await part(rt, part_id)).status == "已撤回"
    await agree(rt, part_id)


async def test_the_end_of_publicity_against_an_objection(
    rt: Runtime, desk: Office, second: Runtime, clock: MovedClock
) -> None:
    second.parts.update(rt.parts)
    (part_id,) = await handed_in(rt)
    await reviewed(rt, desk, part_id)
    clock.advance(days=10)
    before = (await part(rt, part_id)).version
    _, objected = await race(
        end_publicity(rt), do(second, part_id, E.OBJECT, desk.front, objection={"text": "有异议"})
    )
    now = await part(rt, part_id)
    assert (objected, now.status) in (("ok", "异议核实中"), ("not_now", "待制发"))
    assert now.version == before + 1
    await agree(rt, part_id)


async def test_accepting_against_asking_for_more(rt: Runtime, desk: Office, second: Runtime) -> None:
    second.parts.update(rt.parts)
    (part_id,) = await handed_in(rt)
    colleague = await office.staff(rt, "front2", Role.FRONT_DESK)
    missing = [{"kind": "field", "key": "work", "why": "太短"}]
    got = await race(
        at_version(rt, part_id, 1, E.ACCEPT, desk.front),
        at_version(second, part_id, 1, E.ASK_SUPPLEMENT, colleague, missing=missing),
    )
    assert sorted(got) == ["changed_meanwhile", "ok"]
    assert (await part(rt, part_id)).version == 2
    await agree(rt, part_id)


async def test_a_dispatch_answered_twice_at_once(rt: Runtime, desk: Office, second: Runtime) -> None:
    second.parts.update(rt.parts)
    await office.departments(rt, "school")
    people = [
        await office.staff(rt, name, Role.DEPARTMENT, region="370100", department="school")
        for name in ("school1", "school2")
    ]
    (part_id,) = await handed_in(rt)
    await do(rt, part_id, E.ACCEPT, desk.front)
    await do(rt, part_id, E.REVIEW, desk.county)
    await do(rt, part_id, E.CONSULT, desk.county, asks=[{"department": "school", "question": "请核对"}])
    (row,) = (await case_dispatch.list_dispatches(rt, staff=people[0], state="open"))["rows"]
    got = await race(
        *(
            case_dispatch.answer(one, dispatch_id=row["id"], staff=who, opinion=opinion, words="已核对")
            for one, who, opinion in ((rt, people[0], "同意"), (second, people[1], "不同意"))
        )
    )
    assert sorted(got) == ["answered_already", "ok"]
    assert (await part(rt, part_id)).status == "审核中"
    await agree(rt, part_id)


async def test_publicity_ends_once_in_two_processes(
    rt: Runtime, desk: Office, second: Runtime, clock: MovedClock
) -> None:
    second.parts.update(rt.parts)
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await reviewed(rt, desk, part_id)
    clock.advance(days=10)
    await asyncio.gather(end_publicity(rt), end_publicity(second))
    assert sum("公示期已满" in text for text in await office.heard(rt, chat)) == 1
    await agree(rt, part_id)
