"""The life of a session, and requests forged from elsewhere."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.runtime import Runtime
from tests.accounts.staff_app import (
    PASSWORD,
    Person,
    anonymous,
    at_work,
    code,
    hire,
    log_in,
)
from tests.conftest import MovedClock

NEW = "another-good-password"


async def me(person: Person) -> int:
    return (await person.http.get("/api/staff/me")).status_code


async def test_a_session_that_outlived_its_account_is_worthless(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    async with rt.db.write() as db:  # as when a log-in commits just after the account was closed
        await db.execute(update(StaffAccount).values(active=False))
    assert await me(person) == 401


async def test_two_idle_hours_end_a_session(app: FastAPI, rt: Runtime, clock: MovedClock) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    clock.advance(hours=1, minutes=59)
    assert await me(person) == 200
    clock.advance(hours=1, minutes=59)
    assert await me(person) == 200  # the first visit postponed it
    clock.advance(hours=2)
    assert await me(person) == 401


async def test_twelve_hours_end_a_session_however_busy(app: FastAPI, rt: Runtime, clock: MovedClock) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    for _ in range(11):
        clock.advance(hours=1)
        assert await me(person) == 200
    clock.advance(hours=1)
    assert await me(person) == 401


async def test_logout_revokes_the_session_itself(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    cookie = person.cookie
    response = await person.http.post("/api/staff/logout")
    assert response.status_code == 204
    assert "huicai_session" not in person.http.cookies
    person.http.cookies["huicai_session"] = cookie
    assert await me(person) == 401


@pytest.mark.parametrize("cookie", ["", "nonsense", "x" * 5000, "'; DROP TABLE staff; --"])
async def test_a_made_up_cookie_is_nobody(browser: httpx.AsyncClient, cookie: str) -> None:
    response = await browser.get("/api/staff/me", headers={"Cookie": f"huicai_session={cookie}"})
    assert code(response) == (401, "not_signed_in")


async def test_unsafe_requests_need_the_sessions_own_csrf_token(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    other = await at_work(app, rt, "zhouning", Role.SPECIALIST)
    foreign_token = other.http.headers["X-CSRF-Token"]

    for token in ("", "wrong", "错", foreign_token):
        response = await person.http.post("/api/staff/logout", headers={"X-CSRF-Token": token.encode()})
        assert code(response) == (403, "csrf_failed")
    del person.http.headers["X-CSRF-Token"]
    assert code(await person.http.post("/api/staff/logout")) == (403, "csrf_failed")
    assert await me(person) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://huicai.test.evil.example"},
        {"Origin": "https://huicai.test"},
        {"Origin": "http://huicai.test:8001"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_unsafe_requests_from_elsewhere_are_refused_even_with_the_token(
    app: FastAPI, rt: Runtime, headers: dict[str, str]
) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    response = await person.http.post("/api/staff/logout", headers=headers)
    assert code(response) == (403, "foreign_origin")


async def test_own_pages_are_let_through(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    response = await person.http.post("/api/staff/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 204


async def test_changing_the_password_ends_the_other_sessions(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    async with anonymous(app) as elsewhere:
        await log_in(elsewhere, "linxiao")

        response = await person.http.post("/api/staff/password", json={"current": PASSWORD, "new": NEW})

        assert response.status_code == 204
        assert await me(person) == 200
        assert (await elsewhere.get("/api/staff/me")).status_code == 401
        assert code(await log_in(elsewhere, "linxiao", PASSWORD)) == (401, "wrong_credentials")
        assert (await log_in(elsewhere, "linxiao", NEW)).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        ("not-the-password", NEW, "wrong_password"),
        (PASSWORD, "ninechars", "weak_password"),
        (PASSWORD, "Lin.Xiao.2026", "weak_password"),
        (PASSWORD, "aaaaaaaaaaaa", "weak_password"),
        (PASSWORD, PASSWORD, "weak_password"),
        (PASSWORD, "long" * 100, "weak_password"),
    ],
)
async def test_a_bad_new_password_is_refused(
    app: FastAPI, rt: Runtime, current: str, new: str, expected: str
) -> None:
    person = await at_work(app, rt, "lin.xiao.2026", Role.SPECIALIST)
    response = await person.http.post("/api/staff/password", json={"current": current, "new": new})
    assert code(response) == (422, expected)
    assert (await log_in(person.http, "lin.xiao.2026", PASSWORD)).status_code == 200


async def test_guessing_the_current_password_is_limited_too(app: FastAPI, rt: Runtime) -> None:
    person = await at_work(app, rt, "linxiao", Role.SPECIALIST)
    answers = [
        code(await person.http.post("/api/staff/password", json={"current": f"guess{number}", "new": NEW}))
        for number in range(6)
    ]
    assert answers == [(422, "wrong_password")] * 5 + [(423, "locked_out")]


async def test_an_initial_password_must_be_changed_before_anything_else(
    app: FastAPI, rt: Runtime, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "guanli", Role.ADMINISTRATOR, must_change=True)
    body = (await log_in(browser, "guanli")).json()
    browser.headers["X-CSRF-Token"] = body["csrf"]
    assert body["staff"]["must_change_password"] is True
    assert code(await browser.get("/api/staff/accounts")) == (403, "password_change_required")
    await browser.post("/api/staff/password", json={"current": PASSWORD, "new": NEW})
    assert (await browser.get("/api/staff/accounts")).status_code == 200
