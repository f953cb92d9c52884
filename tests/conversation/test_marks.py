"""Read and typing marks."""

from typing import Literal

import pytest

from bot.conversation.models import Conversation
from bot.conversation.service import mark_seen, state_for, typing
from bot.conversation.typists import TYPING_S, typists_of
from bot.runtime import Runtime
from bot.store.hints import Hints
from tests.conftest import MovedClock
from tests.conversation.people import says

BOTH: tuple[Literal["talent", "staff"], ...] = ("talent", "staff")


@pytest.mark.parametrize("by", BOTH)
async def test_reading_only_goes_forwards_and_only_as_far_as_there_is(
    rt: Runtime, by: Literal["talent", "staff"]
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    woken: list[str] = []
    rt.hints.forward = woken.append
    for seq, seen in [(1, 1), (0, 1), (1, 1), (99, 2), (2, 2)]:
        await mark_seen(rt, conversation_id=cid, by=by, seq=seq)
        assert (await state_for(rt, conversation_id=cid))[f"seen_by_{by}"] == seen
    assert woken == [f"conversation:{cid}"] * 2  # nothing is told where nothing changed
    async with rt.db.read() as session:
        row = await session.get(Conversation, cid)
    assert row and (row.talent_seen_seq, row.staff_seen_seq) == ((2, 0) if by == "talent" else (0, 2))


async def test_typing_shows_to_the_other_side_and_fades(rt: Runtime, clock: MovedClock) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await typing(rt, conversation_id=cid, by="talent")
    assert (await state_for(rt, conversation_id=cid, internal=True))["typing"]
    assert not (await state_for(rt, conversation_id=cid))["typing"]
    clock.advance(seconds=TYPING_S)
    assert not (await state_for(rt, conversation_id=cid, internal=True))["typing"]
    await typing(rt, conversation_id=cid, by="staff")
    assert (await state_for(rt, conversation_id=cid))["typing"]


async def test_typing_reaches_another_process(rt: Runtime) -> None:
    """Two processes share nothing but the hints they forward to each other."""
    other = Runtime(rt.settings, rt.secrets, rt.db, Hints(), rt.clock)
    rt.hints.forward = other.hints.wake
    assert not typists_of(other).is_typing("c", by="staff")
    with other.hints.subscribe("conversation:c") as hints:
        await typing(rt, conversation_id="c", by="staff")
        assert await hints.wait(1)
    assert typists_of(other).is_typing("c", by="staff")
    assert not typists_of(other).is_typing("c", by="talent")
