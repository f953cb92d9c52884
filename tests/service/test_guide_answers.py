"""What counts as an answer to a step, as tables."""

import pytest

from bot.service.answers import read_field, read_option, read_question
from bot.service.schemas import FormField, Question
from tests.service.items import demo_item, texts

ITEM, TEXTS = demo_item(), texts()
GROUP = ITEM.questions[0]


def field(key: str) -> FormField:
    return next(f for f in ITEM.fields if f.key == key)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("国家级人才", "direct"),
        ("我是国家级人才。", "direct"),
        ("院士", "direct"),
        ("1", "direct"),
        ("第二个", "part"),
        ("选第三项吧", "full"),
        ("B", "part"),
        ("柔性引进", "part"),
        ("我是非柔性引进的", "full"),
        ("我应该算柔性引进吧", "part"),
        ("都不是", "none"),
        ("第4个", "none"),
        ("我不是国家级人才", None),
        ("国家级人才有什么待遇？", None),
        ("请问院士", None),
        ("国家级人才和柔性引进", None),
        ("听说隔壁单位去年也有一位国家级人才来过", None),
        ("9", None),
        ("", None),
        ("🙂", None),
    ],
)
def test_an_option_is_chosen_by_name_word_or_number(said: str, value: str | None) -> None:
    assert read_option(GROUP.options, said, None) == value


def test_not_knowing_is_an_answer_where_it_is_offered() -> None:
    options = demo_item().questions[0].options
    unsure = options[-1].model_copy(update={"value": "unsure", "title": "不确定", "words": ["不知道"]})
    for text in ("我不知道属于哪类", "不清楚", "拿不准是哪个"):
        assert read_option([*options, unsure], text, None) == "unsure"
        assert read_option(options, text, None) is None
    assert read_option([unsure], "你不知道吗", None) is None


def test_a_pressed_option_counts_only_when_it_is_one_of_them() -> None:
    assert read_option(GROUP.options, "国家级人才", "part") == "part"
    assert read_option(GROUP.options, "国家级人才", "other") is None


@pytest.mark.parametrize(
    ("said", "value"), [("有的", "yes"), ("没有", "no"), ("没有呢", "no"), ("是", "yes"), ("不满", "no")]
)
def test_yes_and_no(said: str, value: str) -> None:
    question = Question.model_validate(
        {
            "key": "q",
            "label": "单位",
            "ask": "有单位吗？",
            "options": [
                {"value": "yes", "title": "有", "words": ["是"]},
                {"value": "no", "title": "没有", "words": ["不满"]},
            ],
        }
    )
    assert read_question(question, said, None, texts=TEXTS).value == value


@pytest.mark.parametrize(
    ("key", "said", "value"),
    [
        ("name", "〔姓名1〕", "〔姓名1〕"),
        ("paper", "我的身份证是〔身份证号2〕", "〔身份证号2〕"),
        ("paper", "〔护照号1〕", "〔护照号1〕"),
        ("phone", "〔手机号1〕〔手机号1〕", "〔手机号1〕"),
        ("since", "2018", "2018"),
        ("since", "２０１８年", "2018"),
        ("since", "1999", None),
        ("since", "前年", None),
        ("work", "发表论文三篇", "发表论文三篇"),
        ("work", "惠才卡有效期多久", None),
        ("work", "写", None),
        ("work", "见〔手机号1〕", None),
        ("remark", "跳过", ""),
        ("name", "张三", None),
        ("name", "", None),
    ],
)
def test_fields(key: str, said: str, value: str | None) -> None:
    assert read_field(field(key), said, None, texts=TEXTS).value == value


@pytest.mark.parametrize(
    ("key", "said", "part"),
    [
        ("phone", "〔身份证号1〕", "刚才收到的是身份证号"),
        ("paper", "〔长号码1〕", "没有通过校验"),
        ("phone", "〔手机号1〕和〔手机号2〕", "只需要填一个"),
        ("name", "1234", "请只写姓名"),
        ("city", "火星", "请选一个市"),
    ],
)
def test_a_refusal_says_what_would_be_right(key: str, said: str, part: str) -> None:
    answer = read_field(field(key), said, None, texts=TEXTS)
    assert answer.value is None
    assert answer.why is not None and answer.why.count(part) == 1
