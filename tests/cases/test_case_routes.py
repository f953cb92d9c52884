"""Case work over HTTP: lists, scope, masks, making a case, many at once, the workbook, files."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import select, text

from bot.accounts.api import router as accounts_router
from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.accounts.service import deactivate
from bot.conversation.models import Conversation
from bot.conversation.wishes import press
from bot.runtime import Runtime
from bot.service import case_export
from bot.service.case_work import link_talent
from bot.service.models import CaseTask
from bot.service.office_api import router as cases_router
from bot.service.office_tasks_api import router as tasks_router
from tests.accounts.staff_app import Person, at_work, code, make_app
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import NAME, NUMBER, PHONE, VALUES, E, do, handed_in, part
from tests.cases.test_case_moves import reviewed
from tests.conftest import MovedClock
from tests.identity.people import id_number

API = "/api/office/cases"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def app(rt: Runtime, desk: Office) -> FastAPI:
    return make_app(rt, accounts_router, cases_router, tasks_router)


@pytest.fixture
async def front(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    person = await at_work(app, rt, "counter", Role.FRONT_DESK)
    yield person
    await person.http.aclose()


@pytest.fixture
async def lead(app: FastAPI, rt: Runtime) -> AsyncIterator[Person]:
    person = await at_work(app, rt, "leader", Role.LEAD)
    yield person
    await person.http.aclose()


async def rows(person: Person, **filters: Any) -> list[dict[str, Any]]:
    body = (await person.http.get(API, params=filters)).raise_for_status().json()
    assert body["total"] == len(body["rows"])
    found: list[dict[str, Any]] = body["rows"]
    return found


async def deeds(rt: Runtime) -> list[tuple[str, str]]:
    async with rt.db.read() as session:
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("case.")).order_by(AuditEntry.id)
        )
        return [(entry.action, entry.subject) for entry in entries]


async def test_lists_are_filtered_and_searched_without_showing_anybody(
    rt: Runtime, desk: Office, app: FastAPI, front: Person, clock: MovedClock
) -> None:
    card, place = await handed_in(rt, "card", "place")
    clock.advance(minutes=1)
    (tier,) = await handed_in(rt, "tier", word="2", values={"city": "370000", "name": "李晓梅"})
    await do(rt, card, E.ACCEPT, desk.front)
    everything = await rows(front)
    assert everything[0]["id"] == tier  # the newest first
    assert {row["applicant"] for row in everything} == {"孙**", "李**"}
    assert not any(value in repr(everything) for value in (NAME, NUMBER, PHONE))
    for filters, found in (
        ({"status": "已受理"}, [card]),
        ({"status": ["已受理", "已提交"]}, [tier, place, card]),
        ({"item": "tier"}, [tier]),
        ({"region": "370102"}, [place, card]),
        ({"query": NAME}, [place, card]),
        ({"query": PHONE}, [tier, place, card]),
        ({"query": everything[0]["case_no"]}, [tier]),
        ({"query": "孙"}, []),
        ({"todo": True}, [tier, place]),
        ({"from": "2026-11-21"}, []),
        ({"to": "2026-11-20"}, [tier, place, card]),
    ):
        assert sorted(row["id"] for row in await rows(front, **filters)) == sorted(found), filters
    counts = (await front.http.get(f"{API}/counts", params={"status": "已受理"})).json()["counts"]
    assert counts == {"已受理": 1, "已提交": 2}


@pytest.mark.parametrize(
    ("region", "sees"), [("370102", True), ("370100", True), ("370103", False), ("350500", False)]
)
async def test_who_is_of_another_place_sees_and_does_nothing(
    rt: Runtime, app: FastAPI, region: str, sees: bool
) -> None:
    (part_id,) = await handed_in(rt)
    person = await at_work(app, rt, "somebody", Role.BACK_OFFICE, region=region)
    assert bool(await rows(person)) == sees
    answers = [
        await person.http.get(f"{API}/{part_id}"),
        await person.http.post(f"{API}/{part_id}/note", json={"note": "看过"}),
        await person.http.post(f"{API}/{part_id}/unmask"),
        await person.http.get(f"{API}/{part_id}/files/{part_id}"),
    ]
    if not sees:
        assert {code(one) for one in answers} == {(404, "no_such_case")}
    todo = await rows(person, todo=True)
    assert todo == []  # what is only submitted waits for the front desk
    await person.http.aclose()


async def test_todo_of_a_level_is_what_that_level_may_do(rt: Runtime, desk: Office, app: FastAPI) -> None:
    (part_id,) = await handed_in(rt)
    await do(rt, part_id, E.ACCEPT, desk.front)
    await do(rt, part_id, E.REVIEW, desk.county)
    county = await at_work(app, rt, "county2", Role.BACK_OFFICE, region="370102")
    city = await at_work(app, rt, "city2", Role.BACK_OFFICE, region="370100")
    assert [len(await rows(one, todo=True)) for one in (county, city)] == [1, 0]
    detail = (await county.http.get(f"{API}/{part_id}")).json()
    assert "approve" in detail["can"] and detail["next_level"] == "市"
    body = {"version": detail["case"]["version"]}
    after = (await county.http.post(f"{API}/{part_id}/approve", json=body)).raise_for_status().json()
    assert (after["case"]["level"], after["can"]) == ("市", [])
    assert code(await city.http.post(f"{API}/{part_id}/approve", json=body)) == (409, "changed_meanwhile")
    assert [len(await rows(one, todo=True)) for one in (county, city)] == [0, 1]
    for one in (county, city):
        await one.http.aclose()


async def test_the_detail_is_masked_and_a_look_behind_it_is_noted(
    rt: Runtime, app: FastAPI, front: Person, lead: Person
) -> None:
    (part_id,) = await handed_in(rt)
    shown = (await front.http.get(f"{API}/{part_id}")).raise_for_status()
    assert not any(value in shown.text for value in (NAME, NUMBER, PHONE, "13900139000"))
    values = {row["key"]: row["value"] for row in shown.json()["values"]}
    assert values["name"] == "孙**" and "电话139****9000" in values["work"]
    assert code(await front.http.post(f"{API}/{part_id}/unmask")) == (403, "not_allowed")
    clear = (await lead.http.post(f"{API}/{part_id}/unmask")).raise_for_status().json()["values"]
    assert (clear["name"], clear["paper"]) == (NAME, NUMBER)
    assert [action for action, _ in await deeds(rt)] == ["case.unmask"]


async def test_the_front_desk_makes_a_case_and_every_fault_is_said_at_once(
    rt: Runtime, app: FastAPI, front: Person
) -> None:
    bad = VALUES | {"phone": "123", "since": "1800", "work": ""}
    body: dict[str, Any] = {"request_id": "walk-in-0001", "items": [{"item": "card", "values": bad}]}
    wrong = await front.http.post(API, json=body)
    assert code(wrong) == (422, "invalid_values")
    assert set(wrong.json()["error"]["fields"]) == {"card.phone", "card.since", "card.work"}
    body["items"] = [{"item": key, "values": VALUES} for key in ("card", "place")]
    made = (await front.http.post(API, json=body)).raise_for_status().json()
    again = (await front.http.post(API, json=body)).raise_for_status().json()
    assert made == again and len(made["parts"]) == 2
    (one, two) = await rows(front)
    assert {one["applicant_kind"], two["applicant_kind"]} == {"专员代办"}
    assert one["case_no"] == two["case_no"] == made["case_no"]
    form = (await front.http.get(f"{API}/items/card")).json()
    assert [field["key"] for field in form["fields"]][:2] == ["name", "paper"]


async def test_a_case_is_made_only_for_the_same_person_and_from_a_chat_within_reach(
    rt: Runtime, app: FastAPI, front: Person
) -> None:
    same, other = await office.talent(rt), await office.talent(rt, name="李四光", number=id_number(7))
    chat = await office.chat(rt)  # nobody asked for a person in it, so it is nobody's to act in
    items = [{"item": "place", "values": VALUES}]
    for more, refusal in (
        ({"talent_id": other}, (409, "not_the_same_person")),
        ({"conversation_id": chat}, (404, "no_such_conversation")),
    ):
        answer = await front.http.post(API, json={"request_id": "walk-in-0002", "items": items, **more})
        assert code(answer) == refusal
    body = {"request_id": "walk-in-0002", "items": items, "talent_id": same}
    made = (await front.http.post(API, json=body)).raise_for_status().json()
    assert (await office.application(rt, made["parts"][0])).talent_id == same


async def test_many_at_once_answers_for_each(rt: Runtime, desk: Office, front: Person) -> None:
    ids = [(await handed_in(rt, word=word))[0] for word in "123"]
    await do(rt, ids[1], E.ACCEPT, desk.front)
    body = {"event": "accept", "parts": [{"id": one, "version": 1} for one in [*ids, "f" * 32]]}
    results = (await front.http.post(f"{API}/batch", json=body)).raise_for_status().json()["results"]
    assert [(one["ok"], one.get("code")) for one in results] == [
        (True, None),
        (False, "changed_meanwhile"),
        (True, None),
        (False, "no_such_case"),
    ]


async def test_the_workbook_is_masked_unless_one_may_unmask(
    rt: Runtime, app: FastAPI, front: Person, lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_export, "_PART", 1)  # read one by one, each comes once
    await handed_in(rt, values={"work": "=1+1"})
    await handed_in(rt, "place", word="2", values={"child": "孙小小"})
    assert code(await front.http.get(f"{API}/export.xlsx")) == (403, "not_allowed")
    back = await at_work(app, rt, "back", Role.BACK_OFFICE)
    for person, clear in ((lead, False), (lead, True), (back, False)):
        answer = await person.http.get(f"{API}/export.xlsx", params={"clear": clear})
        book = await asyncio.to_thread(load_workbook, io.BytesIO(answer.raise_for_status().content))
        cells = [cell.value for line in book["办件"].iter_rows() for cell in line]
        # The child is asked for as well: the applicant is whom the row is about.
        assert cells.count(NAME) == cells.count(PHONE) == (2 if clear else 0) and "孙小小" not in cells
        assert "孙**" in cells and NUMBER not in cells
    assert [action for action, _ in await deeds(rt)] == ["case.export"] * 3
    await back.http.aclose()


async def test_papers_from_the_window_answer_a_supplement_and_are_served_only_within_the_case(
    rt: Runtime, desk: Office, front: Person
) -> None:
    (part_id,) = await handed_in(rt)
    (other,) = await handed_in(rt, word="2")
    missing = [{"kind": "material", "key": "form", "why": "没有盖章"}]
    await do(rt, part_id, E.ASK_SUPPLEMENT, desk.front, missing=missing)
    params = {"name": "申报表.pdf", "key": "01a20000-0000-7000-8000-000000000001"}
    kept = await front.http.post(f"{API}/{part_id}/files", params=params, content=PDF)
    file_id = kept.raise_for_status().json()["id"]
    again = await front.http.post(f"{API}/{part_id}/files", params=params, content=PDF)
    assert again.json()["id"] == file_id
    disguised = params | {"name": "x.pdf", "key": "01a20000-0000-7000-8000-000000000002"}
    refused = await front.http.post(f"{API}/{part_id}/files", params=disguised, content=b"MZ\x90\x00")
    assert refused.status_code == 415 or refused.status_code == 422
    words = params | {"name": "机票.png", "key": "01a20000-0000-7000-8000-000000000003"}
    assert (
        await front.http.post(f"{API}/{part_id}/files", params=words, content=b"hello")
    ).status_code == 415
    assert code(await front.http.get(f"{API}/{part_id}/files/{file_id}")) == (404, "no_such_file")
    body = {"version": 2, "files": [{"material": "form", "attachment_id": file_id}]}
    after = (await front.http.post(f"{API}/{part_id}/supplied", json=body)).raise_for_status().json()
    assert after["case"]["status"] == "已提交"
    assert after["materials"][0]["files"][0]["name"] == "申报表.pdf"
    opened = (await front.http.get(f"{API}/{part_id}/files/{file_id}")).raise_for_status()
    assert opened.content == PDF and opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert code(await front.http.get(f"{API}/{other}/files/{file_id}")) == (404, "no_such_file")
    assert [action for action, _ in await deeds(rt)].count("case.file") == 1


async def test_what_is_publicised_names_nobody(rt: Runtime, desk: Office, front: Person) -> None:
    (part_id,) = await handed_in(rt)
    await reviewed(rt, desk, part_id)
    (row,) = (await front.http.get(f"{API}/publicity")).json()["rows"]
    assert (row["applicant"], row["item_name"], row["status"]) == ("孙**", "示范card", "公示中")
    assert row["from"] < row["to"]


async def test_no_row_holds_a_raw_value(rt: Runtime, desk: Office, front: Person, lead: Person) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    missing = [{"kind": "field", "key": "phone", "why": f"打不通，证件{NUMBER}也请核对"}]
    asked = await do(rt, part_id, E.ASK_SUPPLEMENT, desk.front, missing=missing)
    assert "证件110****002X也请核对" in (await office.heard(rt, chat))[-1] and asked.status == "待补正"
    remark = {"note": f"{NUMBER} 与 {asked.case_no} 一致"}
    await lead.http.post(f"{API}/{part_id}/note", json=remark)
    assert (await office.timeline(rt, part_id))[-1].note == f"110****002X 与 {asked.case_no} 一致"
    await do(rt, part_id, E.SUPPLIED, office.Person(chat), values={"phone": "13600136000"})
    # Found by the number as it was corrected, and no longer by the wrong one.
    assert [row["id"] for row in await rows(lead, query="13600136000")] == [part_id]
    assert await rows(lead, query=PHONE) == []
    await lead.http.post(f"{API}/{part_id}/unmask")
    async with rt.db.read() as session:
        for table in ("applications", "application_parts", "part_changes", "messages", "audit_log"):
            kept = repr((await session.execute(text(f"SELECT * FROM {table}"))).all())
            assert not any(value in kept for value in (NAME, NUMBER, PHONE, "13600136000")), table
    assert (await part(rt, part_id)).status == "已提交"


async def test_a_chat_parted_from_its_person_hears_no_more_of_what_was_linked(
    rt: Runtime, desk: Office, clock: MovedClock
) -> None:
    chat, talent_id = await office.chat(rt), await office.talent(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await link_talent(rt, part_id=part_id, staff=desk.front, version=1, talent_id=talent_id)
    clock.advance(minutes=1)
    await do(rt, part_id, E.ACCEPT, desk.front)
    assert len(await office.heard(rt, chat)) == 1  # nobody has proven themselves in it
    async with rt.db.write() as session:  # they did, and took it back
        row = await session.get_one(Conversation, chat)
        row.hidden_seq = row.last_seq
    clock.advance(minutes=1)
    await do(rt, part_id, E.REVIEW, desk.county)
    assert len(await office.heard(rt, chat)) == 1


async def test_a_call_owed_by_somebody_who_left_is_seen_by_those_who_are_here(
    rt: Runtime, desk: Office, front: Person
) -> None:
    (part_id,) = await handed_in(rt)
    await reviewed(rt, desk, part_id)
    assert (await front.http.get("/api/office/tasks")).json()["rows"] == []  # somebody else's
    async with rt.db.read() as session:
        (owed,) = await session.scalars(select(CaseTask))
    await deactivate(rt, staff_id=owed.staff_id or "", by="a" * 32)
    (task,) = (await front.http.get("/api/office/tasks")).json()["rows"]
    done = await front.http.post(f"/api/office/tasks/{task['id']}/done", json={"result": "已致电"})
    assert (task["kind"], done.status_code) == ("publicity_call", 204)


async def test_a_low_rating_becomes_a_task_of_the_lead(
    rt: Runtime, desk: Office, front: Person, lead: Person
) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    application = await office.application(rt, part_id)
    payload = f'/rate_case{{"application": "{application.id}", "score": 1}}'
    for _ in range(2):  # open, then ended, then once more
        async with rt.db.write() as session:
            row = await session.get_one(Conversation, chat)
            assert await press(session, rt, conversation=row, payload=payload)
        if (await part(rt, part_id)).ended_at is None:
            await do(rt, part_id, E.REFUSE, desk.front, reason="不在范围", basis="示〔2018〕5号")
    async with rt.db.write() as session:
        row = await session.get_one(Conversation, chat)
        await press(session, rt, conversation=row, payload=payload.replace("1}", "5}"))
    told = await office.heard(rt, chat)
    assert ("还在办理" in told[0], "很抱歉" in told[-2], "已经评价过" in told[-1]) == (True, True, True)
    assert (await office.application(rt, part_id)).rating == 1
    assert (await front.http.get("/api/office/tasks")).json()["rows"] == []
    (task,) = (await lead.http.get("/api/office/tasks")).json()["rows"]
    assert (task["kind"], task["rating"], task["overdue"]) == ("low_rating", 1, False)
    done = await lead.http.post(f"/api/office/tasks/{task['id']}/done", json={"result": "已致电说明"})
    assert done.status_code == 204
    assert (await lead.http.get("/api/office/tasks")).json()["rows"] == []
