"""The shipped FAQs hold together: format, phrasings, follow-ups, regions."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.schemas import FEWEST_PHRASINGS, parse_faq
from bot.service.schemas import ServiceFile

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "key", "question", "phrasings", "negatives", "category", "region", "place", "year", "audience", "kind",
    "answer", "confidence", "sources", "valid_from", "valid_until", "follow_ups", "item",
}  # fmt: skip
_POLITE = re.compile(r"^(请问|你好|您好|麻烦|请教|想问一?下?|问一下)+|(谢谢|吗|呢|啊|呀|吧|不)$")
_SIGNS = re.compile(r"[\s，。？！、：；“”《》（）()?,.!·/]+")


# Years, document numbers and telephone numbers; all of them are proved against the fact sheet.
_ALLOWED_IN_A_GAP = re.compile(
    r"\w+〔\d{4}〕\d+号|0\d{2,3}-\d{7,8}|(?<!\d)(?:12345|12333)(?!\d)|(?:19|20)\d\d年"
)
_FIGURE = re.compile(r"\d+|[一二两三四五六七八九十百]+(?:个工作日|个月|天|倍|万|折|成)")
LONGEST_KEYWORDS = 12  # characters of a short, key-word phrasing


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


FAQS: list[dict[str, Any]] = [
    faq for path in sorted((ROOT / "data/knowledge").glob("*.yml")) for faq in _load(path).get("faqs", [])
]
OUT_OF_SCOPE: list[str] = _load(ROOT / "data/knowledge/out_of_scope.yml")["out_of_scope"]
HELD_OUT: list[dict[str, str]] = _load(ROOT / "tests/content/heldout.yml")["questions"]
BY_KEY = {faq["key"]: faq for faq in FAQS}
REGION_NAMES = {
    region["code"]: region["name"] for region in _load(ROOT / "data/lexicon/regions.yml")["regions"]
}
ITEMS = {
    item.key
    for path in (ROOT / "data/service").glob("*.yml")
    for item in ServiceFile.model_validate(_load(path)).items
}


def failing(problems_of: Callable[[dict[str, Any]], object]) -> dict[str, object]:
    """Every FAQ with a problem at once, so that one run shows all there is to mend."""
    return {faq["key"]: problems for faq in FAQS if (problems := problems_of(faq))}


def bare(text: str) -> str:
    return _SIGNS.sub("", text).lower()


def _pairs(text: str) -> set[str]:
    stripped = _POLITE.sub("", bare(text))
    return {stripped[i : i + 2] for i in range(len(stripped) - 1)}


def overlap(one: str, other: str) -> float:
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / len(a | b)


def test_there_are_enough_and_keys_are_unique() -> None:
    assert len(FAQS) >= 75
    assert len(BY_KEY) == len(FAQS)


def test_format() -> None:
    for faq in FAQS:
        assert set(faq) == KEYS, faq["key"]
        parse_faq(faq)
    assert not failing(
        lambda faq: not faq["sources"] or not all(source.get("code") for source in faq["sources"])
    )


def test_phrasings_are_many_and_truly_different() -> None:
    assert not failing(lambda faq: len(faq["phrasings"]) < FEWEST_PHRASINGS)
    assert not failing(
        lambda faq: [pair for pair in combinations(faq["phrasings"], 2) if overlap(*pair) > 0.8]
    )
    assert not failing(lambda faq: min(map(len, faq["phrasings"])) > LONGEST_KEYWORDS)


def test_no_phrasing_belongs_to_two_faqs() -> None:
    owners: dict[str, set[str]] = {}
    for faq in FAQS:
        for phrase in [faq["question"], *faq["phrasings"]]:
            owners.setdefault(bare(phrase), set()).add(faq["key"])
    assert not {phrase: keys for phrase, keys in owners.items() if len(keys) > 1}


def test_links_lead_somewhere() -> None:
    assert not failing(lambda faq: set(faq["follow_ups"]) - (set(BY_KEY) - {faq["key"]}))
    assert not failing(lambda faq: {faq["item"]} - ITEMS - {None})


def test_region_is_known_and_agrees_with_the_place() -> None:
    assert not failing(lambda faq: REGION_NAMES.get(faq["region"]) != faq["place"])


def test_sources_belong_to_the_place() -> None:
    assert not failing(_foreign_sources)


def _foreign_sources(faq: dict[str, Any]) -> set[str]:
    codes = {source["code"] for source in faq["sources"]}
    if faq["region"].startswith("35"):
        return {
            code for code in codes if code in {"S000", "S002", "S004"} or re.fullmatch(r"P(?!48)\d+b?", code)
        }
    if faq["region"].startswith("37"):
        return {code for code in codes if code.startswith("Q") or code == "S003"}
    return set()


def test_web_addresses_are_official() -> None:
    official = re.compile(r"https?://([^/]+\.)?gov\.cn/")
    assert not failing(
        lambda faq: [s["url"] for s in faq["sources"] if s.get("url") and not official.match(s["url"])]
    )


def test_a_gap_is_told_without_figures() -> None:
    gaps = [faq for faq in FAQS if faq["kind"] == "not_published"]
    assert gaps
    for faq in gaps:
        assert set(faq["answer"]) == {"paragraphs"}, faq["key"]
        said = "".join(faq["answer"]["paragraphs"])
        assert re.search(r"没有公布|没有取到|没有找到|没有写", said), faq["key"]
        rest = _ALLOWED_IN_A_GAP.sub("", said)
        assert not _FIGURE.findall(rest), faq["key"]


def test_the_five_everyday_questions_are_covered() -> None:
    for question, key in {
        "惠才卡能用几年啊": "sd-huicaika-term",
        "泉州第三层次人才买房补多少钱": "qz-house-subsidy",
        "三支一扶服务几年": "sd-szyf-term",
        "科技特派员咋申请": "sd-kjtpy-apply",
        "惠才卡丢了咋补办": "sd-huicaika-lost",
    }.items():
        assert question in BY_KEY[key]["phrasings"]
    assert BY_KEY["sd-huicaika-lost"]["kind"] == "not_published"


def test_questions_out_of_scope_are_many_and_not_ours() -> None:
    assert len(OUT_OF_SCOPE) >= 150
    assert not [text for text, count in Counter(OUT_OF_SCOPE).items() if count > 1]
    ours = {bare(phrase) for faq in FAQS for phrase in [faq["question"], *faq["phrasings"]]}
    assert not {bare(text) for text in OUT_OF_SCOPE} & ours


def test_held_out_questions_were_never_shown() -> None:
    assert len(HELD_OUT) >= 150
    shown = {bare(phrase) for faq in FAQS for phrase in [faq["question"], *faq["phrasings"]]}
    shown |= {bare(text) for text in OUT_OF_SCOPE}
    assert not [row["q"] for row in HELD_OUT if bare(row["q"]) in shown]
    for row in HELD_OUT:
        gap, key = row["scope"] == "not_published", row["expect"]
        assert key == "none" or (BY_KEY[key]["kind"] == "not_published") == gap
