"""Applications made before cases had parts: what a migration cannot read from sealed answers.

Whose name and telephone lists find them by, and the place whose windows they belong to.
"""

import json

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_levels import levels_for
from bot.service.case_moves import item_of
from bot.service.filled import Answers, facts_of, person_of, region_of
from bot.service.models import ENDED, Application, ApplicationPart

AT_ONCE = 200
NOBODY = "—"  # shown where the item asks for no name; marks what has been looked at


async def complete_old(rt: Runtime) -> int:
    """At the start of a process; each once, whichever process is first."""
    done = 0
    while True:
        async with rt.db.write() as session:
            rows = (
                await session.execute(
                    select(ApplicationPart, Application)
                    .join(Application, Application.id == ApplicationPart.application_id)
                    .where(Application.name_hint == "", Application.id == ApplicationPart.id)
                    .limit(AT_ONCE)
                    .with_for_update(skip_locked=True)
                )
            ).all()
            for part, application in rows:
                await _complete(session, rt, part, application)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


async def _complete(
    session: AsyncSession, rt: Runtime, part: ApplicationPart, application: Application
) -> None:
    item = item_of(rt, part)
    application.name_hint = NOBODY
    try:
        values = json.loads(vault.open_sealed(rt, part.sealed))
    except InvalidTag:  # a key that is gone: the case itself stays as it is
        return
    if item is None:
        return
    for column, value in person_of(rt, [Answers(item, values)]).items():
        if value:
            setattr(application, column, value)
    region = region_of(item, values)
    part.region, part.department, part.facts = region, item.department, facts_of(item, values)
    if part.status not in ENDED:
        part.levels = levels_for(item.approval.levels, region)
