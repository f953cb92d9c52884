"""One normal form for knowledge and users alike.

What a person can type in many ways becomes one spelling; identifiers, Latin abbreviations,
privacy tokens 〔…〕 and document numbers come out as they went in.
"""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

from bot.text.pinyin import read_everyday

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd"
_HAN_MARKS = r"\u3001-\u3003\u3008-\u3011\u3014-\u301b\u2018\u2019\u201c\u201d\u2026"
_TOKEN_BASE = 0xF0000  # protected spans become one private character while the rest is worked on
_TOKENS = r"\U000f0000-\U000ffffd"

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH |= {0x3000: 0x20, 0xFFE5: 0xA5, 0xFF61: 0x3002, 0xFF64: 0x3001, 0x2E3A: 0x2014}

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u25a0-\u25ff\u3030\u303d"
    "\u20e3\ufe00-\ufe0f\U000e0020-\U000e007f]+"
)
# WeChat sends its own emoji as a name in brackets; other bracketed words are text.
_WECHAT_EMOJI = re.compile(
    r"\[(?:微笑|捂脸|强|玫瑰|抱拳|呲牙|流泪|大哭|偷笑|合十|握手|爱心|疑问|憨笑|可怜|皱眉|苦涩|尴尬|发怒|抓狂|"
    r"害羞|愉快|嘿哈|奸笑|机智|耶|旺柴|好的|加油|OK|Emm|社会社会|裂开|叹气|撇嘴|色|得意|再见|拥抱|鼓掌)\]"
)
_COMPATIBLE_HAN = re.compile("[\u2f00-\u2fd5\u2e80-\u2ef3\uf900-\ufaff]")
_DOC_NUMBER = re.compile(r"[\[(【]((?:19|20)\d{2})[\])】]\s*(?=\d{1,4}\s*号)")
_PROTECTED = re.compile(r"〔[^〔〕\n]{0,40}〕")
_DOTS = re.compile(r"\.{3,}")
_MARK_RUN = re.compile(r"[!?,;:~。、…]{2,}")
_SPLIT = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:([.*_\-·])[{_HAN}])(?:\1[{_HAN}])+(?![{_HAN}])")
_SPACE = re.compile(r"\s+")
_JOINABLE = rf"[{_HAN}{_HAN_MARKS}{_TOKENS}!?,;:()]"
_LOOSE_SPACE = re.compile(rf" (?={_JOINABLE})|(?<={_JOINABLE}) ")
_FILLER_HEAD = re.compile(
    r"^(?:(?:嗯+|呃+|额+|哦+|啊+|诶|喂|哎|那个|就是说?|那|你好|您好|在吗|在不在|我想问一下|我想问下|我想咨询一下|我想了解一下|请问一下|请问下|请问|想问一下|想问下|想问|"
    r"问一下|问下|咨询一下|咨询下|咨询|我想咨询|我想问|我想知道|想知道|我想了解|想了解|了解一下|麻烦问|麻烦|老师|"
    r"客服|帮我查一下|帮我看看|帮我查|请教一下|请教)[,。、!?~… ]*)+"
)
_CLOSINGS = r"谢谢你|谢谢您|谢谢|多谢|麻烦了|呢|啊|呀|吖|哈|嘛|哦|喔|呗|啦"
# Read from the end backwards: a search for a tail that fails from every place takes forever.
_FILLER_TAIL_REVERSED = re.compile(rf"(?:{_CLOSINGS[::-1]}|[,。、!?~… ])+")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Same meaning, one spelling. Idempotent; an empty result means nothing was said in words."""
    text = unicodedata.normalize("NFC", text).translate(_WIDTH)
    text = _COMPATIBLE_HAN.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    text = "".join(_plain(char) for char in text)
    text = _DOC_NUMBER.sub(r"〔\1〕", text)
    text, spans = _protect(text)
    text = _EMOJI.sub(" ", _WECHAT_EMOJI.sub(" ", text))
    text = _simplify(text)
    text = _DOTS.sub("…", text)
    text = _SPACE.sub(" ", text).strip()
    text = _LOOSE_SPACE.sub("", text)
    text = _SPLIT.sub(lambda m: m[0].replace(m[1], ""), text)
    text = _MARK_RUN.sub(_one_mark, text)
    text = read_everyday(text)
    return "".join(spans[ord(c) - _TOKEN_BASE] if ord(c) >= _TOKEN_BASE else c for c in text)


def strip_fillers(text: str) -> str:
    """Drop polite openings and closings of normalised text, unless nothing else is left."""
    opened = _FILLER_HEAD.sub("", text)
    tail = _FILLER_TAIL_REVERSED.match(opened[::-1])
    return opened[: len(opened) - tail.end()] or text if tail else opened or text


def _plain(char: str) -> str:
    """Drop invisible, private and unassigned characters; every kind of blank is one space."""
    category = unicodedata.category(char)
    if category in ("Cf", "Co", "Cs", "Cn"):
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else char


def _protect(text: str) -> tuple[str, list[str]]:
    spans: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if len(spans) > 60_000:  # the private plane has no more characters
            return match[0]
        spans.append(match[0])
        return chr(_TOKEN_BASE + len(spans) - 1)

    return _PROTECTED.sub(keep, text), spans


def _simplify(text: str) -> str:
    # Phrase rules can expose another phrase, so repeat until nothing changes (twice in practice).
    for _ in range(5):
        simpler = _simplifier().convert(text)
        if simpler == text:
            break
        text = simpler
    return text


def _one_mark(match: re.Match[str]) -> str:
    run = match[0]
    for mark in "?!。":
        if mark in run:
            return mark
    return run[0]
