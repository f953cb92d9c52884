"""One's own data: seen in clear after a fresh code, exported, corrected, erased; chats parted again."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.conversation.models import Conversation
from bot.conversation.vault import seal
from bot.errors import Refusal
from bot.identity.erasure import erase
from bot.identity.models import ChannelBinding, Consent, DataRequest
from bot.identity.who import proven
from bot.runtime import Runtime
from bot.service.case_scope import Person as Applicant
from bot.service.case_scope import belongs
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import Application, ApplicationPart, PartStatus
from bot.service.submission import Submitter, store
from bot.store.base import new_id
from bot.store.database import Database
from bot.talent.models import Talent
from bot.talent.service import find_by_name_and_last6
from tests.accounts.staff_app import Person, at_work
from tests.conftest import MovedClock
from tests.identity.people import Chat, Phones, id_number, make_talent
from tests.service.items import demo_item, texts

NewChat = Callable[..., Awaitable[Chat]]
LI, LI_ID, LI_PHONE = "李知远", id_number(1), "13900000001"


@pytest.fixture
async def li(rt: Runtime) -> str:
    item = demo_item()
    rt.parts["service"] = Catalogue({item.key: item}, texts())
    return await make_talent(rt, name=LI, number=LI_ID, phone=LI_PHONE, school="=HYPERLINK(1)")


@pytest.fixture
async def officer(rt: Runtime, app: FastAPI) -> Person:
    return await at_work(app, rt, "houtai", Role.BACK_OFFICE)


async def _hand_in(rt: Runtime, chat: Chat, *, name: str, phone: str) -> str:
    answers = [Answers(demo_item(), {"group": "part", "name": name, "phone": phone})]
    submitter = Submitter(conversation_id=chat.conversation_id)
    return (await store(rt, request_id=new_id(), submitter=submitter, answers=answers)).case_no


async def test_all_of_it_in_clear_only_with_a_fresh_code(
    rt: Runtime, chat: Chat, phones: Phones, clock: MovedClock, li: str
) -> None:
    proof = await chat.prove(LI, LI_ID, LI_PHONE)
    case_no = await _hand_in(rt, chat, name="张三", phone="13911112222")
    async with rt.db.write() as session:
        (await session.scalars(select(Application))).one().talent_id = li
    shown = (await chat.post("me/full", {"pass": proof["pass"]})).raise_for_status().text
    assert all(value in shown for value in (LI, LI_ID, LI_PHONE, case_no, "13911112222"))
    clock.advance(minutes=10)
    for path, body in (("me/full", {}), ("me/export", {"format": "json"})):
        late = await chat.post(path, {"pass": proof["pass"], **body})
        assert (late.status_code, late.json()["error"]["code"]) == (403, "pass_over")
    assert (await chat.post("me/code")).status_code == 202
    await phones.receive(rt)
    assert (await chat.post("me/open", {"code": "x"})).status_code == 422
    again = (await chat.post("me/open", {"code": phones.code(LI_PHONE)})).raise_for_status().json()
    told = await chat.post("me/export", {"pass": again["pass"], "format": "json"})
    whole = json.loads(told.raise_for_status().content)
    # Chosen answers in the words that were chosen.
    answers = [row for section in whole["sections"] for row in section["rows"] if row[0] == case_no]
    assert ["人才类别", "柔性引进"] in [row[2:] for row in answers]
    basics = dict(whole["sections"][0]["rows"])
    assert (basics["姓名"], basics["证件号"]) == (LI, LI_ID)
    book = (await chat.post("me/export", {"pass": again["pass"], "format": "xlsx"})).raise_for_status()
    sheet = openpyxl.load_workbook(io.BytesIO(book.content))["基本信息"]
    rows = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
    assert rows["毕业院校"].value == "=HYPERLINK(1)" and rows["毕业院校"].data_type == "s"
    assert rows["手机号"].value == LI_PHONE


async def test_what_was_handed_in_before_is_theirs_only_where_it_names_them(
    rt: Runtime, chat: Chat, li: str
) -> None:
    own = await _hand_in(rt, chat, name=LI, phone=LI_PHONE)
    namesake = await _hand_in(rt, chat, name=LI, phone="13911112222")
    other = await _hand_in(rt, chat, name="王海棠", phone=LI_PHONE)
    await chat.prove(LI, LI_ID, LI_PHONE)
    async with rt.db.read() as session:
        rows = await session.execute(select(Application.case_no, Application.talent_id))
        assert {case_no: talent_id for case_no, talent_id in rows} == {own: li, namesake: None, other: None}
    (await chat.post("me/withdraw")).raise_for_status()
    nobody = Applicant(chat.conversation_id, None)  # whoever sits down at this chat next
    async with rt.db.read() as session:
        left = await session.scalars(select(Application))
        assert [one for one in left if await belongs(session, rt, application=one, person=nobody)] == []


async def test_chats_of_one_person_are_listed_and_parted_again(
    rt: Runtime, new_chat: NewChat, li: str
) -> None:
    first, second = await new_chat(), await new_chat()
    await first.prove(LI, LI_ID, LI_PHONE)
    proof = await second.prove(LI, LI_ID, LI_PHONE)
    listed = (await second.standing())["bound"]["bindings"]
    assert [one["here"] for one in listed] == [True, False]
    left = await second.http.delete(f"/api/web/me/bindings/{listed[1]['id']}")
    assert [one["here"] for one in left.json()["bound"]["bindings"]] == [True]
    assert await proven(rt, conversation_id=first.conversation_id) is None
    assert (await second.http.delete(f"/api/web/me/bindings/{listed[1]['id']}")).status_code == 404
    shown = await first.messages()
    assert len(shown) == 1 and "已解除绑定" in shown[0]["content"]["paragraphs"][0]
    assert (await second.post("me/withdraw")).json()["bound"] is None
    assert (await second.post("me/full", {"pass": proof["pass"]})).status_code == 403
    async with rt.db.read() as session:
        assert None not in list(await session.scalars(select(Consent.withdrawn_at)))
        assert set(await session.scalars(select(ChannelBinding.ended_by))) == {"talent"}


async def test_staff_see_requests_answer_them_and_the_talent_is_told(
    rt: Runtime, chat: Chat, officer: Person, li: str
) -> None:
    assert (await chat.post("me/requests", {"kind": "更正", "text": "单位换了"})).status_code == 403
    await chat.prove(LI, LI_ID, LI_PHONE)
    made = await chat.post("me/requests", {"kind": "更正", "text": "单位换了"})
    assert made.json()["bound"]["requests"][0]["status"] == "待处理"
    assert (await chat.post("me/requests", {"kind": "更正", "text": "又一次"})).status_code == 409
    listed = (await officer.http.get("/api/office/data-requests?waiting=true")).json()
    (row,) = listed["rows"]
    assert (row["talent_name"], row["asked"][0]["text"]) == (LI, "单位换了")
    path = f"/api/office/data-requests/{row['id']}"
    done = await officer.http.post(path, json={"answer": f"{LI_ID}的单位已更正"})
    assert done.json()["status"] == "已完成"
    assert (await officer.http.post(path, json={"answer": "再答"})).status_code == 409
    told = str((await chat.messages())[-1]["content"])
    assert "已更正" in told and LI_ID not in told
    assert (await officer.http.get("/api/office/data-requests?waiting=true")).json()["total"] == 0


async def test_staff_out_of_reach_see_and_part_nothing(
    rt: Runtime, app: FastAPI, chat: Chat, officer: Person, li: str
) -> None:
    await chat.prove(LI, LI_ID, LI_PHONE)
    await chat.post("me/requests", {"kind": "删除", "text": "全部"})
    far = await at_work(app, rt, "quanzhou", Role.BACK_OFFICE, region="350500")
    assert (await far.http.get("/api/office/data-requests")).json()["total"] == 0
    assert (await far.http.get(f"/api/office/talents/{li}/bindings")).status_code == 404
    binding = (await officer.http.get(f"/api/office/talents/{li}/bindings")).json()["rows"][0]["id"]
    path = f"/api/office/talents/{li}/bindings/{binding}"
    assert (await far.http.delete(path)).status_code == 404
    assert await proven(rt, conversation_id=chat.conversation_id) == li
    assert (await officer.http.delete(path)).status_code == 204
    assert await proven(rt, conversation_id=chat.conversation_id) is None


async def test_erasure_waits_for_what_is_under_way_and_leaves_nobody(
    rt: Runtime, chat: Chat, officer: Person, li: str
) -> None:
    case_no = await _hand_in(rt, chat, name=LI, phone=LI_PHONE)
    await chat.prove(LI, LI_ID, LI_PHONE)
    await chat.post("me/requests", {"kind": "删除", "text": "全部"})
    now = rt.clock.now()
    async with rt.db.write() as session:  # an employer's proposal about the same person
        session.add(
            DataRequest(
                talent_id=li,
                employer_id="e" * 32,
                kind="更正",
                sealed=seal(rt, json.dumps({"text": f"{LI}调离"})),
                status="待处理",
                created_at=now,
                due_at=now + timedelta(days=20),
            )
        )
    listed = (await officer.http.get("/api/office/data-requests")).json()
    path, body = f"/api/office/data-requests/{listed['rows'][0]['id']}", {"answer": "已删除", "erase": True}
    held = await officer.http.post(path, json=body)
    assert (held.status_code, held.json()["error"]["code"]) == (409, "has_duty")
    assert case_no in held.json()["error"]["message"]
    async with rt.db.write() as session:
        (await session.scalars(select(ApplicationPart))).one().status = PartStatus.DONE
    assert (await officer.http.post(path, json=body)).status_code == 200
    async with rt.db.read() as session:
        kept = await session.execute(select(DataRequest.sealed, DataRequest.status))
        assert sorted((sealed, status) for sealed, status in kept) == [(None, "已完成"), (None, "已答复")]
        row = await session.get_one(Talent, li)
        assert (row.name, row.phone_sealed, row.phone_hint, row.school) == ("（已删除）", None, None, None)
        assert await find_by_name_and_last6(session, rt, name=LI, last6=LI_ID[-6:]) == []
        assert (await session.scalars(select(Application.case_no))).one() == case_no  # files stay
        here = await session.get_one(Conversation, chat.conversation_id)
        assert (here.talent_id, here.engine_state) == (None, None)
    assert (await chat.standing())["bound"] is None
    shown = json.dumps(await chat.messages(), ensure_ascii=False)
    assert "已经删除" in shown and LI not in shown
    late = Submitter(conversation_id=chat.conversation_id, talent_id=li)  # read before, stored only now
    with pytest.raises(Refusal) as refused:
        await store(rt, request_id=new_id(), submitter=late, answers=[Answers(demo_item(), {"name": LI})])
    assert refused.value.code == "record_erased"


async def test_of_erasing_and_handing_in_at_once_one_is_refused(rt: Runtime, li: str) -> None:
    """In two processes: no application is left to a record that is nobody's."""
    database = Database(rt.settings.sqlalchemy_url)
    other = Runtime(rt.settings, rt.secrets, database, rt.hints, rt.clock, dict(rt.parts))

    async def erasing(talent_id: str) -> None:
        async with other.db.write() as session:
            await erase(session, other, talent_id=talent_id, by="a" * 32)

    for number in range(2, 6):
        one = await make_talent(rt, name=LI, number=id_number(number), phone=f"1390000000{number}")
        answers = [Answers(demo_item(), {"name": LI})]
        handing_in = store(rt, request_id=new_id(), submitter=Submitter(talent_id=one), answers=answers)
        ends = await asyncio.gather(handing_in, erasing(one), return_exceptions=True)
        codes = tuple(end.code if isinstance(end, Refusal) else "" for end in ends)
        assert codes in {("", "has_duty"), ("record_erased", "")}, ends
    await database.close()
