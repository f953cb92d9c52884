"""Settings: each change audited, nobody overwritten, nobody beyond their region."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.conversation.handover_models import HandoverStatus
from bot.desk.manage.labels import ensure_labels, label_names
from bot.desk.models import WorkCalendar
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.desk.manage.episodes import episode
from tests.desk.offices import join

URL = "/api/desk/manage"


async def got(person: Person, part: str) -> list[dict[str, Any]]:
    answer = (await person.http.get(f"{URL}/{part}")).raise_for_status().json()
    rows: list[dict[str, Any]] = answer[part]
    return rows


async def deeds(rt: Runtime, action: str) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        entries = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return [entry.detail for entry in await session.scalars(entries)]


@pytest.fixture
async def regional(app: FastAPI, rt: Runtime) -> Person:
    return await join(app, rt, "shandong", Role.SUPERVISOR, team=None, region="370000")


@pytest.fixture
def calendar() -> dict[str, Any]:
    return {"name": "白班", "week": {"1": [["08:30", "12:00"], ["13:30", "17:30"]]}, "days": {}}


async def test_a_team_is_made_changed_and_its_change_logged(rt: Runtime, chief: Person, team: str) -> None:
    (row,) = await got(chief, "teams")
    body = {key: row[key] for key in ("name", "region", "categories", "calendar_id", "queue_limit", "active")}
    new = await chief.http.post(f"{URL}/teams", json=body | {"name": "青岛组", "region": "370200"})
    assert new.status_code == 201
    assert code(await chief.http.post(f"{URL}/teams", json=body)) == (409, "name_taken")
    changed = body | {"queue_limit": 7, "name": "改名组", "updated_at": row["updated_at"]}
    assert (await chief.http.put(f"{URL}/teams/{team}", json=changed)).json()["queue_limit"] == 7
    assert (await deeds(rt, "settings.team"))[-1] == {"changed": {"queue_limit": [50, 7], "name": None}}


async def test_who_edits_an_old_copy_is_refused(
    rt: Runtime, chief: Person, team: str, clock: MovedClock
) -> None:
    (row,) = await got(chief, "teams")
    body = {key: value for key, value in row.items() if key != "id"}
    clock.advance(seconds=1)
    first = await chief.http.put(f"{URL}/teams/{team}", json=body | {"queue_limit": 1})
    assert first.status_code == 200
    late = await chief.http.put(f"{URL}/teams/{team}", json=body | {"queue_limit": 2})
    assert code(late) == (409, "changed_meanwhile")
    assert (await got(chief, "teams"))[0]["queue_limit"] == 1


async def test_a_team_with_open_chats_stays_open(rt: Runtime, chief: Person, team: str) -> None:
    await episode(rt, rt.clock.now(), team=team, status=HandoverStatus.TICKETED)
    (row,) = await got(chief, "teams")
    body = {key: value for key, value in row.items() if key != "id"} | {"active": False}
    assert code(await chief.http.put(f"{URL}/teams/{team}", json=body)) == (409, "team_busy")


async def test_settings_end_at_the_region(
    rt: Runtime, regional: Person, chief: Person, team: str, other_team: str, levels: None
) -> None:
    assert [row["id"] for row in await got(regional, "teams")] == [team]
    far = next(row for row in await got(chief, "teams") if row["id"] == other_team)
    body = {key: value for key, value in far.items() if key != "id"}
    answer = await regional.http.put(f"{URL}/teams/{other_team}", json=body | {"region": "370000"})
    assert code(answer) == (403, "out_of_reach")
    answer = await regional.http.post(f"{URL}/teams", json=body | {"name": "越界组", "updated_at": None})
    assert code(answer) == (403, "out_of_reach")
    level = {
        "queue_wait_s": 60,
        "first_reply_s": 60,
        "resolution_s": 600,
        "callback_s": 600,
        "warn_percent": 50,
    }
    for place, expected in ((team, 200), (other_team, 403), ("default", 403)):
        assert (await regional.http.put(f"{URL}/levels/{place}", json=level)).status_code == expected
    for path, new in (("labels", {"name": "新标签"}), ("phrases", {"title": "好", "text": "您好"})):
        assert code(await regional.http.post(f"{URL}/{path}", json=new)) == (403, "out_of_reach")
    trigger = {"enabled": False, "connect": False, "threshold": None, "words": []}
    answer = await regional.http.put(f"{URL}/triggers/guide", json=trigger)
    assert code(answer) == (403, "out_of_reach")


async def test_a_calendar_of_others_is_not_changed(
    rt: Runtime, regional: Person, chief: Person, team: str, other_team: str
) -> None:
    far = next(row for row in await got(chief, "calendars") if row["name"].startswith("泉州"))
    body = {key: far[key] for key in ("name", "week", "days", "public_holidays", "updated_at")}
    path = f"{URL}/calendars/{far['id']}"
    assert code(await regional.http.put(path, json=body)) == (403, "out_of_reach")
    assert (await chief.http.put(path, json=body)).status_code == 200


async def test_a_calendar_tells_its_next_two_weeks(
    chief: Person, calendar: dict[str, Any], clock: MovedClock
) -> None:
    clock.moment = clock.moment.replace(month=9, day=25)  # a Friday before 中秋 and 国庆
    week = {str(day): [["09:00", "17:00"]] for day in range(1, 6)}
    days = {"2026-09-29": []}
    body = calendar | {"week": week, "days": days}
    preview = (await chief.http.post(f"{URL}/calendars/preview", json=body)).raise_for_status().json()
    found = {day["date"]: (day["kind"], day["name"], bool(day["ranges"])) for day in preview["days"]}
    assert len(found) == 14
    assert found["2026-09-25"] == ("holiday", "中秋", False)
    assert found["2026-09-28"] == ("plain", None, True)
    assert found["2026-09-29"] == ("own", None, False)
    assert found["2026-10-01"] == ("holiday", "国庆节", False)
    assert found["2026-10-08"] == ("plain", None, True)
    assert preview["unknown_years"] == []
    clock.moment = clock.moment.replace(month=11, day=20)
    preview = (await chief.http.post(f"{URL}/calendars/preview", json=body)).json()
    assert preview["unknown_years"] == [2027]
    body["public_holidays"] = False
    preview = (await chief.http.post(f"{URL}/calendars/preview", json=body)).json()
    assert preview["unknown_years"] == []


@pytest.mark.parametrize(
    "ranges", [[["12:00", "08:00"]], [["24:30", "24:40"]], [["8:30", "12:00"]], [["08:30"]], "x"]
)
async def test_hours_that_mean_nothing_are_refused(
    rt: Runtime, chief: Person, calendar: dict[str, Any], ranges: Any
) -> None:
    answer = await chief.http.post(f"{URL}/calendars", json=calendar | {"week": {"1": ranges}})
    assert answer.status_code == 422
    days = await chief.http.post(f"{URL}/calendars", json=calendar | {"days": {"2026-02-30": []}})
    assert code(days) == (422, "invalid_hours")
    async with rt.db.read() as session:
        assert "白班" not in [row.name for row in await session.scalars(select(WorkCalendar))]


async def test_a_seat_is_set_up_with_its_place_of_work(
    app: FastAPI, rt: Runtime, chief: Person, team: str, clock: MovedClock
) -> None:
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=None)
    await join(app, rt, "bianji", Role.EDITOR, team=None)
    rows = {row["staff_id"]: row for row in await got(chief, "seats")}
    assert set(rows) == {lin.id, chief.id}
    body = {
        "level": "市",
        "kind": "用人单位",
        "categories": ["政策咨询"],
        "languages": ["en"],
        "skills": ["博士后"],
        "capacity": 3,
        "region": "370200",
        "team_id": team,
        "updated_at": rows[lin.id]["updated_at"],
    }
    path = f"{URL}/seats/{lin.id}"
    clock.advance(seconds=1)
    saved = (await chief.http.put(path, json=body)).raise_for_status().json()
    assert (saved["set_up"], saved["level"], saved["team_id"], saved["region"]) == (
        True,
        "市",
        team,
        "370200",
    )
    assert code(await chief.http.put(path, json=body)) == (409, "changed_meanwhile")
    body["updated_at"] = saved["updated_at"]
    assert code(await chief.http.put(path, json=body | {"team_id": "0" * 32})) == (422, "unknown_team")
    clock.advance(seconds=1)
    assert (await chief.http.put(path, json=body | {"capacity": 4})).json()["capacity"] == 4
    assert (await deeds(rt, "settings.seat"))[-1] == {"changed": {"capacity": [3, 4]}}


async def test_a_team_goes_by_its_own_levels_until_they_are_dropped(
    rt: Runtime, chief: Person, team: str, levels: None
) -> None:
    body = {
        "queue_wait_s": 60,
        "first_reply_s": 60,
        "resolution_s": 600,
        "callback_s": 600,
        "warn_percent": 50,
    }
    path = f"{URL}/levels/{team}"
    made = (await chief.http.put(path, json=body)).raise_for_status().json()
    assert code(await chief.http.put(path, json=body)) == (409, "changed_meanwhile")
    again = await chief.http.put(path, json=body | {"updated_at": made["updated_at"], "warn_percent": 60})
    assert again.status_code == 200
    assert (await chief.http.delete(path)).status_code == 204
    assert [row["team_id"] for row in await got(chief, "levels")] == [""]


async def test_a_trigger_is_changed_once_per_look(rt: Runtime, chief: Person, clock: MovedClock) -> None:
    rule = next(row for row in await got(chief, "triggers") if row["key"] == "sensitive")
    body = {key: rule[key] for key in ("enabled", "connect", "threshold", "words", "updated_at")}
    path = f"{URL}/triggers/sensitive"
    clock.advance(seconds=1)
    saved = await chief.http.put(path, json=body | {"threshold": 70, "words": ["信访", "举报"]})
    assert (saved.json()["threshold"], saved.json()["updated_by_name"]) == (70, chief.name)
    assert code(await chief.http.put(path, json=body)) == (409, "changed_meanwhile")
    assert code(await chief.http.put(f"{URL}/triggers/none", json=body)) == (404, "no_such_trigger")
    (logged,) = await deeds(rt, "settings.trigger")
    assert "信访" not in str(logged)
    assert logged["changed"]["threshold"] == [None, 70]


async def test_labels_keep_their_order_and_leave_the_offer_when_closed(rt: Runtime, chief: Person) -> None:
    await ensure_labels(rt)
    await ensure_labels(rt)
    rows = await got(chief, "labels")
    assert [row["name"] for row in rows][:3] == ["政策咨询", "人才认定", "补贴发放"]
    off = {"name": rows[0]["name"], "active": False, "updated_at": rows[0]["updated_at"]}
    assert (await chief.http.put(f"{URL}/labels/{rows[0]['id']}", json=off)).status_code == 200
    assert code(await chief.http.post(f"{URL}/labels", json={"name": " 落户 "})) == (409, "name_taken")
    async with rt.db.read() as session:
        assert (await label_names(session))[0] == "人才认定"


async def test_shared_phrases_are_kept_here_and_own_ones_are_not(
    app: FastAPI, rt: Runtime, chief: Person, team: str
) -> None:
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    mine = await lin.http.post("/api/desk/phrases", json={"title": "自己的", "text": "您好"})
    assert mine.status_code < 300
    made = await chief.http.post(
        f"{URL}/phrases", json={"title": "问候", "text": "您好，我是{专员}。", "team_id": team}
    )
    assert made.status_code == 201
    assert [row["title"] for row in await got(chief, "phrases")] == ["问候"]
    own = mine.json().get("id") or mine.json()["phrase"]["id"]
    assert code(await chief.http.delete(f"{URL}/phrases/{own}")) == (404, "not_found")
    assert (await chief.http.delete(f"{URL}/phrases/{made.json()['id']}")).status_code == 204
