"""Talents shut out, talents in despair, and what a specialist settled."""

import pytest
from sqlalchemy import func, select

from bot.conversation.apologies import apologise
from bot.conversation.content import Card, Content, HandoverRequest
from bot.conversation.control_rules import ControlEvent
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author, Control, Message
from bot.conversation.rules import APOLOGY_AFTER_S
from bot.conversation.runner import TurnRunner
from bot.conversation.service import (
    keep_file,
    leave_ticket,
    log_after,
    receive,
    request_human,
    settle,
    state_for,
    unblock,
)
from bot.conversation.wishes import ask_for_person
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.conversation.engine import ScriptedEngine, unreachable
from tests.conversation.people import LIN, WEB, control_of, episodes_of, says, service_does, staff_does, texts
from tests.conversation.test_files import PDF

DESPAIR = "我不想活了"


async def test_who_is_blocked_is_told_once_and_nothing_more_is_stored(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.BLOCK, note="辱骂")
    before = await texts(rt, cid, internal=True)
    assert sum("已停止服务" in text for text in before) == 1
    assert (await state_for(rt, conversation_id=cid, internal=False))["blocked"]
    attempts = (
        lambda: says(rt, "喂"),
        lambda: request_human(rt, **WEB, external_key="h"),
        lambda: leave_ticket(rt, **WEB, external_key="t"),
        lambda: keep_file(rt, conversation_id=cid, external_key="f", name="a", data=PDF, staff=None),
    )
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            await attempt()
        assert (refused.value.code, refused.value.status) == ("blocked", 403)
    assert await texts(rt, cid, internal=True) == before
    async with rt.db.write() as session:
        await unblock(session, rt, conversation_id=cid, by=LIN)
    received = await says(rt, "惠才卡有效期几年")
    assert received.turn_id and await control_of(rt, cid) == Control.BOT
    assert (await texts(rt, cid))[: len(before) - 1] == [t for t in before if "辱骂" not in t]


async def test_despair_of_who_is_blocked_is_never_without_the_hotlines(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.BLOCK, note="辱骂")
    before = await texts(rt, cid, internal=True)
    for by_note in (False, False, True):
        with pytest.raises(Refusal) as refused:
            if by_note:
                await leave_ticket(rt, **WEB, external_key="t", note=DESPAIR)
            else:
                await says(rt, DESPAIR)
        assert (refused.value.code, refused.value.status) == ("blocked_in_despair", 403)
        assert "12356" in refused.value.message and "已停止服务" in refused.value.message
    assert await texts(rt, cid, internal=True) == before


@pytest.mark.parametrize("stage", ["queued", "offered", "human"])
async def test_despair_is_answered_at_once_while_no_assistant_hears_it(rt: Runtime, stage: str) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    if stage != "queued":
        await service_does(rt, cid, ControlEvent.OFFER, target=LIN)
    if stage == "human":
        await staff_does(rt, cid, ControlEvent.ACCEPT)
    await says(rt, DESPAIR)
    await says(rt, "累死了，还要等多久")
    shown = await log_after(rt, conversation_id=cid, seq=0, internal=False)
    care = [row for row in shown if "12356" in str(row["content"])]
    assert [row["author"] for row in care] == ["system"]
    notes = [text for text in await texts(rt, cid, internal=True) if "轻生" in text]
    assert len(notes) == 1 and not any("轻生" in str(row["content"]) for row in shown)
    (episode,) = await episodes_of(rt, cid)
    assert episode.priority == (2 if stage != "human" else 0)


async def test_who_asks_for_a_person_out_of_despair_comes_first_and_keeps_that_place(rt: Runtime) -> None:
    cid = (await says(rt, DESPAIR)).conversation_id
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=cid, lock=True)
        request = HandoverRequest(reason="crisis", category="政策咨询")
        await ask_for_person(session, rt, conversation=conversation, request=request)
    (episode,) = await episodes_of(rt, cid)
    assert episode.priority == 2
    await staff_does(rt, cid, ControlEvent.PICK)
    await service_does(rt, cid, ControlEvent.REQUEUE, why="lost")
    (episode,) = await episodes_of(rt, cid)
    assert episode.priority == 2


async def test_despair_while_the_engine_is_down_is_not_left_waiting(rt: Runtime, clock: MovedClock) -> None:
    cid = (await says(rt, DESPAIR)).conversation_id
    await TurnRunner(rt, engine=ScriptedEngine(unreachable)).run_once()
    clock.advance(seconds=APOLOGY_AFTER_S)
    await apologise(rt)
    assert "12356" in str(await log_after(rt, conversation_id=cid, seq=0, internal=False))


async def test_settled_slots_are_merged_and_unknown_ones_refused(rt: Runtime) -> None:
    cid = (await says(rt, "在吗")).conversation_id
    async with rt.db.write() as session:
        row = await access_conversation(session, conversation_id=cid, lock=True)
        await settle(session, conversation=row, values={"region": "371300", "tier": "第三层次"})
        await settle(session, conversation=row, values={"tier": ""})
    engine = ScriptedEngine()
    await TurnRunner(rt, engine=engine).run_once()
    assert engine.requests[0]["state"]["slots"] == {"region": "371300"}
    for values in ({"application": "x"}, {"region": 3}):
        async with rt.db.write() as session:
            row = await access_conversation(session, conversation_id=cid, lock=True)
            with pytest.raises(Refusal):
                await settle(session, conversation=row, values=values)


async def test_lists_and_cards_can_be_searched(rt: Runtime) -> None:
    cid = (await says(rt, "在吗")).conversation_id
    async with rt.db.write() as session:
        row = await access_conversation(session, conversation_id=cid, lock=True)
        card = Card(title="一次性告知", rows=[("所需材料", "身份證")])
        content = Content(paragraphs=["如下"], items=["毕业证"], card=card)
        append(session, rt, conversation=row, author=Author.ASSISTANT, content=content)
    async with rt.db.read() as session:
        for word in ("毕业证", "身份证", "如下"):
            assert await session.scalar(
                select(func.count()).where(Message.conversation_id == cid, Message.plain.contains(word))
            )


async def test_a_repeated_request_is_one_request(rt: Runtime) -> None:
    first = await request_human(rt, **WEB, external_key="h")
    again = await request_human(rt, **WEB, external_key="h")
    assert again.duplicate and again.seq == first.seq
    mixed = await receive(rt, **WEB, external_key="h", text="别的")
    assert mixed.duplicate
