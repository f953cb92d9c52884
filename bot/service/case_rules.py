"""What may happen to one part of an application, who may do it, and where it goes then. Pure.

Nothing but TABLE moves a part: whatever is not in it is refused, for everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import Refusal
from bot.service.case_levels import above, covers, level_of
from bot.service.models import ENDED, PartStatus


class CaseEvent(StrEnum):
    UNIT_APPROVE = "unit_approve"
    UNIT_RETURN = "unit_return"
    UNIT_ABSENT = "unit_absent"  # nobody is left there who could approve
    ACCEPT = "accept"
    ASK_SUPPLEMENT = "ask_supplement"
    SUPPLIED = "supplied"
    REVIEW = "review"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    CONSULT = "consult"
    CONSULTED = "consulted"
    OBJECT = "object"
    DISMISS = "dismiss"
    UPHOLD = "uphold"
    PUBLICITY_ENDED = "publicity_ended"
    ISSUE = "issue"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"


class Who(StrEnum):
    """In whose place somebody acts."""

    UNIT_HEAD = "unit_head"  # of the employer that applies
    UNIT = "unit"  # any account of that employer that may hand in
    INTAKE = "intake"  # 前台, and a talent's own specialist
    REVIEWER = "reviewer"  # 后台 of the present level
    APPLICANT = "applicant"
    SERVICE = "service"  # the sweep, or the last of what was waited for


@dataclass(frozen=True)
class Actor:
    """`permissions` are strings of accounts.permissions; empty for the talent and the service."""

    who: Who  # APPLICANT or SERVICE; anything else is decided by the permissions
    permissions: frozenset[str] = frozenset()
    region: str = "000000"
    employer_id: str | None = None
    serves: bool = False  # the applicant's own specialist, or whoever the part is assigned to


SERVICE = Actor(Who.SERVICE)
APPLICANT = Actor(Who.APPLICANT)


@dataclass(frozen=True)
class Situation:
    """All of a part that decides about a move."""

    status: PartStatus
    region: str = "000000"
    levels: tuple[str, ...] = ()
    level: int = 0
    resumes: PartStatus | None = None
    publicity: bool = False  # the item is publicised before it is granted
    publicity_to: datetime | None = None
    open_dispatches: int = 0
    open_objections: int = 0
    employer_id: str | None = None
    unstaffed: bool = False  # nobody works at the present level: the next above stands in

    @property
    def level_name(self) -> str | None:
        return self.levels[self.level] if self.level < len(self.levels) else None


@dataclass(frozen=True)
class Step:
    status: PartStatus
    level: int
    resumes: PartStatus | None = None
    decision: str | None = None  # 通过 | 不予通过, where this move decides

    @property
    def ended(self) -> bool:
        return self.status in ENDED


S, E = PartStatus, CaseEvent
GRANTED, DENIED = "通过", "不予通过"
Target = Callable[[Situation, datetime], Step]


def _to(status: PartStatus, *, decision: str | None = None) -> Target:
    return lambda at, _now: Step(status, at.level, decision=decision)


def _stay(at: Situation, _now: datetime) -> Step:
    return Step(at.status, at.level, at.resumes)


def _ask(at: Situation, _now: datetime) -> Step:
    return Step(S.SUPPLEMENT, at.level, resumes=at.status)


def _resume(at: Situation, _now: datetime) -> Step:
    return Step(at.resumes or S.SUBMITTED, at.level)


def _begin(at: Situation, _now: datetime) -> Step:
    return Step(S.REVIEW, 0)


def _approve(at: Situation, _now: datetime) -> Step:
    if at.level + 1 < len(at.levels):
        return Step(S.REVIEW, at.level + 1)
    return Step(S.PUBLICITY if at.publicity else S.ISSUING, at.level, decision=GRANTED)


def _send_back(at: Situation, _now: datetime) -> Step:
    return Step(S.REVIEW, at.level - 1) if at.level > 0 else Step(S.ACCEPTED, 0)


def _consulted(at: Situation, _now: datetime) -> Step:
    return Step(S.REVIEW, at.level)


def _settled(at: Situation, _now: datetime) -> Step:
    """Others may still be looked into; what has run out meanwhile is moved on by the sweep."""
    return Step(S.OBJECTED if at.open_objections > 1 else S.PUBLICITY, at.level)


def _publicity_over(at: Situation, now: datetime) -> Step:
    if at.publicity_to is None or now < at.publicity_to:
        raise _not_now("公示期还没有结束，到期后会自动进入下一步。")
    return Step(S.ISSUING, at.level)


_UNIT_HEAD = frozenset({Who.UNIT_HEAD})
_INTAKE = frozenset({Who.INTAKE})
_REVIEWER = frozenset({Who.REVIEWER})
_SERVICE = frozenset({Who.SERVICE})
_SUPPLIERS = frozenset({Who.APPLICANT, Who.INTAKE, Who.UNIT})
_OFFICE = _INTAKE | _REVIEWER
_WITHDRAWERS = frozenset({Who.APPLICANT, Who.INTAKE})

_OPEN = tuple(status for status in PartStatus if status not in ENDED)
_DENY = _to(S.RETURNED, decision=DENIED)

TABLE: dict[tuple[PartStatus, CaseEvent], tuple[Target, frozenset[Who]]] = {
    (S.UNIT, E.UNIT_APPROVE): (_to(S.SUBMITTED), _UNIT_HEAD),
    (S.UNIT, E.UNIT_RETURN): (_DENY, _UNIT_HEAD),
    (S.UNIT, E.ASK_SUPPLEMENT): (_ask, _UNIT_HEAD),
    (S.UNIT, E.UNIT_ABSENT): (_to(S.SUBMITTED), _SERVICE),
    (S.SUBMITTED, E.ACCEPT): (_to(S.ACCEPTED), _INTAKE),
    (S.SUBMITTED, E.ASK_SUPPLEMENT): (_ask, _INTAKE),
    (S.SUBMITTED, E.REFUSE): (_DENY, _INTAKE),
    (S.ACCEPTED, E.ASK_SUPPLEMENT): (_ask, _OFFICE),
    (S.ACCEPTED, E.REVIEW): (_begin, _REVIEWER),
    (S.ACCEPTED, E.REFUSE): (_DENY, _REVIEWER),
    (S.SUPPLEMENT, E.SUPPLIED): (_resume, _SUPPLIERS),
    (S.REVIEW, E.ASK_SUPPLEMENT): (_ask, _REVIEWER),
    (S.REVIEW, E.APPROVE): (_approve, _REVIEWER),
    (S.REVIEW, E.SEND_BACK): (_send_back, _REVIEWER),
    (S.REVIEW, E.CONSULT): (_to(S.CONSULTED), _REVIEWER),
    (S.REVIEW, E.REFUSE): (_DENY, _REVIEWER),
    (S.CONSULTED, E.CONSULT): (_stay, _REVIEWER),  # one more department
    (S.CONSULTED, E.CONSULTED): (_consulted, _REVIEWER | _SERVICE),
    (S.CONSULTED, E.REFUSE): (_DENY, _REVIEWER),
    (S.PUBLICITY, E.OBJECT): (_to(S.OBJECTED), _OFFICE),
    (S.PUBLICITY, E.PUBLICITY_ENDED): (_publicity_over, _SERVICE),
    (S.OBJECTED, E.OBJECT): (_stay, _OFFICE),  # one more objection
    (S.OBJECTED, E.DISMISS): (_settled, _REVIEWER),
    (S.OBJECTED, E.UPHOLD): (_DENY, _REVIEWER),
    (S.ISSUING, E.ISSUE): (_to(S.DONE), _REVIEWER),
    (S.ISSUING, E.REFUSE): (_DENY, _REVIEWER),
    **{(status, E.WITHDRAW): (_to(S.WITHDRAWN), _WITHDRAWERS) for status in _OPEN},
    **{(status, E.ASSIGN): (_stay, _OFFICE) for status in _OPEN},
}


def move(at: Situation, event: CaseEvent, *, actor: Actor, now: datetime) -> Step:
    """Where the part goes; a Refusal when this is not its turn, or not this actor's."""
    if at.status in ENDED:
        raise Refusal("case_ended", f"这件申请{at.status}，不能再办理。", status=409)
    entry = TABLE.get((at.status, event))
    if entry is None:
        raise _not_now(f"现在是“{at.status}”，不能做这一步，请刷新后再看。")
    target, wanted = entry
    check_actor(at, wanted, actor)
    if event is E.CONSULTED and actor.who is Who.SERVICE and at.open_dispatches:
        raise _not_now("还有部门没有答复。")
    return target(at, now)


def possible(at: Situation, *, actor: Actor, now: datetime) -> list[CaseEvent]:
    """What this actor may do with the part now, for the page's buttons."""
    found = []
    for event in CaseEvent:
        try:
            move(at, event, actor=actor, now=now)
        except Refusal:
            continue
        found.append(event)
    return found


def check_actor(at: Situation, wanted: frozenset[Who], actor: Actor) -> None:
    if actor.who in (Who.APPLICANT, Who.SERVICE):
        if actor.who not in wanted:
            raise _not_allowed("这一步由工作人员办理。")
        return
    refusals = [_fault(at, who, actor) for who in Who if who in wanted]
    if None not in refusals:
        raise _not_allowed(next((text for text in refusals if text), "这一步不由工作人员办理。"))


def _fault(at: Situation, who: Who, actor: Actor) -> str | None:
    """Why a member of staff may not act in this place; None when they may."""
    may = actor.permissions
    if who in (Who.UNIT_HEAD, Who.UNIT):
        permission = "unit.approve" if who is Who.UNIT_HEAD else "unit.complete"
        own = at.employer_id is not None and actor.employer_id == at.employer_id
        return None if own and permission in may else "这一步由申请人所在单位办理。"
    if actor.employer_id is not None:
        return "这一步由服务中心的工作人员办理。"
    near = covers(actor.region, at.region) or actor.serves
    if who is Who.INTAKE:
        if "case.intake" not in may:
            return "您没有受理权限，请由前台或专员办理。"
        return None if near else "这件申请不属于您负责的地区。"
    if who is Who.REVIEWER:
        if "case.review" not in may:
            return "您没有审核权限，请由后台办理。"
        return _level_fault(at, actor)
    return "这一步不由工作人员办理。"


def _level_fault(at: Situation, actor: Actor) -> str | None:
    if not covers(actor.region, at.region):
        return "这件申请不属于您负责的地区。"
    mine, wanted = level_of(actor.region), at.level_name
    if mine is None or wanted is None or mine == wanted:
        return None
    # A level nobody works at must not hold an application for ever.
    if at.unstaffed and above(mine, wanted):
        return None
    return f"现在由{wanted}级审核，您的账号是{mine}级。"


def _not_now(text: str) -> Refusal:
    return Refusal("not_now", text, status=409)


def _not_allowed(text: str) -> Refusal:
    return Refusal("not_yours", text, status=403)
