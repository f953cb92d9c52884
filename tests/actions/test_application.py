"""The guide through its actions, in the order the engine calls them."""

import re

import pytest
from sqlalchemy import text

from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.conversation.receiving import receive
from bot.notices.port import PART
from tests.actions.conftest import KnowledgeDouble
from tests.actions.engine_double import EngineDouble
from tests.identity.people import Phones

PERSONAL = {"〔姓名1〕": "孙小美", "〔身份证号1〕": "11010519491231002X", "〔手机号1〕": "13800138000"}


@pytest.fixture
async def open_form(engine: EngineDouble) -> EngineDouble:
    rt, now = engine.rt, engine.rt.clock.now()
    async with rt.db.write() as session:
        chat = Conversation(
            id=engine.conversation_id,
            channel=Channel.WEB,
            account="web",
            external_user="v",
            created_at=now,
            updated_at=now,
        )
        session.add(chat)
        await session.flush()
        secrets = [Secret(t, t[1:-2], value) for t, value in PERSONAL.items()]
        vault.keep(session, rt, conversation_id=chat.id, secrets=secrets)
    await engine.turn("我要办示范卡", "start_application", item="示范卡")
    return engine


async def fill(engine: EngineDouble, *answers: str) -> None:
    for answer in answers:
        await engine.turn(answer, "inform", 0.5)


async def fill_all(engine: EngineDouble) -> None:
    await fill(engine, "继续填写", "院士", "继续", *PERSONAL, "青岛", "2019", "发表论文", "跳过")


async def test_start_tells_everything_once_and_asks_nothing_personal(open_form: EngineDouble) -> None:
    assert "一次性告知" in open_form.said and "条件二" in open_form.said
    assert [b.title for b in open_form.contents[-1].buttons] == ["继续填写", "请专员代办", "暂不办理"]
    assert open_form.slots["awaiting"] is None


async def test_from_start_to_case_number_and_progress(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续")
    assert open_form.slots["awaiting"] == "姓名"
    await fill(open_form, *PERSONAL)
    assert open_form.slots["awaiting"] is None
    await fill(open_form, "青岛", "2019", "发表论文", "跳过")
    assert "〔姓名1〕" in open_form.said and "青岛市" in open_form.said
    await open_form.press("确认提交")
    case = re.search(r"HC\d{8}-\d{5}", open_form.said)
    assert case and "〔查询码1〕" in open_form.said
    assert not open_form.active and open_form.slots["application"] is None

    said = await open_form.turn(f"我的申请到哪一步了 {case[0]}，〔查询码1〕", "check_progress")
    assert "已提交" in said and "示范卡申领" in said
    await open_form.turn(f"{case[0]}", "nlu_fallback")
    assert "查询码" in open_form.said
    assert "已提交" in await open_form.turn("〔查询码1〕", "nlu_fallback")


async def test_the_code_is_shown_once_and_masked_with_the_next_word(open_form: EngineDouble) -> None:
    await fill_all(open_form)
    await open_form.press("确认提交")
    rt, chat = open_form.rt, open_form.conversation_id
    async with rt.db.read() as session:
        shown = (await vault.hints_of(session, conversation_id=chat))["〔查询码1〕"]
    assert re.fullmatch(r"[A-Z][A-Z2-9]{3}-[A-Z][A-Z2-9]{3}", shown)
    await receive(
        rt, channel=Channel.WEB, account="web", external_user="v", external_key="k", text=f"我记下了{shown}"
    )
    async with rt.db.read() as session:
        assert (await vault.hints_of(session, conversation_id=chat))["〔查询码1〕"] == "****-****"
        assert shown not in repr((await session.execute(text("SELECT content FROM messages"))).all())


async def test_running_the_submitting_turn_again_gives_the_same_receipt(open_form: EngineDouble) -> None:
    await fill_all(open_form)
    await open_form.press("确认提交")
    first = open_form.said
    # The engine's state is a function of the turn, so a repeated turn starts from the same slots.
    other = EngineDouble(open_form.rt)
    await other.turn("办示范卡", "start_application", item="示范卡")
    await fill_all(other)
    await other.press("确认提交")
    assert other.turns == open_form.turns and other.said == first


async def test_a_policy_question_midway_is_answered_and_the_step_asked_again(
    open_form: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await fill(open_form, "继续填写", "院士", "继续")
    said = await open_form.turn("惠才卡有效期几年？", "ask_policy")
    assert said.startswith("一般五年。") and "您的姓名" in said
    assert open_form.active and open_form.slots["awaiting"] == "姓名"
    await fill(open_form, "〔姓名1〕")
    assert "证件号码" in open_form.said
    assert len(knowledge.asked) == 1


async def test_a_short_question_midway_is_about_the_open_item(open_form: EngineDouble) -> None:
    assert (await open_form.turn("要什么材料", "ask_policy")).startswith("申报表。")
    assert (await open_form.turn("地铁几点停", "out_of_scope")).startswith("没有找到。")


async def test_a_place_told_midway_leaves_room_for_the_open_step(
    open_form: EngineDouble, knowledge: KnowledgeDouble
) -> None:
    await open_form.turn("购房补多少", "ask_policy")
    await open_form.turn('/choose_region{"region": "350500"}', "choose_region", region="350500")
    assert [call["most"] for call in knowledge.asked] == [2, 2]


async def test_starting_again_midway_only_asks_again(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "兼职")
    for words, intent, item in [
        ("我要办示范卡", "start_application", "示范卡"),
        ("继续", "resume_application", ""),
    ]:
        said = await open_form.turn(words, intent, item=item)
        assert said.startswith("（自查 2/2）满三年了吗")
    assert "先把它填完" in await open_form.turn("我要办人才公寓", "start_application", item="人才公寓")


async def test_wrong_data_is_refused_in_words_and_the_step_stays(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续", "〔手机号1〕")
    assert "刚才收到的是手机号" in open_form.said and "您的姓名" in open_form.said
    assert open_form.slots["application"]["values"] == {"group": "direct"}


async def test_back_and_correction_by_words(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续", "〔姓名1〕", "〔身份证号1〕")
    assert "证件号码" in await open_form.turn("上一步", "go_back")
    await fill(open_form, "〔身份证号1〕", "〔手机号1〕")
    assert "您的姓名" in await open_form.turn("姓名写错了", "inform")
    await fill(open_form, "〔姓名2〕")
    assert "哪个市" in open_form.said
    assert open_form.slots["application"]["values"]["name"] == "〔姓名2〕"


async def test_cancel_asks_first_and_then_drops_everything(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士")
    assert "确定取消" in await open_form.turn("取消", "cancel_application")
    assert "符合" in await open_form.press("不取消，继续填")
    await open_form.turn("取消", "cancel_application")
    assert "没有提交" in await open_form.press("确认取消")
    assert not open_form.active
    assert open_form.slots["application"] is None and open_form.slots["awaiting"] is None


async def test_pause_and_go_on_later(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续", "〔姓名1〕")
    await open_form.turn("先保存，下次再填", "nlu_fallback")
    assert not open_form.active and open_form.slots["awaiting"] is None
    await open_form.turn("惠才卡有效期", "ask_policy")
    said = await open_form.turn("继续办理", "resume_application")
    assert "证件号码" in said and open_form.active and open_form.slots["awaiting"] == "身份证号"
    assert open_form.slots["application"]["values"]["name"] == "〔姓名1〕"


async def test_who_pauses_without_proof_is_told_that_it_stays_in_this_chat(open_form: EngineDouble) -> None:
    open_form.rt.parts[PART] = Phones()
    await fill(open_form, "继续填写", "院士", "继续", "〔姓名1〕")
    said = await open_form.turn("暂停", "nlu_fallback")
    assert "别的手机或电脑" in said
    assert [b.title for b in open_form.contents[-1].buttons] == ["继续办理", "验证身份"]


async def test_handing_over_keeps_what_was_filled_in(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续", "〔姓名1〕")
    await open_form.turn("转人工", "request_human")
    handover = next(r.handover for r in open_form.replies if r.handover)
    assert (handover.reason, handover.category) == ("guide", "手续代办")
    assert not open_form.active and open_form.slots["application"]["values"]["name"] == "〔姓名1〕"
    assert open_form.slots["awaiting"] is None


async def test_a_specialist_does_it_from_the_start(open_form: EngineDouble) -> None:
    await open_form.press("请专员代办")
    assert [r.handover.category for r in open_form.replies if r.handover] == ["手续代办"]
    assert not open_form.active


async def test_crisis_inside_a_form_stops_asking(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士")
    said = await open_form.turn("我真的撑不住了", "crisis", 0.4)
    assert "12356" in said and "继续填写" not in said
    assert not open_form.active and open_form.slots["application"]["values"] == {"group": "direct"}
    await open_form.press("继续办理")  # it was only likely
    assert open_form.active
    await open_form.turn("我不想活了", "crisis", 1.0)
    assert [b.title for c in open_form.contents for b in c.buttons] == ["转人工"]


async def test_small_talk_inside_a_form(open_form: EngineDouble) -> None:
    said = await open_form.turn("谢谢", "thanks")
    assert open_form.responses == ["utter_thanks"] and "专员全程代办" in said


async def test_an_item_that_is_not_online_is_not_started(engine: EngineDouble) -> None:
    await engine.turn("我要申请人才认定", "start_application", item="高层次人才认定")
    assert "不能在线办理" in engine.said and not engine.active
    await engine.turn("我要申请", "start_application")
    assert "哪个事项" in engine.said and not engine.active
    await engine.press("按部门办理")
    await engine.press("省厅")
    await engine.press("示范卡申领")
    assert engine.active and "一次性告知" in engine.said


async def test_another_item_does_not_open_a_paused_draft_by_itself(open_form: EngineDouble) -> None:
    await fill(open_form, "继续填写", "院士", "继续", "〔姓名1〕")
    await open_form.turn("暂停", "nlu_fallback")
    await open_form.turn("我要申请人才认定", "start_application", item="高层次人才认定")
    assert not open_form.active
    assert open_form.slots["application"]["values"]["name"] == "〔姓名1〕"


async def test_nothing_to_resume_or_cancel(engine: EngineDouble) -> None:
    assert "没有填到一半" in await engine.turn("继续办理", "resume_application")
    assert not engine.active
    assert "没有正在填写" in await engine.turn("取消申请", "cancel_application")


async def test_progress_asks_for_what_is_missing(engine: EngineDouble) -> None:
    assert "受理编号和查询码" in await engine.turn("我的申请到哪一步了", "check_progress")
    assert "查询码" in await engine.turn("hc20261120 12345", "check_progress")
    said = await engine.turn("HC20261120-12345 〔查询码9〕", "check_progress")
    assert "不对" in said
