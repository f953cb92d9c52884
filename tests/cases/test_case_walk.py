"""Random walks: whatever is tried in whatever order, by whomever, the case stays sound."""

import contextlib
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_levels import levels_for
from bot.service.case_rules import CaseEvent, Situation, Step, move, possible
from bot.service.case_sweep import sweep
from bot.service.case_work import act
from bot.service.models import ENDED, Dispatch, Objection, PartStatus
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import Deed, E, Person, handed_in, part
from tests.cases.test_case_table import ACTORS, UNIT
from tests.conftest import START, MovedClock

LEVELS = st.lists(st.sampled_from(["县", "市", "省"]), unique=True, min_size=1).map(
    lambda given: [level for level in ("县", "市", "省") if level in given]
)
REGIONS = st.sampled_from(["370102", "370100", "370000", "000000"])
TRIES = st.lists(st.tuples(st.sampled_from(list(E)), st.sampled_from(sorted(ACTORS))), max_size=40)


def responsible(at: Situation) -> bool:
    """Whether anybody, or time, may take it further than assigning, objecting and withdrawing."""
    idle = {E.ASSIGN, E.WITHDRAW, E.OBJECT}
    later = START + timedelta(days=1000)
    return any(set(possible(at, actor=actor, now=later)) - idle for actor in ACTORS.values())


@given(levels=LEVELS, region=REGIONS, publicity=st.booleans(), unit=st.booleans(), tries=TRIES)
@settings(max_examples=150, deadline=None)
def test_somebody_is_always_responsible_and_an_ended_part_never_moves(
    levels: list[str], region: str, publicity: bool, unit: bool, tries: list[tuple[CaseEvent, str]]
) -> None:
    at = Situation(
        status=PartStatus.UNIT if unit else PartStatus.SUBMITTED,
        region=region,
        levels=tuple(levels_for(levels, region)),
        publicity=publicity,
        publicity_to=START,
        employer_id=UNIT,
        unstaffed=True,  # as in a small place: whoever is above stands in
    )
    for event, name in tries:
        ended = at.status in ENDED
        assert ended or responsible(at), at
        try:
            step = move(at, event, actor=ACTORS[name], now=START)
        except Refusal:
            continue
        assert not ended
        assert 0 <= step.level < max(1, len(at.levels))
        assert (step.resumes is not None) == (step.status is PartStatus.SUPPLEMENT)
        at = _after(at, event, step)


def _after(at: Situation, event: CaseEvent, step: Step) -> Situation:
    more = {E.OBJECT: 1, E.DISMISS: -1, E.UPHOLD: -1}.get(event, 0)
    return Situation(
        status=step.status,
        region=at.region,
        levels=at.levels,
        level=step.level,
        resumes=step.resumes,
        publicity=at.publicity,
        publicity_to=at.publicity_to,
        open_objections=at.open_objections + more,
        employer_id=at.employer_id,
        unstaffed=at.unstaffed,
    )


DEED = Deed(
    reason="理由",
    basis="依据",
    note="备注",
    missing=[office.Lack(kind="field", key="work", why="太短")],
    asks=[office.Ask(department="school", question="请核对")],
    objection=office.Objecting(text="有异议"),
    result=office.Result(number="SD-1", text="已办好"),
)
EVENTS = [*E, *[E.ACCEPT, E.REVIEW, E.SUPPLIED, E.ISSUE, E.CONSULTED, E.DISMISS] * 2, *[E.APPROVE] * 6]
LATE = [E.REFUSE, E.WITHDRAW, E.UPHOLD]  # they end the walk: rare, so that most get far
PEOPLE = ("front", "county", "city", "province", "person", "time")


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_rows_messages_and_the_timeline_agree_whatever_is_tried(
    rt: Runtime, desk: Office, clock: MovedClock, seed: int
) -> None:
    chance = random.Random(seed)
    await office.departments(rt, "school")
    talent_id = await office.talent(rt)
    chat = await office.chat(rt, talent_id=talent_id)
    (part_id,) = await handed_in(rt, conversation_id=chat, talent_id=talent_id)
    for _ in range(45):
        event = chance.choice(LATE if chance.random() < 0.02 else [one for one in EVENTS if one not in LATE])
        await _step(rt, desk, clock, part_id, event, chance.choice(PEOPLE), Person(chat, talent_id))
    changes = await office.timeline(rt, part_id)
    now = await part(rt, part_id)
    assert now.version == sum(change.event != "supplement_due" for change in changes)
    at: str | None = None
    for change in changes:
        assert change.before == at
        at = change.after
    assert at == now.status
    told = [change.told for change in changes if change.told]
    heard = await office.heard(rt, chat)
    assert [text for text in heard if "请您评价" not in text] == told  # each once, in order
    assert len(heard) - len(told) == (now.status in ENDED and now.status != PartStatus.WITHDRAWN)
    async with rt.db.read() as session:
        asked = select(func.count()).where(Dispatch.answered_at.is_(None))
        objected = select(func.count()).where(Objection.settled_at.is_(None))
        waiting = [await session.scalar(asked), await session.scalar(objected)]
    assert bool(waiting[0]) == (now.status == PartStatus.CONSULTED)
    assert bool(waiting[1]) == (now.status == PartStatus.OBJECTED)


async def _step(
    rt: Runtime, desk: Office, clock: MovedClock, part_id: str, event: CaseEvent, name: str, person: Person
) -> None:
    before = await part(rt, part_id)
    if name == "time":
        clock.advance(days=3)
        await sweep(rt)
    else:
        async with rt.db.read() as session:
            opened = await session.scalar(select(Objection.id).where(Objection.settled_at.is_(None)).limit(1))
        deed = DEED.model_copy(update={"staff_id": desk.front.id, "objection_id": opened})
        if event is E.SUPPLIED:
            deed = Deed(values={"work": "三项成果"})
        with contextlib.suppress(Refusal):
            by = person if name == "person" else getattr(desk, name)
            await act(rt, part_id=part_id, event=event, by=by, deed=deed)
    after = await part(rt, part_id)
    assert after.version in (before.version, before.version + 1)
    assert before.status not in ENDED or after.version == before.version
