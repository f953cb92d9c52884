"""What a specialist does with a chat, over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.conversation import service as conversation
from bot.conversation.content import AnswerLog, Content, Reply
from bot.conversation.engine_client import EngineAnswer
from bot.conversation.runner import TurnRunner
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.conversation.engine import ScriptedEngine
from tests.desk.offices import join
from tests.desk.streaming import opened
from tests.desk.talents import Talent, text_of


async def listed(person: Person, view: str) -> list[dict[str, Any]]:
    response = await person.http.get("/api/desk/chats", params={"view": view})
    rows: list[dict[str, Any]] = response.raise_for_status().json()["chats"]
    return rows


async def claim(person: Person, talent: Talent) -> httpx.Response:
    return await person.http.post(f"{talent.path}/claim")


async def write(
    person: Person, talent: Talent, text: str, *, to: str = "messages", key: str | None = None
) -> httpx.Response:
    body = {"client_msg_id": key or str(uuid4()), "text": text}
    return await person.http.post(f"{talent.path}/{to}", json=body)


async def deeds(rt: Runtime, talent: Talent) -> list[tuple[str | None, str]]:
    async with rt.db.read() as db:
        rows = await db.scalars(
            select(AuditEntry).where(AuditEntry.subject == talent.conversation_id).order_by(AuditEntry.id)
        )
        return [(row.staff_id, row.action) for row in rows]


async def test_a_chat_moves_from_queue_to_mine_to_recent(lin: Person, waiting: Talent) -> None:
    (row,) = await listed(lin, "queue")
    assert row["conversation_id"] == waiting.conversation_id
    assert (row["control"], row["category"], row["reason"]) == ("queued", "政策咨询", "requested")
    assert (row["channel"], row["region"], row["staff_name"]) == ("web", "370000", None)
    assert row["waiting_since"] == "2026-11-20T01:30:00.000Z"

    claimed = (await claim(lin, waiting)).json()["chat"]
    assert (claimed["control"], claimed["staff_name"]) == ("human", lin.name)
    assert await listed(lin, "queue") == []
    assert [r["conversation_id"] for r in await listed(lin, "mine")] == [waiting.conversation_id]

    ended = await lin.http.post(f"{waiting.path}/end", json={"note": "已说明"})
    assert ended.json()["chat"]["control"] == "wrap_up"
    body = {"summary": {"need": "有效期"}, "labels": ["政策咨询"]}
    closed = await lin.http.post(f"{waiting.path}/summary", json=body)
    assert (closed.json()["chat"]["control"], closed.json()["chat"]["labels"]) == ("closed", ["政策咨询"])
    assert await listed(lin, "mine") == []
    (past,) = await listed(lin, "recent")
    assert (past["conversation_id"], past["staff_name"]) == (waiting.conversation_id, lin.name)


async def test_mine_is_only_mine(lin: Person, zhou: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    assert await listed(zhou, "mine") == []


async def test_the_longest_wait_comes_first(
    rt: Runtime, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    clock.advance(minutes=1)
    later = await Talent.arrive(rt, "t2")
    await later.ask_for_a_person("手续代办")
    rows = await listed(lin, "queue")
    assert [r["conversation_id"] for r in rows] == [
        waiting.conversation_id,
        later.conversation_id,
    ]


async def test_the_packet_shows_personal_values_as_hints(rt: Runtime, lin: Person) -> None:
    def unanswered(_request: dict[str, Any]) -> EngineAnswer:
        reply = Reply(content=Content.say("没有找到"), log=AnswerLog(band="none"))
        return EngineAnswer(messages=[{"custom": reply.model_dump(mode="json")}], state={"slots": {}})

    talent = await Talent.arrive(rt, "t9")
    await talent.say("给13800138000发通知了吗")
    await TurnRunner(rt, engine=ScriptedEngine(unanswered)).run_once()
    await talent.ask_for_a_person()
    (tried,) = (await lin.http.get(talent.path)).json()["packet"]["tried"]
    assert tried["question"] == "给138****8000发通知了吗"


async def test_opening_a_chat_shows_packet_and_history(lin: Person, waiting: Talent) -> None:
    detail = (await lin.http.get(waiting.path)).json()
    assert detail["packet"]["category"] == "政策咨询"
    assert text_of(detail["messages"][0]) == "惠才卡有效期几年？"
    assert [m["seq"] for m in detail["messages"]] == list(range(1, len(detail["messages"]) + 1))


async def test_both_write_and_the_talent_reads_it(lin: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    key = str(uuid4())
    sent = await write(lin, waiting, "您好，我来帮您。\n有效期见卡面。", key=key)
    await waiting.say("谢谢")

    message = sent.json()
    assert (message["author"], message["author_name"]) == ("staff", lin.name)
    assert (message["key"], message["internal"]) == (key, False)
    assert "您好，我来帮您。\n有效期见卡面。" in await waiting.sees()
    detail = (await lin.http.get(waiting.path)).json()
    assert text_of(detail["messages"][-1]) == "谢谢"
    # What sending answers is the very message the log serves, so a page may merge the two.
    assert message in detail["messages"]


async def test_sending_twice_with_one_key_says_it_once(lin: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    key = str(uuid4())
    first, second, third = await asyncio.gather(*(write(lin, waiting, "只说一次", key=key) for _ in range(3)))
    assert first.json()["id"] == second.json()["id"] == third.json()["id"]
    assert (await waiting.sees()).count("只说一次") == 1


async def test_one_key_of_two_people_is_two_messages(lin: Person, zhou: Person, waiting: Talent) -> None:
    key = str(uuid4())
    first = await write(lin, waiting, "甲", to="notes", key=key)
    second = await write(zhou, waiting, "乙", to="notes", key=key)
    assert first.json()["id"] != second.json()["id"]


async def test_keys_of_colleagues_and_talents_are_not_shown(
    lin: Person, zhou: Person, waiting: Talent
) -> None:
    key = str(uuid4())
    await write(lin, waiting, "备注", to="notes", key=key)
    mine = (await lin.http.get(waiting.path)).json()["messages"]
    theirs = (await zhou.http.get(waiting.path)).json()["messages"]
    assert [m["key"] for m in mine if m["key"]] == [key]
    assert [m["key"] for m in theirs if m["key"]] == []


async def test_concurrent_claims_have_one_winner(
    app: FastAPI, rt: Runtime, team: str, waiting: Talent
) -> None:
    people = [await join(app, rt, f"zhuanyuan{n}", Role.SPECIALIST, team=team) for n in range(6)]

    answers = await asyncio.gather(*(claim(person, waiting) for person in people))

    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    assert {code(a)[1] for a in answers if a.status_code == 409} == {"already_taken"}
    winner = people[[a.status_code for a in answers].index(200)]
    assert [r["conversation_id"] for r in await listed(winner, "mine")] == [waiting.conversation_id]
    assert [d for d in await deeds(rt, waiting) if d[1] == "desk.pick"] == [(winner.id, "desk.pick")]
    assert sum(winner.name in text for text in await waiting.sees()) == 1


async def test_claiming_again_what_one_holds_succeeds(lin: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    before = await waiting.sees()
    again = await claim(lin, waiting)
    assert again.status_code == 200
    assert await waiting.sees() == before


@pytest.mark.parametrize("step", ["messages", "return", "end"])
async def test_only_the_holder_speaks_and_ends(lin: Person, zhou: Person, waiting: Talent, step: str) -> None:
    await claim(lin, waiting)
    body = {"note": "x"} if step != "messages" else {"client_msg_id": str(uuid4()), "text": "x"}
    before = await waiting.sees()
    response = await zhou.http.post(f"{waiting.path}/{step}", json=body)
    assert code(response) == (403, "not_yours")
    assert await waiting.sees() == before
    assert await waiting.control() == "human"


@pytest.mark.parametrize("step", ["messages", "return", "end"])
async def test_nobody_speaks_or_ends_before_claiming(lin: Person, waiting: Talent, step: str) -> None:
    body = {"note": "x"} if step != "messages" else {"client_msg_id": str(uuid4()), "text": "x"}
    response = await lin.http.post(f"{waiting.path}/{step}", json=body)
    assert code(response) == (409, "illegal_transition")


async def test_a_chat_given_back_cannot_be_claimed(lin: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    await lin.http.post(f"{waiting.path}/return", json={"note": "按 5 年答复"})
    assert await waiting.control() == "bot"
    assert code(await claim(lin, waiting)) == (409, "illegal_transition")


@pytest.mark.parametrize("step", ["return", "end"])
async def test_the_closing_note_stays_inside(lin: Person, waiting: Talent, step: str) -> None:
    await claim(lin, waiting)
    await lin.http.post(f"{waiting.path}/{step}", json={"note": "家属情况特殊，勿外传"})
    assert not any("勿外传" in text for text in await waiting.sees())
    messages = (await lin.http.get(waiting.path)).json()["messages"]
    assert [m["internal"] for m in messages if "勿外传" in text_of(m)] == [True]


async def test_a_note_never_reaches_the_talent(lin: Person, zhou: Person, waiting: Talent) -> None:
    await claim(lin, waiting)
    note = await write(zhou, waiting, "内部：请先核对单位", to="notes")
    assert note.json()["internal"] is True
    assert not any("内部" in text for text in await waiting.sees())
    state = await conversation.state_for(waiting.rt, conversation_id=waiting.conversation_id)
    assert "内部" not in str(state)
    assert (await listed(lin, "mine"))[0]["last_text"] != "内部：请先核对单位"


async def test_each_view_is_audited_once_an_hour_per_person(
    rt: Runtime, clock: MovedClock, lin: Person, zhou: Person, waiting: Talent
) -> None:
    for person in (lin, lin, zhou, lin):
        await person.http.get(waiting.path)
    assert await deeds(rt, waiting) == [(lin.id, "desk.view"), (zhou.id, "desk.view")]
    clock.advance(hours=1)
    await lin.http.get(waiting.path)
    assert (await deeds(rt, waiting))[2:] == [(lin.id, "desk.view")]


async def test_a_chat_nobody_asked_a_person_for_is_not_open_to_the_desk(
    app: FastAPI, rt: Runtime, lin: Person
) -> None:
    private = await Talent.arrive(rt, "t9")
    await private.say("只和助手聊")
    requests = [
        lin.http.get(private.path),
        claim(lin, private),
        write(lin, private, "x"),
        write(lin, private, "x", to="notes"),
        lin.http.post(f"{private.path}/end", json={"note": ""}),
    ]
    for response in await asyncio.gather(*requests):
        assert code(response) == (404, "no_such_conversation")
    async with opened(app, lin.cookie, f"{private.path}/events") as stream:
        assert stream.status == 404
    assert await private.sees() == ["只和助手聊"]


@pytest.mark.parametrize(
    ("chat_id", "expected"),
    [("0" * 32, 404), ("../staff", 404), ("%00", 422), ("' OR 1=1", 422), ("A" * 32, 422)],
)
async def test_made_up_chats_are_refused(lin: Person, chat_id: str, expected: int) -> None:
    assert (await lin.http.get(f"/api/desk/chats/{chat_id}")).status_code == expected


@pytest.mark.parametrize(
    ("text", "status", "refusal"),
    [
        ("", 422, "bad_text"),
        (" \n\t ", 422, "bad_text"),
        ("\x00\x07", 422, "bad_text"),
        ("字" * 2001, 422, "bad_text"),
        ("字" * 100_001, 422, "invalid_request"),
    ],
)
async def test_unsendable_words_are_refused(
    lin: Person, waiting: Talent, text: str, status: int, refusal: str
) -> None:
    await claim(lin, waiting)
    assert code(await write(lin, waiting, text)) == (status, refusal)


@pytest.mark.parametrize(
    "text", ["字" * 2000, "😀👨‍👩‍👧", "<script>alert(1)</script>", "/restart", "'; DROP TABLE x; --"]
)
async def test_odd_words_arrive_as_they_are(lin: Person, waiting: Talent, text: str) -> None:
    await claim(lin, waiting)
    await write(lin, waiting, text)
    assert (await waiting.sees())[-1] == text


async def test_control_characters_are_dropped_and_lone_surrogates_refused(
    lin: Person, waiting: Talent
) -> None:
    await claim(lin, waiting)
    await write(lin, waiting, "甲\x00乙\x1b[31m")
    assert (await waiting.sees())[-1] == "甲乙[31m"
    body = f'{{"client_msg_id": "{uuid4()}", "text": "\\ud800"}}'
    response = await lin.http.post(
        f"{waiting.path}/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert code(response) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [{}, {"text": "x"}, {"client_msg_id": "1", "text": "x"}, {"client_msg_id": None, "text": "x"}],
)
async def test_malformed_messages_are_invalid(lin: Person, waiting: Talent, body: dict[str, object]) -> None:
    response = await lin.http.post(f"{waiting.path}/messages", json=body)
    assert code(response) == (422, "invalid_request")
