"""How episodes end: summaries, what the assistant learns, call-backs."""

from datetime import timedelta
from typing import Any

import pytest

from bot.conversation import service as conversation
from bot.conversation.control_rules import ControlEvent
from bot.conversation.log import access_conversation
from bot.conversation.models import Turn
from bot.conversation.outcome import outcome_for
from bot.conversation.service import Change
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.desk.offices import answers_for
from tests.desk.steps import act, deeds, detail, done, listed, say
from tests.desk.talents import Talent

SUMMARY = {"need": "问有效期", "facts": "博士", "done": "答五年", "result": "已解决", "next": ""}


async def test_a_talk_is_ended_then_summed_up(rt: Runtime, lin: Person, held: Talent) -> None:
    await held.say("能用几年")
    await say(lin, held, "有效期五年")
    early = await act(lin, held, "summary", summary=SUMMARY, labels=[])
    assert code(early) == (409, "not_ended")
    for _ in range(2):
        assert (await done(lin, held, "end"))["control"] == "wrap_up"
    drafted = (await lin.http.get(f"{held.path}/summary")).json()
    assert "惠才卡有效期几年？" in drafted["need"] or "能用几年" in drafted["need"]
    assert "有效期五年" in drafted["done"]
    row = await done(lin, held, "summary", summary=SUMMARY, labels=["政策咨询", "政策咨询"])
    assert (row["control"], row["labels"], row["ended_by"]) == ("closed", ["政策咨询"], "staff")
    saved = (await lin.http.get(f"{held.path}/summary")).json()
    assert saved == {**SUMMARY, "labels": ["政策咨询"]}
    await done(lin, held, "summary", summary=SUMMARY, labels=["落户"])  # corrected, or a repeat
    assert (await deeds(rt, held, of=lin)) == ["desk.pick", "desk.end", "desk.finish", "desk.summary"]
    assert not any("问有效期" in text for text in await held.sees())


async def test_an_episode_the_talent_ended_is_summed_up_later_by_who_had_it(
    lin: Person, zhou: Person, held: Talent
) -> None:
    await say(lin, held, "您好")
    await conversation.cancel_human(held.rt, conversation_id=held.conversation_id)
    refused = await act(zhou, held, "summary", summary=SUMMARY, labels=[])
    assert code(refused) == (403, "not_yours")
    row = await done(lin, held, "summary", summary=SUMMARY, labels=["落户"])
    assert (row["ended_by"], row["labels"], row["control"]) == ("talent", ["落户"], "bot")


async def test_a_talk_reopened_by_the_talent_is_not_closed_by_a_late_summary(
    lin: Person, held: Talent
) -> None:
    await say(lin, held, "您好")
    await done(lin, held, "end")
    await held.say("还有一个问题")
    late = await act(lin, held, "summary", summary=SUMMARY, labels=[])
    assert code(late) == (409, "not_ended")
    assert await held.control() == "human"


async def test_given_back_with_what_was_settled(rt: Runtime, lin: Person, held: Talent) -> None:
    body: dict[str, Any] = {
        "note": "按第三层次办理",
        "labels": ["人才认定"],
        "summary": SUMMARY,
        "settled": {"region": "371300", "tier": "第三层次"},
    }
    for _ in range(2):
        row = await done(lin, held, "return", **body)
        assert (row["control"], row["handover_status"]) == ("bot", "returned")
    async with rt.db.read() as session:
        talk = await access_conversation(session, conversation_id=held.conversation_id)
    assert talk.engine_state
    assert talk.engine_state["slots"]["region"] == "371300"
    assert talk.engine_state["slots"]["tier"] == "第三层次"
    assert (await deeds(rt, held)).count("desk.give_back") == 1
    assert not any("按第三层次" in text for text in await held.sees())


async def test_an_unknown_slot_settles_nothing(lin: Person, held: Talent) -> None:
    refused = await act(lin, held, "return", note="x", settled={"application": "x"})
    assert code(refused) == (422, "unknown_slot")
    assert await held.control() == "human"


async def test_earlier_episodes_are_told_to_the_next_specialist(
    lin: Person, zhou: Person, held: Talent
) -> None:
    await say(lin, held, "您好")
    await done(lin, held, "return", note="已答复", labels=["落户"], summary=SUMMARY)
    await held.ask_for_a_person("手续代办")
    await done(zhou, held, "claim")
    body = await detail(zhou, held)
    assert body["chat"]["category"] == "手续代办"
    (earlier,) = body["episodes"]
    assert (earlier["staff_name"], earlier["category"], earlier["status"]) == (
        lin.name,
        "政策咨询",
        "returned",
    )
    assert (earlier["labels"], earlier["summary"], earlier["note"]) == (["落户"], SUMMARY, "已答复")
    assert body["profile"]["episodes_count"] == 2


@pytest.fixture
async def ticket(rt: Runtime, waiting: Talent) -> str:
    """A call-back owed to the talent; returns the episode's id."""
    answers_for(rt).call_by = rt.clock.now() + timedelta(hours=4)
    admission = await answers_for(rt).admit(
        None,  # type: ignore[arg-type]
        rt,
        conversation=None,  # type: ignore[arg-type]
        category="",
    )
    async with rt.db.write() as session:
        change = Change(ControlEvent.LEAVE_TICKET, admission=admission)
        changed = await conversation.act(session, rt, conversation_id=waiting.conversation_id, change=change)
        assert changed.handover is not None
        return changed.handover.id


async def test_a_call_back_is_taken_done_and_its_result_told(
    rt: Runtime, lin: Person, zhou: Person, waiting: Talent, ticket: str
) -> None:
    (row,) = await listed(lin, "tickets")
    assert (row["handover_id"], row["handover_status"], row["staff_id"]) == (ticket, "ticketed", None)
    assert row["contact"]["due_at"] is not None
    path = f"/api/desk/tickets/{ticket}"
    body = {"result": "已电话说明：\n可以补办。", "tell": True}
    assert code(await lin.http.post(f"{path}/done", json=body)) == (409, "not_yours")
    for _ in range(2):
        assert (await lin.http.post(f"{path}/take")).json()["chat"]["staff_name"] == lin.name
    assert code(await zhou.http.post(f"{path}/take")) == (409, "already_taken")
    assert code(await zhou.http.post(f"{path}/done", json=body)) == (409, "not_yours")
    for _ in range(2):
        ended = (await lin.http.post(f"{path}/done", json=body)).json()["chat"]
        assert (ended["handover_status"], ended["ended_by"]) == ("closed", "staff")
    told = [text for text in await waiting.sees() if "可以补办" in text]
    assert len(told) == 1
    assert lin.name in told[0]
    assert await listed(lin, "tickets") == []
    assert [r["handover_id"] for r in await listed(lin, "recent")] == [ticket]
    assert code(await zhou.http.post(f"{path}/take")) == (409, "ticket_over")
    assert (await deeds(rt, waiting, of=lin)) == ["desk.ticket_take", "desk.ticket_done"]


async def test_a_result_may_stay_inside_and_hides_numbers(lin: Person, waiting: Talent, ticket: str) -> None:
    await waiting.say("我的手机号是13800138000")
    path = f"/api/desk/tickets/{ticket}"
    await lin.http.post(f"{path}/take")
    body = {"result": "13800138000无人接听", "tell": False}
    (await lin.http.post(f"{path}/done", json=body)).raise_for_status()
    assert not any("无人接听" in text for text in await waiting.sees())
    last = (await detail(lin, waiting))["messages"][-1]
    assert (last["internal"], last["content"]["paragraphs"]) == (True, ["138****8000无人接听"])


async def test_an_episode_that_is_no_call_back_is_not_done(lin: Person, held: Talent) -> None:
    handover = (await detail(lin, held))["chat"]["handover_id"]
    answer = await lin.http.post(f"/api/desk/tickets/{handover}/done", json={"result": "x", "tell": True})
    assert code(answer) == (409, "ticket_over")
    assert await held.control() == "human"


async def _left_a_ticket(rt: Runtime, talent: Talent) -> str:
    """Before they come back and ask for a person; the id of the call-back."""
    async with rt.db.write() as session:
        change = Change(ControlEvent.LEAVE_TICKET)
        changed = await conversation.act(session, rt, conversation_id=talent.conversation_id, change=change)
        assert changed.handover is not None
        return changed.handover.id


async def _with_a_ticket_beside(rt: Runtime, clock: MovedClock, talent: Talent, lin: Person) -> str:
    ticket = await _left_a_ticket(rt, talent)
    clock.advance(minutes=5)
    await talent.ask_for_a_person()
    await done(lin, talent, "claim")
    return ticket


@pytest.mark.parametrize("way", ["return", "summary"])
async def test_a_call_back_that_stands_beside_a_talk_is_shown_and_settled_with_it(
    rt: Runtime, clock: MovedClock, lin: Person, zhou: Person, waiting: Talent, way: str
) -> None:
    ticket = await _with_a_ticket_beside(rt, clock, waiting, lin)
    (await zhou.http.post(f"/api/desk/tickets/{ticket}/take")).raise_for_status()
    shown = (await detail(lin, waiting))["chat"]["ticket"]
    assert (shown["handover_id"], shown["staff_name"]) == (ticket, zhou.name)
    (await say(lin, waiting, "已经帮您核实")).raise_for_status()
    if way == "return":
        await done(lin, waiting, "return", summary=SUMMARY, ticket_done=True)
    else:
        await done(lin, waiting, "end")
        await done(lin, waiting, "summary", summary=SUMMARY, ticket_done=True)
    assert await listed(lin, "tickets") == []
    settled = next(row for row in await listed(zhou, "recent") if row["handover_id"] == ticket)
    assert (settled["handover_status"], settled["staff_name"]) == ("closed", lin.name)
    assert not any(SUMMARY["result"] in text for text in await waiting.sees())
    (notice,) = (await zhou.http.get("/api/desk/notices")).json()["notices"]
    assert notice["kind"] == "ticket_settled"
    async with rt.db.read() as session:
        asked = Turn(conversation_id=waiting.conversation_id, seq=999)
        outcome = await outcome_for(session, turn=asked)
    assert outcome and outcome["result"] == SUMMARY["result"]  # the talk's, not the call-back's
    assert "desk.ticket_done" in await deeds(rt, waiting, of=lin)


async def test_a_call_back_not_settled_by_the_talk_stays_owed(
    rt: Runtime, clock: MovedClock, lin: Person, waiting: Talent
) -> None:
    ticket = await _with_a_ticket_beside(rt, clock, waiting, lin)
    await done(lin, waiting, "return", summary=SUMMARY)
    assert [row["handover_id"] for row in await listed(lin, "tickets")] == [ticket]


async def test_who_is_owed_a_call_and_waits_in_vain_is_owed_one_call(
    rt: Runtime, clock: MovedClock, lin: Person, zhou: Person, waiting: Talent
) -> None:
    older = await _left_a_ticket(rt, waiting)
    (await lin.http.post(f"/api/desk/tickets/{older}/take")).raise_for_status()
    clock.advance(minutes=5)
    await waiting.ask_for_a_person()
    newer = await _left_a_ticket(rt, waiting)
    (row,) = await listed(zhou, "tickets")
    assert (row["handover_id"], row["staff_id"]) == (newer, lin.id)
    await waiting.say("取消登记")
    assert await listed(zhou, "tickets") == []


async def test_a_lead_takes_a_call_back_from_somebody_who_does_not_come_to_it(
    lin: Person, zhou: Person, lead: Person, ticket: str
) -> None:
    path = f"/api/desk/tickets/{ticket}"
    (await lin.http.post(f"{path}/take")).raise_for_status()
    assert code(await zhou.http.post(f"{path}/take")) == (409, "already_taken")
    taken = (await lead.http.post(f"{path}/take")).raise_for_status().json()["chat"]
    assert taken["staff_name"] == lead.name
    (notice,) = (await lin.http.get("/api/desk/notices")).json()["notices"]
    assert notice["kind"] == "ticket_taken"
