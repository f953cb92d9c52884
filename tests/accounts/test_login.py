"""Signing in: the answer, the cookie, lock-out."""

import asyncio

import httpx
import pytest
from argon2 import Type, extract_parameters
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts import passwords
from bot.accounts.api import router
from bot.accounts.models import AuditEntry, LoginFailure, StaffSession
from bot.accounts.permissions import Role
from bot.accounts.service import deactivate
from bot.accounts.sessions import token_hash
from bot.runtime import Runtime
from tests.accounts.staff_app import (
    PASSWORD,
    anonymous,
    code,
    hire,
    log_in,
    make_app,
)
from tests.conftest import MovedClock

REAL_HASHER = passwords.HASHER  # before the tests make it cheap


async def test_login_names_the_person_and_their_permissions(rt: Runtime, browser: httpx.AsyncClient) -> None:
    staff_id = await hire(rt, "linxiao", Role.SPECIALIST)

    response = await log_in(browser, " LinXiao ")

    body = response.json()
    assert response.status_code == 200
    assert body["staff"]["id"] == staff_id
    assert body["staff"]["permissions"] == [
        "case.intake",
        "case.read",
        "desk.chat",
        "desk.export",
        "desk.unmask",
        "desk.watch",
        "faq.read",
        "talent.read",
    ]
    assert (await browser.get("/api/staff/me")).json() == body


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(
    rt: Runtime, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    cookie = (await log_in(browser, "linxiao")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie  # plain http on loopback


async def test_cookie_is_secure_when_people_use_https(rt: Runtime) -> None:
    rt.settings.public_url = "https://chat.example.org"
    await hire(rt, "linxiao", Role.SPECIALIST)
    async with anonymous(make_app(rt, router)) as client:
        client.headers["Origin"] = "https://chat.example.org"
        assert "Secure" in (await log_in(client, "linxiao")).headers["set-cookie"]


async def test_unknown_user_wrong_password_and_closed_account_look_the_same(
    rt: Runtime, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    closed = await hire(rt, "gone", Role.SPECIALIST)
    await deactivate(rt, staff_id=closed, by="x")
    hashes: list[str] = []

    class Watched:
        def __init__(self, hasher: passwords.PasswordHasher) -> None:
            self._hasher = hasher
            self.hash = hasher.hash

        def verify(self, password_hash: str, password: str) -> bool:
            hashes.append(password_hash)
            return self._hasher.verify(password_hash, password)

    monkeypatch.setattr(passwords, "HASHER", Watched(passwords.HASHER))
    answers = [
        await log_in(browser, "linxiao", "wrong-password"),
        await log_in(browser, "nobody", "wrong-password"),
        await log_in(browser, "gone"),
    ]

    assert {(a.status_code, a.text) for a in answers} == {(401, answers[0].text)}
    assert code(answers[0]) == (401, "wrong_credentials")
    assert len(hashes) == 3  # the same argon2 work each time
    assert {h.split("$")[3] for h in hashes} == {hashes[0].split("$")[3]}


def test_stored_passwords_are_costly_to_guess() -> None:
    stored = extract_parameters(REAL_HASHER.hash(PASSWORD))
    assert stored.type is Type.ID
    assert stored.memory_cost >= 46 * 1024  # KiB; OWASP's recommendation for one pass


async def test_five_failures_lock_the_name_for_fifteen_minutes(
    rt: Runtime, browser: httpx.AsyncClient, clock: MovedClock
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    for _ in range(5):
        assert code(await log_in(browser, "linxiao", "wrong")) == (401, "wrong_credentials")

    assert code(await log_in(browser, "linxiao")) == (423, "locked_out")
    clock.advance(minutes=14, seconds=59)
    assert code(await log_in(browser, "linxiao")) == (423, "locked_out")
    clock.advance(seconds=1)
    assert (await log_in(browser, "linxiao")).status_code == 200


async def test_an_unknown_name_is_locked_the_same_way(browser: httpx.AsyncClient) -> None:
    answers = [code(await log_in(browser, "nobody", "wrong")) for _ in range(6)]
    assert answers == [(401, "wrong_credentials")] * 5 + [(423, "locked_out")]


async def test_parallel_guesses_get_no_extra_tries(rt: Runtime, browser: httpx.AsyncClient) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    answers = await asyncio.gather(*(log_in(browser, "linxiao", f"guess{i}") for i in range(9)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [423] * 4


async def test_lock_out_is_per_address_so_nobody_locks_others_out(
    rt: Runtime, app: FastAPI, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    for _ in range(5):
        await log_in(browser, "linxiao", "wrong")
    async with anonymous(app, address="198.51.100.9") as elsewhere:
        assert (await log_in(elsewhere, "linxiao")).status_code == 200


async def test_a_right_password_clears_the_count(rt: Runtime, browser: httpx.AsyncClient) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    for _ in range(2):
        for _ in range(4):
            await log_in(browser, "linxiao", "wrong")
        assert (await log_in(browser, "linxiao")).status_code == 200


async def test_twenty_failures_lock_the_address_whatever_the_names(
    rt: Runtime, app: FastAPI, browser: httpx.AsyncClient, clock: MovedClock
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    for number in range(20):
        assert (await log_in(browser, f"guess{number}", "wrong")).status_code == 401
    assert code(await log_in(browser, "linxiao")) == (423, "locked_out")
    clock.advance(minutes=15)
    assert (await log_in(browser, "linxiao")).status_code == 200


async def test_ipv6_callers_cannot_roam_their_own_network(rt: Runtime, app: FastAPI) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    for number in range(5):
        async with anonymous(app, address=f"2001:db8::{number + 1}") as client:
            await log_in(client, "linxiao", "wrong")
    async with anonymous(app, address="2001:db8::99") as client:
        assert code(await log_in(client, "linxiao")) == (423, "locked_out")


async def test_each_login_is_a_new_session_and_ends_the_browsers_old_one(
    rt: Runtime, app: FastAPI, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    await log_in(browser, "linxiao")
    first = browser.cookies["huicai_session"]
    await log_in(browser, "linxiao")
    assert browser.cookies["huicai_session"] != first
    async with anonymous(app) as thief:
        thief.cookies["huicai_session"] = first
        assert code(await thief.get("/api/staff/me")) == (401, "not_signed_in")


async def test_a_session_chosen_by_someone_else_is_not_adopted(
    rt: Runtime, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    browser.cookies["huicai_session"] = "planted"
    await log_in(browser, "linxiao")
    async with rt.db.read() as db:
        planted = await db.scalar(
            select(StaffSession).where(StaffSession.token_hash == token_hash("planted"))
        )
    assert planted is None


async def test_stored_rows_hold_no_token_address_or_typed_name(
    rt: Runtime, browser: httpx.AsyncClient
) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    await log_in(browser, "my-password-by-mistake", "x")
    await log_in(browser, "linxiao")
    async with rt.db.read() as db:
        stored = [
            vars(row)
            for model in (StaffSession, LoginFailure, AuditEntry)
            for row in await db.scalars(select(model))
        ]
    text = str(stored)
    assert "my-password-by-mistake" not in text
    assert "203.0.113.7" not in text
    assert browser.cookies["huicai_session"] not in text


async def test_login_from_another_site_is_refused(rt: Runtime, browser: httpx.AsyncClient) -> None:
    await hire(rt, "linxiao", Role.SPECIALIST)
    browser.headers["Origin"] = "https://evil.example"
    assert code(await log_in(browser, "linxiao")) == (403, "foreign_origin")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "linxiao"},
        {"username": "a" * 129, "password": "x"},
        {"username": "linxiao", "password": "x" * 201},
        {"username": "linxiao", "password": ["x"]},
        {"username": "linxiao", "password": "x", "roles": ["administrator"]},
    ],
)
async def test_malformed_login_is_invalid(browser: httpx.AsyncClient, body: dict[str, object]) -> None:
    assert code(await browser.post("/api/staff/login", json=body)) == (422, "invalid_request")


@pytest.mark.parametrize("username", ["' OR 1=1 --", "\x00", "管理员", "😀" * 30, "${jndi:x}"])
async def test_odd_usernames_are_just_wrong(browser: httpx.AsyncClient, username: str) -> None:
    assert code(await log_in(browser, username, PASSWORD)) == (401, "wrong_credentials")
