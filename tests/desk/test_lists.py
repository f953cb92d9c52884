"""Lists: what stands where, in which order, page by page, and in how many queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.conversation import lists
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.conftest import MovedClock
from tests.desk.offices import ready
from tests.desk.steps import done, listed, note, say
from tests.desk.talents import Talent

MOST_QUERIES = 13  # of one list, the session's check and the service levels included


@contextmanager
def queries(rt: Runtime) -> Iterator[list[str]]:
    """Statements sent to the database inside the block."""
    sent: list[str] = []

    def note_it(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            sent.append(statement)

    engine = rt.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note_it)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note_it)


async def crowd(rt: Runtime, count: int, *, start: int = 0) -> list[Talent]:
    talents = []
    for number in range(start, start + count):
        talent = await Talent.arrive(rt, f"crowd{number}")
        await talent.say(f"第{number}个问题，电话1380013{number:04d}")
        await talent.ask_for_a_person()
        talents.append(talent)
    return talents


@pytest.mark.parametrize("view", ["queue", "mine", "team", "recent"])
async def test_a_list_costs_as_many_queries_for_many_rows_as_for_few(
    rt: Runtime, lin: Person, lead: Person, team: str, view: str
) -> None:
    counted = []
    for start, more in ((0, 1), (1, 4)):
        for talent in await crowd(rt, more, start=start):
            if view != "queue":
                await done(lin, talent, "claim")
            if view == "recent":
                await say(lin, talent, "您好")
                await done(lin, talent, "return", note="好")
        with queries(rt) as sent:
            rows = await listed(lin, view)
        assert len(rows) == start + more
        counted.append(len(sent))
    assert counted[0] == counted[1] <= MOST_QUERIES, counted


async def test_a_search_costs_as_many_queries_for_many_rows_as_for_few(
    rt: Runtime, lin: Person, team: str
) -> None:
    counted = []
    for start, more in ((0, 1), (1, 4)):
        await crowd(rt, more, start=start)
        with queries(rt) as sent:
            found = (await lin.http.get("/api/desk/search", params={"q": "问题"})).json()["chats"]
        assert len(found) == start + more
        counted.append(len(sent))
    assert counted[0] == counted[1] <= MOST_QUERIES, counted


async def test_a_row_tells_the_last_words_and_whose_they_were(
    lin: Person, zhou: Person, held: Talent
) -> None:
    await held.say("我的手机号是13800138000")
    await note(zhou, held, "这是备注")
    (row,) = await listed(lin, "mine")
    assert row["last_text"] == "我的手机号是138****8000"
    assert row["last_talent_seq"] == row["last_seq"] - 1
    assert (row["team_name"], row["staff_name"]) == ("省人才服务组", lin.name)


async def test_the_row_of_an_ended_episode_tells_how_it_ended(
    lin: Person, zhou: Person, held: Talent
) -> None:
    await say(lin, held, "这是答复")
    await done(lin, held, "return", note="好")
    await held.say("回来以后又说的话")
    (row,) = await listed(lin, "recent")
    assert row["last_text"] == "这是答复"


async def test_places_in_the_queue_are_of_the_whole_team(rt: Runtime, lin: Person, team: str) -> None:
    await crowd(rt, 3)
    assert [row["position"] for row in await listed(lin, "queue")] == [1, 2, 3]
    assert (await lin.http.get("/api/desk/counts")).json() == {
        "queue": 3,
        "mine": 0,
        "team": 0,
        "tickets": 0,
        "notices": 0,
    }


async def test_counts_are_the_lengths_of_the_lists(
    rt: Runtime, lin: Person, zhou: Person, held: Talent
) -> None:
    await crowd(rt, 2)
    await ready(zhou)
    await done(lin, held, "transfer", staff_id=zhou.id, note="请接")
    for person in (lin, zhou):
        counts = (await person.http.get("/api/desk/counts")).json()
        for view in ("queue", "mine", "team", "tickets"):
            assert counts[view] == len(await listed(person, view)), view


@pytest.mark.parametrize("together", [1, 3])
async def test_ended_episodes_come_page_by_page_without_gap_or_repeat(
    rt: Runtime,
    clock: MovedClock,
    lin: Person,
    team: str,
    monkeypatch: pytest.MonkeyPatch,
    together: int,
) -> None:
    """`together` end within one millisecond, as when the service ends what nobody finished."""
    monkeypatch.setattr(lists, "PAGE", 2)
    talents = await crowd(rt, 6)
    for number, talent in enumerate(talents):
        await done(lin, talent, "claim")
        await done(lin, talent, "return", note="好")
        if number % together == together - 1:
            clock.advance(seconds=1)
        else:
            clock.moment += timedelta(microseconds=10)
    seen: list[str] = []
    page = await listed(lin, "recent")
    while page:
        seen += [row["conversation_id"] for row in page]
        page = await listed(lin, "recent", before=page[-1]["ended_at"])
    assert seen == [talent.conversation_id for talent in reversed(talents)]
