"""Answers at hand, phrases, labels, the seat and notices."""

from pathlib import Path
from typing import Any

import pytest

from bot.desk.models import Label, Notice, Phrase
from bot.knowledge import service as knowledge
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.desk.steps import detail, say
from tests.desk.talents import Talent
from tests.knowledge.conftest import write
from tests.knowledge.records import RECORDS


@pytest.fixture
async def faqs(rt: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    write(folder, RECORDS)
    await knowledge.load(rt, folder=folder)


@pytest.mark.usefixtures("faqs")
async def test_a_cited_answer_carries_its_sources(lin: Person, held: Talent) -> None:
    query = {"q": "惠才卡怎么申请", "region": "370000"}
    (found, *_) = (await lin.http.get("/api/desk/faq", params=query)).json()["answers"]
    assert (found["faq"], found["question"], found["confidence"]) == ("apply", "惠才卡怎么申请？", "中")
    assert found["text"] == "apply 的答案。"
    sent = (await say(lin, held, f"您好，{found['text']}", faq=found["faq"])).json()["content"]
    assert [source["number"] for source in sent["sources"]] == ["测发〔2024〕1号"]
    assert (sent["scope"], sent["caution"]) == (found["scope"], found["caution"])
    assert sent["scope"] and sent["caution"]
    assert sent["buttons"] == []
    assert code(await say(lin, held, "x", faq="gone")) == (409, "no_such_faq")


@pytest.mark.usefixtures("faqs")
async def test_replies_are_suggested_to_what_the_talent_said_since_a_person_spoke(
    lin: Person, held: Talent
) -> None:
    async def suggested() -> dict[str, Any]:
        query: dict[str, Any] = {"conversation_id": held.conversation_id, "seq": 1}
        body: dict[str, Any] = (await lin.http.get("/api/desk/suggest", params=query)).json()
        return body

    # What was asked before 转人工 has not been answered by a person yet.
    assert [reply["faq"] for reply in (await suggested())["replies"]] == ["term"]
    await held.say("惠才卡怎么申请？")
    second = await suggested()
    assert second["seq"] == (await detail(lin, held))["chat"]["last_talent_seq"]
    assert second["replies"][0]["faq"] == "apply"
    await say(lin, held, "这样申请")
    assert await suggested() == {"seq": 0, "replies": []}


@pytest.mark.usefixtures("faqs")
async def test_nothing_is_suggested_to_what_no_faq_answers(lin: Person, held: Talent) -> None:
    await held.say("今天的红烧肉真好吃")
    query = {"conversation_id": held.conversation_id, "seq": 1}
    body = (await lin.http.get("/api/desk/suggest", params=query)).json()
    assert "红烧肉" not in str(body)
    assert len(body["replies"]) <= 3


async def test_phrases_are_one_s_own_the_team_s_and_everybody_s(
    rt: Runtime, team: str, lin: Person, zhou: Person
) -> None:
    async with rt.db.write() as session:
        now = rt.clock.now()
        for title, owner, of_team in (("开场", None, None), ("本组", None, team), ("别组", None, "0" * 32)):
            session.add(
                Phrase(
                    staff_id=owner, team_id=of_team, title=title, text="您好{称呼}", uses=0, updated_at=now
                )
            )
    added = (await lin.http.post("/api/desk/phrases", json={"title": "稍等", "text": "请稍等"})).json()
    assert (added["scope"], added["initials"], added["uses"]) == ("own", "sd", 0)
    for _ in range(2):
        await lin.http.post(f"/api/desk/phrases/{added['id']}/used")
    mine = (await lin.http.get("/api/desk/phrases")).json()["phrases"]
    assert [(p["title"], p["scope"], p["uses"]) for p in mine] == [
        ("稍等", "own", 2),
        ("开场", "all", 0),
        ("本组", "team", 0),
    ]
    theirs = (await zhou.http.get("/api/desk/phrases")).json()["phrases"]
    assert {p["title"] for p in theirs} == {"开场", "本组"}

    change = {"title": "稍候", "text": "请稍候"}
    path = f"/api/desk/phrases/{added['id']}"
    assert code(await zhou.http.put(path, json=change)) == (404, "no_such_phrase")
    assert (await lin.http.put(path, json=change)).json()["text"] == "请稍候"
    shared = next(p for p in mine if p["scope"] == "all")
    assert code(await lin.http.delete(f"/api/desk/phrases/{shared['id']}")) == (404, "no_such_phrase")
    assert (await lin.http.delete(path)).status_code == 204
    assert code(await lin.http.delete(path)) == (404, "no_such_phrase")


@pytest.mark.parametrize(
    "body", [{"title": "", "text": "x"}, {"title": "x", "text": " "}, {"title": "x" * 41, "text": "x"}]
)
async def test_an_empty_phrase_is_refused(lin: Person, body: dict[str, str]) -> None:
    assert code(await lin.http.post("/api/desk/phrases", json=body)) == (422, "invalid_request")


async def test_labels_offered_are_the_active_ones(rt: Runtime, lin: Person) -> None:
    async with rt.db.write() as session:
        now = rt.clock.now()
        session.add_all(
            [
                Label(name="落户", active=True, updated_at=now),
                Label(name="旧标签", active=False, updated_at=now),
            ]
        )
    assert (await lin.http.get("/api/desk/labels")).json() == {"labels": ["落户"]}


async def test_the_seat_is_set_and_kept_alive(lin: Person) -> None:
    assert (await lin.http.get("/api/desk/seat")).json()["status"] == "offline"
    assert (await lin.http.put("/api/desk/seat", json={"status": "ready"})).json()["status"] == "ready"
    assert (await lin.http.post("/api/desk/seat/alive")).json()["status"] == "ready"
    assert code(await lin.http.put("/api/desk/seat", json={"status": "asleep"})) == (422, "invalid_request")


async def test_notices_stay_until_their_own_reader_has_seen_them(
    rt: Runtime, lin: Person, zhou: Person
) -> None:
    async with rt.db.write() as session:
        session.add(
            Notice(
                staff_id=lin.id, kind="requeued", text="会话已转走", once_key="k", created_at=rt.clock.now()
            )
        )
    (told,) = (await lin.http.get("/api/desk/notices")).json()["notices"]
    assert (told["kind"], told["text"]) == ("requeued", "会话已转走")
    assert (await lin.http.get("/api/desk/counts")).json()["notices"] == 1
    assert (await zhou.http.get("/api/desk/notices")).json()["notices"] == []
    for person, left in ((zhou, 1), (lin, 0), (lin, 0)):
        assert (await person.http.post(f"/api/desk/notices/{told['id']}/seen")).status_code == 204
        assert len((await lin.http.get("/api/desk/notices")).json()["notices"]) == left
