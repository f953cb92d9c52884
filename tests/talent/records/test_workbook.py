"""Talents in and out as workbooks: every fault at once, a dry run that stores nothing, all rows or none."""

import io
import zipfile
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import workbook
from bot.talent.models import Assignment, Card, Talent, TalentChange, TalentTier
from bot.talent.places import region_code
from bot.talent.workbook import COLUMNS, heading, read
from tests.accounts.staff_app import Person, code
from tests.talent.records.people import PHONE, account, employer, id_of, seat, signed_in, talent

PATH = "/api/office/talents/import"
LIXIA = "370102"
FEW = 20


def sheet(*rows: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "人才"
    page.append([heading(column) for column in columns])
    for row in rows:
        page.append([row.get(column) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"name": f"张{number}", "id_number": id_of(number), "education": "博士", "region": "历下区"} | more


async def send(office: Person, data: bytes, *, dry_run: bool = True) -> Any:
    return await office.http.post(PATH, params={"dry_run": dry_run}, content=data)


async def counted(rt: Runtime) -> tuple[int, ...]:
    async with rt.db.read() as session:
        tables = (Talent, TalentTier, Card, Assignment, TalentChange)
        return tuple([await session.scalar(select(func.count()).select_from(one)) or 0 for one in tables])


async def test_a_dry_run_tells_all_and_stores_nothing(office: Person, rt: Runtime, departments: None) -> None:
    unit = await employer(rt, "甲单位")
    lin = await account(rt, "lin", Role.SPECIALIST)
    await seat(rt, lin.id)
    old = await talent(rt, "张1", 1, title="工程师")
    same = await talent(rt, "张2", 2)
    data = sheet(
        person(1, title="高级工程师"),
        person(2),
        person(
            3,
            phone="16400009003",
            employer="甲单位",
            fields="先进制造、智能制造",
            departments="泉州市教育局",
            fulltime="是",
            birth_year=1980,
            arrived_on="2025-03-01",
            scheme="泉州市高层次人才（2021版）",
            tier="第三层次",
            tier_from="2025-06-01",
            card="鲁H3",
            card_from="2024-01-01",
        ),
    )
    before = await counted(rt)
    report = (await send(office, data)).json()
    summary = {name: report[name] for name in ("imported", "new", "updated", "unchanged", "error_count")}
    expected = {"new": 1, "updated": 1, "unchanged": 1, "error_count": 0}
    assert summary == expected | {"imported": False}
    assert await counted(rt) == before
    report = (await send(office, data, dry_run=False)).json()
    assert {name: report[name] for name in summary} == expected | {"imported": True}
    async with rt.db.read() as session:
        made = await session.scalar(select(Talent).where(Talent.name == "张3"))
        assert made is not None
        assert (made.employer_id, made.region, made.fulltime) == (unit, LIXIA, True)
        assert (made.fields, made.departments) == (["先进制造", "智能制造"], ["qz-jyj"])
        changed, kept = await session.get_one(Talent, old.id), await session.get_one(Talent, same.id)
        assert (changed.title, changed.revision, kept.revision) == ("高级工程师", 2, 1)
        tier = await session.scalar(select(TalentTier).where(TalentTier.talent_id == made.id))
        card = await session.scalar(select(Card).where(Card.talent_id == made.id))
        assert tier is not None and (tier.scheme, str(tier.valid_to)) == ("quanzhou-2021", "2031-05-31")
        assert card is not None and (card.number, str(card.valid_to)) == ("鲁H3", "2028-12-31")
        assert (await session.get_one(Assignment, made.id)).staff_id == lin.id
        noted = await session.scalar(select(AuditEntry).where(AuditEntry.action == "talent.import"))
        assert noted is not None and noted.detail == {"new": 1, "updated": 1}
    again = (await send(office, data, dry_run=False)).json()
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 3), "the same file changes nothing"


async def test_every_fault_of_every_row_is_told_and_nothing_is_imported(
    office: Person, rt: Runtime, departments: None
) -> None:
    await talent(rt, "李四", 9)
    async with rt.db.write() as session:
        (holder,) = await session.scalars(select(Talent))
        session.add(
            Card(
                talent_id=holder.id,
                number="鲁H9",
                status="有效",
                valid_from=rt.clock.now().date(),
                updated_at=rt.clock.now(),
            )
        )
    data = sheet(
        person(1),
        {"name": "无证", "gender": "未知", "fulltime": "对", "birth_year": "八五年"},
        person(2, id_number="100000198001010011", phone="123", email="x", region="市中区"),
        person(1),
        person(3, employer="没有的单位", departments="没有的部门", graduated_on="去年"),
        person(4, id_number=10000019800101004, title="=1+1"),
        person(5, scheme="泉州市高层次人才（2017版）", tier="第六层次", tier_from="2018-01-01"),
        person(6, card="鲁H9", card_from="2024-01-01"),
        person(7, title="长" * 40),
        person(8, scheme="泉州市高层次人才（2017版）"),
        person(9, card_to="2028-12-31"),
    )
    before = await counted(rt)
    report = (await send(office, data, dry_run=False)).json()
    assert not report["imported"] and await counted(rt) == before
    found = {(one["row"], one["column"]) for one in report["errors"]}
    assert found == {
        (3, "证件号码"),
        (3, "学历"),
        (3, "地区"),
        (3, "性别"),
        (3, "全职"),
        (3, "出生年份"),
        (4, "证件号码"),
        (4, "手机号"),
        (4, "邮箱"),
        (4, "地区"),
        (5, "证件号码"),
        (6, "用人单位"),
        (6, "共享部门"),
        (6, "毕业日期"),
        (7, "证件号码"),
        (7, "职称"),
        (8, "人才层次"),
        (9, "惠才卡号"),
        (10, "职称"),
        (11, "认定办法"),
        (12, "惠才卡号"),
    }
    assert all(one["problem"] for one in report["errors"])
    told = {(one["row"], one["column"]): one["problem"] for one in report["errors"]}
    assert "第 2 行" in told[5, "证件号码"] and "文本" in told[7, "证件号码"]


async def test_an_import_stays_within_the_accounts_region(app: FastAPI, rt: Runtime) -> None:
    hidden = await talent(rt, "张丰泽", 1, region="350503")
    clerk = await signed_in(app, rt, "jinan", Role.BACK_OFFICE, region="370100")
    data = sheet(person(1, title="改名"), person(2, region="青岛市"))
    report = (await send(clerk, data, dry_run=False)).json()
    assert {(one["row"], one["column"]) for one in report["errors"]} == {(2, "证件号码"), (3, "地区")}
    async with rt.db.read() as session:
        assert (await session.get_one(Talent, hidden.id)).title is None
    await clerk.http.aclose()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: b"name,id\n1,2\n", "not_a_workbook"),
        (lambda: b"PK\x03\x04 no archive", "file_broken"),
        (lambda: sheet(person(1), columns=("name", "region")), "wrong_columns"),
        (lambda: sheet(), "no_rows"),
        (lambda: _bomb(), "file_too_large"),
        (lambda: _broken(), "not_a_workbook"),
        (lambda: sheet(*(person(1) for _ in range(FEW + 1))), "too_many_rows"),
    ],
    ids=["text", "no archive", "columns", "empty", "bomb", "broken", "too many"],
)
def test_what_is_no_such_workbook_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, make: Any, expected: str
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", FEW)
    with pytest.raises(Refusal) as refused:
        read(make())
    assert refused.value.code == expected and refused.value.message


def _rewritten(change: Any) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(person(1)))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def _bomb() -> bytes:
    padding = b" " * (60 * 1024 * 1024)
    return _rewritten(lambda name, data: data + padding if name == "xl/workbook.xml" else data)


def _broken() -> bytes:
    return _rewritten(lambda name, data: data[:40] if name.startswith("xl/worksheets/") else data)


async def test_the_export_masks_unless_one_may_and_asks_and_holds_no_formula(
    app: FastAPI, office: Person, rt: Runtime
) -> None:
    await talent(rt, '=HYPERLINK("http://x")', 1, title="+1", position="@x", school="-2")
    got = await office.http.get("/api/office/talents/export.xlsx")
    assert got.headers["cache-control"] == "private, no-store"
    for row in load_workbook(io.BytesIO(got.content)).worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "inlineStr", "n")
            assert cell.data_type == "n" or cell.quotePrefix, cell.value
    plain = str(list(load_workbook(io.BytesIO(got.content)).worksheets[0].values))
    assert id_of(1) not in plain and PHONE not in plain and "164****9001" in plain
    clear = await office.http.get("/api/office/talents/export.xlsx", params={"clear": True})
    text = str(list(load_workbook(io.BytesIO(clear.content)).worksheets[0].values))
    assert id_of(1) in text and PHONE in text
    async with rt.db.read() as session:
        noted = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "talent.export")))
    assert [entry.detail for entry in noted] == [{"rows": 1, "clear": False}, {"rows": 1, "clear": True}]
    front = await signed_in(app, rt, "qiantai", Role.FRONT_DESK)
    assert code(await front.http.get("/api/office/talents/export.xlsx")) == (403, "not_allowed")
    await front.http.aclose()


async def test_the_empty_workbook_and_a_clear_export_can_be_imported(office: Person, rt: Runtime) -> None:
    await talent(rt, "张一", 1, title="工程师", fields=["海洋"], top_school=True)
    empty = (await office.http.get("/api/office/talents/template.xlsx")).content
    book = load_workbook(io.BytesIO(empty))
    assert [cell.value for cell in book.worksheets[0][1]] == [heading(column) for column in COLUMNS]
    assert code(await send(office, empty)) == (422, "no_rows")
    clear = await office.http.get("/api/office/talents/export.xlsx", params={"clear": True})
    report = (await send(office, clear.content, dry_run=False)).json()
    assert (report["unchanged"], report["error_count"]) == (1, 0)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("历下区", LIXIA),
        ("济南市历下区", LIXIA),
        ("山东省济南市历下区", LIXIA),
        ("济南市市中区", "370103"),
        ("市中区", None),
        ("山东省历下区", None),
        ("火星", None),
    ],
)
def test_a_place_is_known_by_its_name_and_those_it_lies_in(written: str, code: str | None) -> None:
    assert region_code(written) == code
