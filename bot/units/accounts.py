"""The accounts of an employer's officers, kept by its head."""

from sqlalchemy import func, select

from bot.accounts import service as accounts
from bot.accounts.models import StaffAccount
from bot.accounts.passwords import generate_password
from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.units.access import Unit

MOST_OFFICERS = 50


async def list_accounts(rt: Runtime, *, unit: Unit) -> list[StaffAccount]:
    query = select(StaffAccount).where(StaffAccount.employer_id == unit.employer_id)
    async with rt.db.read() as session:
        return list(await session.scalars(query.order_by(StaffAccount.username)))


async def make_officer(rt: Runtime, *, unit: Unit, username: str, name: str) -> tuple[str, str]:
    """Id and the generated password, which is shown once."""
    async with rt.db.read() as session:
        count = await session.scalar(
            select(func.count())
            .select_from(StaffAccount)
            .where(StaffAccount.employer_id == unit.employer_id, StaffAccount.active.is_(True))
        )
    if (count or 0) >= MOST_OFFICERS:
        raise Refusal(
            "too_many_accounts", f"一个单位最多 {MOST_OFFICERS} 个账号，请先停用不用的账号。", status=409
        )
    password = generate_password()
    account = await accounts.create_staff(
        rt,
        username=username,
        name=name,
        roles=[Role.UNIT_OFFICER],
        password=password,
        region=unit.region,
        employer_id=unit.employer_id,
        by=unit.staff.id,
    )
    return account.id, password


async def reset_officer(rt: Runtime, *, unit: Unit, staff_id: str) -> str:
    await _check_officer(rt, unit, staff_id)
    return await accounts.reset_password(rt, staff_id=staff_id, by=unit.staff.id)


async def close_officer(rt: Runtime, *, unit: Unit, staff_id: str) -> None:
    await _check_officer(rt, unit, staff_id)
    await accounts.deactivate(rt, staff_id=staff_id, by=unit.staff.id)


async def _check_officer(rt: Runtime, unit: Unit, staff_id: str) -> None:
    """An account of this employer that is not a head's: those are kept by the centre."""
    async with rt.db.read() as session:
        account = await session.get(StaffAccount, staff_id)
    if account is None or account.employer_id != unit.employer_id:
        raise Refusal("unknown_account", "没有找到该账号，请刷新列表后重试。", status=404)
    if account.roles != [Role.UNIT_OFFICER]:
        raise Refusal("not_yours", "业务负责人的账号由服务中心管理，请联系服务中心。", status=403)
