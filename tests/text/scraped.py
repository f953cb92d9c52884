"""Reading scraped documents in tests: the word lists, the originals if they are there, the accounts."""

import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from opencc import OpenCC

from bot.text.clean import Cleaned, Clutter, FindingKind, clean, load_clutter

_ROOT = Path(__file__).resolve().parents[2]
_SHARED = _ROOT / ".." / "shared"
SEEDS = _SHARED / "seeds"
CASES = _SHARED / "domain" / "noise_cases.tsv"

needs_seeds = pytest.mark.skipif(
    not SEEDS.exists(), reason="../shared/seeds is absent: the four scraped documents were not cleaned"
)

NOTICE = """关于做好高层次人才服务工作的通知
各市人力资源社会保障局:
为落实山东省高层次人才服务制度,现通知如下。
{}
一、服务对象
山东省内符合条件的高层次人才。
{}"""


@cache
def clutter() -> Clutter:
    return load_clutter(_ROOT / "data" / "lexicon")


def cleaned(raw: str) -> Cleaned:
    return clean(raw, clutter=clutter())


def text_of(raw: str) -> str:
    return "\n".join(cleaned(raw).lines)


def removed(raw: str, kind: FindingKind) -> list[str]:
    return [finding.text for finding in cleaned(raw).removed if finding.kind is kind]


def doubted(raw: str, kind: FindingKind) -> list[str]:
    return [finding.text for finding in cleaned(raw).doubts if finding.kind is kind]


def seed(start: str) -> str:
    (path,) = SEEDS.glob(f"{start}*.txt")
    return path.read_bytes().decode("utf-8")


_SIMPLIFIER = OpenCC("t2s")


@cache
def _plain(char: str) -> str:
    """One spelling for what width and script changes may touch."""
    char = _SIMPLIFIER.convert(unicodedata.normalize("NFKC", char))
    return "".join("着" if part == "著" else part for part in char if not part.isspace())


def letters(text: str) -> Counter[str]:
    return Counter("".join(map(_plain, text)))


def unaccounted(raw: str) -> tuple[Counter[str], Counter[str]]:
    """Characters that went without a report, and characters that came from nowhere."""
    result = cleaned(raw)
    left = letters("".join(result.lines))
    reported = letters("".join(finding.text for finding in result.removed))
    return letters(raw) - left - reported, left + reported - letters(raw)
