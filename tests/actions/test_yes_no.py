"""Yes and no after what was said before them; words of care in the language they were asked in."""

from actions.answering import FAILURES_BEFORE_OFFER
from bot.conversation.content import AnswerLog, Button, Content, Reply
from tests.actions.conftest import KnowledgeDouble
from tests.actions.engine_double import EngineDouble


def offered(engine: EngineDouble, *keys: str) -> None:
    buttons = [Button(title=key, payload=f'/pick_faq{{"faq": "{key}"}}') for key in keys]
    reply = Reply(
        content=Content.say("您想问的是这个吗？", buttons=buttons),
        log=AnswerLog(band="offer", offered=list(keys)),
    )
    engine.events += [
        {"event": "user", "text": "那个"},
        {"event": "bot", "text": None, "data": {"custom": reply.model_dump(mode="json")}},
    ]


async def test_yes_to_the_one_offer_answers_it(engine: EngineDouble, knowledge: KnowledgeDouble) -> None:
    offered(engine, "renew")
    assert await engine.turn("是的", "affirm") == "条目renew"


async def test_yes_to_several_offers_asks_again_which(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    offered(engine, "renew", "lost")
    assert "您想问的是" in await engine.turn("是的", "affirm")
    assert [button.title for button in engine.contents[0].buttons] == ["renew", "lost"]


async def test_no_to_an_offer_means_none_of_them(engine: EngineDouble, knowledge: KnowledgeDouble) -> None:
    offered(engine, "renew")
    await engine.turn("不是", "deny")
    assert engine.slots["failed_answers"] == 1
    assert engine.responses == []


async def test_yes_after_failures_calls_the_person_that_was_offered(engine: EngineDouble) -> None:
    engine.slots["failed_answers"] = float(FAILURES_BEFORE_OFFER)
    await engine.turn("好的", "affirm")
    assert [reply.handover is not None for reply in engine.replies] == [True]


async def test_yes_and_no_to_nothing(engine: EngineDouble) -> None:
    await engine.turn("好的", "affirm")
    assert engine.responses == ["utter_affirm"]
    await engine.turn("不用了", "deny")
    assert engine.responses == ["utter_deny"]


async def test_care_is_in_english_first_where_no_chinese_was_written(engine: EngineDouble) -> None:
    said = await engine.turn("I want to die", "crisis")
    assert said.startswith("You are not alone")
    assert "12356" in said
    assert "alone" not in await engine.turn("我不想活了", "crisis")


async def test_who_did_not_understand_is_offered_a_person(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("惠才卡有效期", "ask_policy")
    assert await engine.turn("什么意思", "repeat") == "一般五年。"
    assert [button.payload for button in engine.contents[0].buttons] == ["/request_human"]
