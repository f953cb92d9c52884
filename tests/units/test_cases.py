"""What an employer does with its people's applications until they leave it, and afterwards."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_scope import name_print
from bot.service.models import Application, ApplicationPart, PartStatus
from bot.text.personal import MOBILE
from tests.accounts.staff_app import Person, at_work, code
from tests.conftest import MovedClock
from tests.units.conftest import LI, OURS, ZHANG, House, add_talent, apply, key

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


async def do(person: Person, part: dict[str, Any], deed: str, **body: Any) -> dict[str, Any]:
    method = "PUT" if deed in ("officer", "values") else "POST"
    sent = {"version": part["version"], **body}
    answer = await person.http.request(method, f"/api/unit/cases/{part['id']}/{deed}", json=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(person: Person, part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await person.http.get(f"/api/unit/cases/{part['id']}")).raise_for_status().json()
    return found


async def upload(person: Person, word: str) -> str:
    answer = await person.http.post(
        "/api/unit/files", params={"name": "证明.pdf", "request_id": key(word)}, content=PDF
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file_id"])


async def test_the_head_names_an_officer_who_completes_it_and_approves(
    rt: Runtime, ours: House, clock: MovedClock
) -> None:
    (row,) = await apply(ours, ZHANG)
    assert (await ours.head.http.get("/api/unit/home")).json()["to_approve"] == 1
    clock.advance(minutes=1)
    part = await do(ours.head, row, "officer", staff_id=ours.officer.id)
    assert part["officer_id"] == ours.officer.id
    assert (await ours.officer.http.get("/api/unit/home")).json()["to_complete"] == 1
    mine = (await ours.officer.http.get("/api/unit/cases", params={"mine": True})).json()
    assert [one["id"] for one in mine["rows"]] == [row["id"]]

    file_id = await upload(ours.officer, "proof")
    assert await upload(ours.officer, "proof") == file_id  # a repeated upload is the same file
    assert "remark" in part["fillable"]
    clock.advance(minutes=1)
    given = {"material": "proof", "attachment_id": file_id}
    part = await do(ours.officer, part, "values", values={"remark": "已核对原件"}, files=[given])
    assert [(file["material"], file["file_id"]) for file in part["files"]] == [("proof", file_id)]
    shown = {value["key"]: value["value"] for value in part["values"]}
    assert shown["remark"] == "已核对原件" and shown["group"] == "国家级人才"
    assert (shown["name"], shown["phone"]) == ("张建国", "138****8000")
    assert ZHANG["paper"] not in str(part)
    got = await ours.head.http.get(f"/api/unit/cases/{row['id']}/files/{file_id}")
    assert got.content == PDF and got.headers["content-disposition"].startswith("attachment")

    refused = await ours.officer.http.post(
        f"/api/unit/cases/{row['id']}/unit_approve", json={"version": part["version"]}
    )
    assert code(refused) == (403, "not_allowed")
    stale = await ours.head.http.post(
        f"/api/unit/cases/{row['id']}/unit_approve", json={"version": row["version"]}
    )
    assert code(stale) == (409, "changed_meanwhile")  # nobody approves what they have not seen
    part = await do(ours.head, part, "unit_approve")
    assert part["status"] == PartStatus.SUBMITTED and part["can"] == []
    late = await ours.officer.http.put(
        f"/api/unit/cases/{row['id']}/values", json={"version": part["version"], "values": {"remark": "晚了"}}
    )
    assert code(late) == (409, "not_now")


async def test_the_unit_fills_gaps_and_never_turns_the_case(rt: Runtime, ours: House) -> None:
    (row,) = await apply(ours, ZHANG)
    part = await read(ours.officer, row)
    assert "city" not in part["fillable"] and "group" not in part["fillable"]
    for values in ({"city": "370200"}, {"group": "none"}, {"nothing": "x"}):
        answer = await ours.officer.http.put(
            f"/api/unit/cases/{row['id']}/values", json={"version": row["version"], "values": values}
        )
        assert code(answer) == (422, "not_fillable")
    bad = await ours.officer.http.put(
        f"/api/unit/cases/{row['id']}/values", json={"version": row["version"], "values": {"phone": "12"}}
    )
    assert code(bad) == (422, "bad_value")


async def test_a_case_of_a_record_stays_that_persons(rt: Runtime, ours: House) -> None:
    await add_talent(rt, ours.id, name="张建国", number=ZHANG["paper"], phone=ZHANG["phone"])
    linked, free = await apply(ours, ZHANG, LI)
    if linked["name"] != "张建国":
        linked, free = free, linked
    path = f"/api/unit/cases/{linked['id']}/values"
    swapped = {key: LI[key] for key in ("name", "paper", "phone")}
    answer = await ours.officer.http.put(path, json={"version": 1, "values": swapped})
    assert code(answer) == (422, "another_person")
    await do(ours.officer, linked, "values", values={"phone": "13700137000"})
    await do(ours.officer, free, "values", values={"name": "李小梅"})
    async with rt.db.read() as session:
        rows = {row.case_no: row for row in await session.scalars(select(Application))}
    assert rows[free["case_no"]].name_fingerprint == name_print(rt, "李小梅")
    phone = rows[linked["case_no"]].phone_fingerprint
    assert phone == vault.fingerprint(rt, f"{MOBILE}:13700137000")


async def test_what_is_asked_for_is_handed_in_at_once(ours: House) -> None:
    (row,) = await apply(ours, ZHANG)
    missing = [
        {"kind": "material", "key": "form", "why": "缺少盖章页"},
        {"kind": "field", "key": "work", "why": "请写明年份"},
    ]
    part = await do(ours.head, row, "ask_supplement", missing=missing)
    assert part["status"] == PartStatus.SUPPLEMENT
    assert [one["why"] for one in part["supplement"]] == ["缺少盖章页", "请写明年份"]
    early = await ours.officer.http.post(
        f"/api/unit/cases/{row['id']}/supplied",
        json={"version": part["version"], "values": {"work": "2024年两项成果"}},
    )
    assert code(early) == (422, "still_missing")
    files = [{"material": "form", "attachment_id": await upload(ours.officer, "form")}]
    part = await do(ours.officer, part, "supplied", values={"work": "2024年两项成果"}, files=files)
    assert part["status"] == PartStatus.UNIT
    assert {value["key"]: value["value"] for value in part["values"]}["work"] == "2024年两项成果"


async def test_several_are_approved_at_once_and_one_is_sent_back(rt: Runtime, ours: House) -> None:
    rows = await apply(ours, ZHANG, LI)
    returned = await do(ours.head, rows[0], "unit_return", reason="不是本单位在职人员")
    assert (returned["status"], returned["reason"]) == (PartStatus.RETURNED, "不是本单位在职人员")
    parts = [{"id": row["id"], "version": row["version"]} for row in rows]
    many = await ours.head.http.post("/api/unit/cases/approve", json={"parts": parts})
    assert [row["ok"] for row in many.json()["results"]] == [False, True]
    for narrowed in ({"open": True}, {"query": LI["name"]}, {"query": rows[1]["case_no"]}):
        listed = (await ours.head.http.get("/api/unit/cases", params=narrowed)).json()
        assert [row["id"] for row in listed["rows"]] == [rows[1]["id"]], narrowed
    async with rt.db.read() as session:
        statuses = set(await session.scalars(select(ApplicationPart.status)))
        actions = set(await session.scalars(select(AuditEntry.action)))
    assert statuses == {PartStatus.RETURNED, PartStatus.SUBMITTED}
    assert {"unit.apply", "case.unit_approve", "case.unit_return"} <= actions


async def test_people_are_shown_masked_and_changed_only_by_the_centre(
    rt: Runtime, app: FastAPI, ours: House
) -> None:
    talent = await add_talent(rt, ours.id, name="张建国", number=ZHANG["paper"], phone=ZHANG["phone"])
    (person,) = (await ours.officer.http.get("/api/unit/people")).json()["rows"]
    assert (person["name"], person["phone_hint"]) == ("张建国", "138****8000")
    assert ZHANG["paper"] not in str(person) and ZHANG["phone"] not in str(person)
    pasted = await ours.officer.http.get("/api/unit/people", params={"query": "张\x00"})
    assert pasted.status_code == 200 if rt.db.is_sqlite else code(pasted) == (422, "not_storable")
    wish = {"request_id": key("wish"), "text": "职称已变为正高级工程师"}
    path = f"/api/unit/people/{talent}/corrections"
    first, again = [(await ours.officer.http.post(path, json=wish)).json() for _ in range(2)]
    assert first == again
    new = {"request_id": key("new"), "name": "王一新", "phone": "13700137000", "position": "总工"}
    (await ours.officer.http.post("/api/unit/people", json=new)).raise_for_status()
    rows = (await ours.head.http.get("/api/unit/proposals")).json()["rows"]
    assert sorted((row["kind"], row["about"], row["status"]) for row in rows) == [
        ("新增", "王一新", "待处理"),
        ("更正", "张建国", "待处理"),
    ]
    assert (await ours.head.http.get("/api/unit/home")).json()["proposals"] == 2
    centre = await at_work(app, rt, "houtai", Role.BACK_OFFICE)
    asked = (await centre.http.get("/api/office/data-requests")).raise_for_status().json()["rows"]
    assert {(row["talent_name"], row["employer_name"]) for row in asked} == {
        ("张建国", OURS),
        ("王一新", OURS),
    }
    told = {one["label"]: one["text"] for row in asked for one in row["asked"]}
    assert told == {"申请内容": wish["text"], "姓名": "王一新", "手机号": new["phone"], "岗位": "总工"}
    path = f"/api/office/data-requests/{asked[0]['id']}"
    assert (await centre.http.post(path, json={"answer": "已核实"})).json()["status"] == "已完成"
    async with rt.db.read() as session:
        assert "talent.proposed_numbers" in set(await session.scalars(select(AuditEntry.action)))


async def test_demands_and_visits_are_registered_for_the_centre(ours: House, theirs: House) -> None:
    http = ours.officer.http
    demand = {"kind": "岗位", "title": "材料研发工程师", "field": "新材料", "region": "370100"}
    demand |= {"education": "博士", "places": 2, "about": "", "closes_on": "2027-01-31"}
    for _ in range(2):  # the answer to the first was lost
        made = await http.post("/api/unit/demands", params={"request_id": key("demand")}, json=demand)
        assert (made.status_code, made.json()["status"]) == (201, "待审核")
    assert [row["title"] for row in (await http.get("/api/unit/demands")).json()["rows"]] == [
        "材料研发工程师"
    ]
    wish = {
        "topic": "惠才卡政策",
        "people": 30,
        "wished": "下周三上午",
        "place": None,
        "contact": "办公室 0531-88886666",
    }
    for _ in range(2):
        sent = await http.post("/api/unit/visits", params={"request_id": key("visit")}, json=wish)
        assert sent.status_code == 201, sent.text
    (visit,) = (await http.get("/api/unit/visits")).json()["rows"]
    assert "cancel" in visit["can"]
    path = f"/api/unit/visits/{visit['id']}/cancel"
    other = await theirs.officer.http.post(path, json={"result": "改期"})
    assert (other.status_code, other.json()["error"]["code"]) == (404, "not_found")
    assert (await http.post(path, json={"result": "改期"})).json()["status"] == "已取消"
    again = await http.post(path, json={"result": "改期"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_now")
    counted = (await http.get("/api/unit/experts", params={"field": "新材料"})).json()
    assert counted == {"experts": 0, "free": 0}
