"""What the office's pages offer to choose from when a record is filled in."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.chat_specialist import candidates
from bot.knowledge.entitlements import shipped_catalogue
from bot.talent.models import CardStatus, Education, Origin, Talent
from bot.talent.network_models import Department, Employer
from bot.talent.places import region_name
from bot.talent.schemes import schemes

MOST = 500


async def options(session: AsyncSession) -> dict[str, Any]:
    departments = await session.execute(
        select(Department.key, Department.name).order_by(Department.position, Department.key)
    )
    industries = {
        *await session.scalars(select(Talent.industry).distinct().limit(MOST)),
        *await session.scalars(select(Employer.industry).distinct().limit(MOST)),
    }
    return {
        "educations": list(Education),
        "origins": list(Origin),
        "card_statuses": list(CardStatus),
        "honours": [honour.value for honour in shipped_catalogue().honours],
        "industries": sorted(industry for industry in industries if industry),
        "schemes": [scheme.model_dump() for scheme in schemes().values()],
        "departments": [{"key": key, "name": name} for key, name in departments],
        "specialists": [
            {
                "id": one.staff_id,
                "name": one.name,
                "region_name": region_name(one.region),
                "level": one.level,
                "kind": one.kind,
            }
            for one in await candidates(session)
        ],
    }
