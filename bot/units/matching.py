"""Which employer somebody means who names their workplace."""

import unicodedata

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, permissions_of
from bot.talent.network_models import Employer


def plain_name(name: str) -> str:
    """One width, no case, no spaces or marks: 「（山东）样例 公司」 is 「(山东)样例公司」."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


async def employer_named(session: AsyncSession, name: str) -> str | None:
    """The employer of that name that has somebody to approve its people's applications.

    None when there is none, or when several could be meant: an application in the wrong hands would
    be worse than one that waits for the centre.
    """
    wanted = plain_name(name)
    if not wanted:
        return None
    rows = await session.execute(
        select(Employer.id, Employer.name, StaffAccount.roles)
        .join(StaffAccount, StaffAccount.employer_id == Employer.id)
        .where(Employer.active.is_(True), StaffAccount.active.is_(True))
    )
    found = {
        employer_id: called
        for employer_id, called, roles in rows
        if Permission.UNIT_APPROVE in permissions_of(roles) and plain_name(called) == wanted
    }
    exact = [employer_id for employer_id, called in found.items() if called == name.strip()]
    if exact:
        return exact[0]  # names are unique
    return next(iter(found)) if len(found) == 1 else None
