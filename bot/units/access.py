"""Who an employer's account is: the only way into /api/unit, and what every query there is bound to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from bot.accounts.permissions import Permission, Staff, require
from bot.edge.request import Rt
from bot.errors import Refusal
from bot.talent.network_models import Employer


@dataclass(frozen=True, slots=True)
class Unit:
    """Somebody of an employer at work."""

    staff: Staff
    employer_id: str
    name: str
    region: str

    @property
    def heads(self) -> bool:
        return Permission.UNIT_APPROVE in self.staff.permissions


def of_unit(permission: Permission) -> Callable[..., Awaitable[Unit]]:
    """`Depends(of_unit(Permission.UNIT_READ))` → Unit. An account without an employer gets nowhere."""

    async def checked(staff: Annotated[Staff, Depends(require(permission))], rt: Rt) -> Unit:
        if staff.employer_id is None:
            raise Refusal("not_allowed", "您的账号没有所属单位，不能使用单位服务，请联系管理员。", status=403)
        async with rt.db.read() as session:
            employer = await session.get(Employer, staff.employer_id)
        if employer is None or not employer.active:
            raise Refusal("employer_closed", "您所在单位的服务已停用，请联系高层次人才服务中心。", status=409)
        return Unit(staff, employer.id, employer.name, employer.region)

    return checked


Reader = Annotated[Unit, Depends(of_unit(Permission.UNIT_READ))]
Completer = Annotated[Unit, Depends(of_unit(Permission.UNIT_COMPLETE))]
Head = Annotated[Unit, Depends(of_unit(Permission.UNIT_APPROVE))]
