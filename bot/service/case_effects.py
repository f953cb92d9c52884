"""What each event of case work writes and tells besides the move itself."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.accounts.colleagues import access_colleague
from bot.accounts.permissions import Permission
from bot.conversation import vault
from bot.errors import Refusal
from bot.service import case_issue, case_tasks
from bot.service.case_days import (
    day_of,
    end_of_days,
    end_of_workdays,
    last_day,
    midnight,
    publicity_span,
    spoken,
)
from bot.service.case_deeds import Ask
from bot.service.case_levels import covers
from bot.service.case_moves import Moving
from bot.service.case_rules import CaseEvent
from bot.service.case_supplements import keep_supplied, read_missing
from bot.service.models import Dispatch, Objection, PartStatus
from bot.service.schemas import Level
from bot.talent.network_models import Department
from bot.talent.settings import setting
from bot.texts import sentence

LATEST_DUE = timedelta(days=365)
Effect = Callable[[Moving], Awaitable[None]]


async def carry_out(moving: Moving) -> None:
    await _EFFECTS[moving.event](moving)
    if moving.step.ended:
        await _settle_open(moving)


def _say(moving: Moving, name: str, /, **words: Any) -> None:
    """What the talent is told: the case, the item, and the words of the event."""
    text = sentence(f"cases.told_{name}", **words)
    head = sentence("cases.told", case_no=moving.case.application.case_no, item=moving.item_name)
    moving.told = f"{head}{text}"


def _reason(moving: Moving) -> str:
    if not moving.deed.reason:
        raise Refusal("no_reason", "请写明理由，申请人会看到。", status=422)
    return moving.deed.reason


async def _unit_approve(moving: Moving) -> None:
    _say(moving, "unit_approve")


async def _unit_return(moving: Moving) -> None:
    reason = _reason(moving)
    moving.columns["reason"] = reason
    moving.sms = True
    _say(moving, "unit_return", reason=reason)


async def _unit_absent(moving: Moving) -> None:
    moving.note = sentence("cases.unit_unheard")
    _say(moving, "unit_absent")


async def _accept(moving: Moving) -> None:
    # Whoever accepts it answers for it until somebody else is named.
    if moving.case.part.staff_id is None:
        moving.columns["staff_id"] = moving.staff_id
    _say(moving, "accept")


async def _ask_supplement(moving: Moving) -> None:
    missing = read_missing(item=moving.item, missing=moving.deed.missing)
    days = await setting(moving.session, "supplement_days")
    due = end_of_days(moving.now, days=days)
    moving.columns |= {
        "supplement": missing,
        "supplements": moving.case.part.supplements + 1,
        "due_at": due,
    }
    lines = "\n".join(
        sentence("cases.missing_line", number=number, what=one["what"], why=one["why"])
        for number, one in enumerate(missing, start=1)
    )
    moving.sms = True
    _say(moving, "ask_supplement", count=len(missing), lines=lines, due=last_day(due))


async def _supplied(moving: Moving) -> None:
    await keep_supplied(moving)
    moving.columns |= {"supplement": [], "due_at": None}
    _say(moving, "supplied")


async def _review(moving: Moving) -> None:
    _say(moving, "review", level=_level(moving))


async def _approve(moving: Moving) -> None:
    if moving.item is None:
        raise Refusal("item_gone", "这个事项的规定读不出来了，请联系管理员后再审核。", status=409)
    if moving.step.status is PartStatus.REVIEW:
        _say(moving, "next_level", level=_level(moving))
    elif moving.step.status is PartStatus.PUBLICITY:
        own = moving.item.approval.publicity_days
        days = own or await setting(moving.session, "publicity_days")
        begin, end = publicity_span(moving.now, days=days)
        moving.columns |= {"publicity_from": begin, "publicity_to": end, "due_at": end}
        moving.sms = True
        _say(moving, "publicity", begin=spoken(begin), end=last_day(end))
        if moving.item.approval.publicity_call:
            await case_tasks.add_publicity_call(moving)
    else:
        moving.sms = True
        _say(moving, "granted")


async def _send_back(moving: Moving) -> None:
    moving.note = _reason(moving)  # between colleagues
    if moving.step.status is PartStatus.ACCEPTED:
        _say(moving, "back_to_intake")
    else:
        _say(moving, "send_back", level=_level(moving))


async def _consult(moving: Moving) -> None:
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
    if moving.at.status is PartStatus.REVIEW:  # one more department is not told again
        _say(moving, "consult")


def _due(moving: Moving, ask: Ask, days: int) -> Any:
    if ask.due_on is None:
        return end_of_workdays(moving.now, days=days)
    if not timedelta() <= ask.due_on - day_of(moving.now) <= LATEST_DUE:
        raise Refusal("bad_due", "答复期限要在今天到一年之内，请重新选择。", status=422)
    return midnight(ask.due_on + timedelta(days=1))


async def _consulted(moving: Moving) -> None:
    await _close_dispatches(moving)
    moving.columns["due_at"] = None
    _say(moving, "consulted")


async def _object(moving: Moving) -> None:
    given = moving.deed.objection
    if given is None:
        raise Refusal("no_objection", "请写明异议的内容。", status=422)
    sealed = vault.seal(moving.rt, json.dumps(given.model_dump(), ensure_ascii=False))
    moving.session.add(Objection(part_id=moving.case.part.id, sealed=sealed, received_at=moving.now))
    if moving.at.status is PartStatus.PUBLICITY:
        _say(moving, "object")


async def _dismiss(moving: Moving) -> None:
    await _settle(moving, upheld=False)
    if moving.step.status is PartStatus.PUBLICITY:
        _say(moving, "dismiss")


async def _uphold(moving: Moving) -> None:
    await _settle(moving, upheld=True)
    reason = _reason(moving)
    moving.columns["reason"] = reason
    moving.sms = True
    _say(moving, "uphold", reason=reason)


async def _settle(moving: Moving, *, upheld: bool) -> None:
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


async def _publicity_ended(moving: Moving) -> None:
    moving.columns["due_at"] = None
    _say(moving, "publicity_ended")


async def _issue(moving: Moving) -> None:
    words = await case_issue.issue(moving)
    moving.sms = True
    _say(moving, "issue", result=words)


async def _refuse(moving: Moving) -> None:
    reason, basis = _reason(moving), moving.deed.basis
    if not basis:
        raise Refusal("no_basis", "请写明依据的文件和条款。", status=422)
    text = sentence("cases.reason_and_basis", reason=reason, basis=basis)
    moving.columns["reason"] = text
    moving.sms = True
    _say(moving, "refuse", reason=text)


async def _withdraw(moving: Moving) -> None:
    if moving.staff_id and not moving.deed.note:
        raise Refusal("no_reason", "请记下申请人是怎样提出撤回的。", status=422)
    _say(moving, "withdraw")


async def _assign(moving: Moving) -> None:
    staff_id = moving.deed.staff_id
    found = staff_id and await access_colleague(
        moving.session, staff_id=staff_id, permission=Permission.CASE_READ
    )
    if not found or not covers(found.region, moving.case.part.region):
        raise Refusal("no_such_colleague", "没有找到这位同事，或者这件申请不在 TA 负责的地区。", status=422)
    moving.columns["staff_id"] = found.id
    moving.note = moving.deed.note or sentence("cases.assigned_to", name=found.name)


async def _settle_open(moving: Moving) -> None:
    """Nobody is asked any longer about a part that has ended."""
    await _close_dispatches(moving)
    await moving.session.execute(
        update(Objection)
        .where(Objection.part_id == moving.case.part.id, Objection.settled_at.is_(None))
        .values(finding=sentence("cases.no_longer_needed"), settled_at=moving.now, settled_by=moving.staff_id)
        .execution_options(synchronize_session=False)
    )


async def _close_dispatches(moving: Moving) -> None:
    await moving.session.execute(
        update(Dispatch)
        .where(Dispatch.part_id == moving.case.part.id, Dispatch.answered_at.is_(None))
        .values(
            answer=sentence("cases.no_longer_needed"), answered_at=moving.now, answered_by=moving.staff_id
        )
        .execution_options(synchronize_session=False)
    )


def _level(moving: Moving) -> str:
    levels, level = moving.at.levels, moving.step.level
    return sentence(f"cases.level_{Level(levels[level]).name.lower()}") if level < len(levels) else ""


_EFFECTS: dict[CaseEvent, Effect] = {
    CaseEvent.UNIT_APPROVE: _unit_approve,
    CaseEvent.UNIT_RETURN: _unit_return,
    CaseEvent.UNIT_ABSENT: _unit_absent,
    CaseEvent.ACCEPT: _accept,
    CaseEvent.ASK_SUPPLEMENT: _ask_supplement,
    CaseEvent.SUPPLIED: _supplied,
    CaseEvent.REVIEW: _review,
    CaseEvent.APPROVE: _approve,
    CaseEvent.SEND_BACK: _send_back,
    CaseEvent.CONSULT: _consult,
    CaseEvent.CONSULTED: _consulted,
    CaseEvent.OBJECT: _object,
    CaseEvent.DISMISS: _dismiss,
    CaseEvent.UPHOLD: _uphold,
    CaseEvent.PUBLICITY_ENDED: _publicity_ended,
    CaseEvent.ISSUE: _issue,
    CaseEvent.REFUSE: _refuse,
    CaseEvent.WITHDRAW: _withdraw,
    CaseEvent.ASSIGN: _assign,
}
