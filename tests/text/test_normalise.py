"""One spelling for what people type, and nothing lost that identifies something."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.normalise import normalise, strip_fillers
from bot.text.pinyin import EVERYDAY

HAN = st.text(alphabet="惠才卡到期了认定补贴专员泉州层次國際學歷證", min_size=0, max_size=8)
IDENTIFIER = st.from_regex(r"[0-9]{17}[0-9X]|1[3-9][0-9]{9}|[A-Z]{2,6}[0-9]{0,6}", fullmatch=True)
TOKEN = st.from_regex(r"〔(身份证号|手机号|邮箱|2020|2018)[0-9]{0,2}〕", fullmatch=True)
NOISE = st.sampled_from(["😀", "\u200b", "，，", "！！！", "　", "\ufeff", "…", " ", "\n", "、", "。。"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("惠 才 卡 到 期 了", "惠才卡到期了"),
        ("惠.才.卡", "惠才卡"),
        ("會才卡怎麼申請？？？", "会才卡怎么申请?"),
        ("ｒｅｎｇｏｎｇ ｋｅｆｕ", "人工客服"),
        ("zhuanrengong", "转人工"),
        ("我要zhuan rengong", "我要转人工"),
        ("huicaika youxiaoqi duojiu", "惠才卡有效期多久"),
        ("hui cai ka zen me ban", "惠才卡怎么办"),
        ("quanzhou goufang buzhu duoshao", "泉州购房补助多少"),
        ("sanzhiyifu 是 nage danwei 牵头", "三支一扶是哪个单位牵头"),
        ("huì cái kǎ zěnme shēnqǐng", "惠才卡怎么申请"),
        ("😀😀", ""),
        ("好的[捂脸]", "好的"),
        ("惠\u200b才\ufeff卡", "惠才卡"),
        ("ＡＢＣ类", "ABC类"),
        ("企业(app)", "企业(app)"),
        ("鲁人社规[2018]5号", "鲁人社规〔2018〕5号"),
        ("鲁人社字 〔2020〕 111号", "鲁人社字〔2020〕111号"),
        ("我的证号〔身份证号1〕", "我的证号〔身份证号1〕"),
        ("R字签证和PhD", "R字签证和PhD"),
        ("a b 中 c", "a b中c"),
        ("2—5年", "2—5年"),
    ],
)
def test_spelling(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_idempotent_on_anything(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(HAN, IDENTIFIER, TOKEN, NOISE), max_size=12))
def test_idempotent_on_chat(parts: list[str]) -> None:
    once = normalise("".join(parts))
    assert normalise(once) == once


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(HAN, st.one_of(IDENTIFIER, TOKEN), NOISE), max_size=6))
def test_identifiers_and_tokens_are_kept(parts: list[tuple[str, str, str]]) -> None:
    text = "".join(han + kept + noise for han, kept, noise in parts)
    pattern = r"〔[^〔〕]*〕|[A-Za-z0-9]+"
    assert re.findall(pattern, normalise(text)) == re.findall(pattern, re.sub("[\u200b\ufeff]", "", text))


def test_pinyin_is_read_only_as_whole_runs() -> None:
    assert normalise("huicaika2024") == "huicaika2024"
    assert normalise("kefu@rencai.cn") == "kefu@rencai.cn"
    assert all(normalise(word) == word for word in EVERYDAY)


@pytest.mark.parametrize(
    "text",
    ["CFA", "ACCA", "APP", "VIP", "HR", "SCI论文", "R签证", "PhD", "hello", "can he sing", "China", "wifi",
     "I am looking forward to it", "home page", "banana", "women", "python"],
)  # fmt: skip
def test_latin_that_is_no_pinyin_is_kept(text: str) -> None:
    assert normalise(text) == text


def test_fillers() -> None:
    assert strip_fillers(normalise("那个，请问一下惠才卡有效期几年呢？谢谢")) == "惠才卡有效期几年"
    assert strip_fillers("谢谢") == "谢谢"
    assert strip_fillers("怎么补办啊,多谢啦~ ~ ") == "怎么补办"


def test_a_long_tail_that_is_none_is_read_in_one_go() -> None:
    for closing in ("~ ", "谢谢,", "呢啊"):
        text = closing * 1000 + "x"
        assert strip_fillers(text).endswith("x")
