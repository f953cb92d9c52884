"""Pinyin, readings and traditional forms that sites write behind a character."""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, pinyin

from bot.text.clean_clutter import Note
from bot.text.clean_findings import FindingKind, Line, Report

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_LETTER = r"a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_TONED = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]")
_TONE_MARKS = {0x0300, 0x0301, 0x0304, 0x030C}

_PINYIN = re.compile(rf"(?<=[{HAN}])(?:\([{_LETTER}]{{1,6}}\))+")
_ONE_PINYIN = re.compile(r"\(([^()]+)\)")
# With a name in front (读:…) any bracket is used; without one the content must be a reading.
_NAMED = re.compile(
    rf"(?<=[{HAN}])[(【{{\[《〔](?P<name>繁体|繁|读音|读|拼音|pinyin|音):(?P<body>[^()【】{{}}\[\]《》〔〕\n]{{1,12}})[)】}}\]》〕]"
)
_UNNAMED = re.compile(rf"(?<=[{HAN}])[【{{\[《〔](?P<body>[{_LETTER}]{{1,6}})[】}}\]》〕]")
_BARE = re.compile(rf"(?<=[{HAN}])(?P<body>[{_LETTER}]{{1,6}})(?![{_LETTER}A-Za-z0-9])")
_SYLLABLES = re.compile(rf"[{_LETTER}1-5 ]+")
# Beside traditional characters 著 is the particle 着, but for these words.
_PARTICLE = re.compile("(?<![显卓编土原专名巨论遗执昭合拙译])著(?![名作称书者述录])")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional to simplified, unless every character is at home in simplified text too.

    乾, 瞭, 藉 and 著 stand in names and words of simplified documents: alone they prove nothing.
    """
    if not any(_only_traditional(char) for char in text):
        return text
    for _ in range(5):
        simpler = _simplifier().convert(text)
        if simpler == text:
            break
        text = simpler
    return _PARTICLE.sub("着", text)


@lru_cache(maxsize=20_000)
def _only_traditional(char: str) -> bool:
    if char < "\u3400" or _simplifier().convert(char) == char:
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def without_readings(line: Line, report: Report) -> Line:
    """Idempotent. What is not provably a reading of the character before it stays."""
    text = _PINYIN.sub(lambda match: _pinyin_run(match, line, report), line.text)
    text = _NAMED.sub(lambda match: _named(match, line, report), text)
    for pattern in (_UNNAMED, _BARE):
        text = pattern.sub(lambda match: _unnamed(match, line, report), text)
    return Line(line.number, text, line.apart)


def _pinyin_run(match: re.Match[str], line: Line, report: Report) -> str:
    char = match.string[match.start() - 1]
    end = 0
    for one in _ONE_PINYIN.finditer(match[0]):
        if not _reads(char, one[1]):
            break
        end = one.end()
    if end:
        report.cut(FindingKind.PINYIN, line.number, match[0][:end], Note.PINYIN)
    return match[0][end:]


def _named(match: re.Match[str], line: Line, report: Report) -> str:
    body, before = match["body"].strip(), match.string[: match.start()]
    if match["name"].startswith("繁"):
        fits = simplified(body) == simplified(before[-len(body) :])
    else:
        fits = _SYLLABLES.fullmatch(body) is not None
    if not fits:
        report.doubt(FindingKind.READING, line.number, match[0], Note.READING_UNSURE)
        return match[0]
    report.cut(FindingKind.READING, line.number, match[0], Note.READING, char=before[-1])
    return ""


def _unnamed(match: re.Match[str], line: Line, report: Report) -> str:
    char = match.string[match.start() - 1]
    bare = match[0] == match["body"]
    if (bare and not _TONED.search(match[0])) or not _reads(char, match["body"]):
        return match[0]
    report.cut(FindingKind.READING, line.number, match[0], Note.READING, char=char)
    return ""


def _reads(char: str, syllable: str) -> bool:
    return _toneless(syllable) in _readings(char)


@lru_cache(maxsize=10_000)
def _readings(char: str) -> frozenset[str]:
    found: set[str] = set()
    for form in {char, _simplifier().convert(char)}:
        for reading in pinyin(form, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]:
            found.add(_toneless(reading))
    return frozenset(found)


def _toneless(syllable: str) -> str:
    parts = unicodedata.normalize("NFD", syllable)
    plain = "".join(part for part in parts if ord(part) not in _TONE_MARKS)
    return unicodedata.normalize("NFC", plain).replace("ü", "v")
