"""Taking, keeping and handing on a chat: the way it goes, what is refused, and a repeated request."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation.log import wire_time
from bot.desk.models import Seat
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.desk.offices import found_team, join, ready
from tests.desk.steps import act, deeds, detail, done, listed, note, ring, say
from tests.desk.talents import Talent


async def test_a_ring_is_mine_and_accepted(rt: Runtime, lin: Person, waiting: Talent) -> None:
    await ring(rt, waiting, lin)
    (row,) = await listed(lin, "mine")
    assert (row["control"], row["offered_to"]) == ("offered", lin.id)
    taken = await done(lin, waiting, "accept")
    assert (taken["control"], taken["staff_id"], taken["offered_to"]) == ("human", lin.id, None)
    again = await done(lin, waiting, "accept")
    assert again["version"] == taken["version"]
    assert await deeds(rt, waiting, of=lin) == ["desk.accept"]


async def test_the_talent_is_told_whom_to_call_later(rt: Runtime, lin: Person, waiting: Talent) -> None:
    async with rt.db.write() as session:
        phone = update(StaffAccount).where(StaffAccount.id == lin.id).values(work_phone="0531-88000000")
        await session.execute(phone)
    await ready(lin)
    await done(lin, waiting, "claim")
    assert "0531-88000000" in (await waiting.sees())[-1]


async def test_a_declined_ring_goes_back_to_the_queue(
    rt: Runtime, lin: Person, zhou: Person, waiting: Talent
) -> None:
    await ring(rt, waiting, lin)
    assert code(await act(zhou, waiting, "decline")) == (409, "offer_gone")
    assert (await done(lin, waiting, "decline"))["control"] == "queued"
    assert (await done(lin, waiting, "decline"))["control"] == "queued"  # a lost answer
    assert await deeds(rt, waiting, of=lin) == ["desk.decline"]


async def test_a_ring_that_is_over_cannot_be_accepted(
    rt: Runtime, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    await ring(rt, waiting, lin)
    clock.advance(seconds=31)
    assert code(await act(lin, waiting, "accept")) == (409, "offer_gone")
    assert await waiting.control() == "offered"


async def test_next_takes_the_front_and_says_when_nobody_waits(
    rt: Runtime, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    clock.advance(minutes=1)
    later = await Talent.arrive(rt, "t2")
    await later.ask_for_a_person()
    await ready(lin)
    for expected in (waiting, later):
        response = await lin.http.post("/api/desk/next")
        assert response.json()["chat"]["conversation_id"] == expected.conversation_id
    assert code(await lin.http.post("/api/desk/next")) == (404, "queue_empty")


async def test_nobody_is_given_more_than_they_have_room_for(rt: Runtime, lin: Person, team: str) -> None:
    talents = []
    for number in range(6):
        talent = await Talent.arrive(rt, f"t{number}")
        await talent.ask_for_a_person()
        talents.append(talent)
    await ready(lin)
    answers = await asyncio.gather(*(act(lin, talent, "claim") for talent in talents))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409]
    assert {code(answer)[1] for answer in answers if answer.status_code == 409} == {"no_room"}
    assert code(await lin.http.post("/api/desk/next"))[0] in (404, 409)
    assert len(await listed(lin, "mine")) == 5
    assert len(await listed(lin, "queue")) == 1


async def test_a_transfer_is_proposed_and_accepted(
    rt: Runtime, lin: Person, zhou: Person, held: Talent
) -> None:
    await ready(zhou)
    targets = (await lin.http.get(f"{held.path}/targets")).json()
    assert [(t["id"], t["free"]) for t in targets["staff"]] == [(zhou.id, 5)]
    assert [t["ready"] for t in targets["teams"]] == [1]

    proposed = await done(lin, held, "transfer", staff_id=zhou.id, note="熟悉这个事项")
    assert proposed["staff_id"] == lin.id
    assert proposed["transfer"]["to_name"] == zhou.name
    assert proposed["transfer"]["by_name"] == lin.name
    assert proposed["transfer"]["note"] == "熟悉这个事项"
    assert [r["conversation_id"] for r in await listed(zhou, "mine")] == [held.conversation_id]
    again = await done(lin, held, "transfer", staff_id=zhou.id, note="熟悉这个事项")
    assert again["version"] == proposed["version"]

    taken = await done(zhou, held, "accept")
    assert (taken["staff_id"], taken["transfer"]) == (zhou.id, None)
    assert await listed(lin, "mine") == []
    assert code(await say(lin, held, "还在吗"))[0] in (403, 404)
    assert not any("熟悉这个事项" in text for text in await held.sees())


async def test_a_declined_transfer_leaves_the_chat_where_it_was(
    lin: Person, zhou: Person, held: Talent
) -> None:
    await ready(zhou)
    await done(lin, held, "transfer", staff_id=zhou.id, note="请接")
    row = await done(zhou, held, "decline")
    assert (row["staff_id"], row["transfer"], row["control"]) == (lin.id, None, "human")
    assert (await say(lin, held, "我继续为您服务")).status_code == 200


async def test_a_transfer_is_withdrawn(rt: Runtime, lin: Person, zhou: Person, held: Talent) -> None:
    await ready(zhou)
    await done(lin, held, "transfer", staff_id=zhou.id, note="请接")
    for _ in range(2):
        response = await lin.http.delete(f"{held.path}/transfer")
        assert response.json()["chat"]["transfer"] is None
    assert (await deeds(rt, held, of=lin)).count("desk.withdraw") == 1
    assert code(await act(zhou, held, "accept")) == (409, "offer_gone")


@pytest.mark.parametrize("why", ["offline", "full", "stranger", "self", "category"])
async def test_nobody_unfit_is_a_target(
    app: FastAPI, rt: Runtime, lin: Person, zhou: Person, held: Talent, why: str
) -> None:
    to = zhou.id
    if why != "offline":
        await ready(zhou)
    if why == "full":
        for number in range(5):
            talent = await Talent.arrive(rt, f"x{number}")
            await talent.ask_for_a_person()
            await done(zhou, talent, "claim")
    elif why == "stranger":
        to = "0" * 32
    elif why == "self":
        await ready(lin)
        to = lin.id
    elif why == "category":
        async with rt.db.write() as session:
            await session.execute(
                update(Seat).where(Seat.staff_id == zhou.id).values(categories=["待遇落实"])
            )
    refused = await act(lin, held, "transfer", staff_id=to, note="请接")
    assert code(refused) == (409, "target_gone")
    assert (await detail(lin, held))["chat"]["transfer"] is None


async def test_a_team_is_a_target_while_somebody_of_it_is_ready(
    app: FastAPI, rt: Runtime, lin: Person, held: Talent
) -> None:
    other = await found_team(rt, "代办组")
    assert code(await act(lin, held, "transfer", team_id=other, note="代办")) == (409, "target_gone")
    person = await join(app, rt, "daiban", Role.SPECIALIST, team=other)
    await ready(person)
    row = await done(lin, held, "transfer", team_id=other, note="代办")
    assert (row["transfer"]["team_name"], row["staff_id"]) == ("代办组", lin.id)


@pytest.mark.parametrize("body", [{"note": "x"}, {"staff_id": "0" * 32}, {"staff_id": "0" * 32, "note": " "}])
async def test_a_transfer_needs_a_target_and_a_note(lin: Person, held: Talent, body: dict[str, str]) -> None:
    assert code(await act(lin, held, "transfer", **body)) == (422, "invalid_request")


async def test_hold_and_resume(rt: Runtime, clock: MovedClock, lin: Person, held: Talent) -> None:
    until = wire_time(clock.now() + timedelta(hours=2))
    row = await done(lin, held, "hold", until=until, note="等住建局回复")
    assert (row["control"], row["hold_until"]) == ("on_hold", until)
    assert (await done(lin, held, "hold", until=until, note="等住建局回复"))["version"] == row["version"]
    assert not any("住建局" in text for text in await held.sees())
    for _ in range(2):
        assert (await done(lin, held, "resume"))["control"] == "human"
    assert (await deeds(rt, held, of=lin))[1:] == ["desk.hold", "desk.resume"]


@pytest.mark.parametrize("hours", [-1, 24 * 31])
async def test_a_hold_ends_in_the_near_future(
    clock: MovedClock, lin: Person, held: Talent, hours: int
) -> None:
    until = wire_time(clock.now() + timedelta(hours=hours))
    assert code(await act(lin, held, "hold", until=until)) == (422, "bad_time")


async def test_a_lead_takes_over_under_their_own_name(
    rt: Runtime, lin: Person, zhou: Person, lead: Person, held: Talent
) -> None:
    assert code(await act(zhou, held, "take-over")) == (403, "not_allowed")
    row = await done(lead, held, "take-over", note="我来处理")
    assert row["staff_id"] == lead.id
    assert (await done(lead, held, "take-over"))["version"] == row["version"]
    assert any(lead.name in text for text in await held.sees())
    assert not any("我来处理" in text for text in await held.sees())
    assert await deeds(rt, held, of=lead) == ["desk.take_over"]
    assert code(await say(lin, held, "x")) == (403, "not_yours")


async def test_a_block_ends_it_and_is_lifted(rt: Runtime, lin: Person, lead: Person, held: Talent) -> None:
    assert code(await act(lin, held, "block", reason="辱骂")) == (403, "not_allowed")
    for _ in range(2):
        row = await done(lead, held, "block", reason="多次辱骂")
        assert (row["blocked"], row["control"]) == (True, "closed")
    for _ in range(2):
        assert (await done(lead, held, "unblock", reason="已道歉"))["blocked"] is False
    assert await deeds(rt, held, of=lead) == ["desk.block", "desk.unblock"]
    assert not any("辱骂" in text or "道歉" in text for text in await held.sees())
    notes = [m for m in (await detail(lead, held))["messages"] if m["internal"]]
    assert [m["content"]["paragraphs"] for m in notes] == [["多次辱骂"], ["已道歉"]]


async def test_the_own_specialist_is_changed_by_a_lead(
    app: FastAPI, rt: Runtime, lin: Person, zhou: Person, lead: Person, held: Talent
) -> None:
    assert (await detail(lead, held))["chat"]["specialist_id"] == lin.id  # the first to serve
    change = {"staff_id": zhou.id, "why": "片区调整"}
    path = f"{held.path}/specialist"
    assert code(await lin.http.put(path, json=change)) == (403, "not_allowed")
    for _ in range(2):
        row = (await lead.http.put(path, json=change)).json()["chat"]
        assert (row["specialist_id"], row["specialist_name"]) == (zhou.id, zhou.name)
    assert (await deeds(rt, held, of=lead)).count("desk.specialist") == 1
    nobody = {"staff_id": "0" * 32, "why": "x"}
    assert code(await lead.http.put(path, json=nobody)) == (404, "no_such_staff")


async def test_a_note_may_be_left_by_a_colleague_who_sees_the_chat(
    lin: Person, zhou: Person, held: Talent
) -> None:
    assert (await note(zhou, held, "我以前接过这位")).status_code == 200
    messages = (await detail(lin, held))["messages"]
    assert messages[-1]["author_name"] == zhou.name


@pytest.mark.parametrize("deed", ["hold", "resume", "transfer", "end"])
async def test_a_colleague_who_does_not_hold_it_moves_nothing(
    clock: MovedClock, lin: Person, zhou: Person, lead: Person, held: Talent, deed: str
) -> None:
    await ready(lead)
    bodies = {
        "hold": {"until": wire_time(clock.now() + timedelta(hours=1))},
        "transfer": {"staff_id": lead.id, "note": "x"},
    }
    before = (await detail(lin, held))["chat"]["version"]
    answer = await act(zhou, held, deed, **bodies.get(deed, {}))
    assert answer.status_code in (403, 409)
    assert (await detail(lin, held))["chat"]["version"] == before
