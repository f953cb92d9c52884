"""People of the centre, of every kind that works on cases."""

from dataclasses import dataclass

import pytest

from bot.accounts.permissions import Role, Staff
from bot.runtime import Runtime
from tests.accounts.staff_app import quick_hashing
from tests.cases import office

__all__ = ["quick_hashing"]


@dataclass
class Office:
    front: Staff
    county: Staff
    city: Staff
    province: Staff


@pytest.fixture
async def desk(rt: Runtime) -> Office:
    """Opens the office: items, front desk, and back office of 历下区, 济南市 and 山东省."""
    office.open_office(rt)
    return Office(
        front=await office.staff(rt, "front", Role.FRONT_DESK),
        county=await office.staff(rt, "county", Role.BACK_OFFICE, region="370102"),
        city=await office.staff(rt, "city", Role.BACK_OFFICE, region="370100"),
        province=await office.staff(rt, "province", Role.BACK_OFFICE, region="370000"),
    )
