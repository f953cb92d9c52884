"""One message inside an open application: what it is taken for."""

import pytest

from bot.service import rules
from bot.service.guide import Act, Heard, decide
from bot.service.rules import Draft
from tests.service.items import demo_item, texts
from tests.service.test_guide_steps import ANSWERS, complete, said

ITEM, TEXTS = demo_item(), texts()
TALK = frozenset({"thanks", "greet"})


def at(step: str) -> Draft:
    draft = rules.begin(item=ITEM)
    for answer in ANSWERS:
        if draft["step"] == step:
            return draft
        draft = said(draft, answer)
    return draft


@pytest.mark.parametrize(
    ("step", "text", "intent", "confidence", "act", "next_step"),
    [
        ("group", "院士", "inform", 0.4, Act.ASK, "result"),
        ("group", "惠才卡有效期几年", "ask_policy", 0.95, Act.POLICY, "group"),
        ("group", "惠才卡待遇", "ask_policy", 0.8, Act.POLICY, "group"),
        ("name", "手机号也要填吗", "nlu_fallback", 0.3, Act.POLICY, "name"),
        ("name", "〔姓名1〕", "inform", 0.9, Act.ASK, "paper"),
        ("phone", "上一步", "go_back", 0.9, Act.ASK, "paper"),
        ("phone", "回到前面那一步吧", "go_back", 0.9, Act.ASK, "paper"),
        ("phone", "姓名填错了，改一下", "inform", 0.3, Act.ASK, "name"),
        ("city", "改一下手机", "inform", 0.3, Act.ASK, "phone"),
        ("city", "我的身份证写错了", "inform", 0.3, Act.ASK, "paper"),
        ("work", "城市改成青岛", "inform", 0.3, Act.ASK, "work"),
        ("summary", "所在市写错了", "inform", 0.3, Act.ASK, "city"),
        ("city", "还能改手机号吗", "ask_policy", 0.7, Act.ASK, "phone"),
        ("summary", "不对，手机号错了", "deny", 0.9, Act.ASK, "phone"),
        ("summary", "手机号改成〔手机号2〕", "inform", 0.9, Act.ASK, "summary"),
        ("city", "为什么要改手机号", "ask_policy", 0.7, Act.POLICY, "city"),
        ("notice", "取消", "nlu_fallback", 0.2, Act.CANCEL, "notice"),
        ("city", "取消", "nlu_fallback", 0.2, Act.ASK, "cancel"),
        ("city", "这个申请我不要了", "cancel_application", 0.8, Act.ASK, "cancel"),
        ("city", "先保存，下次再填", "nlu_fallback", 0.2, Act.PAUSE, "city"),
        ("work", "我先停一下，过两天再填", "inform", 0.4, Act.PAUSE, "work"),
        ("city", "今天就填到这里吧", "nlu_fallback", 0.2, Act.PAUSE, "city"),
        ("name", "我有事先走了，明天再说", "thanks", 0.5, Act.PAUSE, "name"),
        ("city", "填错了，我再填一次", "inform", 0.3, Act.ASK, "city"),
        ("city", "以后再填可以吗", "ask_policy", 0.7, Act.PAUSE, "city"),
        ("city", "以后再填要什么材料", "ask_policy", 0.7, Act.POLICY, "city"),
        ("city", "转人工", "request_human", 0.9, Act.HANDOVER, "city"),
        ("work", "帮我找个真人", "request_human", 0.9, Act.HANDOVER, "work"),
        ("work", "取消", "cancel_application", 0.9, Act.ASK, "cancel"),
        ("work", "发表论文三篇", "inform", 0.5, Act.ASK, "remark"),
        ("city", "谢谢", "thanks", 0.9, Act.TALK, "city"),
        ("city", "我不想活了", "crisis", 0.31, Act.CRISIS, "city"),
        ("name", "〔姓名1〕", "crisis", 0.31, Act.ASK, "paper"),
        ("notice", "我自己填", "crisis", 0.35, Act.ASK, "group"),
        ("notice", "我自己填，活着没意思", "crisis", 1.0, Act.CRISIS, "notice"),
        ("work", "我真的撑不住了", "crisis", 0.35, Act.CRISIS, "work"),
        ("group", "你是真人吗", "greet", 0.9, Act.TALK, "group"),
        ("city", "查一下我的进度", "check_progress", 0.9, Act.ASIDE, "city"),
        ("city", "嗯嗯啊啊", "nonsense", 0.4, Act.ASK, "city"),
        ("notice", "好的那就开始吧", "affirm", 0.9, Act.ASK, "group"),
        ("notice", "还是算了不用", "deny", 0.9, Act.CANCEL, "notice"),
        ("summary", "没错就这样交吧", "affirm", 0.9, Act.SUBMIT, "done"),
        ("summary", "不对", "deny", 0.9, Act.ASK, "edit"),
        ("summary", "确认提交", "affirm", 0.9, Act.SUBMIT, "done"),
    ],
)
def test_typed(step: str, text: str, intent: str, confidence: float, act: Act, next_step: str) -> None:
    heard = Heard(text, intent, confidence)
    decision = decide(item=ITEM, draft=at(step), heard=heard, texts=TEXTS, talk=TALK)
    assert (decision.act, decision.draft["step"]) == (act, next_step)


@pytest.mark.parametrize(
    ("step", "intent", "option", "act", "next_step"),
    [
        ("notice", "answer_option", "delegate", Act.HANDOVER, "notice"),
        ("notice", "answer_option", "not_now", Act.CANCEL, "notice"),
        ("group", "answer_option", "direct", Act.ASK, "result"),
        ("city", "answer_option", "direct", Act.ASK, "city"),  # a button of an earlier step
        ("city", "go_back", None, Act.ASK, "phone"),
        ("city", "request_human", None, Act.HANDOVER, "city"),
        ("city", "pick_faq", None, Act.ASIDE, "city"),
        ("work", "cancel_application", None, Act.ASK, "cancel"),
        ("summary", "answer_option", "pause", Act.PAUSE, "summary"),
        ("summary", "answer_option", "submit", Act.SUBMIT, "done"),
    ],
)
def test_pressed(step: str, intent: str, option: str | None, act: Act, next_step: str) -> None:
    heard = Heard(f"/{intent}", intent, 1.0, option, pressed=True)
    decision = decide(item=ITEM, draft=at(step), heard=heard, texts=TEXTS, talk=TALK)
    assert (decision.act, decision.draft["step"]) == (act, next_step)


def test_a_wrong_answer_keeps_the_step_and_says_why() -> None:
    decision = decide(item=ITEM, draft=at("phone"), heard=Heard("〔身份证号1〕", "inform", 0.9), texts=TEXTS)
    assert decision.draft["step"] == "phone" and decision.draft["values"] == at("phone")["values"]
    assert decision.say is not None and "刚才收到的是身份证号" in decision.say


def test_a_correction_may_bring_the_new_value_along() -> None:
    heard = Heard("手机号改成〔手机号2〕", "inform", 0.9)
    decision = decide(item=ITEM, draft=at("summary"), heard=heard, texts=TEXTS)
    assert decision.draft["values"]["phone"] == "〔手机号2〕"


@pytest.mark.parametrize(
    ("step", "say"),
    [
        pytest.param("city", "好的，“手机号”已改为 〔手机号2〕。", id="given-already"),
        pytest.param("phone", None, id="asked-for-just-now"),
    ],
)
def test_the_right_value_may_be_said_as_a_correction(step: str, say: str | None) -> None:
    heard = Heard("不对，手机号应该是〔手机号2〕", "inform", 0.9)
    decision = decide(item=ITEM, draft=at(step), heard=heard, texts=TEXTS)
    assert decision.draft["values"]["phone"] == "〔手机号2〕"
    assert (decision.draft["step"], decision.say) == ("city", say)


def test_a_choice_may_be_corrected_in_one_sentence() -> None:
    decision = decide(item=ITEM, draft=at("summary"), heard=Heard("所在市改成青岛"), texts=TEXTS)
    assert decision.draft["values"]["city"] == "370200"
    assert (decision.draft["step"], decision.say) == ("summary", "好的，“所在市”已改为 青岛市。")


@pytest.mark.parametrize(
    ("text", "intent", "act"),
    [
        ("是的", "affirm", Act.CANCEL),
        ("嗯", "affirm", Act.CANCEL),
        ("好的就这样", "affirm", Act.CANCEL),
        ("先不取消", "deny", Act.ASK),
        ("继续填", "resume_application", Act.ASK),
    ],
)
def test_whether_it_shall_really_be_cancelled_is_answered_in_words(text: str, intent: str, act: Act) -> None:
    asked = rules.leave(item=ITEM, draft=at("city"))
    assert asked is not None
    decision = decide(item=ITEM, draft=asked, heard=Heard(text, intent, 0.9), texts=TEXTS)
    assert (decision.act, decision.draft["step"]) == (act, "city")


@pytest.mark.parametrize(("other", "act"), [(True, Act.ASIDE), (False, Act.ASK)])
def test_another_matter_is_no_answer_of_a_free_text(other: bool, act: Act) -> None:
    heard = Heard("我还要给孩子办入学", "start_application", 0.9, wants_other=other)
    decision = decide(item=ITEM, draft=at("work"), heard=heard, texts=TEXTS)
    assert decision.act is act and ("work" in decision.draft["values"]) is not other


def test_whoever_does_not_know_has_not_said_no() -> None:
    asked = rules.take(item=ITEM, draft=at("group"), text="柔性引进", option=None, texts=TEXTS).draft
    assert asked["step"] == "years"
    decision = decide(item=ITEM, draft=asked, heard=Heard("不清楚", "deny", 0.9), texts=TEXTS)
    assert decision.draft["step"] == "years" and "years" not in decision.draft["values"]


def test_what_is_missing_is_said_on_request() -> None:
    decision = decide(item=ITEM, draft=at("phone"), heard=Heard("还差什么"), texts=TEXTS)
    assert decision.say is not None and "手机号、所在市、取得年份、主要成果" in decision.say
    done = decide(item=ITEM, draft=complete(), heard=Heard("还差什么"), texts=TEXTS)
    assert done.say is not None and "齐了" in done.say


@pytest.mark.parametrize("text", ["查看条件全文", "条件全文"])
def test_a_part_of_the_card_is_told_in_full_on_request(text: str) -> None:
    decision = decide(item=ITEM, draft=at("notice"), heard=Heard(text, "ask_policy", 0.9), texts=TEXTS)
    assert (decision.act, decision.draft["step"]) == (Act.ASK, "notice")
    assert decision.say is not None
    assert decision.say.startswith("适用条件")
    assert all(condition in decision.say for condition in ITEM.conditions)
