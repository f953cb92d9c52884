"""What of a case is asked of others, departments and who looks into objections, and how that ends."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.conversation import vault
from bot.errors import Refusal
from bot.service.case_days import day_of, end_of_workdays, midnight
from bot.service.case_deeds import Ask
from bot.service.case_moves import Moving
from bot.service.models import Dispatch, Objection
from bot.talent.network_models import Department
from bot.talent.settings import setting
from bot.texts import sentence

LATEST_DUE = timedelta(days=365)


async def ask_departments(moving: Moving) -> None:
    """会办 of some departments more; nobody is asked twice at a time."""
    asks = moving.deed.asks
    if not asks:
        raise Refusal("nobody_asked", "请至少选择一个部门，并写明要核对的问题。", status=422)
    session, part = moving.session, moving.case.part
    known = {key for (key,) in await session.execute(select(Department.key))}
    waiting = set(
        await session.scalars(
            select(Dispatch.department).where(Dispatch.part_id == part.id, Dispatch.answered_at.is_(None))
        )
    )
    chosen = [ask.department for ask in asks]
    if set(chosen) - known:
        raise Refusal("unknown_department", "没有找到所选的部门，请刷新后重新选择。", status=422)
    if len(set(chosen)) != len(chosen) or waiting & set(chosen):
        raise Refusal("asked_already", "同一个部门还没有答复，请等答复后再发，或先催办。", status=409)
    days = await setting(session, "dispatch_days")
    dues = [_due(moving, ask, days) for ask in asks]
    for ask, due in zip(asks, dues, strict=True):
        session.add(
            Dispatch(
                part_id=part.id,
                department=ask.department,
                question=ask.question,
                asked_by=moving.staff_id or "",
                asked_at=moving.now,
                due_at=due,
            )
        )
    latest = max([*dues, *([part.due_at] if waiting and part.due_at else [])])
    moving.columns["due_at"] = latest


def _due(moving: Moving, ask: Ask, days: int) -> datetime:
    if ask.due_on is None:
        return end_of_workdays(moving.now, days=days)
    if not timedelta() <= ask.due_on - day_of(moving.now) <= LATEST_DUE:
        raise Refusal("bad_due", "答复期限要在今天到一年之内，请重新选择。", status=422)
    return midnight(ask.due_on + timedelta(days=1))


async def close_dispatches(moving: Moving) -> None:
    await moving.session.execute(
        update(Dispatch)
        .where(Dispatch.part_id == moving.case.part.id, Dispatch.answered_at.is_(None))
        .values(
            answer=sentence("cases.no_longer_needed"), answered_at=moving.now, answered_by=moving.staff_id
        )
        .execution_options(synchronize_session=False)
    )


async def keep_objection(moving: Moving) -> None:
    """What is objected, sealed: only who looks into it opens it."""
    given = moving.deed.objection
    if given is None:
        raise Refusal("no_objection", "请写明异议的内容。", status=422)
    sealed = vault.seal(moving.rt, json.dumps(given.model_dump(), ensure_ascii=False))
    moving.session.add(Objection(part_id=moving.case.part.id, sealed=sealed, received_at=moving.now))


async def settle_objection(moving: Moving, *, upheld: bool) -> None:
    deed = moving.deed
    if not deed.note:
        raise Refusal("no_finding", "请写明核实的结果。", status=422)
    open_ones = (Objection.part_id == moving.case.part.id, Objection.settled_at.is_(None))
    done = await moving.session.execute(
        update(Objection)
        .where(*open_ones, Objection.id == deed.objection_id)
        .values(upheld=upheld, finding=deed.note, settled_at=moving.now, settled_by=moving.staff_id)
        .returning(Objection.id)
        .execution_options(synchronize_session=False)
    )
    if done.one_or_none() is None:
        raise Refusal("no_such_objection", "没有找到待核实的这条异议，请刷新后再看。", status=404)


async def settle_open(moving: Moving) -> None:
    """Nobody is asked any longer about a part that has ended."""
    await close_dispatches(moving)
    await moving.session.execute(
        update(Objection)
        .where(Objection.part_id == moving.case.part.id, Objection.settled_at.is_(None))
        .values(finding=sentence("cases.no_longer_needed"), settled_at=moving.now, settled_by=moving.staff_id)
        .execution_options(synchronize_session=False)
    )
