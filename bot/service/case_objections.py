"""What was objected during publicity. Opened only here, and noted; who it was only for who may unmask."""

import json
from typing import Any

from sqlalchemy import select

from bot.accounts.permissions import Permission, Staff
from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_list import rows_of
from bot.service.case_scope import access_part, visible
from bot.service.case_work import check_may, note
from bot.service.models import Application, ApplicationPart, Objection, PartStatus
from bot.talent.places import within

MOST = 500


async def objections(rt: Runtime, *, part_id: str, staff: Staff) -> list[dict[str, Any]]:
    check_may(staff, Permission.CASE_REVIEW)
    named = Permission.DESK_UNMASK in staff.permissions
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff)
        rows = list(
            await session.scalars(
                select(Objection)
                .where(Objection.part_id == part_id)
                .order_by(Objection.received_at, Objection.id)
            )
        )
        if rows:
            await note(session, rt, staff=staff, deed="objections", subject=case.application.case_no)
    found = []
    for row in rows:
        said = json.loads(vault.open_sealed(rt, row.sealed))
        found.append(
            {
                "id": row.id,
                "text": said["text"],
                "anonymous": not said["name"],
                "name": said["name"] if named else None,
                "contact": said["contact"] if named else None,
                "received_at": row.received_at,
                "upheld": row.upheld,
                "finding": row.finding,
                "settled_at": row.settled_at,
            }
        )
    return found


async def publicity_list(rt: Runtime, *, staff: Staff, region: str | None = None) -> list[dict[str, Any]]:
    """What is being publicised now: masked name, item, employer, dates."""
    wanted = [
        visible(staff),
        ApplicationPart.status.in_((PartStatus.PUBLICITY, PartStatus.OBJECTED)),
    ]
    if region:
        wanted.append(within(ApplicationPart.region, region))
    async with rt.db.read() as session:
        found = (
            await session.execute(
                select(ApplicationPart, Application)
                .join(Application, Application.id == ApplicationPart.application_id)
                .where(*wanted)
                .order_by(ApplicationPart.publicity_to, ApplicationPart.id)
                .limit(MOST)
            )
        ).all()
        rows = await rows_of(session, rt, [(part, application) for part, application in found])
    return [
        {
            "part_id": row["id"],
            "case_no": row["case_no"],
            "applicant": row["applicant"],
            "item_name": row["item_name"],
            "employer_name": row["employer_name"],
            "region_name": row["region_name"],
            "status": row["status"],
            "from": part.publicity_from,
            "to": part.publicity_to,
        }
        for row, (part, _) in zip(rows, found, strict=True)
    ]
