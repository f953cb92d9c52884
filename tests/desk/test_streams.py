"""Live streams of the desk: replay, following, rotation, and losing access while one is open."""

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.accounts.models import AuditEntry, StaffAccount
from bot.accounts.permissions import Role
from bot.accounts.service import deactivate
from bot.desk import streams
from bot.desk.models import Notice
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.conftest import MovedClock
from tests.desk.offices import join
from tests.desk.steps import ring
from tests.desk.streaming import Stream, opened
from tests.desk.talents import Talent, text_of


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes of the lists are told without the pause that joins them."""
    monkeypatch.setattr(streams, "LISTS_EVERY_S", 0.0)


def events_of(talent: Talent, after: int = 0) -> str:
    return f"{talent.path}/events?after={after}"


async def until_state(stream: Stream) -> list[tuple[str, object]]:
    """Events up to and including the next `state`."""
    heard = []
    while event := await stream.event():
        heard.append(event)
        if event[0] == "state":
            return heard
    raise AssertionError("the stream ended")


async def claim(person: Person, talent: Talent) -> None:
    (await person.http.post(f"{talent.path}/claim")).raise_for_status()


async def test_a_stream_replays_then_follows_with_notes(
    app: FastAPI, lin: Person, zhou: Person, waiting: Talent
) -> None:
    async with opened(app, lin.cookie, events_of(waiting)) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["x-accel-buffering"] == "no"
        replay = await until_state(stream)
        assert [data["seq"] for name, data in replay if name == "message"] == [1, 2, 3]
        assert replay[-1][1]["control"] == "queued"
        assert replay[-1][1]["position"] == 1

        await claim(lin, waiting)
        claimed = await until_state(stream)
        assert (claimed[-1][1]["control"], claimed[-1][1]["staff_name"]) == ("human", lin.name)

        await zhou.http.post(f"{waiting.path}/notes", json={"client_msg_id": str(uuid4()), "text": "内部"})
        name, note = await stream.event()
        assert (name, note["internal"], text_of(note), note["key"]) == (
            "message",
            True,
            "内部",
            None,
        )


async def test_a_stream_resumes_after_a_seq_without_gap_or_repeat(
    app: FastAPI, lin: Person, waiting: Talent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "READ_AT_ONCE", 5)  # several reads, as after a long absence
    for number in range(12):
        await waiting.say(f"第{number}句")
    async with opened(app, lin.cookie, events_of(waiting, after=2)) as stream:
        heard = await until_state(stream)
    assert [data["seq"] for name, data in heard if name == "message"] == list(range(3, 16))


async def test_a_stream_rotates_after_five_minutes(
    app: FastAPI, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    async with opened(app, lin.cookie, events_of(waiting, after=3)) as stream:
        await until_state(stream)
        clock.advance(minutes=5)
        await waiting.say("还在吗")
        names = [event[0] async for event in _rest(stream)]
    assert names[-1] == "rotate"


async def test_a_session_that_expires_ends_the_stream(
    app: FastAPI, rt: Runtime, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    clock.advance(hours=1, minutes=58)
    async with opened(app, lin.cookie, events_of(waiting, after=3)) as stream:
        await until_state(stream)
        clock.advance(minutes=2)
        await waiting.say("过期后说的话")
        assert [event async for event in _rest(stream)] == []


async def test_an_open_stream_is_not_activity(
    app: FastAPI, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    clock.advance(hours=1, minutes=59)
    async with opened(app, lin.cookie, "/api/desk/events") as stream:
        assert stream.status == 200
    clock.advance(minutes=1)
    assert (await lin.http.get("/api/staff/me")).status_code == 401


@pytest.mark.parametrize("loss", ["logout", "deactivated", "role"])
async def test_losing_access_ends_the_stream_before_another_word(
    app: FastAPI, rt: Runtime, lin: Person, waiting: Talent, loss: str
) -> None:
    async with opened(app, lin.cookie, events_of(waiting, after=3)) as stream:
        await until_state(stream)
        if loss == "logout":
            await lin.http.post("/api/staff/logout")
        elif loss == "deactivated":
            await deactivate(rt, staff_id=lin.id, by="x")
        else:
            async with rt.db.write() as db:
                await db.execute(update(StaffAccount).values(roles=[Role.EDITOR.value]))
        await waiting.say("之后说的话")
        assert [event async for event in _rest(stream)] == []


async def test_lists_say_when_they_changed(
    app: FastAPI, rt: Runtime, lin: Person, zhou: Person, waiting: Talent
) -> None:
    async with opened(app, lin.cookie, "/api/desk/events") as stream:
        assert await stream.event() == ("changed", {})
        newcomer = await Talent.arrive(rt, "t2")
        await newcomer.ask_for_a_person()
        assert await stream.event() == ("changed", {})
        await claim(zhou, waiting)
        assert await stream.event() == ("changed", {})


async def test_a_ring_is_told_and_told_again_after_a_reconnect_until_it_is_over(
    app: FastAPI, rt: Runtime, lin: Person, waiting: Talent
) -> None:
    await ring(rt, waiting, lin)
    for _ in range(2):
        async with opened(app, lin.cookie, "/api/desk/events") as stream:
            name, row = await stream.event()
            assert (name, row["conversation_id"], row["offered_to"]) == (
                "ring",
                waiting.conversation_id,
                lin.id,
            )
            assert await stream.event() == ("changed", {})
    async with opened(app, lin.cookie, "/api/desk/events") as stream:
        assert (await stream.event())[0] == "ring"
        assert (await stream.event())[0] == "changed"
        await lin.http.post(f"{waiting.path}/decline")
        assert await stream.event() == ("ring_over", {"conversation_id": waiting.conversation_id})
        assert (await stream.event())[0] == "changed"


async def test_a_ring_of_a_colleague_is_not_told(
    app: FastAPI, rt: Runtime, lin: Person, zhou: Person, waiting: Talent
) -> None:
    await ring(rt, waiting, lin)
    async with opened(app, zhou.cookie, "/api/desk/events") as stream:
        assert (await stream.event())[0] == "changed"


async def test_notices_and_the_seat_are_pushed(app: FastAPI, rt: Runtime, lin: Person) -> None:
    async with opened(app, lin.cookie, "/api/desk/events") as stream:
        assert await stream.event() == ("changed", {})
        await lin.http.put("/api/desk/seat", json={"status": "busy"})
        name, seat = await stream.event()
        assert (name, seat["status"]) == ("seat", "busy")
        async with rt.db.write() as db:
            db.add(Notice(staff_id=lin.id, kind="x", text="请看", once_key="k", created_at=rt.clock.now()))
        rt.hints.notify("desk")
        name, notice = await stream.event()
        assert (name, notice["text"]) == ("notice", "请看")
    async with opened(app, lin.cookie, "/api/desk/events") as stream:  # not seen yet
        heard = [(await stream.event())[0] for _ in range(3)]
        assert sorted(heard) == ["changed", "notice", "seat"]


async def test_a_chat_that_goes_out_of_reach_says_so_and_says_no_more(
    app: FastAPI, rt: Runtime, team: str, lin: Person, waiting: Talent
) -> None:
    colleague = await join(app, rt, "tongshi", Role.SPECIALIST, team=team)
    async with (
        opened(app, colleague.cookie, events_of(waiting, after=3)) as stream,
        opened(app, colleague.cookie, "/api/desk/events") as lists,
    ):
        await until_state(stream)
        assert await lists.event() == ("changed", {})
        await claim(lin, waiting)
        assert await stream.event() == ("left", {"conversation_id": waiting.conversation_id})
        assert await stream.event() is None
        assert await lists.event() == ("changed", {})
        await waiting.say("只给林晓看的话")
    assert (await colleague.http.get("/api/desk/chats?view=queue")).json() == {"chats": []}


async def test_a_narrowed_reach_cuts_an_open_stream(
    app: FastAPI, rt: Runtime, lin: Person, zhou: Person, waiting: Talent
) -> None:
    await claim(lin, waiting)
    async with opened(app, zhou.cookie, events_of(waiting, after=9)) as stream:
        await until_state(stream)
        async with rt.db.write() as db:
            of_zhou = update(StaffAccount).where(StaffAccount.id == zhou.id)
            await db.execute(of_zhou.values(roles=[Role.SPECIALIST.value]))
        await waiting.say("之后说的话")
        assert [name for name, _ in [event async for event in _rest(stream)]] == ["left"]


async def test_six_streams_per_session_and_a_place_is_freed_by_hanging_up(
    app: FastAPI, lin: Person, zhou: Person
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(opened(app, lin.cookie, "/api/desk/events"))
        async with opened(app, lin.cookie, "/api/desk/events") as sixth:
            assert sixth.status == 200
            async with opened(app, lin.cookie, "/api/desk/events") as seventh:
                assert (seventh.status, await seventh.error()) == (429, "too_many_streams")
            async with opened(app, zhou.cookie, "/api/desk/events") as colleague:
                assert colleague.status == 200
        async with opened(app, lin.cookie, "/api/desk/events") as again:
            assert again.status == 200


async def test_following_a_chat_is_audited_as_a_view(
    app: FastAPI, rt: Runtime, lin: Person, waiting: Talent
) -> None:
    async with opened(app, lin.cookie, events_of(waiting)) as stream:
        assert stream.status == 200
    async with rt.db.read() as db:
        rows = await db.scalars(select(AuditEntry).where(AuditEntry.action == "desk.view"))
        assert [(r.staff_id, r.subject) for r in rows] == [(lin.id, waiting.conversation_id)]


async def _rest(stream: Stream):
    while event := await stream.event():
        yield event
