"""Every state × every event × everybody: who may do what, written down a second time by hand."""

from datetime import timedelta
from itertools import product

import pytest

from bot.accounts.permissions import ROLE_PERMISSIONS, Role
from bot.errors import Refusal
from bot.service.case_rules import APPLICANT, SERVICE, Actor, CaseEvent, Situation, Step, Who, move, possible
from bot.service.models import PartStatus
from tests.conftest import START

UNIT = "u" * 32


def _staff(role: Role, region: str, *, employer_id: str | None = None, serves: bool = False) -> Actor:
    permissions = frozenset(permission.value for permission in ROLE_PERMISSIONS[role])
    return Actor(Who.INTAKE, permissions, region, employer_id, serves)


ACTORS = {
    "talent": APPLICANT,
    "service": SERVICE,
    "head": _staff(Role.UNIT_HEAD, "370102", employer_id=UNIT),
    "officer": _staff(Role.UNIT_OFFICER, "370102", employer_id=UNIT),
    "other_head": _staff(Role.UNIT_HEAD, "370102", employer_id="x" * 32),
    "front": _staff(Role.FRONT_DESK, "370000"),
    "front_elsewhere": _staff(Role.FRONT_DESK, "350500"),
    "own_specialist": _staff(Role.SPECIALIST, "350500", serves=True),
    "specialist": _staff(Role.SPECIALIST, "000000"),
    "county": _staff(Role.BACK_OFFICE, "370102"),
    "city": _staff(Role.BACK_OFFICE, "370100"),
    "province": _staff(Role.BACK_OFFICE, "370000"),
    "nation": _staff(Role.BACK_OFFICE, "000000"),
    "city_elsewhere": _staff(Role.BACK_OFFICE, "370200"),
    "lead": _staff(Role.LEAD, "000000"),
    "department": _staff(Role.DEPARTMENT, "370100"),
    "inspector": _staff(Role.INSPECTOR, "000000"),
    "editor": _staff(Role.EDITOR, "000000"),
    "administrator": _staff(Role.ADMINISTRATOR, "000000"),
}
HEAD = "head"
INTAKE = "front own_specialist specialist lead"
REVIEW = "city nation lead"  # the part stands at the city
OFFICE = f"{INTAKE} {REVIEW}"
SUPPLY = f"talent head officer {INTAKE}"
WITHDRAW = f"talent {INTAKE}"
# state: {event: (what it becomes, who)}; everything else is refused for everybody.
LEGAL: dict[str, dict[str, tuple[str, str]]] = {
    "待单位核准": {
        "unit_approve": ("已提交", HEAD),
        "unit_return": ("已退回", HEAD),
        "ask_supplement": ("待补正", HEAD),
        "unit_absent": ("已提交", "service"),
    },
    "已提交": {
        "accept": ("已受理", INTAKE),
        "ask_supplement": ("待补正", INTAKE),
        "refuse": ("已退回", INTAKE),
    },
    "已受理": {
        "review": ("审核中", REVIEW),
        "ask_supplement": ("待补正", OFFICE),
        "refuse": ("已退回", REVIEW),
    },
    "待补正": {"supplied": ("已受理", SUPPLY)},
    "审核中": {
        "approve": ("审核中", REVIEW),
        "send_back": ("审核中", REVIEW),
        "consult": ("会办中", REVIEW),
        "ask_supplement": ("待补正", REVIEW),
        "refuse": ("已退回", REVIEW),
    },
    "会办中": {
        "consult": ("会办中", REVIEW),
        "consulted": ("审核中", f"{REVIEW} service"),
        "refuse": ("已退回", REVIEW),
    },
    "公示中": {"object": ("异议核实中", OFFICE), "publicity_ended": ("待制发", "service")},
    "异议核实中": {
        "object": ("异议核实中", OFFICE),
        "dismiss": ("公示中", REVIEW),
        "uphold": ("已退回", REVIEW),
    },
    "待制发": {"issue": ("已办结", REVIEW), "refuse": ("已退回", REVIEW)},
    "已办结": {},
    "已退回": {},
    "已撤回": {},
}
ENDED = ("已办结", "已退回", "已撤回")
for _state, _events in LEGAL.items():
    if _state not in ENDED:
        _events["withdraw"] = ("已撤回", WITHDRAW)
        _events["assign"] = (_state, OFFICE)


def situation(status: str, **changes: object) -> Situation:
    values: dict[str, object] = {
        "status": PartStatus(status),
        "region": "370102",
        "levels": ("县", "市", "省"),
        "level": 1,
        "resumes": PartStatus.ACCEPTED if status == "待补正" else None,
        "publicity": True,
        "publicity_to": START - timedelta(seconds=1),
        "employer_id": UNIT,
        "open_objections": 1 if status == "异议核实中" else 0,
    }
    return Situation(**{**values, **changes})  # type: ignore[arg-type]


def attempt(at: Situation, event: str, actor: Actor) -> Step | str:
    try:
        return move(at, CaseEvent(event), actor=actor, now=START)
    except Refusal as refusal:
        return refusal.code


def test_the_hand_written_table_names_every_state() -> None:
    assert set(LEGAL) == {status.value for status in PartStatus}


@pytest.mark.parametrize("status", [status.value for status in PartStatus])
def test_every_event_by_everybody(status: str) -> None:
    for event, (name, actor) in product([event.value for event in CaseEvent], ACTORS.items()):
        after, who = LEGAL[status].get(event, ("", ""))
        got = attempt(situation(status), event, actor)
        if name in who.split():
            assert isinstance(got, Step), (event, name, got)
            assert got.status == after, (event, name)
        else:
            wanted = {"case_ended"} if status in ENDED else {"not_yours"} if after else {"not_now"}
            assert got in wanted, (event, name, got)


@pytest.mark.parametrize("status", [status.value for status in PartStatus])
def test_the_page_offers_exactly_what_may_be_done(status: str) -> None:
    for name, actor in ACTORS.items():
        offered = {event.value for event in possible(situation(status), actor=actor, now=START)}
        assert offered == {event for event, (_, who) in LEGAL[status].items() if name in who.split()}, name


def test_review_goes_up_level_by_level_and_down_again() -> None:
    way = [("county", 0, 1), ("city", 1, 2)]
    for name, before, after in way:
        step = attempt(situation("审核中", level=before), "approve", ACTORS[name])
        assert isinstance(step, Step) and (step.status, step.level) == ("审核中", after)
        assert step.decision is None
    last = attempt(situation("审核中", level=2), "approve", ACTORS["province"])
    assert isinstance(last, Step) and (last.status, last.decision) == ("公示中", "通过")
    plain = attempt(situation("审核中", level=2, publicity=False), "approve", ACTORS["province"])
    assert isinstance(plain, Step) and plain.status == "待制发"
    down = attempt(situation("审核中", level=2), "send_back", ACTORS["province"])
    assert isinstance(down, Step) and (down.status, down.level) == ("审核中", 1)
    out = attempt(situation("审核中", level=0), "send_back", ACTORS["county"])
    assert isinstance(out, Step) and (out.status, out.level) == ("已受理", 0)


@pytest.mark.parametrize(
    ("level", "region", "unstaffed", "may"),
    [
        (0, "370102", False, True),
        (0, "370100", False, False),
        (0, "370100", True, True),  # nobody reviews in the county
        (0, "370000", True, True),
        (0, "370103", True, False),
        (1, "370102", True, False),  # a county never stands in for the city
        (2, "370100", True, False),
        (2, "370000", False, True),
        (2, "370000", True, True),
        (0, "000000", False, True),
    ],
)
def test_a_level_is_worked_by_its_own_accounts_or_by_those_above_while_it_has_none(
    level: int, region: str, unstaffed: bool, may: bool
) -> None:
    at = situation("审核中", level=level, unstaffed=unstaffed)
    got = attempt(at, "approve", _staff(Role.BACK_OFFICE, region))
    assert isinstance(got, Step) == may


def test_a_supplement_comes_back_to_where_it_was_asked() -> None:
    for status in ("待单位核准", "已提交", "已受理", "审核中"):
        asked = attempt(
            situation(status), "ask_supplement", ACTORS["head" if status == "待单位核准" else "lead"]
        )
        assert isinstance(asked, Step) and asked.resumes == status and asked.level == 1
        back = attempt(situation("待补正", resumes=asked.resumes), "supplied", APPLICANT)
        assert isinstance(back, Step) and (back.status, back.level) == (status, 1)


def test_publicity_does_not_end_before_its_time() -> None:
    for end in (START + timedelta(seconds=1), None):
        assert attempt(situation("公示中", publicity_to=end), "publicity_ended", SERVICE) == "not_now"


def test_the_service_waits_for_every_department_but_back_office_need_not() -> None:
    at = situation("会办中", open_dispatches=1)
    assert attempt(at, "consulted", SERVICE) == "not_now"
    assert isinstance(attempt(at, "consulted", ACTORS["city"]), Step)


def test_with_a_second_objection_open_publicity_does_not_go_on() -> None:
    step = attempt(situation("异议核实中", open_objections=2), "dismiss", ACTORS["city"])
    assert isinstance(step, Step) and step.status == "异议核实中"


def test_no_employer_acts_for_an_application_without_one() -> None:
    at = situation("待单位核准", employer_id=None)
    assert attempt(at, "unit_approve", ACTORS["head"]) == "not_yours"
