"""The employer somebody names: the one that can approve, or none."""

import pytest
from sqlalchemy import update

from bot.accounts.models import StaffAccount
from bot.runtime import Runtime
from bot.talent.network_models import Employer
from bot.units.matching import employer_named
from tests.units.conftest import OURS, House


async def named(rt: Runtime, name: str) -> str | None:
    async with rt.db.read() as session:
        return await employer_named(session, name)


async def test_an_employer_is_found_by_its_name_in_any_writing(
    rt: Runtime, ours: House, theirs: House
) -> None:
    for name in (OURS, f" {OURS} ", "山东样例 新材料有限公司", "山东（样例）新材料有限公司"):
        assert await named(rt, name) == ours.id, name
    for name in ("", "  ", "山东样例新材料", "样例新材料有限公司", f"{OURS}济南分公司"):
        assert await named(rt, name) is None, name


@pytest.mark.parametrize("closed", ["employer", "head"])
async def test_who_cannot_approve_is_not_waited_for(rt: Runtime, ours: House, closed: str) -> None:
    async with rt.db.write() as session:
        if closed == "employer":
            await session.execute(update(Employer).values(active=False))
        else:
            head = StaffAccount.id == ours.head.id
            await session.execute(update(StaffAccount).where(head).values(active=False))
    assert await named(rt, OURS) is None


async def test_two_employers_of_one_writing_are_told_apart_or_not_at_all(
    rt: Runtime, ours: House, theirs: House
) -> None:
    async with rt.db.write() as session:
        twin = update(Employer).where(Employer.id == theirs.id)
        await session.execute(twin.values(name="山东样例（新材料）有限公司"))
    assert await named(rt, OURS) == ours.id
    assert await named(rt, "山东样例 新材料有限公司") is None
