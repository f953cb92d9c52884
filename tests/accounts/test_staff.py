"""Accounts of staff: sample accounts, management, the audit log, and what logs may hold."""

import asyncio
import logging

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from bot.accounts.models import AuditEntry, StaffAccount
from bot.accounts.permissions import Role
from bot.accounts.samples import SAMPLE_ACCOUNTS
from bot.accounts.service import audit, ensure_demo_accounts
from bot.runtime import Runtime
from tests.accounts.staff_app import PASSWORD, anonymous, at_work, code, log_in


async def actions(rt: Runtime) -> list[tuple[str, str]]:
    async with rt.db.read() as db:
        rows = await db.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.subject) for row in rows]


async def test_sample_accounts_are_made_once_and_open_the_door(
    rt: Runtime, browser: httpx.AsyncClient
) -> None:
    made = await ensure_demo_accounts(rt)

    of_the_centre = [sample.username for sample in SAMPLE_ACCOUNTS if not sample.of_employer]
    assert [username for username, _, _ in made] == of_the_centre
    assert {"zhuanyuan1", "qiantai", "houtai", "bumen", "guanli"} < set(of_the_centre)
    assert all("样例" in name for _, name, _ in made)
    assert len({password for _, _, password in made}) == len(made)
    assert await ensure_demo_accounts(rt) == []
    for username, _, password in made:
        assert (await log_in(browser, username, password)).status_code == 200


async def test_two_processes_starting_together_make_each_sample_account_once(
    rt: Runtime, browser: httpx.AsyncClient
) -> None:
    first, second = await asyncio.gather(ensure_demo_accounts(rt), ensure_demo_accounts(rt))
    expected = sorted(sample.username for sample in SAMPLE_ACCOUNTS if not sample.of_employer)
    assert sorted(username for username, _, _ in first + second) == expected
    for username, _, password in first + second:
        assert (await log_in(browser, username, password)).status_code == 200


async def test_an_administrator_creates_resets_and_closes_accounts(app: FastAPI, rt: Runtime) -> None:
    boss = await at_work(app, rt, "guanli", Role.ADMINISTRATOR)
    body = {"username": "Zhou.Ning", "name": "专员 周宁", "roles": ["specialist", "editor"]}
    created = await boss.http.post("/api/staff/accounts", json=body)
    assert created.status_code == 201
    account_id, password = created.json()["account_id"], created.json()["password"]
    assert code(await boss.http.post("/api/staff/accounts", json=body)) == (409, "username_taken")

    async with anonymous(app) as browser:
        assert (await log_in(browser, "zhou.ning", password)).json()["staff"]["must_change_password"]
        reset = await boss.http.post(f"/api/staff/accounts/{account_id}/reset-password")
        assert (await browser.get("/api/staff/me")).status_code == 401
        fresh = reset.json()["password"]
        assert (await log_in(browser, "zhou.ning", fresh)).status_code == 200
        closed = await boss.http.post(f"/api/staff/accounts/{account_id}/deactivate")
        assert closed.status_code == 204
        assert (await browser.get("/api/staff/me")).status_code == 401
        assert (await log_in(browser, "zhou.ning", fresh)).status_code == 401

    listed = (await boss.http.get("/api/staff/accounts")).json()["accounts"]
    row = next(a for a in listed if a["id"] == account_id)
    assert (row["active"], row["roles"]) == (False, ["editor", "specialist"])
    assert not any("hash" in key or key == "password" for key in row)
    done = await actions(rt)
    assert {("staff.create", account_id), ("staff.password_reset", account_id)} <= set(done)
    assert ("staff.deactivate", account_id) in done


async def test_nobody_closes_their_own_account(app: FastAPI, rt: Runtime) -> None:
    boss = await at_work(app, rt, "guanli", Role.ADMINISTRATOR)
    response = await boss.http.post(f"/api/staff/accounts/{boss.id}/deactivate")
    assert code(response) == (409, "own_account")


@pytest.mark.parametrize("action", ["reset-password", "deactivate"])
async def test_unknown_accounts_are_not_found(app: FastAPI, rt: Runtime, action: str) -> None:
    boss = await at_work(app, rt, "guanli", Role.ADMINISTRATOR)
    response = await boss.http.post(f"/api/staff/accounts/{'0' * 32}/{action}")
    assert code(response) == (404, "unknown_account")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"username": "ab"}, "invalid_username"),
        ({"username": "管理员"}, "invalid_username"),
        ({"username": "a b c"}, "invalid_username"),
        ({"roles": []}, "invalid_request"),
        ({"roles": ["root"]}, "invalid_request"),
        ({"permissions": ["faq.edit"]}, "invalid_request"),
    ],
)
async def test_a_malformed_account_is_refused(
    app: FastAPI, rt: Runtime, change: dict[str, object], expected: str
) -> None:
    boss = await at_work(app, rt, "guanli", Role.ADMINISTRATOR)
    body = {"username": "zhouning", "name": "周宁", "roles": ["editor"]} | change
    response = await boss.http.post("/api/staff/accounts", json=body)
    assert code(response) == (422, expected)


async def test_the_audit_log_can_only_grow(rt: Runtime) -> None:
    async with rt.db.write() as db:
        await audit(db, staff_id="s", action="desk.view", subject="c")
    for statement in (update(AuditEntry).values(action="x"), delete(AuditEntry)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with rt.db.write() as db:
                await db.execute(statement)
    assert await actions(rt) == [("desk.view", "c")]


async def test_a_repeated_deed_is_audited_once_and_harms_nothing(rt: Runtime) -> None:
    for name in ("甲", "乙"):
        async with rt.db.write() as db:
            account = StaffAccount(
                username=name,
                name=name,
                password_hash="-",
                roles=[],
                created_at=rt.clock.now(),
                updated_at=rt.clock.now(),
            )
            db.add(account)
            await audit(db, staff_id="s", action="desk.view", subject="c", once_key="k")
    assert await actions(rt) == [("desk.view", "c")]
    async with rt.db.read() as db:
        assert len(list(await db.scalars(select(StaffAccount)))) == 2


async def test_logs_hold_no_password_hash_or_token(
    app: FastAPI, rt: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    cookie, csrf = person.cookie, person.http.headers["X-CSRF-Token"]
    await log_in(person.http, "linxiao", "wrong-password-1")
    await person.http.post("/api/staff/password", json={"current": PASSWORD, "new": "n" * 9})
    await person.http.post("/api/staff/login", content=b'{"password": "half-json-secret')
    person.http.cookies.clear()
    await log_in(person.http, "linxiao")
    await ensure_demo_accounts(rt)

    async with rt.db.read() as db:
        hashes = [row.password_hash for row in await db.scalars(select(StaffAccount))]
    written = caplog.text
    assert written  # the client's own request lines prove that logs are seen
    for secret in (PASSWORD, "wrong-password-1", "half-json-secret", cookie, csrf, *hashes):
        assert secret not in written
