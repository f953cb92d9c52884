"""Staff of every kind, employers and talents, as tests of the records need them."""

from typing import Any

from fastapi import FastAPI

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Role, Staff, staff_of
from bot.accounts.service import SignedIn, create_staff
from bot.desk.models import Kind, Level, Seat, SeatStatus
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.talent.models import Talent
from bot.talent.network_models import Employer
from bot.talent.schemas import TalentEdit
from bot.talent.service import save_talent
from bot.text.personal import id_check_digit
from tests.accounts.staff_app import PASSWORD, Person, anonymous, log_in

PHONE = "16400009001"


def id_of(number: int) -> str:
    """A number with a right check digit and a region no place has."""
    body = f"10000019800101{number:03}"
    return body + id_check_digit(body)


async def account(
    rt: Runtime,
    username: str,
    role: Role,
    *,
    region: str = "000000",
    department: str | None = None,
    employer_id: str | None = None,
) -> StaffAccount:
    return await create_staff(
        rt,
        username=username,
        name=f"同事 {username}",
        roles=[role],
        password=PASSWORD,
        must_change_password=False,
        region=region,
        department=department,
        employer_id=employer_id,
    )


def as_staff(one: StaffAccount, permission: Permission = Permission.TALENT_READ) -> Staff:
    return staff_of(SignedIn("session", "", one), permission)


async def member(rt: Runtime, username: str, role: Role, **ties: Any) -> Staff:
    return as_staff(await account(rt, username, role, **ties))


async def signed_in(app: FastAPI, rt: Runtime, username: str, role: Role, **ties: Any) -> Person:
    found = await account(rt, username, role, **ties)
    client = anonymous(app)
    body = (await log_in(client, username)).raise_for_status().json()
    client.headers["X-CSRF-Token"] = body["csrf"]
    return Person(found.id, body["staff"]["name"], client)


async def seat(rt: Runtime, staff_id: str, *, kind: Kind = Kind.WINDOW, skills: tuple[str, ...] = ()) -> None:
    now = rt.clock.now()
    async with rt.db.write() as session:
        session.add(
            Seat(
                staff_id=staff_id,
                level=Level.PROVINCE,
                kind=kind,
                skills=list(skills),
                status=SeatStatus.OFFLINE,
                status_at=now,
                seen_at=now,
            )
        )


async def employer(rt: Runtime, name: str, *, region: str = "370102") -> str:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = Employer(id=new_id(), name=name, kind="企业", region=region, created_at=now, updated_at=now)
        session.add(row)
    return row.id


async def talent(rt: Runtime, name: str, number: int, **more: Any) -> Talent:
    values = {"education": "博士", "region": "370102", "phone": PHONE} | more
    edit = TalentEdit.model_validate({"name": name, "id_number": id_of(number)} | values)
    async with rt.db.write() as session:
        return await save_talent(session, rt, talent_id=None, edit=edit, staff=None)
