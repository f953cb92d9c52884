"""An employer's own people in the talent database, and what it proposes to change of them."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.conversation import vault
from bot.errors import Refusal
from bot.identity.models import DataRequest
from bot.identity.requests import asked_in
from bot.identity.rules import ANSWER_WITHIN
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.listing import PAGE, find_talents, rows_of
from bot.talent.models import Talent
from bot.talent.service import access_talent
from bot.units.access import Unit

CORRECTION, NEW_PERSON, WAITING = "更正", "新增", "待处理"
MOST_LISTED = 100
MOST_WAITING = 200  # proposals of one employer nobody has looked at yet


async def list_people(rt: Runtime, *, unit: Unit, query: str, page: int) -> dict[str, Any]:
    found = await find_talents(rt, staff=unit.staff, query=query, page=page)
    return {"total": found.total, "page_size": PAGE, "rows": [_person(row) for row in found.rows]}


async def read_person(rt: Runtime, *, unit: Unit, talent_id: str) -> dict[str, Any]:
    async with rt.db.read() as session:
        talent = await access_talent(session, talent_id=talent_id, staff=unit.staff)
        (row,) = await rows_of(session, [talent], today=today_of(rt))
    return _person(row)


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """What an employer sees: not who looks after somebody, nor what else the centre notes."""
    names = ("id", "name", "region_name", "education", "title", "position", "tiers", "phone_hint", "id_hint")
    card = row["card"] and {name: row["card"][name] for name in ("kind", "state", "valid_to")}
    return {name: row[name] for name in names} | {"card": card}


async def propose(
    rt: Runtime, *, unit: Unit, request_id: str, asked: Mapping[str, str], talent_id: str | None
) -> str:
    """A correction of one's own people, or somebody the database lacks; the centre decides. A repeated
    request adds nothing."""
    key = f"{unit.employer_id[:31]}:{request_id}"
    now = rt.clock.now()
    async with rt.db.write() as session:
        known = await session.scalar(select(DataRequest.id).where(DataRequest.once_key == key))
        if known:
            return str(known)
        if talent_id is not None:
            await access_talent(session, talent_id=talent_id, staff=unit.staff)
        if await count_waiting(session, employer_id=unit.employer_id) >= MOST_WAITING:
            raise Refusal(
                "too_many_waiting", "本单位还有很多申请没有处理完，请等服务中心处理后再提交。", status=429
            )
        row = DataRequest(
            talent_id=talent_id,
            employer_id=unit.employer_id,
            made_by=unit.staff.id,
            once_key=key,
            kind=CORRECTION if talent_id else NEW_PERSON,
            sealed=vault.seal(rt, json.dumps(dict(asked), ensure_ascii=False)),
            status=WAITING,
            created_at=now,
            due_at=now + ANSWER_WITHIN,
        )
        session.add(row)
        await session.flush()
        await audit(
            session,
            staff_id=unit.staff.id,
            action="unit.propose",
            subject=row.id,
            detail={"kind": row.kind, "talent": talent_id},
            at=now,
        )
        return row.id


async def count_waiting(session: AsyncSession, *, employer_id: str) -> int:
    """Proposals nobody has looked at yet."""
    mine = DataRequest.employer_id == employer_id, DataRequest.status == WAITING
    return await session.scalar(select(func.count()).select_from(DataRequest).where(*mine)) or 0


async def list_proposals(rt: Runtime, *, unit: Unit) -> list[dict[str, Any]]:
    """The employer's own, newest first: what became of each."""
    query = (
        select(DataRequest, Talent.name)
        .outerjoin(Talent, Talent.id == DataRequest.talent_id)
        .where(DataRequest.employer_id == unit.employer_id)
        .order_by(DataRequest.created_at.desc(), DataRequest.id)
        .limit(MOST_LISTED)
    )
    async with rt.db.read() as session:
        rows = list(await session.execute(query))
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "about": name or asked_in(rt, row).get("name", ""),
            "status": row.status,
            "answer": row.answer,
            "created_at": row.created_at,
            "due_at": row.due_at,
        }
        for row, name in rows
    ]
