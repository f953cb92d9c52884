"""Accounts of staff: creating, listing, resetting, deactivating; and the folder's public names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from bot.accounts.audit import audit
from bot.accounts.colleagues import Colleague, colleagues_with, staff_names
from bot.accounts.login import Login, change_password, login, logout
from bot.accounts.models import StaffAccount, StaffSession
from bot.accounts.passwords import generate_password, hash_password
from bot.accounts.permissions import Role
from bot.accounts.rules import password_fault, plain_username, valid_username
from bot.accounts.samples import SAMPLE_ACCOUNTS
from bot.accounts.sessions import SignedIn, session_of, still_signed_in
from bot.accounts.ties import ties_fault
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.text.lexicon import NATION

__all__ = [
    "Colleague",
    "Login",
    "SignedIn",
    "audit",
    "change_password",
    "colleagues_with",
    "create_staff",
    "deactivate",
    "ensure_demo_accounts",
    "list_staff",
    "login",
    "logout",
    "names_of",
    "reset_password",
    "session_of",
    "staff_name",
    "staff_names",
    "still_signed_in",
]


async def create_staff(
    rt: Runtime,
    *,
    username: str,
    name: str,
    roles: list[Role],
    password: str,
    must_change_password: bool = True,
    region: str = NATION,
    team_id: str | None = None,
    work_phone: str | None = None,
    department: str | None = None,
    employer_id: str | None = None,
    by: str | None = None,
) -> StaffAccount:
    """`by` is the id of whoever creates the account, None for the command line."""
    username, name = plain_username(username), name.strip()
    if not valid_username(username):
        raise Refusal(
            "invalid_username",
            "用户名须为 3 至 32 位小写字母、数字、点、横线或下划线，并以字母或数字开头。",
            status=422,
        )
    fault = password_fault(username=username, password=password)
    if fault is not None:
        raise Refusal("weak_password", fault, status=422)
    _check_ties(roles=roles, department=department, employer_id=employer_id)
    password_hash = await hash_password(password)
    now = rt.clock.now()
    account = StaffAccount(
        username=username,
        name=name,
        password_hash=password_hash,
        roles=sorted({Role(role).value for role in roles}),
        must_change_password=must_change_password,
        region=region,
        team_id=team_id,
        work_phone=work_phone,
        department=department,
        employer_id=employer_id,
        created_at=now,
        updated_at=now,
    )
    try:
        async with rt.db.write() as db:
            db.add(account)
            await db.flush()
            await audit(
                db,
                staff_id=by,
                action="staff.create",
                subject=account.id,
                detail={
                    "roles": account.roles,
                    "region": region,
                    "team_id": team_id,
                    "department": department,
                    "employer_id": employer_id,
                },
                at=now,
            )
    except IntegrityError:
        raise Refusal("username_taken", "该用户名已被使用，请换一个。", status=409) from None
    return account


async def ensure_demo_accounts(
    rt: Runtime, *, employer_id: str | None = None, employer_region: str = NATION
) -> list[tuple[str, str, str]]:
    """On a database without staff, make the sample accounts: (username, name, password) each; those
    of an employer only when one is given.

    Afterwards the list is empty: passwords are known only to whoever saw them printed.
    """
    async with rt.db.read() as db:
        if await db.scalar(select(func.count()).select_from(StaffAccount)):
            return []
    made: list[tuple[str, str, str]] = []
    for sample in SAMPLE_ACCOUNTS:
        if sample.of_employer and employer_id is None:
            continue
        password = generate_password()
        try:
            await create_staff(
                rt,
                username=sample.username,
                name=sample.name,
                roles=[sample.role],
                password=password,
                must_change_password=False,
                region=employer_region if sample.of_employer else sample.region,
                department=sample.department,
                employer_id=employer_id if sample.of_employer else None,
            )
        except Refusal as refusal:
            if refusal.code != "username_taken":
                raise
            continue  # another process started at the same moment and prints this one
        made.append((sample.username, sample.name, password))
    return made


async def list_staff(rt: Runtime) -> list[StaffAccount]:
    async with rt.db.read() as db:
        return list(await db.scalars(select(StaffAccount).order_by(StaffAccount.username)))


async def names_of(rt: Runtime, *, staff_ids: Iterable[str | None]) -> dict[str, str]:
    """`staff_names` for who has no session open."""
    async with rt.db.read() as db:
        found = await staff_names(db, staff_ids)
    return {staff_id: name for staff_id, name in found.items() if staff_id}


async def staff_name(rt: Runtime, *, staff_id: str) -> str | None:
    return (await names_of(rt, staff_ids=[staff_id])).get(staff_id)


async def reset_password(rt: Runtime, *, staff_id: str, by: str | None = None) -> str:
    """A generated password, returned once; it must be changed at the next log-in."""
    password = generate_password()
    password_hash = await hash_password(password)
    now = rt.clock.now()
    async with rt.db.write() as db:
        account = await db.get(StaffAccount, staff_id)
        if account is None:
            raise _unknown_account()
        account.password_hash, account.must_change_password = password_hash, True
        account.updated_at = now
        await db.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        await audit(db, staff_id=by, action="staff.password_reset", subject=staff_id, at=now)
    return password


async def reset_by_username(rt: Runtime, *, username: str) -> str:
    """`reset_password` for who has the server's command line and only knows the user name."""
    query = select(StaffAccount.id).where(StaffAccount.username == plain_username(username))
    async with rt.db.read() as db:
        staff_id = await db.scalar(query)
    if staff_id is None:
        raise _unknown_account()
    return await reset_password(rt, staff_id=staff_id)


_NOT_LOGGED = frozenset({"name", "work_phone"})  # that they changed is enough


async def edit_staff(
    rt: Runtime,
    *,
    staff_id: str,
    name: str,
    roles: list[Role],
    region: str,
    team_id: str | None,
    work_phone: str | None,
    department: str | None,
    employer_id: str | None,
    updated_at: datetime,
    by: str,
) -> StaffAccount:
    """Change who somebody is at work. Rights count from the next request, also in open sessions."""
    _check_ties(roles=roles, department=department, employer_id=employer_id)
    now = rt.clock.now()
    wanted = {
        "name": name.strip(),
        "roles": sorted({Role(role).value for role in roles}),
        "region": region,
        "team_id": team_id,
        "work_phone": work_phone,
        "department": department,
        "employer_id": employer_id,
    }
    async with rt.db.write() as db:
        account = await db.get(StaffAccount, staff_id, with_for_update=True)
        if account is None:
            raise _unknown_account()
        if account.updated_at != updated_at:
            raise Refusal("changed_meanwhile", "同事刚刚修改过这个账号，请刷新后再改。", status=409)
        if staff_id == by and wanted["roles"] != account.roles:
            raise Refusal("own_account", "不能修改自己的角色，请由其他管理员操作。", status=409)
        changed: dict[str, Any] = {}
        for field, value in wanted.items():
            before = getattr(account, field)
            if before != value:
                changed[field] = None if field in _NOT_LOGGED else [before, value]
                setattr(account, field, value)
        if changed:
            account.updated_at = now
            detail = {"changed": changed}
            await audit(db, staff_id=by, action="staff.edit", subject=staff_id, detail=detail, at=now)
    rt.hints.notify("desk")
    return account


async def deactivate(rt: Runtime, *, staff_id: str, by: str) -> None:
    """Close an account for good; its rows stay because chats and the audit log name it."""
    if staff_id == by:
        raise Refusal("own_account", "不能停用自己的账号，请由其他管理员操作。", status=409)
    now = rt.clock.now()
    async with rt.db.write() as db:
        account = await db.get(StaffAccount, staff_id)
        if account is None:
            raise _unknown_account()
        account.active, account.updated_at = False, now
        await db.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        await audit(db, staff_id=by, action="staff.deactivate", subject=staff_id, at=now)
    rt.hints.notify("desk")  # what the person held goes to somebody else at once


async def account_of(rt: Runtime, *, staff_id: str) -> StaffAccount:
    async with rt.db.read() as db:
        account = await db.get(StaffAccount, staff_id)
    if account is None:
        raise _unknown_account()
    return account


def _check_ties(*, roles: Iterable[Role], department: str | None, employer_id: str | None) -> None:
    fault = ties_fault(roles=roles, department=department, employer_id=employer_id)
    if fault is not None:
        raise Refusal("wrong_ties", fault, status=422)


def _unknown_account() -> Refusal:
    return Refusal("unknown_account", "没有找到该账号，请刷新列表后重试。", status=404)
