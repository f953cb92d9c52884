"""The guide's steps: order, going back, correcting, the result, resuming, and what never may happen."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.service import rules
from bot.service.rendering import ask, tell_once
from bot.service.rules import Draft, Wish
from bot.service.schemas import Brief, Route, ServiceItem, Verdict
from tests.service.items import demo_item, texts

ITEM, TEXTS = demo_item(), texts()
ANSWERS = [
    "继续",
    "院士",
    "继续填写",
    "〔姓名1〕",
    "〔身份证号1〕",
    "〔手机号1〕",
    "青岛",
    "2019",
    "发表论文",
    "跳过",
]


def said(draft: Draft, *answers: str) -> Draft:
    for answer in answers:
        step = rules.take(item=ITEM, draft=draft, text=answer, option=None, texts=TEXTS)
        assert step.accepted, (draft["step"], answer, step.refusal)
        draft = step.draft
    return draft


def complete() -> Draft:
    return said(rules.begin(item=ITEM), *ANSWERS)


def test_from_notice_to_done_in_order() -> None:
    draft, seen = rules.begin(item=ITEM), []
    for answer in ANSWERS:
        seen.append(draft["step"])
        draft = said(draft, answer)
    assert seen == ["notice", "group", "result", "name", "paper", "phone", "city", "since", "work", "remark"]
    assert draft["step"] == "summary"
    assert said(draft, "确认提交")["stage"] == "done"


def test_a_question_that_does_not_apply_is_not_asked() -> None:
    assert said(rules.begin(item=ITEM), "继续", "院士")["step"] == "result"
    assert said(rules.begin(item=ITEM), "继续", "兼职")["step"] == "years"


@pytest.mark.parametrize(
    ("values", "verdict", "route"),
    [
        ({"group": "direct"}, Verdict.MEETS, Route.DIRECT),
        ({"group": "part", "years": "yes"}, Verdict.MEETS, Route.ASSESS),
        ({"group": "part", "years": "no"}, Verdict.MAY_MEET, Route.ASSESS),
        ({"group": "none"}, Verdict.DOES_NOT_MEET, None),
        ({}, Verdict.MAY_MEET, None),
        # An answer to a question that no longer applies counts for nothing.
        ({"group": "direct", "years": "no"}, Verdict.MEETS, Route.DIRECT),
    ],
)
def test_the_worst_matching_rule_decides(
    values: dict[str, str], verdict: Verdict, route: Route | None
) -> None:
    result = rules.assess(item=ITEM, values=values)
    assert (result.verdict, result.route) == (verdict, route)


def test_the_result_names_reason_and_basis_and_binds_nobody() -> None:
    content = ask(item=ITEM, draft=said(rules.begin(item=ITEM), "继续", "院士"), texts=TEXTS)
    assert any("直接颁发" in line and "第三十条" in line for line in content.items)
    assert "不是认定结论" in (content.caution or "")
    assert content.sources and "X1" not in content.model_dump_json()


def test_everything_is_told_at_once() -> None:
    card = tell_once(item=ITEM, texts=TEXTS).card
    assert card is not None
    rows = dict(card.rows)
    assert {"适用条件", "所需材料", "办理流程", "办理时限", "主管部门", "承办", "咨询电话"} <= set(rows)
    assert "条件一" in rows["适用条件"] and "条件二" in rows["适用条件"]
    assert "无法承诺" in rows["办理时限"]
    assert card.more == []


def test_what_is_shortened_is_there_in_full() -> None:
    item = ITEM.model_copy(update={"brief": Brief(conditions="两种人")})
    card = tell_once(item=item, texts=TEXTS).card
    assert card is not None
    rows = dict(card.rows)
    assert rows["适用条件"] == "两种人"
    assert "政策依据" in rows
    [(title, lines)] = card.more
    assert title == "查看条件全文"
    assert lines == [f"{number}. {line}" for number, line in enumerate(ITEM.conditions, start=1)]


def test_going_back_keeps_the_answers_and_returns_to_where_it_was() -> None:
    draft = said(rules.begin(item=ITEM), *ANSWERS[:6])
    assert draft["step"] == "city"
    earlier = rules.back(item=ITEM, draft=rules.back(item=ITEM, draft=draft))
    assert earlier["step"] == "paper"
    assert earlier["values"] == draft["values"]
    again = said(earlier, "〔护照号1〕")
    assert again["step"] == "city"
    assert again["values"]["paper"] == "〔护照号1〕"
    first = rules.begin(item=ITEM)
    assert rules.back(item=ITEM, draft=first) == first


def test_an_answer_looked_at_again_may_stay() -> None:
    draft = said(rules.begin(item=ITEM), *ANSWERS[:6])
    earlier = rules.back(item=ITEM, draft=draft)
    content = ask(item=ITEM, draft=earlier, texts=TEXTS)
    assert "现在填的是：〔手机号1〕。要改就重新填写。" in content.paragraphs
    assert content.buttons[0].title == "不改，下一步"
    for text, option in (("", "unchanged"), ("不改", None)):
        step = rules.take(item=ITEM, draft=earlier, text=text, option=option, texts=TEXTS)
        assert step.draft == draft
    assert not rules.take(item=ITEM, draft=draft, text="不改", option=None, texts=TEXTS).accepted


def test_correcting_one_answer_from_the_summary() -> None:
    draft = complete()
    step = rules.correct(item=ITEM, draft=draft, field="phone")
    assert step.accepted and step.draft["step"] == "phone"
    assert step.draft["values"] == draft["values"]
    after = said(step.draft, "〔手机号2〕")
    assert after["step"] == "summary"
    assert ("手机号", "〔手机号2〕") in rules.summary(item=ITEM, draft=after)
    assert not rules.correct(item=ITEM, draft=rules.begin(item=ITEM), field="phone").accepted


def test_another_eligibility_answer_shows_its_result_again() -> None:
    step = rules.correct(item=ITEM, draft=complete(), field="group")
    after = said(step.draft, "都不是")
    assert after["step"] == "result"
    assert said(after, "继续")["step"] == "summary"


def test_the_edit_step_offers_what_was_answered() -> None:
    draft = said(complete(), "修改")
    titles = [b.title for b in ask(item=ITEM, draft=draft, texts=TEXTS).buttons]
    assert "手机号" in titles and "工作年限" not in titles
    assert said(draft, "手机号")["step"] == "phone"


def test_a_specialist_can_do_it_instead() -> None:
    step = rules.take(item=ITEM, draft=rules.begin(item=ITEM), text="", option="delegate", texts=TEXTS)
    assert step.wish is Wish.SPECIALIST


def test_all_missing_answers_are_named_at_once() -> None:
    draft = said(rules.begin(item=ITEM), *ANSWERS[:4])
    assert rules.missing(item=ITEM, draft=draft) == ["证件号码", "手机号", "所在市", "取得年份", "主要成果"]
    forged: Draft = {**draft, "step": "summary", "stage": "summary"}
    step = rules.take(item=ITEM, draft=forged, text="", option="submit", texts=TEXTS)
    assert not step.accepted and step.draft["step"] == "paper"
    assert step.refusal is not None and "主要成果" in step.refusal and "手机号" in step.refusal


@pytest.mark.parametrize(
    ("answers", "kind"),
    [(0, None), (1, None), (3, "姓名"), (4, "身份证号"), (5, "手机号"), (6, None), (8, "说明"), (10, None)],
)
def test_the_personal_kind_waited_for(answers: int, kind: str | None) -> None:
    draft = said(rules.begin(item=ITEM), *ANSWERS[:answers])
    assert rules.awaiting(item=ITEM, draft=draft) == kind


def test_a_person_is_offered_after_three_refusals() -> None:
    draft = said(rules.begin(item=ITEM), *ANSWERS[:3])
    for expected in (False, False, True):
        draft = rules.take(item=ITEM, draft=draft, text="不明白", option=None, texts=TEXTS).draft
        buttons = [b.payload for b in ask(item=ITEM, draft=draft, texts=TEXTS).buttons]
        assert ("/request_human" in buttons) is expected


def test_a_draft_of_an_older_version_is_fitted_not_lost() -> None:
    old: Any = {
        **said(rules.begin(item=ITEM), *ANSWERS[:7]),
        "version": 1,
        "step": "gone",
    }
    old["values"] = {**old["values"], "gone": "x", "city": "999999"}
    draft = rules.adopt(item=ITEM, stored=old)
    assert draft["version"] == ITEM.version
    assert draft["step"] == "notice"  # what is told may be new, so it is told again
    assert draft["values"]["name"] == "〔姓名1〕"
    assert "gone" not in draft["values"] and "city" not in draft["values"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    stored=json_values
    | st.fixed_dictionaries({k: json_values for k in ("version", "values", "seen", "step", "tries")})
)
def test_any_stored_draft_can_be_taken_up(stored: Any) -> None:
    draft = rules.adopt(item=ITEM, stored=stored)
    assert draft["step"] in rules.order(item=ITEM, values=draft["values"])
    assert ask(item=ITEM, draft=draft, texts=TEXTS).paragraphs


typed = st.sampled_from(
    [
        *ANSWERS,
        "兼职",
        "都不是",
        "满了",
        "确认提交",
        "〔手机号9〕",
        "惠才卡有效期几年？",
        "1",
        "3",
        "修改",
        "手机号",
    ]
) | st.text(max_size=12)
pressed = st.sampled_from(
    ["go_on", "delegate", "change", "submit", "edit", "pause", "direct", "370200", "skip", "phone", "x"]
)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("text"), typed),
        st.tuples(st.just("press"), pressed),
        st.tuples(st.just("back"), st.just("")),
        st.tuples(st.just("correct"), st.sampled_from([f.key for f in ITEM.fields] + ["group", "nothing"])),
        st.tuples(st.just("resume"), st.just("")),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(moves=moves)
def test_no_conversation_breaks_the_guide_or_loses_an_answer(moves: list[tuple[str, str]]) -> None:
    draft = rules.begin(item=ITEM)
    for kind, value in moves:
        before = draft
        if kind == "back":
            draft = rules.back(item=ITEM, draft=draft)
        elif kind == "correct":
            draft = rules.correct(item=ITEM, draft=draft, field=value).draft
        elif kind == "resume":
            draft = rules.adopt(item=ITEM, stored=draft)
        else:
            text, option = (value, None) if kind == "text" else ("", value)
            step = rules.take(item=ITEM, draft=draft, text=text, option=option, texts=TEXTS)
            assert step.accepted or step.refusal
            draft = step.draft
        assert set(before["values"]) <= set(draft["values"])
        rows = dict(rules.summary(item=ITEM, draft=draft))
        assert set(rows) <= {s.label for s in rules.all_steps(ITEM) if s.key in draft["values"]}
        if draft["step"] == "done":
            assert not rules.missing(item=ITEM, draft=draft)
            break
        assert ask(item=ITEM, draft=draft, texts=TEXTS).paragraphs


@pytest.mark.parametrize(
    "change",
    [
        {
            "fields": [{"key": "a", "label": "A", "ask": "?", "kind": "phone", "error": "e"}]
        },  # personal not said
        {"fields": [{"key": "a", "label": "A", "ask": "?", "kind": "choice", "error": "e"}]},
        {"rules": [{"when": {"nothing": ["x"]}, "verdict": "符合", "because": "b"}]},
        {"rules": [{"when": {"group": ["unknown"]}, "verdict": "符合", "because": "b"}]},
        {"rules": [{"when": {}, "verdict": "符合", "because": "b"}]},
        {"unknown": 1},
    ],
)
def test_a_faulty_item_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ServiceItem.model_validate({**ITEM.model_dump(mode="json"), **change})
