"""The whole desk at random: nobody who waits is forgotten, and the router gives nobody too much."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.conversation import queue
from bot.conversation.handover_models import LIVE, ControlChange, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.desk.models import Seat
from bot.desk.routing import QUARTERS
from bot.desk.seats import quarters
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.desk.proofs.office import SECRET, Office

ACTS = 150
CAPACITY = 1  # for five talents and four seats: somebody always has to wait
GIVING = ("accept done", "claim done", "next done")
WAITING = (Control.QUEUED, Control.OFFERED)
HELD = (Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_somebody_is_responsible_whatever_happens(rt: Runtime, clock: MovedClock, seed: int) -> None:
    office = await Office.open(rt, clock, seed=seed, talents=5, capacity=CAPACITY)
    versions: dict[str, tuple[int, int]] = {}
    try:
        for _ in range(ACTS):
            before, given = await _loads(rt), _given(office)
            await office.act()
            after = await _loads(rt)
            if _given(office) > given or office.last == "route":
                for staff_id, load in after.items():
                    assert load <= max(CAPACITY * QUARTERS, before.get(staff_id, 0)), office.last
            await _check(rt, versions)
        assert _given(office) >= 3  # something did happen
        for visitor in office.visitors:
            page = await visitor.http.get("/api/web/history", params={"before": 10**6, "limit": 100})
            assert SECRET not in page.text
    finally:
        await office.close()


def _given(office: Office) -> int:
    return sum(office.done.get(name, 0) for name in GIVING)


async def _loads(rt: Runtime) -> dict[str, int]:
    async with rt.db.read() as session:
        loads = await queue.loads(session)
        return {
            seat.staff_id: quarters(loads.get(seat.staff_id)) for seat in await session.scalars(select(Seat))
        }


async def _check(rt: Runtime, versions: dict[str, tuple[int, int]]) -> None:
    async with rt.db.read() as session:
        rows = list(await session.scalars(select(Conversation)))
        live = list(await session.scalars(select(Handover).where(Handover.status.in_(LIVE))))
        reachable = {one.conversation_id for one in await queue.waiting(session, limit=1000)}
        changes = list(
            await session.scalars(select(ControlChange).order_by(ControlChange.version, ControlChange.id))
        )
    for row in rows:
        episodes = [one for one in live if one.conversation_id == row.id]
        story = [change for change in changes if change.conversation_id == row.id]
        assert len(episodes) == (row.control in WAITING + HELD)
        if row.control == Control.QUEUED:
            assert row.id in reachable  # the router's next round finds it
        elif row.control == Control.OFFERED:
            assert episodes[0].offered_to and episodes[0].offered_until
        if row.control in WAITING:
            assert row.staff_id is None
            assert episodes[0].status == HandoverStatus.WAITING
        elif row.control in HELD:
            assert row.staff_id == episodes[0].staff_id is not None
            assert episodes[0].status == HandoverStatus.ACTIVE
        else:
            assert row.staff_id is None
        version, epoch = versions.get(row.id, (0, 0))
        assert row.version >= version
        assert row.epoch >= epoch
        versions[row.id] = row.version, row.epoch
        assert (story[-1].after if story else Control.BOT) == row.control
        assert (story[-1].version if story else 1) == row.version
        for one, following in pairwise(story):
            assert one.after == following.before
