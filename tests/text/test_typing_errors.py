"""What the input method got wrong is read as meant; what was meant stays as it is."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.lexicon import load_lexicon
from bot.text.typing_errors import TypingErrors
from bot.text.words import Words

LEXICON = load_lexicon(Path(__file__).resolve().parents[2] / "data" / "lexicon")
WORDS = Words(keep_whole=LEXICON.all_words)
OURS = sorted(word for word in LEXICON.all_words if word not in LEXICON.synonyms)
ERRORS = TypingErrors(OURS, known=WORDS)
EVERYDAY = [
    "怎么",
    "什么",
    "多少钱",
    "可以",
    "我们",
    "单位",
    "今年",
    "已经",
    "知道",
    "谁",
    "的",
    "吗",
    "想",
    "去",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("惠裁卡怎么办", "惠才卡怎么办"),  # same sound
        ("泰山血者青年专家", "泰山学者青年专家"),
        ("博仕后进站", "博士后进站"),
        ("服务转员是谁", "服务专员是谁"),
        ("户藉能迁吗", "户籍能迁吗"),
        ("中烤加几分", "中考加几分"),
        ("高成次人才", "高层次人才"),  # southern speakers
        ("人才货额度", "人才贷额度"),  # same shape
        ("创新卷", "创新券"),
        ("硕土毕业", "硕士毕业"),
        ("三支扶服务几年", "三支一扶服务几年"),  # missing, doubled, swapped
        ("科技特特派员", "科技特派员"),
        ("惠卡才丢了", "惠才卡丢了"),
    ],
)
def test_slips(typed: str, meant: str) -> None:
    assert ERRORS.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["王建国", "李慧才", "我想当科技特派员", "购房时层次", "专家带徒弟", "房补分几次到账", "惠才卡卡不卡年龄",
     "370102199001011234", "ACCA证书", "鲁组字〔2019〕32号", "人事局", "会计证"],
)  # fmt: skip
def test_what_was_meant_is_kept(text: str) -> None:
    assert ERRORS.correct(text) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*OURS, *EVERYDAY]), min_size=1, max_size=6))
def test_sentences_of_known_words_are_kept(words: list[str]) -> None:
    """Spaced, because two words set side by side may well make a third."""
    text = " ".join(words)
    assert ERRORS.correct(text) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_only_chinese_characters_change(text: str) -> None:
    corrected = ERRORS.correct(text)
    assert [c for c in corrected if not "\u4e00" <= c <= "\u9fff"] == [
        c for c in text if not "\u4e00" <= c <= "\u9fff"
    ]
