"""Keeping accounts with roles, region and team; and reading the audit log."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from bot.accounts.audit_log import action_title
from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.accounts.service import audit, deactivate
from bot.conversation.control_rules import ControlEvent
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.texts import sentence
from tests.accounts.staff_app import Person, at_work, code, hire
from tests.conftest import MovedClock
from tests.desk.offices import found_team
from tests.desk.talents import Talent

ACCOUNTS = "/api/staff/accounts"
AUDIT = "/api/staff/audit"


@pytest.fixture
async def boss(app: FastAPI, rt: Runtime) -> Person:
    return await at_work(app, rt, "guanli", Role.ADMINISTRATOR)


async def place(rt: Runtime, staff_id: str, region: str) -> None:
    async with rt.db.write() as session:
        await session.execute(update(StaffAccount).where(StaffAccount.id == staff_id).values(region=region))


async def account(person: Person, account_id: str) -> dict[str, Any]:
    rows = (await person.http.get(ACCOUNTS)).raise_for_status().json()["accounts"]
    found: dict[str, Any] = next(row for row in rows if row["id"] == account_id)
    return found


def body_of(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("name", "roles", "region", "team_id", "updated_at")}


async def entries(person: Person, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        (await person.http.get(AUDIT, params=query)).raise_for_status().json()["entries"]
    )
    return found


async def test_an_account_is_made_with_its_place_of_work_and_moved(
    rt: Runtime, boss: Person, clock: MovedClock
) -> None:
    team = await found_team(rt, "省人才服务组")
    new = {"username": "zhouning", "name": "周宁", "roles": ["lead"], "region": "370200", "team_id": team}
    assert code(await boss.http.post(ACCOUNTS, json=new | {"team_id": "0" * 32})) == (422, "unknown_team")
    made = (await boss.http.post(ACCOUNTS, json=new)).raise_for_status().json()["account_id"]
    row = await account(boss, made)
    assert (row["region"], row["team_id"], row["roles"]) == ("370200", team, ["lead"])

    clock.advance(seconds=1)
    changed = body_of(row) | {"roles": ["specialist", "lead"], "region": "370000", "name": "周宁二"}
    saved = (await boss.http.put(f"{ACCOUNTS}/{made}", json=changed)).raise_for_status().json()
    assert (saved["roles"], saved["region"], saved["name"]) == (["lead", "specialist"], "370000", "周宁二")
    assert code(await boss.http.put(f"{ACCOUNTS}/{made}", json=changed)) == (409, "changed_meanwhile")
    (logged,) = await entries(boss, action="staff.edit")
    assert logged["detail"]["changed"] == {
        "roles": [["lead"], ["lead", "specialist"]],
        "region": ["370200", "370000"],
        "name": None,
    }
    assert (logged["title"], logged["subject_name"]) == ("修改账号", "周宁二")
    (created,) = await entries(boss, action="staff.create", subject=made)
    assert created["names"] == {team: "省人才服务组"}  # ids in the detail are told by name


async def test_new_rights_count_from_the_next_request(app: FastAPI, rt: Runtime, boss: Person) -> None:
    person = await at_work(app, rt, "linxiao", Role.EDITOR)
    assert (await person.http.get(AUDIT)).status_code == 403
    row = body_of(await account(boss, person.id)) | {"roles": ["administrator"]}
    await boss.http.put(f"{ACCOUNTS}/{person.id}", json=row)
    assert (await person.http.get(AUDIT)).status_code == 200


async def test_nobody_changes_their_own_roles(rt: Runtime, boss: Person) -> None:
    row = body_of(await account(boss, boss.id))
    more = row | {"roles": ["administrator", "lead"]}
    assert code(await boss.http.put(f"{ACCOUNTS}/{boss.id}", json=more)) == (409, "own_account")
    renamed = await boss.http.put(f"{ACCOUNTS}/{boss.id}", json=row | {"name": "何平二"})
    assert renamed.json()["name"] == "何平二"


async def test_an_administrator_of_a_region_stays_in_it(app: FastAPI, rt: Runtime, boss: Person) -> None:
    here = await at_work(app, rt, "shandong", Role.ADMINISTRATOR)
    near, far = await hire(rt, "qingdao", Role.SPECIALIST), await hire(rt, "quanzhou", Role.SPECIALIST)
    for staff_id, region in ((here.id, "370000"), (near, "370200"), (far, "350500")):
        await place(rt, staff_id, region)
    seen = {row["id"] for row in (await here.http.get(ACCOUNTS)).json()["accounts"]}
    assert seen == {here.id, near}
    theirs = body_of(await account(boss, far))
    for answer in (
        await here.http.put(f"{ACCOUNTS}/{far}", json=theirs | {"region": "370000"}),
        await here.http.put(
            f"{ACCOUNTS}/{near}", json=body_of(await account(boss, near)) | {"region": "000000"}
        ),
        await here.http.post(f"{ACCOUNTS}/{far}/reset-password"),
        await here.http.post(f"{ACCOUNTS}/{far}/deactivate"),
        await here.http.post(ACCOUNTS, json={"username": "neu", "name": "新", "roles": ["lead"]}),
    ):
        assert code(answer) == (403, "out_of_reach")
    assert (await here.http.post(f"{ACCOUNTS}/{near}/reset-password")).status_code == 200
    assert {row["staff_name"] for row in await entries(here)} == {here.name}


async def test_nobody_is_put_into_a_team_of_a_place_the_administrator_does_not_keep(
    app: FastAPI, rt: Runtime, boss: Person
) -> None:
    """A lead of that team would see its talks."""
    here = await at_work(app, rt, "shandong", Role.ADMINISTRATOR)
    await place(rt, here.id, "370000")
    theirs = await found_team(rt, "泉州服务组", region="350500")
    new = {"username": "xinren", "name": "新人", "roles": ["lead"], "region": "370200", "team_id": theirs}
    assert code(await here.http.post(ACCOUNTS, json=new)) == (403, "out_of_reach")
    made = (await here.http.post(ACCOUNTS, json=new | {"team_id": None})).json()["account_id"]
    row = body_of(await account(boss, made))
    moved = await here.http.put(f"{ACCOUNTS}/{made}", json=row | {"team_id": theirs})
    assert code(moved) == (403, "out_of_reach")
    # Whom the whole country's administrator put there may stay, whatever else is changed.
    await boss.http.put(f"{ACCOUNTS}/{made}", json=row | {"team_id": theirs})
    row = body_of(await account(boss, made))
    assert (await here.http.put(f"{ACCOUNTS}/{made}", json=row | {"name": "新名"})).status_code == 200


async def test_who_looked_at_a_talents_number_is_found_by_the_number(
    rt: Runtime, boss: Person, clock: MovedClock
) -> None:
    phone = "13800138000"
    talent, other = await Talent.arrive(rt, "talent"), await Talent.arrive(rt, "other")
    await talent.say(f"我的电话是{phone}")
    await other.say("我的电话是13900139000")
    lin = await hire(rt, "linxiao", Role.SPECIALIST)
    async with rt.db.write() as session:
        for chat in (talent, other):
            await audit(
                session,
                staff_id=lin,
                action="desk.unmask",
                subject=chat.conversation_id,
                detail={"token": "〔手机号1〕"},
                at=clock.now(),
            )
    found = (await boss.http.post(f"{AUDIT}/find", json={"value": phone})).raise_for_status().json()
    assert found["subjects"] == [talent.conversation_id]
    (row,) = await entries(boss, subject=found["subjects"], action="desk.unmask")
    assert (row["staff_id"], row["subject"]) == (lin, talent.conversation_id)
    # The look-up itself is on record, without the number.
    (asked,) = await entries(boss, action="audit.find")
    assert (asked["subject"], asked["detail"]) == ("-", {"found": 1})
    nobody = await boss.http.post(f"{AUDIT}/find", json={"value": "13700137000"})
    assert nobody.json()["subjects"] == []


async def test_the_log_is_filtered_and_paged(rt: Runtime, boss: Person, clock: MovedClock) -> None:
    lin = await hire(rt, "linxiao", Role.SPECIALIST)
    yesterday = clock.now() - timedelta(days=1)
    async with rt.db.write() as session:
        for number in range(60):
            await audit(session, staff_id=lin, action="desk.view", subject=f"c{number}", at=yesterday)
    await deactivate(rt, staff_id=lin, by=boss.id)
    first = (await boss.http.get(AUDIT, params={"action": "desk.view"})).json()
    second = (await boss.http.get(AUDIT, params={"action": "desk.view", "page": 2})).json()
    assert (first["total"], len(first["entries"]), len(second["entries"])) == (60, 50, 10)
    assert not {row["id"] for row in first["entries"]} & {row["id"] for row in second["entries"]}
    assert {row["action"] for row in await entries(boss, action="staff.", subject=lin)} == {
        "staff.create",
        "staff.deactivate",
    }
    assert len(await entries(boss, subject="c7")) == 1
    day = {"from": "2026-11-20", "to": "2026-11-20"}
    assert "staff.deactivate" in [row["action"] for row in await entries(boss, **day)]
    assert await entries(boss, staff=lin, **day) == []
    assert len(await entries(boss, staff=lin)) == 50
    actions = (await boss.http.get(f"{AUDIT}/actions")).json()["actions"]
    assert {"action": "desk.view", "title": "查看会话"} in actions


@pytest.mark.parametrize("query", [{"from": "1900-01-01"}, {"to": "9999-12-31"}, {"page": 0}, {"staff": "x"}])
async def test_a_senseless_question_to_the_log_is_refused(boss: Person, query: dict[str, Any]) -> None:
    assert (await boss.http.get(AUDIT, params=query)).status_code == 422


# Folder → the family its `note(deed=…)` writes under.
ROOMS = {"service": "case", "talent": "grassroots"}


def deeds_in_code() -> set[str]:
    """Every deed the code writes into the log by its name."""
    found = {f"desk.{event.value}" for event in ControlEvent}
    for path in (PROJECT / "bot").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'\baction="([a-z_]+\.[a-z_]+)"', text))
        room = ROOMS.get(path.parent.name, "desk")
        found |= {f"{room}.{deed}" for deed in re.findall(r'\bdeed="([a-z_.]+)"', text)}
    return found


def test_every_deed_and_role_has_words() -> None:
    unnamed = {action for action in deeds_in_code() if action_title(action) == action}
    assert len(deeds_in_code()) > 40
    assert not unnamed
    assert action_title("unheard.of") == "unheard.of"
    assert all(sentence(f"roles.{role}") for role in Role)
