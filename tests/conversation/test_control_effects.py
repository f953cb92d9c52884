"""What control changes leave in the rows where the table alone does not tell."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.change import Change, StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Turn, TurnStatus
from bot.conversation.rules import MAX_FAILURES, TRANSFER_RING_S
from bot.conversation.service import Channel, act, log_after, receive, request_human, say_as_staff, state_for
from bot.conversation.turns import claim_turn, put_back
from bot.runtime import Runtime
from tests.conftest import MovedClock

WEB = {"channel": Channel.WEB, "account": "web", "external_user": "visitor"}
LIN, ZHOU = StaffName("lin", "林样例"), StaffName("zhou", "周样例")


async def change(rt: Runtime, conversation_id: str, event: ControlEvent, **more: object) -> None:
    async with rt.db.write() as session:
        await act(session, rt, conversation_id=conversation_id, change=Change(event, **more))  # type: ignore[arg-type]


async def episode(rt: Runtime) -> Handover:
    async with rt.db.read() as session:
        return (await session.scalars(select(Handover))).one()


async def turn_status(rt: Runtime) -> TurnStatus:
    async with rt.db.read() as session:
        return (await session.scalars(select(Turn.status))).one()


async def shown(rt: Runtime, conversation_id: str) -> list[str]:
    rows = await log_after(rt, conversation_id=conversation_id, seq=0, internal=False)
    return [str(row["content"]) for row in rows]


@pytest.mark.parametrize("failures", [1, MAX_FAILURES])
async def test_a_turn_that_fails_while_a_person_has_the_chat_says_nothing(
    rt: Runtime, clock: MovedClock, failures: int
) -> None:
    received = await receive(rt, **WEB, external_key="k", text="问")
    for _ in range(failures - 1):
        claim = await claim_turn(rt)
        assert claim
        await put_back(rt, claim=claim, failed=True, jitter=0)
        clock.advance(seconds=10)
    claim = await claim_turn(rt)
    assert claim
    await request_human(rt, **WEB, external_key="h")
    await change(rt, received.conversation_id, ControlEvent.PICK, by=LIN)
    before = await shown(rt, received.conversation_id)
    await put_back(rt, claim=claim, failed=True, jitter=0)
    assert await shown(rt, received.conversation_id) == before
    assert await turn_status(rt) == TurnStatus.DISCARDED


async def test_a_ticket_left_after_a_person_was_lost_is_nobodys_until_taken(rt: Runtime) -> None:
    received = await request_human(rt, **WEB, external_key="h")
    await change(rt, received.conversation_id, ControlEvent.PICK, by=LIN)
    await change(rt, received.conversation_id, ControlEvent.REQUEUE, why="lost")
    await change(rt, received.conversation_id, ControlEvent.LEAVE_TICKET)
    ticket = await episode(rt)
    assert (ticket.status, ticket.staff_id) == (HandoverStatus.TICKETED, None)


async def test_a_person_asked_by_transfer_is_not_rung_for_ever(rt: Runtime, clock: MovedClock) -> None:
    received = await request_human(rt, **WEB, external_key="h")
    await change(rt, received.conversation_id, ControlEvent.PICK, by=LIN)
    await change(rt, received.conversation_id, ControlEvent.TRANSFER, by=LIN, target=ZHOU)
    assert (await episode(rt)).offered_until == clock.now() + timedelta(seconds=TRANSFER_RING_S)
    clock.advance(seconds=TRANSFER_RING_S)
    await change(rt, received.conversation_id, ControlEvent.EXPIRE)
    after = await episode(rt)
    assert (after.offered_to, after.transfer_to, after.staff_id) == (None, None, LIN.id)


@pytest.mark.parametrize("replied", [True, False])
async def test_a_question_a_person_answered_is_not_answered_again(rt: Runtime, replied: bool) -> None:
    received = await receive(rt, **WEB, external_key="k", text="问")
    await request_human(rt, **WEB, external_key="h")
    await change(rt, received.conversation_id, ControlEvent.PICK, by=LIN)
    assert (await claim_turn(rt)) is not None  # discarded
    if replied:
        await say_as_staff(
            rt, conversation_id=received.conversation_id, staff=LIN, client_key="s", text="是五年"
        )
    await change(rt, received.conversation_id, ControlEvent.REQUEUE, why="lost")
    await change(rt, received.conversation_id, ControlEvent.CANCEL)
    expected = TurnStatus.DISCARDED if replied else TurnStatus.WAITING
    assert await turn_status(rt) == expected
    state = await state_for(rt, conversation_id=received.conversation_id)
    assert state["control"] == "bot"
    assert state["thinking"] is not replied
