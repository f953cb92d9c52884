"""Trigger rules: when an answer offers or calls a person; one offer a reply, never twice in a row."""

from typing import Any

import pytest

from bot.conversation.content import AnswerLog, Button, Content, HandoverRequest, Reply
from bot.conversation.engine_client import EngineAnswer
from bot.conversation.models import Control
from bot.conversation.rules import MAX_FAILURES
from bot.conversation.runner import TurnRunner
from bot.conversation.service import list_triggers, receive, save_trigger
from bot.conversation.trigger_rules import Answered, Trigger, TriggerKey, defaults, verdict
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.conversation.engine import ScriptedEngine, failing
from tests.conversation.people import WEB, control_of, episodes_of, last_message, presses, says, texts

HUMAN = Button(title="转人工", payload="/request_human")


def scripted(*replies: Reply, intent: str = "ask_policy", sure: float = 0.9) -> Any:
    return lambda request: EngineAnswer(
        messages=[{"custom": reply.model_dump(mode="json")} for reply in replies],
        state={"slots": {}},
        intent={"name": intent, "confidence": sure},
    )


def policy(band: str, *, probability: float | None = None, button: bool = False) -> Reply:
    content = Content.say("说", buttons=[HUMAN] if button else [])
    return Reply(content=content, log=AnswerLog(band=band, probability=probability))


async def answers(rt: Runtime, text: str, script: Any) -> tuple[str, dict[str, Any]]:
    """What the assistant's last message says, and the message."""
    received = await says(rt, text)
    await TurnRunner(rt, engine=ScriptedEngine(script)).run_once()
    message = await last_message(rt, received.conversation_id)
    return " ".join(message["content"]["paragraphs"]), message


async def change(rt: Runtime, key: str, **values: Any) -> None:
    rule = next(one for one in await list_triggers(rt) if one["key"] == key)
    kept = {name: rule[name] for name in ("enabled", "connect", "threshold", "words")} | values
    async with rt.db.write() as session:
        await save_trigger(session, rt, key=key, by="lead", **kept)


async def test_two_failures_in_a_row_offer_once_and_not_twice_in_a_row(rt: Runtime) -> None:
    none = scripted(policy("none", button=True))
    first, _ = await answers(rt, "问一", none)
    await answers(rt, "谢谢", scripted(Reply(content=Content.say("不客气")), intent="thanks"))
    second, message = await answers(rt, "问二", none)
    third, _ = await answers(rt, "问三", none)
    assert ["建议转人工" in text for text in (first, second, third)] == [False, True, False]
    assert [button["title"] for button in message["content"]["buttons"]] == ["转人工"]


async def test_a_success_ends_the_row(rt: Runtime) -> None:
    none = scripted(policy("none"))
    await answers(rt, "问一", none)
    await answers(rt, "问二", scripted(policy("answer", probability=0.9)))
    said, _ = await answers(rt, "问三", none)
    assert "建议转人工" not in said


async def test_yes_to_the_offer_calls_a_person_for_the_reason_of_the_offer(rt: Runtime) -> None:
    for text in ("问一", "问二"):
        await answers(rt, text, scripted(policy("none")))
    received = await says(rt, "好的")
    (episode,) = await episodes_of(rt, received.conversation_id)
    assert (received.turn_id, episode.reason) == (None, "unanswered")


async def test_yes_to_something_else_is_the_engines(rt: Runtime) -> None:
    await answers(rt, "问一", scripted(policy("answer", probability=0.9)))
    assert (await says(rt, "好的")).turn_id is not None


@pytest.mark.parametrize(
    ("text", "reply", "offered"),
    [
        ("我要申诉取消资格的决定", policy("none"), True),
        ("我要申诉取消资格的决定", policy("answer", probability=0.5), True),
        ("我要申诉取消资格的决定", policy("answer", probability=0.97), False),
        ("惠才卡有效期几年", policy("answer", probability=0.5), False),
    ],
)
async def test_sensitive_subjects_without_certainty(
    rt: Runtime, text: str, reply: Reply, offered: bool
) -> None:
    said, _ = await answers(rt, text, scripted(reply))
    assert ("当面核实" in said) == offered


async def test_anger_that_the_assistant_met_with_an_offer_is_not_offered_again(rt: Runtime) -> None:
    asks = Reply(content=Content.say("抱歉，要转给专员吗？", buttons=[HUMAN]))
    said, message = await answers(rt, "你们太差了", scripted(asks, intent="complaint"))
    assert said == "抱歉，要转给专员吗？" and len(message["content"]["buttons"]) == 1
    received = await presses(rt, (await says(rt, "嗯嗯啊啊")).conversation_id, "转人工")
    (episode,) = await episodes_of(rt, received.conversation_id)
    assert episode.reason == "complaint"


async def test_a_rule_may_call_at_once_and_may_be_off(rt: Runtime) -> None:
    await change(rt, "complaint", connect=True)
    await answers(rt, "你们太差了", scripted(Reply(content=Content.say("抱歉")), intent="complaint"))
    cid = (await says(rt, "喂")).conversation_id
    assert await control_of(rt, cid) == Control.QUEUED
    (episode,) = await episodes_of(rt, cid)
    assert episode.reason == "complaint"


async def test_a_switched_off_rule_is_silent(rt: Runtime) -> None:
    await change(rt, "unanswered", enabled=False)
    for text in ("问一", "问二", "问三"):
        said, _ = await answers(rt, text, scripted(policy("none")))
    assert "建议转人工" not in said


async def test_the_turn_cap_counts_from_the_last_hand_over(rt: Runtime, clock: MovedClock) -> None:
    await change(rt, "turn_cap", threshold=2)
    script = scripted(policy("answer", probability=0.9))
    said = [(await answers(rt, f"问{number}", script))[0] for number in range(3)]
    assert ["聊了不少" in text for text in said] == [False, True, False]
    clock.advance(seconds=1)
    cid = (await says(rt, "转人工")).conversation_id
    clock.advance(seconds=1)
    await says(rt, "不等了")
    said = [(await answers(rt, f"又问{number}", script))[0] for number in range(2)]
    assert ["聊了不少" in text for text in said] == [False, True]
    assert await control_of(rt, cid) == Control.BOT


async def test_the_guide_calls_or_where_staff_want_it_offers(rt: Runtime) -> None:
    wish = Reply(handover=HandoverRequest(reason="guide", category="手续代办"))
    await change(rt, "guide", connect=False)
    said, message = await answers(rt, "请专员代办", scripted(Reply(content=Content.say("好")), wish))
    assert "需要专员来办" in said and message["content"]["buttons"][0]["title"] == "转人工"
    await change(rt, "guide", connect=True)
    cid = (await says(rt, "请专员代办")).conversation_id
    await TurnRunner(rt, engine=ScriptedEngine(scripted(wish))).run_once()
    assert await control_of(rt, cid) == Control.QUEUED


async def test_engine_failure_calls_a_person_where_staff_want_it(rt: Runtime, clock: MovedClock) -> None:
    await change(rt, "engine_failure", connect=True)
    cid = (await says(rt, "坏")).conversation_id
    for _ in range(MAX_FAILURES):
        await TurnRunner(rt, engine=ScriptedEngine(failing)).run_once()
        clock.advance(seconds=10)
    (episode,) = await episodes_of(rt, cid)
    assert episode.reason == "engine_failure" and await control_of(rt, cid) == Control.QUEUED
    assert sum("没能处理好" in text for text in await texts(rt, cid)) == 1


async def test_staff_add_words_and_may_have_words_only_offer(rt: Runtime) -> None:
    await change(rt, "words", words=["摇人"])
    assert (await says(rt, "帮我摇人")).turn_id is None
    other = WEB | {"external_user": "other"}
    await change(rt, "words", connect=False)
    received = await receive(rt, **other, external_key="k", text="转人工")
    assert await control_of(rt, received.conversation_id) == Control.BOT
    assert "转人工" in (await texts(rt, received.conversation_id))[-1]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("nobody knows it", {}),
        ("unanswered", {"threshold": 0}),
        ("sensitive", {"threshold": 101}),
        ("sensitive", {"words": ["一"]}),
        ("sensitive", {"words": ["长" * 21]}),
    ],
)
async def test_what_makes_no_sense_is_refused(rt: Runtime, key: str, values: dict[str, Any]) -> None:
    call: dict[str, Any] = {"enabled": True, "connect": False, "threshold": 2, "words": []} | values
    with pytest.raises(Refusal):
        async with rt.db.write() as session:
            await save_trigger(session, rt, key=key, by="lead", **call)


async def test_rules_as_the_settings_page_shows_them(rt: Runtime) -> None:
    before = {rule["key"]: rule for rule in await list_triggers(rt)}
    assert set(before) == {key.value for key in TriggerKey}
    assert before["unanswered"]["threshold"] == 2 and before["unanswered"]["updated_at"] is None
    await change(rt, "unanswered", threshold=3)
    after = {rule["key"]: rule for rule in await list_triggers(rt)}
    assert (after["unanswered"]["threshold"], after["unanswered"]["updated_by"]) == (3, "lead")


def test_one_rule_speaks_and_nothing_right_after_an_offer() -> None:
    angry = Answered(text="我要举报", upset=0.9, failed=True, failures=5)
    assert (found := verdict(angry, defaults())) and found.key == TriggerKey.COMPLAINT
    repeated = Answered(text="我要举报", upset=0.9, failed=True, failures=5, offered_before=True)
    assert verdict(repeated, defaults()) is None
    off = {key: Trigger(key=key, enabled=False) for key in TriggerKey}
    assert verdict(angry, off) is None
