"""Figures of the founding documents' kind, counted within the account's region."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.models import Application, ApplicationPart, PartStatus
from bot.talent.models import Talent, TalentTier
from bot.talent.statistics import region_for, span_of, statistics
from bot.talent.statistics_workbook import workbook_of
from tests.talent.grassroots.people import employer, expert, staff

QUANZHOU = "350500"
NUMBERS = iter(range(1, 1000))


async def applied(rt: Runtime, *, parts: list[dict[str, Any]], **more: Any) -> None:
    now, number = rt.clock.now(), next(NUMBERS)
    application = Application(
        case_no=f"HC20261120-{number:05d}",
        code_hash=f"{number:064d}",
        turn_id=f"{number:032d}",
        created_at=now,
        updated_at=now,
        **more,
    )
    async with rt.db.write() as session:
        session.add(application)
        await session.flush()
        for one in parts:
            plain = {
                "item_version": 1,
                "status": PartStatus.DONE,
                "region": "350502",
                "sealed": b"",
                "created_at": now,
                "updated_at": now,
            }
            session.add(ApplicationPart(application_id=application.id, **(plain | one)))


async def figures(rt: Runtime, region: str = QUANZHOU, first: date = date(2026, 1, 1)) -> dict[str, Any]:
    return await statistics(
        rt, span=span_of(first=first, last=date(2026, 12, 31), region=region), items={"qz-school": "子女就学"}
    )


@pytest.fixture
async def counted(rt: Runtime) -> Runtime:
    one, two = await employer(rt, "甲公司", "350502"), await employer(rt, "乙公司", "350582")
    zhang = await expert(rt, "张样例", region="350502", industry="石化")
    li = await expert(rt, "李样例", region="350582", industry="教育")
    recognised = {"item": "qz-recognition", "decision": "通过"}
    await applied(
        rt,
        talent_id=zhang,
        employer_id=one,
        parts=[recognised, {"item": "qz-school", "decision": "通过", "facts": {"kind": "primary"}}],
    )
    await applied(
        rt,
        talent_id=zhang,
        employer_id=one,
        parts=[{"item": "qz-school", "decision": "通过", "facts": {"kind": "primary"}}],
    )
    await applied(
        rt,
        talent_id=li,
        employer_id=two,
        parts=[
            {
                "item": "qz-recognition",
                "region": "350582",
                "status": PartStatus.RETURNED,
                "decision": "不予通过",
            }
        ],
    )
    await applied(
        rt,
        phone_fingerprint="f" * 64,
        parts=[{"item": "qz-school", "status": PartStatus.SUBMITTED, "facts": {"kind": "exam"}}],
    )
    await applied(rt, talent_id=zhang, parts=[recognised | {"region": "370102"}])  # another province
    async with rt.db.write() as session:
        for scheme, tier in (("quanzhou-2021", "第三层次"), ("quanzhou-2017", "第三层次")):
            session.add(TalentTier(talent_id=zhang, scheme=scheme, tier=tier, valid_from=date(2026, 3, 1)))
        session.add(
            TalentTier(talent_id=li, scheme="quanzhou-2021", tier="第五层次", valid_from=date(2025, 3, 1))
        )
    return rt


async def test_units_people_and_grants(counted: Runtime) -> None:
    found = await figures(counted)
    assert found["total"] == {
        "employers": 2,
        "applicants": 3,
        "applications": 4,
        "parts": 5,
        "approved_parts": 3,
        "approved_people": 1,
        "recognised": 1,
        "cards": 0,
    }
    assert found["by_tier"] == [
        {"scheme": scheme, "scheme_name": name, "tier": "第三层次", "recognised": 1}
        for scheme, name in (
            ("quanzhou-2017", "泉州市高层次人才（2017版）"),
            ("quanzhou-2021", "泉州市高层次人才（2021版）"),
        )
    ]
    assert [(row["region_name"], row["applicants"], row["approved"]) for row in found["by_region"]] == [
        ("鲤城区", 2, 3),
        ("晋江市", 1, 0),
    ]
    assert {row["industry"]: row["applicants"] for row in found["by_industry"]} == {
        "石化": 1,
        "教育": 1,
        "未登记": 1,
    }
    assert found["by_month"] == [{"month": "2026-11", "applicants": 3, "approved": 3}]
    assert {row["item"]: (row["parts"], row["approved"], row["returned"]) for row in found["by_item"]} == {
        "qz-school": (3, 2, 0),
        "qz-recognition": (2, 1, 1),
    }


async def test_children_by_kind_count_places_granted(counted: Runtime) -> None:
    placed = {row["title"]: row["placed"] for row in (await figures(counted))["children"]}
    assert placed["小学"] == 2
    assert sum(placed.values()) == 2  # what is only asked for is no place


async def test_only_what_stands_is_granted_and_only_a_given_place_is_placed(rt: Runtime) -> None:
    states = (
        PartStatus.PUBLICITY,
        PartStatus.OBJECTED,
        PartStatus.WITHDRAWN,
        PartStatus.ISSUING,
        PartStatus.DONE,
    )
    for status in states:
        part = {"item": "qz-school", "status": status, "decision": "通过", "facts": {"kind": "primary"}}
        await applied(rt, phone_fingerprint=str(status), parts=[part])
    found = await figures(rt)
    assert (found["total"]["approved_parts"], found["total"]["approved_people"]) == (2, 2)
    assert [(row["approved"], row["returned"]) for row in found["by_item"]] == [(2, 1)]
    assert sum(row["placed"] for row in found["children"]) == 1


async def test_a_province_is_shown_by_city_and_nothing_else_of_the_country(counted: Runtime) -> None:
    assert [row["region_name"] for row in (await figures(counted, "350000"))["by_region"]] == ["泉州市"]
    assert (await figures(counted, "370000"))["total"]["parts"] == 1
    assert region_for(staff(region=QUANZHOU), "370000") == QUANZHOU
    assert region_for(staff(region=QUANZHOU), "350582") == "350582"


async def test_outside_the_span_nothing_counts(counted: Runtime) -> None:
    found = await statistics(
        counted,
        span=span_of(first=date(2025, 1, 1), last=date(2026, 11, 19), region=QUANZHOU),
        items={},
    )
    assert found["total"]["parts"] == 0
    assert found["total"]["recognised"] == 2
    with pytest.raises(Refusal):
        span_of(first=date(2026, 2, 1), last=date(2026, 1, 1), region=QUANZHOU)


async def test_the_workbook_holds_every_figure(counted: Runtime) -> None:
    book = load_workbook(BytesIO(workbook_of(await figures(counted))))
    assert book.sheetnames == ["总数", "按层次", "按地区", "按产业", "按月", "按事项", "子女入学", "年度计划"]
    totals = {row[0]: row[1] for row in book["总数"].iter_rows(values_only=True)}
    items = [row[0] for row in book["按事项"].iter_rows(values_only=True)]
    assert items == ["名称", "子女就学", "qz-recognition"]
    assert (totals["申报单位（家）"], totals["申报人数（人）"], totals["已通过事项（件）"]) == (2, 3, 3)
    assert "说明" not in totals
    async with counted.db.write() as session:
        await session.execute(update(Talent).where(Talent.region.startswith("35")).values(sample=True))
    # Who reads the figures is told that fictitious people are among them; elsewhere there are none.
    assert not (await figures(counted, "370000"))["sample"]
    told = load_workbook(BytesIO(workbook_of(await figures(counted))))["总数"]
    assert "样例" in {row[0]: str(row[1]) for row in told.iter_rows(values_only=True)}["说明"]
