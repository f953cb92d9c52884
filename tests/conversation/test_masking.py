"""Personal data never survives masking; ordinary policy text always does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.masking import mask
from bot.text import personal
from bot.text.personal import TOKEN, check_personal, is_id_number

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


ids = st.builds(
    lambda area, year, month, day, order: with_check_digit(f"{area}{year}{month:02}{day:02}{order:03}"),
    st.sampled_from(["110105", "370102", "350503"]),
    st.integers(1930, 2010),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)
mobiles = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
cards = st.from_regex(r"\A62[0-9]{14,17}\Z")
emails = st.from_regex(r"\A[a-z][a-z0-9.]{1,12}[a-z]@[a-z]{2,8}\.(com|cn|edu\.cn)\Z")
around = st.text(alphabet="我的号码是，。请问惠才卡补贴 ", max_size=12)
full_width = str.maketrans("0123456789", "０１２３４５６７８９")


def spaced(value: str, gap: str) -> str:
    return gap.join(value[i : i + 4] for i in range(0, len(value), 4))


@given(ids | mobiles | cards | emails, around, around, st.sampled_from(["", " ", "-"]), st.booleans())
def test_no_personal_number_survives(value: str, before: str, after: str, gap: str, wide: bool) -> None:
    shown = value if "@" in value else spaced(value, gap)
    text = before + (shown.translate(full_width) if wide and "@" not in value else shown) + after
    masked = mask(text, awaiting=None, known={})
    assert value not in masked.text.replace(" ", "").replace("-", "")
    assert TOKEN.search(masked.text)
    assert value in {secret.value for secret in masked.secrets}


@given(ids)
def test_hint_shows_less_than_half(value: str) -> None:
    (secret,) = mask(value, awaiting=None, known={}).secrets
    assert is_id_number(value)
    assert sum(character != "*" for character in secret.hint) < len(value) / 2


@pytest.mark.parametrize(
    "text",
    [
        "鲁人社规〔2018〕5号说的是什么",
        "2021年计划招募2484人，报名7月23日到27日",
        "第三层次买房补20万还是40万",
        "泉委发〔2017〕6号",
        "受理编号HC20261121-0001",
        "12345和12333是什么电话",
        "0.5个百分点，2019-2024年",
    ],
)
def test_policy_text_is_left_alone(text: str) -> None:
    masked = mask(text, awaiting=None, known={})
    assert masked.text == text
    assert masked.secrets == ()


def test_repeated_value_keeps_its_token_and_new_one_gets_the_next_number() -> None:
    first = mask("13900000001", awaiting=None, known={})
    known = {(secret.kind, secret.value): secret.token for secret in first.secrets}
    again = mask("还是 139 0000 0001，或者13900000002", awaiting=None, known=known)
    assert again.text == "还是 〔手机号1〕，或者〔手机号2〕"
    assert [secret.value for secret in again.secrets] == ["13900000002"]


def test_typed_token_is_not_taken_for_a_real_one() -> None:
    assert not TOKEN.search(mask("我的号码是〔手机号1〕", awaiting=None, known={}).text)


@pytest.mark.parametrize("name", ["张三", "我叫李示例", "欧阳样", "Anna Sample", "姓名：乜样例"])
def test_awaited_name_becomes_a_token(name: str) -> None:
    masked = mask(name, awaiting="姓名", known={})
    assert masked.text == "〔姓名1〕"


@pytest.mark.parametrize("text", ["惠才卡有效期几年", "取消", "要什么材料", "高级工程师可以吗", "上一步"])
def test_question_midway_is_not_swallowed_as_a_name(text: str) -> None:
    assert mask(text, awaiting="姓名", known={}).text == text
    assert check_personal("姓名", text) is None


def test_name_is_left_in_the_text_when_nobody_asked_for_it() -> None:
    assert mask("张三", awaiting=None, known={}).text == "张三"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("姓名应该是韩小美", "姓名应该是〔姓名1〕"),
        ("不对，孩子名字写错了，名字应为张小样。", "不对，孩子名字写错了，名字应为〔姓名1〕。"),
        ("单位改成济南样例有限公司吧", "单位改成〔单位1〕吧"),
        ("住址改为丰泽区样例路8号2栋301室", "住址改为〔住址1〕"),
        ("单位所在地改成青岛", "单位所在地改成青岛"),
        ("名字应该是惠才卡吗", "名字应该是惠才卡吗"),
        ("公司改成股份制以后还能申请吗", "公司改成股份制以后还能申请吗"),
    ],
)
@pytest.mark.parametrize("awaiting", [None, "身份证号", "说明"])
def test_a_corrected_field_becomes_a_token_at_any_step(text: str, shown: str, awaiting: str | None) -> None:
    assert mask(text, awaiting=awaiting, known={}).text == shown


def test_spoken_digits_and_mistyped_card_are_masked() -> None:
    assert mask("一三九零零零零零零零幺", awaiting=None, known={}).text == "〔手机号1〕"
    assert mask("6222020000000000001", awaiting=None, known={}).text == "〔长号码1〕"


@pytest.mark.parametrize(
    ("kind", "text", "value", "hint"),
    [
        (personal.EMPLOYER, "我在中国石油大学（华东）", "中国石油大学（华东）", "中国******"),
        (personal.SCHOOL, "泉州市实验小学", "泉州市实验小学", "泉州*****"),
        (personal.SCHOOL, "孩子在丰泽区第二中心小学上学", "丰泽区第二中心小学", "丰泽******"),
        (personal.SCHOOL, "还没上学", "还没上学", "还没**"),
        (personal.SCHOOL, "转学要什么条件？", None, None),
        (personal.ADDRESS, "我住在丰泽区兰台路12号3栋501", "丰泽区兰台路12号3栋501", "丰泽******"),
        (personal.ADDRESS, "下一步", None, None),
        (personal.ADDRESS, "窗口在哪条路？", None, None),
        (personal.BIRTH_DATE, "2015年3月8日", "2015-03-08", "2015-**-**"),
        (personal.BIRTH_DATE, "孩子生日是20150308", "2015-03-08", "2015-**-**"),
        (personal.BIRTH_DATE, "2015-02-30", None, None),
        (personal.NAME, "孩子的姓名：仝小宝", "仝小宝", "仝**"),
    ],
)
def test_a_familys_data_are_taken_out_while_the_guide_waits_for_them(
    kind: str, text: str, value: str | None, hint: str | None
) -> None:
    masked = mask(text, awaiting=kind, known={})
    assert [(s.value, s.hint) for s in masked.secrets] == ([(value, hint)] if value else [])
    assert masked.text == (f"〔{kind}1〕" if value else text)


def test_the_child_of_a_talent_gets_a_token_of_its_own() -> None:
    parent = mask("张伟明", awaiting=personal.NAME, known={})
    known = {(s.kind, s.value): s.token for s in parent.secrets}
    child = mask("张小宝", awaiting=personal.NAME, known=known)
    assert (parent.text, child.text) == ("〔姓名1〕", "〔姓名2〕")
