import yaml

from actions.server import build_executor
from bot.settings import PROJECT
from tests.actions.conftest import KnowledgeDouble
from tests.actions.engine_double import EngineDouble


def test_every_action_of_the_domain_is_there_and_no_other() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    named = {name for entry in domain["actions"] for name in entry}
    assert {entry.model_dump()["name"] for entry in build_executor().list_actions()} == named


async def test_a_question_is_answered_and_remembered(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    assert await engine.turn("惠才卡有效期", "ask_policy") == "一般五年。"
    assert (engine.slots["last_faq"], engine.slots["last_question"]) == ("term", "惠才卡有效期")
    await engine.turn("那丢了呢", "ask_policy")
    assert knowledge.asked[-1]["last"].faq == "term"


async def test_the_place_comes_from_the_message_then_the_chat_then_the_channel(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("有效期", "ask_policy")
    assert knowledge.asked[-1]["region"] == "370000"
    engine.slots["region"] = "370200"
    await engine.turn("有效期", "ask_policy")
    assert knowledge.asked[-1]["region"] == "370200"
    await engine.turn("我在临沂，有效期几年", "ask_policy", region="371300")
    assert (knowledge.asked[-1]["region"], engine.slots["region"]) == ("371300", "371300")


async def test_choosing_a_place_answers_the_open_question(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("购房补多少", "ask_policy")
    await engine.press("泉州")
    assert (knowledge.asked[-1]["question"], knowledge.asked[-1]["region"]) == ("购房补多少", "350500")
    assert engine.slots["region"] == "350500"


async def test_failures_in_a_row_are_counted_and_a_person_asked_for_ends_the_row(
    engine: EngineDouble,
) -> None:
    await engine.turn("青岛地铁", "out_of_scope")
    await engine.turn("上海地铁", "out_of_scope")
    assert engine.slots["failed_answers"] == 2
    await engine.turn("好的", "affirm")
    handover = engine.replies[0].handover
    assert handover is not None and handover.reason == "requested"
    assert engine.slots["failed_answers"] == 0


async def test_a_good_answer_ends_the_row_of_failures(engine: EngineDouble) -> None:
    await engine.turn("青岛地铁", "out_of_scope")
    await engine.turn("有效期", "ask_policy")
    assert engine.slots["failed_answers"] == 0


async def test_offers_and_none_of_them(engine: EngineDouble) -> None:
    assert await engine.turn('/pick_faq{"faq": "x"}', "pick_faq", faq="x") == "条目x"
    await engine.turn("/none_of_these", "none_of_these")
    assert engine.slots["failed_answers"] == 1


async def test_whoever_asks_for_a_person_gets_one_and_the_app_guesses_the_category(
    engine: EngineDouble,
) -> None:
    await engine.turn("能让真人跟我说吗", "request_human")
    handover = engine.replies[0].handover
    assert handover is not None and (handover.reason, handover.category) == ("requested", None)


async def test_what_was_not_understood_counts_as_failed(engine: EngineDouble) -> None:
    await engine.turn("嗯啊", "unclear")
    assert engine.replies[-1].failed
    await engine.turn("/none_of_these", "none_of_these")
    assert engine.replies[-1].failed


async def test_crisis_brings_care_numbers_and_a_person(engine: EngineDouble) -> None:
    said = await engine.turn("我不想活了", "crisis")
    assert said.index("担心") < said.index("12356")
    assert all(number in said for number in ("120", "110", "12356"))
    assert [b.payload for b in engine.contents[0].buttons] == ["/request_human"]


async def test_repeat_says_the_last_turn_again(engine: EngineDouble) -> None:
    await engine.turn("再说一遍", "repeat")
    assert "没有说过" in engine.said
    await engine.turn("惠才卡有效期", "ask_policy")
    assert await engine.turn("再说一遍", "repeat") == "一般五年。"
    assert await engine.turn("再说一遍", "repeat") == "一般五年。"


async def test_menu_and_fall_back_lead_somewhere(engine: EngineDouble) -> None:
    ways = ["/menu", "/menu", "/check_progress", "/request_human"]
    await engine.turn("？", "unclear")
    assert [b.payload.split("{")[0] for b in engine.contents[0].buttons] == ways
    await engine.turn("菜单", "menu")
    assert [b.payload.split("{")[0] for b in engine.contents[0].buttons] == [*ways, "/pick_faq"]
    assert await engine.press("有效期几年？") == "条目term"


async def test_a_place_said_with_a_subject_is_a_question_of_its_own(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("泉州买房有效期", "choose_region", region="350500", item="购房补助")
    assert knowledge.asked[-1]["question"] == "泉州买房有效期"
    assert engine.slots.get("region") is None


async def test_another_place_replaces_the_place_of_the_last_question(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("烟台人才贷有效期", "ask_policy", region="370600")
    await engine.turn("那青岛呢", "choose_region", region="370200")
    call = knowledge.asked[-1]
    assert (call["question"], call["region"], call["last"].faq) == ("那青岛呢", "370000", "term")
    assert engine.slots.get("region") is None  # named for this question, not where the person is


async def test_a_bare_place_is_remembered_and_answers_only_what_waits_for_it(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("惠才卡有效期", "ask_policy")
    asked = len(knowledge.asked)
    assert await engine.turn("我不在济南了，现在在烟台", "choose_region", region="370600") == "地区370600"
    assert (engine.slots["region"], len(knowledge.asked)) == ("370600", asked)
    await engine.turn("购房补多少", "ask_policy")
    assert engine.slots["open_question"] == "购房补多少"
    await engine.turn("我在泉州", "nlu_fallback", region="350500")
    assert (knowledge.asked[-1]["question"], knowledge.asked[-1]["region"]) == ("购房补多少", "350500")


async def test_other_places_are_asked_for_while_a_question_waits(engine: EngineDouble) -> None:
    await engine.turn("购房补多少", "ask_policy")
    assert "哪个市" in await engine.turn("/none_of_these", "none_of_these")
    assert engine.slots["open_question"] == "购房补多少"


async def test_none_of_them_asks_a_better_question_once_then_offers_a_person(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("有效期", "ask_policy")
    assert await engine.turn("都不是", "none_of_these") == "您问的是哪方面？"
    assert "转人工" in await engine.turn("都不是", "none_of_these")
    assert [b.payload for b in engine.contents[0].buttons] == ["/request_human"]


async def test_a_choice_by_its_number(engine: EngineDouble, knowledge: KnowledgeDouble) -> None:
    await engine.turn("购房补多少", "ask_policy")
    await engine.turn("1", "pick_faq")
    assert (knowledge.asked[-1]["question"], knowledge.asked[-1]["region"]) == ("购房补多少", "350500")
    assert "没有可以这样选的" in await engine.turn("第三个", "pick_faq")


async def test_a_question_put_off_is_asked_when_its_button_is_pressed(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn('/ask_policy{"question": "惠才卡有效期"}', "ask_policy", question="惠才卡有效期")
    assert knowledge.asked[-1]["question"] == "惠才卡有效期"


async def test_anger_is_heard_before_the_answer(engine: EngineDouble) -> None:
    said = await engine.turn("你们太慢了！惠才卡有效期几年", "ask_policy")
    assert said.index("抱歉") < said.index("一般五年")
    assert any(b.payload == "/request_human" for b in engine.contents[0].buttons)


async def test_the_specialists_number_is_a_question_and_no_place_in_the_queue(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("专员电话给我", "request_human")
    assert knowledge.asked[-1]["question"] == "专员电话给我"
    assert all(reply.handover is None for reply in engine.replies)
    await engine.turn("专员电话打不通，转人工", "request_human")
    assert engine.replies[0].handover is not None


async def test_only_a_place_makes_it_the_same_question_again(
    engine: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await engine.turn("购房补多少", "ask_policy")
    await engine.press("泉州")
    assert [heard.again for heard in knowledge.heard] == [False, True]
    await engine.turn("垃圾机器人，有效期几年", "ask_policy")
    assert not knowledge.heard[-1].again


async def test_a_picked_answer_closes_the_question_about_the_person(engine: EngineDouble) -> None:
    engine.slots |= {"profile": {"degree": "博士", "asked": ["card"]}, "profile_open": True}
    await engine.turn('/pick_faq{"faq": "term"}', "pick_faq", faq="term")
    assert engine.slots["profile_open"] is None
    assert engine.slots["profile"] is not None  # the list can still be gone on with
