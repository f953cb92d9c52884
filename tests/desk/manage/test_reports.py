"""Reports against figures worked out by hand, and the workbook read back."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import update

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation.handover_models import HandoverStatus
from bot.desk.manage import parts
from bot.desk.models import Team
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.desk.manage.episodes import at, change, episode
from tests.desk.offices import join

URL = "/api/desk/manage/reports"


async def report(person: Person, first: str = "2026-11-16", last: str = "2026-11-20", **more: Any) -> Any:
    response = await person.http.get(URL, params={"from": first, "to": last, **more})
    return response.raise_for_status().json()


def named(groups: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(group for group in groups if group["key"] == key)


@pytest.fixture
async def week(rt: Runtime, team: str, other_team: str, levels: None, chief: Person) -> dict[str, Any]:
    """Six episodes on two days; the comments say what each is for."""
    lin, zhou = "1" * 32, "2" * 32
    # Served in time, rated 5, handled in 600 s of which 200 on hold.
    first = await episode(rt, at("11-19 09:00"), team=team, staff=lin, wait=60, reply=30, end=600, rating=5)
    await change(rt, first, "hold", before="human", after="on_hold", at=at("11-19 09:03"), version=3)
    until = at("11-19 09:03") + timedelta(seconds=200)
    await change(rt, first, "resume", before="on_hold", after="human", at=until, version=4)
    # Waited too long (target 120 s), returned; asked again 23 h after its end: bounced.
    second = await episode(
        rt,
        at("11-19 10:00"),
        team=team,
        staff=lin,
        wait=180,
        reply=90,
        end=300,
        status=HandoverStatus.RETURNED,
        category="手续代办",
        reason="unanswered",
        rating=1,
    )
    await episode(
        rt,
        second.ended_at + timedelta(hours=23),  # type: ignore[operator]
        team=team,
        staff=zhou,
        wait=20,
        reply=10,
        end=100,
        conversation=second.conversation_id,
        previous_id=second.id,
    )
    # Gave up after two minutes.
    await episode(
        rt,
        at("11-20 09:05"),
        team=team,
        status=HandoverStatus.CANCELLED,
        end=120,
    )
    # A ticket of the other team, called back too late.
    await episode(
        rt,
        at("11-20 00:30"),
        team=other_team,
        region="350500",
        staff=zhou,
        due_at=at("11-20 08:00"),
        end=8.5 * 3600,
    )
    # 23:59 of the 18th in Shanghai is still that day, although it is 15:59 in UTC.
    await episode(rt, at("11-18 23:59"), team=team, staff=lin, wait=10, reply=5, end=50)
    # An offer missed by zhou, then a transfer.
    await change(rt, first, "offer", before="queued", after="offered", at=at("11-19 09:00"), target=zhou)
    await change(rt, first, "expire", before="offered", after="queued", at=at("11-19 09:00"), version=2)
    await change(
        rt, first, "transfer", before="human", after="human", at=at("11-19 09:07"), version=5, target=zhou
    )
    return {"lin": lin, "zhou": zhou}


async def test_every_figure_of_a_week(rt: Runtime, chief: Person, week: dict[str, Any], team: str) -> None:
    found = await report(chief)
    total = found["total"]
    assert (total["requested"], total["served"], total["abandoned"], total["ticketed"]) == (6, 4, 1, 1)
    assert (total["returned"], total["closed"], total["bounced"]) == (1, 4, 1)
    assert (total["transfers"], total["missed"]) == (1, 1)
    # Waits: 10, 20, 60, 180; nearest rank.
    assert total["queue_wait"] == {"median_s": 20, "p90_s": 180}
    assert total["first_reply"] == {"median_s": 10, "p90_s": 90}
    # Handling: 50, 100, 300, 600 - 200.
    assert total["handling"] == {"median_s": 100, "p90_s": 400}
    assert (total["ratings"], total["rating"]) == ([1, 0, 0, 0, 1], 3.0)
    assert total["sla"] == {
        "queue_wait": {"kept": 3, "of": 4},
        "first_reply": {"kept": 3, "of": 4},
        "resolution": {"kept": 4, "of": 4},
        "callback": {"kept": 0, "of": 1},
    }
    assert [(day["key"], day["requested"]) for day in found["by_day"]] == [
        ("2026-11-16", 0),
        ("2026-11-17", 0),
        ("2026-11-18", 1),
        ("2026-11-19", 2),
        ("2026-11-20", 3),
    ]
    assert named(found["by_team"], team)["name"] == "省人才服务组"
    assert [(group["key"], group["requested"]) for group in found["by_category"]] == [
        ("政策咨询", 5),
        ("手续代办", 1),
    ]
    assert named(found["by_reason"], "unanswered")["requested"] == 1
    lin, zhou = named(found["by_specialist"], week["lin"]), named(found["by_specialist"], week["zhou"])
    assert (lin["requested"], lin["missed"], lin["rating"]) == (3, 0, 3.0)
    assert (zhou["requested"], zhou["missed"]) == (2, 1)


async def test_filters_leave_out_the_rest(chief: Person, week: dict[str, Any], other_team: str) -> None:
    assert (await report(chief, category="手续代办"))["total"]["requested"] == 1
    assert (await report(chief, team=other_team))["total"]["ticketed"] == 1
    assert (await report(chief, first="2026-11-19", last="2026-11-19"))["total"]["requested"] == 2


async def test_a_lead_counts_the_own_team_and_a_region_its_places(
    app: FastAPI, rt: Runtime, lead: Person, chief: Person, week: dict[str, Any]
) -> None:
    assert (await report(lead))["total"]["requested"] == 5
    quanzhou = await join(app, rt, "quanzhou", Role.SUPERVISOR, team=None, region="350500")
    assert (await report(quanzhou))["total"]["requested"] == 1
    assert (await report(chief))["total"]["requested"] == 6


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-20", "2026-11-19"), ("2025-11-19", "2026-11-20"), ("1800-01-01", "1800-01-02")],
)
async def test_a_senseless_range_is_refused(chief: Person, first: str, last: str) -> None:
    answer = await chief.http.get(URL, params={"from": first, "to": last})
    assert answer.status_code == 422


async def test_a_whole_year_may_be_asked_for(chief: Person) -> None:
    found = await report(chief, first="2025-11-20", last="2026-11-20")
    assert len(found["by_day"]) == 366
    assert found["total"]["queue_wait"] == {"median_s": None, "p90_s": None}


async def test_the_workbook_has_typed_cells_and_no_formulas(
    rt: Runtime, chief: Person, week: dict[str, Any], team: str
) -> None:
    async with rt.db.write() as session:
        await session.execute(update(Team).where(Team.id == team).values(name="=HYPERLINK(1)\x07组"))
        await session.execute(update(StaffAccount).values(name="@SUM(1+1)"))
    answer = await chief.http.get(f"{URL}.xlsx", params={"from": "2026-11-16", "to": "2026-11-20"})
    assert answer.headers["content-disposition"] == (
        'attachment; filename="huicai-2026-11-16-2026-11-20.xlsx"'
    )
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["概览", "按日", "按班组", "按事项", "按原因", "按专员"]
    summary = book["概览"]
    row = dict(
        zip(
            (cell.value for cell in summary[1]),
            (cell.value for cell in summary[2]),
            strict=True,
        )
    )
    assert (row["请求数"], row["放弃数"], row["排队中位数（分钟）"]) == (6, 1, 0.3)
    assert (row["排队达标率"], row["回电达标率"], row["平均评分"]) == (0.75, 0, 3)
    assert summary.cell(2, list(row).index("排队达标率") + 1).number_format == "0.0%"
    assert row["请求日期"] == "2026-11-16 至 2026-11-20"
    assert [cell.value for cell in book["按原因"]["A"]] == [
        "转人工原因",
        "主动找人工",
        "助手未能解答",
        "合计",
    ]
    teams = book["按班组"]
    assert teams["A1"].value == "班组"
    hostile = next(cell for cell in teams["A"] if "HYPERLINK" in str(cell.value))
    assert (hostile.value, hostile.data_type) == ("=HYPERLINK(1)组", "s")
    assert hostile.quotePrefix
    days = book["按日"]
    assert [cell.value for cell in days["A"]][-2:] == ["2026-11-20", "合计"]
    assert not any(cell.data_type == "f" for sheet in book for cells in sheet.iter_rows() for cell in cells)


async def test_reports_are_for_those_who_may_see_them(app: FastAPI, rt: Runtime, team: str) -> None:
    person = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    answer = await person.http.get(f"{URL}.xlsx", params={"from": "2026-11-16", "to": "2026-11-20"})
    assert code(answer) == (403, "not_allowed")


async def test_what_the_talent_no_longer_wanted_in_time_is_not_judged_and_what_came_too_late_is(
    rt: Runtime, chief: Person, team: str, levels: None
) -> None:
    cancelled = HandoverStatus.CANCELLED
    day = at("11-19 09:00")
    # Gave up within the two minutes promised, and long after them.
    await episode(rt, day, team=team, status=cancelled, end=90)
    await episode(rt, day, team=team, status=cancelled, end=600)
    # Taken and ended without a word: in half a minute, and after the minute promised for the first one.
    await episode(rt, day, team=team, staff="1" * 32, wait=10, end=30)
    await episode(rt, day, team=team, staff="1" * 32, wait=10, end=300)
    # Call-backs cancelled by the talent before they were due, and after.
    due = day + timedelta(hours=4)
    await episode(rt, day, team=team, status=cancelled, due_at=due, end=600)
    await episode(rt, day, team=team, status=cancelled, due_at=due, end=5 * 3600)
    total = (await report(chief))["total"]
    assert (total["abandoned"], total["ticketed"]) == (2, 2)
    assert total["sla"]["queue_wait"] == {"kept": 2, "of": 3}
    assert total["sla"]["first_reply"] == {"kept": 0, "of": 1}
    assert total["sla"]["callback"] == {"kept": 0, "of": 1}


async def test_a_talent_called_back_who_asks_again_within_a_day_came_back(
    rt: Runtime, chief: Person, team: str
) -> None:
    called = await episode(rt, at("11-19 09:00"), team=team, due_at=at("11-19 12:00"), end=3600)
    again = at("11-19 15:00")
    talk = called.conversation_id
    await episode(rt, again, team=team, conversation=talk, previous_id=called.id, wait=5, end=60)
    assert (await report(chief))["total"]["bounced"] == 1


async def test_days_and_years_turn_at_midnight_in_shanghai(rt: Runtime, chief: Person, team: str) -> None:
    new_year = at("01-01 00:00")
    await episode(rt, new_year - timedelta(minutes=1), team=team, wait=5, end=60)
    await episode(rt, new_year + timedelta(minutes=1), team=team, wait=5, end=60)
    found = await report(chief, first="2025-12-31", last="2026-01-01")
    assert [(day["key"], day["requested"]) for day in found["by_day"]] == [
        ("2025-12-31", 1),
        ("2026-01-01", 1),
    ]
    assert (await report(chief, first="2026-01-01", last="2026-01-01"))["total"]["requested"] == 1


async def test_parts_read_one_by_one_come_to_the_same(
    rt: Runtime, chief: Person, week: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await report(chief)
    monkeypatch.setattr(parts, "AT_A_TIME", 1)
    assert await report(chief) == whole
