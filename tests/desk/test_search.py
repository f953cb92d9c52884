"""Search in Chinese over what was said, noted and kept."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from bot.accounts.permissions import Role
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.conftest import MovedClock
from tests.desk.offices import join
from tests.desk.steps import Json, done, note, say
from tests.desk.talents import Talent


async def found(person: Person, **query: str) -> list[Json]:
    response = await person.http.get("/api/desk/search", params=query)
    rows: list[Json] = response.raise_for_status().json()["chats"]
    return rows


@pytest.fixture
async def talk(rt: Runtime, lin: Person, held: Talent) -> Talent:
    await held.say("孩子上学的事：泉州 100%_保障房怎么申请？")
    await say(lin, held, "需要準備戶口本")
    await note(lin, held, "家属在外地")
    return held


@pytest.mark.parametrize(
    "words",
    [
        "惠才卡",
        "惠才卡 上学",  # in two messages
        "上學",  # traditional
        "户口本",  # written in traditional characters
        "100%_保障",
        "外地",  # a note
        "ｑ州".replace("ｑ", "泉"),
        "  保障房   ",
    ],
)
async def test_every_word_must_occur_somewhere(lin: Person, talk: Talent, words: str) -> None:
    (row,) = await found(lin, q=words)
    assert row["conversation_id"] == talk.conversation_id
    assert row["snippet"]


@pytest.mark.parametrize("words", ["惠才卡 落户", "100%x保障", "保%房", "保_房", "'; DROP TABLE x", "\\"])
async def test_what_does_not_occur_is_not_found(lin: Person, talk: Talent, words: str) -> None:
    assert await found(lin, q=words) == []


async def test_the_snippet_is_around_the_word_and_hides_numbers(lin: Person, talk: Talent) -> None:
    await talk.say("我想问" + "很长的话" * 30 + "关键所在，电话13800138000")
    (row,) = await found(lin, q="关键所在")
    assert "关键所在" in row["snippet"]
    assert "138****8000" in row["snippet"]
    assert len(row["snippet"]) < 120
    assert await found(lin, q="13800138000") == []


async def test_summaries_and_labels_are_searched(lin: Person, talk: Talent) -> None:
    await done(
        lin,
        talk,
        "return",
        note="按政策答复",
        labels=["住房保障"],
        summary={"need": "想要人才公寓", "result": "已登记"},
    )
    for words in ("人才公寓", "住房保障", "按政策答复", "已登记 惠才卡"):
        assert len(await found(lin, q=words)) == 1, words
    assert len(await found(lin, label="住房保障")) == 1
    assert await found(lin, label="住房") == []


async def test_the_talk_after_the_episode_is_not_part_of_it(lin: Person, talk: Talent) -> None:
    await done(lin, talk, "return", note="好")
    await talk.say("后来说的独特词")
    assert await found(lin, q="独特词") == []


async def test_filters_narrow(
    app: FastAPI, rt: Runtime, clock: MovedClock, team: str, lin: Person, talk: Talent
) -> None:
    clock.advance(days=1)
    lead = await join(app, rt, "zuzhang", Role.LEAD, team=team)
    other = await Talent.arrive(rt, "t2")
    await other.say("惠才卡怎么补办")
    await other.ask_for_a_person("手续代办")
    assert [r["conversation_id"] for r in await found(lead, q="惠才卡")] == [
        other.conversation_id,
        talk.conversation_id,
    ]
    both = {talk.conversation_id, other.conversation_id}
    first, second = {talk.conversation_id}, {other.conversation_id}
    day = f"{clock.moment - timedelta(days=1):%Y-%m-%d}"
    for query, expected in (
        ({}, both),
        ({"category": "手续代办"}, second),
        ({"staff": lin.id}, first),
        ({"staff": lead.id}, set()),
        ({"to": day}, first),
        ({"from": day}, both),
        ({"from": f"{clock.moment:%Y-%m-%d}"}, second),
        ({"q": "补办", "category": "政策咨询"}, set()),
    ):
        assert {r["conversation_id"] for r in await found(lead, **query)} == expected, query


@pytest.mark.parametrize("query", [{"from": "yesterday"}, {"staff": "x"}, {"q": "字" * 201}])
async def test_a_malformed_search_is_invalid(lin: Person, query: dict[str, str]) -> None:
    assert (await lin.http.get("/api/desk/search", params=query)).status_code == 422


async def test_a_chat_with_several_fitting_episodes_comes_once(
    rt: Runtime, lin: Person, talk: Talent
) -> None:
    await done(lin, talk, "return", note="好")
    await talk.ask_for_a_person()
    (row,) = await found(lin, q="惠才卡")
    assert row["handover_status"] == "waiting"
