"""Applying for several people at once: everything wrong is said, nothing is lost or made twice."""

import asyncio
import io
import json
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, update

from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.models import Application, ApplicationPart, PartStatus
from tests.accounts.staff_app import code
from tests.units.conftest import ITEM, LI, OURS, ZHANG, House, add_talent, application, apply

APPLY = "/api/unit/applications"


async def cases_in(rt: Runtime) -> list[Application]:
    async with rt.db.read() as session:
        return list(await session.scalars(select(Application).order_by(Application.case_no)))


async def test_each_person_gets_a_case_of_their_own_that_waits_for_the_head(rt: Runtime, ours: House) -> None:
    rows = await apply(ours, ZHANG, LI)
    assert sorted(row["name"] for row in rows) == ["张建国", "李晓梅"]
    assert {row["status"] for row in rows} == {PartStatus.UNIT}
    assert len({row["case_no"] for row in rows}) == 2
    one, other = await cases_in(rt)
    assert one.batch_id == other.batch_id and one.employer_id == ours.id and one.made_by == ours.officer.id
    async with rt.db.read() as session:
        sealed = await session.scalar(select(ApplicationPart.sealed).limit(1))
    stored = json.loads(vault.open_sealed(rt, sealed or b""))
    assert stored["workplace"] == OURS  # the employer applies for its own people only
    (batch,) = (await ours.head.http.get(APPLY)).json()["rows"]
    assert (batch["people"], batch["item_name"]) == (2, ITEM.name)


async def test_everything_wrong_with_everybody_is_said_and_nothing_is_stored(
    rt: Runtime, ours: House
) -> None:
    bad = ZHANG | {"paper": "110105194912310021", "since": "九十年代", "city": "上海", "work": ""}
    answer = await ours.officer.http.post(APPLY, json=application(bad, {}, LI | {"workplace": "别家公司"}))
    assert code(answer) == (422, "faults")
    first, empty, foreign = (
        {fault["field"] for fault in person["faults"]} for person in answer.json()["people"]
    )
    assert first == {"paper", "since", "city", "work"}
    assert empty == {"group", "name", "paper", "phone", "city", "since", "work"}
    assert foreign == {"workplace"}
    assert await cases_in(rt) == []


async def test_a_repeated_request_makes_nothing_new(rt: Runtime, ours: House) -> None:
    first = await apply(ours, ZHANG, LI)
    again = await apply(ours, ZHANG, LI)
    assert [row["case_no"] for row in again] == [row["case_no"] for row in first]
    sent = await asyncio.gather(
        *(ours.officer.http.post(APPLY, json=application(ZHANG, LI)) for _ in range(3))
    )
    assert {answer.status_code for answer in sent} == {201}
    assert len(await cases_in(rt)) == 2


async def test_nobody_is_applied_for_twice_while_a_case_is_open(rt: Runtime, ours: House) -> None:
    (row,) = await apply(ours, ZHANG)
    other = await ours.head.http.post(APPLY, json=application(ZHANG, ZHANG | {"work": "其他成果"}, word="b"))
    assert code(other) == (422, "faults")
    told = [fault["message"] for person in other.json()["people"] for fault in person["faults"]]
    assert sum(row["case_no"] in message for message in told) == 2
    assert any("重复" in message for message in told)
    async with rt.db.write() as session:
        ended = update(ApplicationPart).values(status=PartStatus.RETURNED)
        await session.execute(ended)
    (second,) = await apply(ours, ZHANG, word="b")
    assert second["case_no"] != row["case_no"]


async def test_two_requests_at_once_for_one_person_make_one_case(rt: Runtime, ours: House) -> None:
    sent = await asyncio.gather(
        *(ours.officer.http.post(APPLY, json=application(ZHANG, word=word)) for word in ("a", "b"))
    )
    assert {answer.status_code for answer in sent} <= {201, 422}
    assert len(await cases_in(rt)) == 1


async def test_the_record_fills_what_is_blank_and_owns_the_case(
    rt: Runtime, ours: House, theirs: House
) -> None:
    mine = await add_talent(rt, ours.id, name="张建国", number=ZHANG["paper"], phone=ZHANG["phone"])
    foreign = await add_talent(rt, theirs.id, name="李晓梅", number=LI["paper"], phone=LI["phone"])
    rest = {name: ZHANG[name] for name in ("group", "city", "since", "work")}
    body = application(word="records") | {
        "people": [{"talent_id": mine, "values": rest}, {"talent_id": foreign, "values": LI}]
    }
    refused = (await ours.officer.http.post(f"{APPLY}/check", json=body)).json()["people"]
    assert [bool(person["faults"]) for person in refused] == [False, True]
    body["people"].pop()
    (await ours.officer.http.post(APPLY, json=body)).raise_for_status()
    (case,) = await cases_in(rt)
    assert (case.talent_id, case.name_hint) == (mine, "张**")
    # Somebody else's record is not found by a number, whoever knows it.
    await apply(ours, LI, word="foreign")
    assert {row.talent_id for row in await cases_in(rt)} == {mine, None}


async def test_the_list_of_people_comes_back_from_a_workbook(ours: House) -> None:
    http = ours.officer.http
    form = (await http.get(f"/api/unit/items/{ITEM.key}/form.xlsx")).raise_for_status().content
    book = load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert str(sheet.cell(2, heads.index("工作年限") + 1).value).endswith("（不适用时不填）")
    titles = {"人才类别": "国家级人才", "姓名": "张建国", "证件号码": ZHANG["paper"], "手机号": 13800138000}
    titles |= {"所在市": "济南市", "取得年份": 2019, "主要成果": "两项省级成果"}
    # Typed as a figure, an ID number has lost its last digits, whatever else it looks like.
    figure = {"证件号码": int(LI["paper"])}
    rows = ((4, titles), (2500, titles | {"姓名": "李晓梅", "手机号": "12"}), (2501, titles | figure))
    for row, values in rows:
        for column, head in enumerate(heads, start=1):
            sheet.cell(row, column).value = values.get(str(head))
    out = io.BytesIO()
    book.save(out)
    read = await http.post(f"/api/unit/items/{ITEM.key}/form", content=out.getvalue())
    good, bad, lost = read.raise_for_status().json()["people"]
    assert (good["row"], good["faults"]) == (4, [])
    assert bad["row"] == 2500
    assert {fault["field"] for fault in bad["faults"]} >= {"phone"}
    assert {fault["field"] for fault in lost["faults"]} == {"paper"} and LI["paper"] not in str(lost)
    sent = await http.post(APPLY, json=application(good["values"], word="book"))
    assert sent.status_code == 201


def spoilt() -> bytes:
    """A workbook whose sheet is cut off in the middle."""
    whole = io.BytesIO()
    Workbook().save(whole)
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "not_a_workbook"),
        (b"PK\x03\x04 nothing", "file"),
        (b"<html>", "not_a_workbook"),
        (spoilt(), "not_a_workbook"),
    ],
    ids=["empty", "broken", "page", "spoilt"],
)
async def test_what_is_no_workbook_is_refused_in_words(ours: House, content: bytes, error: str) -> None:
    answer = await ours.officer.http.post(f"/api/unit/items/{ITEM.key}/form", content=content)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"].startswith(error)


async def test_an_item_of_another_province_is_not_offered(ours: House) -> None:
    far = application(ZHANG) | {"item": "not-here"}
    assert code(await ours.officer.http.post(APPLY, json=far)) == (404, "unknown_item")
    assert [row["key"] for row in (await ours.officer.http.get("/api/unit/items")).json()["rows"]] == [
        ITEM.key
    ]
    assert (
        code(await ours.officer.http.post(APPLY, json=application(ZHANG) | {"request_id": "short"}))[0] == 422
    )
