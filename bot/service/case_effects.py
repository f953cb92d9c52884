"""What each event of case work writes and tells besides the move itself."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.accounts.colleagues import access_colleague
from bot.accounts.permissions import Permission
from bot.errors import Refusal
from bot.service import case_asking, case_issue, case_tasks
from bot.service.case_days import (
    end_of_days,
    last_day,
    publicity_span,
    spoken,
)
from bot.service.case_levels import covers
from bot.service.case_moves import Moving
from bot.service.case_rules import CaseEvent
from bot.service.case_supplements import keep_supplied, read_missing
from bot.service.models import PartStatus
from bot.service.schemas import Level
from bot.talent.places import region_name
from bot.talent.settings import setting
from bot.texts import sentence

Effect = Callable[[Moving], Awaitable[None]]


async def carry_out(moving: Moving) -> None:
    await _EFFECTS[moving.event](moving)
    if moving.step.ended:
        await case_asking.settle_open(moving)


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
    if moving.columns.keys() & {"region", "levels"}:
        place = moving.columns.get("region", moving.case.part.region)
        _say(moving, "moved_on", region=region_name(place))
    else:
        _say(moving, "supplied")
    moving.columns |= {"supplement": [], "due_at": None}


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
    await case_asking.ask_departments(moving)
    if moving.at.status is PartStatus.REVIEW:  # one more department is not told again
        _say(moving, "consult")


async def _consulted(moving: Moving) -> None:
    await case_asking.close_dispatches(moving)
    moving.columns["due_at"] = None
    _say(moving, "consulted")


async def _object(moving: Moving) -> None:
    await case_asking.keep_objection(moving)
    if moving.at.status is PartStatus.PUBLICITY:
        _say(moving, "object")


async def _dismiss(moving: Moving) -> None:
    await case_asking.settle_objection(moving, upheld=False)
    if moving.step.status is PartStatus.PUBLICITY:
        _say(moving, "dismiss")


async def _uphold(moving: Moving) -> None:
    await case_asking.settle_objection(moving, upheld=True)
    reason = _reason(moving)
    moving.columns["reason"] = reason
    moving.sms = True
    _say(moving, "uphold", reason=reason)


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
