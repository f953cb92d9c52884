"""Requests about personal data as staff see and decide them."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import audit, staff_names
from bot.conversation import vault
from bot.conversation.log import wire_time
from bot.errors import Refusal
from bot.identity.erasure import erase
from bot.identity.models import DataRequest
from bot.identity.rights import ANSWERED, DELETION, DONE, WAITING, tell_answer
from bot.notices.service import Told, tell_after
from bot.runtime import Runtime
from bot.talent.models import Talent
from bot.talent.network_models import Employer
from bot.talent.scope import in_reach, visible
from bot.text.personal import ID_NUMBER, MOBILE, hint_of

PAGE_SIZE = 50
_LABELS = {
    "name": "姓名",
    "id_number": "证件号码",
    "phone": "手机号",
    "education": "学历",
    "title": "职称",
    "position": "岗位",
    "text": "申请内容",
}
_NUMBERS = {"id_number": ID_NUMBER, "phone": MOBILE}


async def list_requests(rt: Runtime, *, staff: Staff, waiting: bool | None, page: int) -> dict[str, Any]:
    """Of talents and employers within reach; the one due first comes first."""
    async with rt.db.read() as session:
        query = _within(staff)
        if waiting is not None:
            query = query.where((DataRequest.status == WAITING) == waiting)
        total = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found = await session.execute(
            query.order_by(DataRequest.status != WAITING, DataRequest.due_at, DataRequest.id)
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
        rows = [(row, name, employer) for row, name, employer in found]
        names = await staff_names(session, [row.staff_id for row, _, _ in rows])
    clear = Permission.DESK_UNMASK in staff.permissions
    if clear and any(set(asked_in(rt, row)) & set(_NUMBERS) for row, _, _ in rows):
        await _note_look(rt, staff=staff)
    return {
        "total": total,
        "page_size": PAGE_SIZE,
        "rows": [
            _view(rt, row, name, employer, names.get(row.staff_id), clear=clear)
            for row, name, employer in rows
        ],
    }


async def answer(
    rt: Runtime, *, staff: Staff, request_id: str, text: str, done: bool, erases: bool = False
) -> dict[str, Any]:
    """Decide one request, once; `erases` carries out a deletion in the same transaction."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await _access(session, staff=staff, request_id=request_id)
        if row.status != WAITING:
            raise Refusal("already_answered", "这件申请已经处理过了，请刷新列表。", status=409)
        told = Told()
        if erases:
            if row.kind != DELETION or row.talent_id is None:
                raise Refusal("no_deletion", "只有本人申请删除的，才能删除档案。", status=409)
            told = Told(tuple(await erase(session, rt, talent_id=row.talent_id, by=staff.id)))
        row.status = DONE if done or erases else ANSWERED
        row.answer, row.staff_id, row.done_at = text, staff.id, now
        if erases:
            row.sealed = None
        elif row.employer_id is None:
            told = await tell_answer(session, rt, row=row)
        await audit(
            session,
            staff_id=staff.id,
            action="talent.erase" if erases else "talent.data_request",
            subject=row.talent_id or row.id,
            detail={"request": row.id, "status": row.status},
            at=now,
        )
        await session.flush()
    tell_after(rt, told)
    return _view(rt, row, None, None, staff.name, clear=False)


async def _note_look(rt: Runtime, *, staff: Staff) -> None:
    """Numbers an employer wrote are seen in clear by whoever makes the record of them."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        await audit(
            session,
            staff_id=staff.id,
            action="talent.proposed_numbers",
            subject="-",
            at=now,
            once_key=f"talent.proposed_numbers:{staff.id}:{now:%Y%m%d%H}",
        )


def _within(staff: Staff) -> Select[Any, Any, Any]:
    return (
        select(DataRequest, Talent.name, Employer.name)
        .outerjoin(Talent, Talent.id == DataRequest.talent_id)
        .outerjoin(Employer, Employer.id == DataRequest.employer_id)
        .where(_reachable(staff))
    )


def _reachable(staff: Staff) -> ColumnElement[bool]:
    """By the talent's record; a proposal of somebody new by the employer's place."""
    new_person = DataRequest.talent_id.is_(None) & in_reach(staff, Employer.region)
    return or_(DataRequest.talent_id.is_not(None) & visible(staff), new_person)


async def _access(session: AsyncSession, *, staff: Staff, request_id: str) -> DataRequest:
    query = _within(staff).with_only_columns(DataRequest).where(DataRequest.id == request_id)
    row = await session.scalar(query.with_for_update(of=DataRequest))
    if row is None:
        raise Refusal("not_found", "没有找到这件申请，请刷新列表后重试。", status=404)
    return row


def _masked(key: str, text: str) -> str:
    return hint_of(_NUMBERS[key], text) if key in _NUMBERS else text


def asked_in(rt: Runtime, row: DataRequest) -> dict[str, str]:
    """What was written, by key of `_LABELS`; nothing of a deletion that was carried out."""
    asked: dict[str, str] = json.loads(vault.open_sealed(rt, row.sealed)) if row.sealed else {}
    return asked


def _view(
    rt: Runtime, row: DataRequest, name: str | None, employer: str | None, by_name: str | None, *, clear: bool
) -> dict[str, Any]:
    given = asked_in(rt, row)
    shown = given if clear else {key: _masked(key, text) for key, text in given.items()}
    return {
        "id": row.id,
        "kind": row.kind,
        "talent_id": row.talent_id,
        "talent_name": name or given.get("name"),
        "employer_name": employer,
        "asked": [{"label": _LABELS[key], "text": text} for key, text in shown.items()],
        "status": row.status,
        "answer": row.answer,
        "by_name": by_name,
        "created_at": wire_time(row.created_at),
        "due_at": wire_time(row.due_at),
        "done_at": wire_time(row.done_at) if row.done_at else None,
    }
