"""Turns: each message answered exactly once, in order, whatever happens to runner or engine."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.apologies import apologise
from bot.conversation.content import HandoverRequest
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover
from bot.conversation.log import access_conversation
from bot.conversation.models import Control, Conversation, Message, Turn, TurnStatus
from bot.conversation.rules import APOLOGY_AFTER_S, MAX_FAILURES
from bot.conversation.runner import TurnRunner
from bot.conversation.service import (
    StaffName,
    cancel_human,
    log_after,
    note,
    receive,
    request_human,
    say_as_staff,
    unblock,
)
from bot.conversation.staff import Cited, Words, write
from bot.conversation.turns import claim_turn, store_answer
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.conversation.engine import ScriptedEngine, answer_to, failing, unreachable
from tests.conversation.people import LIN, WEB, service_does, staff_does, texts


async def run_all(runner: TurnRunner) -> None:
    while await runner.run_once():
        pass


async def test_answers_in_order_with_the_state_of_the_turn_before(rt: Runtime) -> None:
    engine = ScriptedEngine()
    for number in range(3):
        received = await receive(rt, **WEB, external_key=f"k{number}", text=f"问{number}")
    await run_all(TurnRunner(rt, engine=engine))
    assert [request["state"] for request in engine.requests] == [
        None,
        {"turns": 1, "slots": {}},
        {"turns": 2, "slots": {}},
    ]
    assert (await texts(rt, received.conversation_id))[3:] == [
        "assistant: 答：问0",
        "assistant: 答：问1",
        "assistant: 答：问2",
    ]


async def test_runners_racing_for_one_conversation_answer_each_message_once(rt: Runtime) -> None:
    engine = ScriptedEngine()
    for number in range(12):
        received = await receive(rt, **WEB, external_key=f"k{number}", text=f"问{number}")
    await asyncio.gather(*(run_all(TurnRunner(rt, engine=engine)) for _ in range(6)))
    await run_all(TurnRunner(rt, engine=engine))
    said = [text for text in await texts(rt, received.conversation_id) if text.startswith("assistant")]
    assert said == [f"assistant: 答：问{number}" for number in range(12)]


async def test_runner_stopped_past_its_lease_cannot_answer_a_second_time(
    rt: Runtime, clock: MovedClock
) -> None:
    slow, quick = ScriptedEngine(), ScriptedEngine()
    slow.gate = asyncio.Event()
    received = await receive(rt, **WEB, external_key="k", text="问")
    late = asyncio.create_task(TurnRunner(rt, engine=slow).run_once())
    await slow.arrived.wait()
    assert not await TurnRunner(rt, engine=quick).run_once()  # leased
    clock.advance(seconds=rt.settings.turn_lease_s + 1)
    assert await TurnRunner(rt, engine=quick).run_once()
    slow.gate.set()
    await late
    assert await texts(rt, received.conversation_id) == ["talent: 问", "assistant: 答：问"]


async def test_answer_that_comes_after_a_person_took_over_becomes_a_note(rt: Runtime) -> None:
    engine = ScriptedEngine()
    engine.gate = asyncio.Event()
    received = await receive(rt, **WEB, external_key="k", text="问")
    running = asyncio.create_task(TurnRunner(rt, engine=engine).run_once())
    await engine.arrived.wait()
    await request_human(rt, **WEB, external_key="h")
    engine.gate.set()
    await running
    shown = await texts(rt, received.conversation_id)
    assert not any(text.startswith("assistant") for text in shown)
    assert any("答：问" in text for text in await texts(rt, received.conversation_id, internal=True))


@pytest.mark.parametrize("finished_first", [True, False])
async def test_question_that_a_cancelled_wish_stopped_is_answered_after_all(
    rt: Runtime, finished_first: bool
) -> None:
    engine = ScriptedEngine()
    engine.gate = asyncio.Event()
    received = await receive(rt, **WEB, external_key="k", text="问")
    running = asyncio.create_task(TurnRunner(rt, engine=engine).run_once())
    await engine.arrived.wait()
    await request_human(rt, **WEB, external_key="h")
    if finished_first:  # while in the queue: its answer becomes a note
        engine.gate.set()
        await running
    await service_does(rt, received.conversation_id, ControlEvent.CANCEL)
    engine.gate.set()
    await running
    await run_all(TurnRunner(rt, engine=ScriptedEngine()))
    shown = await texts(rt, received.conversation_id)
    assert [text for text in shown if text.startswith("assistant")] == ["assistant: 答：问"]


async def test_engine_down_is_told_in_time_and_the_turn_runs_when_it_is_back(
    rt: Runtime, clock: MovedClock
) -> None:
    engine = ScriptedEngine(unreachable)
    received = await receive(rt, **WEB, external_key="k", text="问")
    for _ in range(10):  # however long it takes, the message is not given up
        await TurnRunner(rt, engine=engine).run_once()
        clock.advance(seconds=APOLOGY_AFTER_S)
        await apologise(rt)
    shown = await texts(rt, received.conversation_id)
    assert len(shown) == 2 and "已经收到并保存" in shown[1]
    clock.advance(seconds=10)
    await run_all(TurnRunner(rt, engine=ScriptedEngine()))
    assert (await texts(rt, received.conversation_id))[2:] == ["assistant: 答：问"]


async def test_turn_the_engine_cannot_answer_ends_with_an_apology_and_lets_the_next_one_through(
    rt: Runtime, clock: MovedClock
) -> None:
    received = await receive(rt, **WEB, external_key="bad", text="坏")
    await receive(rt, **WEB, external_key="good", text="好")

    def script(request: dict[str, Any]) -> Any:
        return failing(request) if request["text"] == "坏" else answer_to(request, "答")

    runner = TurnRunner(rt, engine=ScriptedEngine(script))
    for _ in range(MAX_FAILURES + 1):
        await run_all(runner)
        clock.advance(seconds=10)
    shown = await texts(rt, received.conversation_id)
    assert sum("没能处理好" in text for text in shown) == 1
    assert shown[-1] == "assistant: 答"


async def test_answer_that_cannot_be_stored_is_given_up_like_a_failure(
    rt: Runtime, clock: MovedClock
) -> None:
    received = await receive(rt, **WEB, external_key="bad", text="坏")
    await receive(rt, **WEB, external_key="good", text="好")

    def script(request: dict[str, Any]) -> Any:
        answer = answer_to(request, "答")
        bad = {"awaiting": {"not": "text"}} if request["text"] == "坏" else {}
        return answer.model_copy(update={"slots": bad})

    runner = TurnRunner(rt, engine=ScriptedEngine(script))
    for _ in range(MAX_FAILURES + 1):
        await run_all(runner)
        clock.advance(seconds=10)
    shown = await texts(rt, received.conversation_id)
    assert "没能处理好" in shown[-2] and shown[-1] == "assistant: 答"


async def test_the_service_s_own_way_to_a_person_needs_no_engine(rt: Runtime, clock: MovedClock) -> None:
    received = await receive(rt, **WEB, external_key="k", text="在吗")
    await TurnRunner(rt, engine=ScriptedEngine(unreachable)).run_once()
    clock.advance(seconds=APOLOGY_AFTER_S)
    await apologise(rt)
    (*_, offer) = await log_after(rt, conversation_id=received.conversation_id, seq=0, internal=False)
    pressed = await receive(rt, **WEB, external_key="b", button=(offer["id"], 0))
    assert pressed.turn_id is None
    async with rt.db.read() as session:
        conversation = await session.get(Conversation, received.conversation_id)
    assert conversation and conversation.control == Control.QUEUED


@pytest.mark.parametrize("count", [0, 5])
async def test_empty_and_overlong_answers_are_failures_not_replies(rt: Runtime, count: int) -> None:
    engine = ScriptedEngine(lambda request: answer_to(request, *["多"] * count))
    if count == 0:
        engine.script = lambda request: answer_to(request, "一").model_copy(update={"messages": [{}]})
    received = await receive(rt, **WEB, external_key="k", text="问")
    await TurnRunner(rt, engine=engine).run_once()
    assert await texts(rt, received.conversation_id) == ["talent: 问"]
    async with rt.db.read() as session:
        turn = await session.scalar(select(Turn))
    assert turn and turn.status == TurnStatus.WAITING and turn.failures == 1


async def test_wish_for_a_person_is_carried_out_with_the_replies(rt: Runtime) -> None:
    wish = HandoverRequest(reason="complaint", category="待遇落实")
    engine = ScriptedEngine(lambda request: answer_to(request, "这就转接", handover=wish))
    received = await receive(rt, **WEB, external_key="k", text="我要投诉")
    await run_all(TurnRunner(rt, engine=engine))
    shown = await texts(rt, received.conversation_id)
    assert shown[1] == "assistant: 这就转接" and "待遇落实" in shown[2]
    async with rt.db.read() as session:
        conversation = await session.get(Conversation, received.conversation_id)
    assert conversation and conversation.control == Control.QUEUED and conversation.epoch == 2


async def test_after_return_the_engine_hears_what_was_said_and_settled(rt: Runtime) -> None:
    engine = ScriptedEngine()
    asked = await request_human(rt, **WEB, external_key="h")
    conversation_id = asked.conversation_id
    await staff_does(rt, conversation_id, ControlEvent.PICK)
    await receive(rt, **WEB, external_key="k1", text="孩子上学怎么办")
    await say_as_staff(rt, conversation_id=conversation_id, staff=LIN, client_key="c1", text="按第三层次办")
    await note(rt, conversation_id=conversation_id, staff=LIN, client_key="n1", text="内部：已核实")
    await staff_does(rt, conversation_id, ControlEvent.GIVE_BACK, note="已告知择校办法")
    await receive(rt, **WEB, external_key="k2", text="那要多久")
    await run_all(TurnRunner(rt, engine=engine))
    (request,) = engine.requests
    outcome = request["context"]["outcome"]
    assert outcome == {
        "result": None,  # what is noted for colleagues is not for the talent
        "next": None,
        "said": "按第三层次办",
        "by": "林样例",
        "on": "11月20日",
        "fresh": True,
        "subject": None,
    }
    shown = await texts(rt, conversation_id)
    assert not any("内部" in text or "已告知择校办法" in text for text in shown)
    # It stays known; only that the talk has just ended does not.
    await receive(rt, **WEB, external_key="k3", text="好的")
    await run_all(TurnRunner(rt, engine=engine))
    assert engine.requests[-1]["context"]["outcome"] == {**outcome, "fresh": False}


async def test_only_the_newest_ended_talk_is_told_and_none_that_nobody_came_to(rt: Runtime) -> None:
    engine = ScriptedEngine()
    asked = await request_human(rt, **WEB, external_key="h1")
    conversation_id = asked.conversation_id
    for number in (1, 2):
        if number == 2:
            await request_human(rt, **WEB, external_key="h2")
        await staff_does(rt, conversation_id, ControlEvent.PICK)
        words = f"第{number}次答复"
        await say_as_staff(
            rt, conversation_id=conversation_id, staff=LIN, client_key=f"c{number}", text=words
        )
        await staff_does(rt, conversation_id, ControlEvent.GIVE_BACK)
    await request_human(rt, **WEB, external_key="h3")
    await cancel_human(rt, conversation_id=conversation_id)
    await receive(rt, **WEB, external_key="k", text="那要多久")
    await run_all(TurnRunner(rt, engine=engine))
    assert engine.requests[-1]["context"]["outcome"]["said"] == "第2次答复"


async def test_quoted_is_what_was_written_for_the_talent_and_no_reason_of_a_block(rt: Runtime) -> None:
    engine = ScriptedEngine()
    cid = (await request_human(rt, **WEB, external_key="h1")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.GIVE_BACK, note="此人态度不好")
    async with rt.db.write() as session:
        (episode,) = await session.scalars(select(Handover).where(Handover.conversation_id == cid))
        episode.summary = {"result": "已受理", "next": "无。"}
    await receive(rt, **WEB, external_key="k1", text="结果怎么样")
    await run_all(TurnRunner(rt, engine=engine))
    outcome = engine.requests[-1]["context"]["outcome"]
    assert (outcome["result"], outcome["next"]) == ("已受理", None)

    await request_human(rt, **WEB, external_key="h2")
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.BLOCK, note="多次辱骂")
    async with rt.db.write() as session:
        await unblock(session, rt, conversation_id=cid, by=LIN)
    await receive(rt, **WEB, external_key="k2", text="结果怎么样")
    await run_all(TurnRunner(rt, engine=engine))
    assert engine.requests[-1]["context"]["outcome"]["result"] is None


async def test_the_faq_a_specialist_cited_is_what_the_talk_is_about_then(rt: Runtime) -> None:
    engine = ScriptedEngine()
    conversation_id = (await request_human(rt, **WEB, external_key="h")).conversation_id
    await staff_does(rt, conversation_id, ControlEvent.PICK)
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        words = Words("c1", "有效期五年", cited=Cited(faq="huicaika_term"))
        await write(session, rt, conversation=conversation, staff=LIN, words=words)
    await staff_does(rt, conversation_id, ControlEvent.GIVE_BACK)
    for key in ("k1", "k2"):
        await receive(rt, **WEB, external_key=key, text="到期怎么办")
        await run_all(TurnRunner(rt, engine=engine))
    subjects = [request["context"]["outcome"]["subject"] for request in engine.requests]
    assert subjects == ["huicaika_term", None]


async def test_the_desk_is_woken_by_wishes_for_a_person_and_not_by_every_answer(rt: Runtime) -> None:
    woken: list[str] = []
    rt.hints.forward = woken.append
    await receive(rt, **WEB, external_key="k1", text="问")
    await run_all(TurnRunner(rt, engine=ScriptedEngine()))
    assert "desk" not in woken
    wish = HandoverRequest(reason="requested")
    await receive(rt, **WEB, external_key="k2", text="找人")
    await run_all(TurnRunner(rt, engine=ScriptedEngine(lambda request: answer_to(request, handover=wish))))
    assert "desk" in woken


async def test_claim_race_has_one_winner(rt: Runtime) -> None:
    asked = await request_human(rt, **WEB, external_key="h")
    staff = [StaffName(f"s{number}", f"样例{number}") for number in range(8)]
    results = await asyncio.gather(
        *(staff_does(rt, asked.conversation_id, ControlEvent.PICK, by=person) for person in staff),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    refused = {result.code for result in results if isinstance(result, Refusal)}
    assert refused == {"already_taken"}


async def test_only_the_holder_speaks_and_a_repeat_is_said_once(rt: Runtime) -> None:
    asked = await request_human(rt, **WEB, external_key="h")
    conversation_id = asked.conversation_id
    await staff_does(rt, conversation_id, ControlEvent.PICK)
    for _ in range(2):
        await say_as_staff(rt, conversation_id=conversation_id, staff=LIN, client_key="c", text="您好")
    with pytest.raises(Refusal) as refused:
        await say_as_staff(
            rt,
            conversation_id=conversation_id,
            staff=StaffName("s2", "旁人"),
            client_key="d",
            text="插话",
        )
    assert refused.value.code == "not_yours"
    shown = await log_after(rt, conversation_id=conversation_id, seq=0, internal=False)
    said = [row for row in shown if row["author"] == "staff"]
    assert [row["content"]["paragraphs"] for row in said] == [["您好"]]
    assert [row["key"] for row in shown] == ["h", *[None] * (len(shown) - 1)]  # one's own, nobody else's


async def test_late_store_is_refused_by_the_attempt(rt: Runtime, clock: MovedClock) -> None:
    await receive(rt, **WEB, external_key="k", text="问")
    first = await claim_turn(rt)
    clock.advance(seconds=rt.settings.turn_lease_s + 1)
    second = await claim_turn(rt)
    assert first and second and second.attempt == first.attempt + 1
    assert second.request and first.request
    assert not await store_answer(rt, claim=first, answer=answer_to(first.request, "旧"))
    assert await store_answer(rt, claim=second, answer=answer_to(second.request, "新"))
    async with rt.db.read() as session:
        said = [m.content["paragraphs"] for m in await session.scalars(select(Message).order_by(Message.seq))]
    assert said == [["问"], ["新"]]
