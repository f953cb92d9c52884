"""The shipped FAQs hold together: format, phrasings, follow-ups, regions."""

import re
from collections import Counter
from datetime import date
from itertools import combinations

import pytest

from bot.knowledge.render import faq_content
from bot.knowledge.schemas import FEWEST_PHRASINGS, parse_faq
from bot.texts import sentence
from tests.content.shipped import (
    BY_KEY,
    FAQS,
    ITEMS,
    OUT_OF_SCOPE,
    REGION_NAMES,
    ROOT,
    Faq,
    codes_of,
    failing,
    load,
    rows,
)

KEYS = {
    "key", "question", "phrasings", "negatives", "category", "region", "place", "year", "audience", "kind",
    "answer", "confidence", "sources", "valid_from", "valid_until", "follow_ups", "item",
}  # fmt: skip
HELD_OUT: list[dict[str, str]] = load(ROOT / "tests/content/heldout.yml")["questions"]
TIERS = [
    entity["value"]
    for entity in load(ROOT / "data/lexicon/entities.yml")["entities"]
    if entity["label"] == "tier"
]
_OPENINGS = (
    r"请问一下|请问|你好|您好|麻烦问一下|麻烦您|麻烦|请教一下|请教|劳驾|帮我查一下"
    r"|想问一下|想问问|想问|问一下|想了解一下|想了解|我想知道"
)
_CLOSINGS = r"谢谢您|谢谢|多谢|麻烦了|吗|呢|啊|呀|吧|不|哦|啦|嘛"
_POLITE = re.compile(rf"^(?:{_OPENINGS})+|(?:{_CLOSINGS})+$")
_SIGNS = re.compile(r"[\s，。？！、：；“”《》（）()?,.!·/]+")

# Years, document numbers and telephone numbers; all of them are proved against the fact sheet.
_ALLOWED_IN_A_GAP = re.compile(
    r"\w+〔\d{4}〕\d+号|0\d{2,3}-\d{7,8}|(?<!\d)(?:12345|12333)(?!\d)|(?:19|20)\d\d年"
)
_FIGURE = re.compile(r"\d+|[一二两三四五六七八九十百]+(?:个工作日|个月|天|倍|万|折|成)")
LEAST_FAQS = 140
MOST_OVERLAP = 0.8
LONGEST_KEYWORDS = 12  # characters of a short, key-word phrasing
LONGEST_ANSWER = 350  # characters: two screens of a phone with its sources and buttons


def bare(text: str) -> str:
    return _SIGNS.sub("", text).lower()


def core(text: str) -> str:
    """Without signs and the frames of politeness, which make no other way of asking."""
    stripped = bare(text)
    while (shorter := _POLITE.sub("", stripped)) not in ("", stripped):
        stripped = shorter
    return stripped


def _pairs(text: str) -> set[str]:
    stripped = core(text)
    return {stripped[i : i + 2] for i in range(len(stripped) - 1)}


def overlap(one: str, other: str) -> float:
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / len(a | b) if a | b else 1.0


def test_there_are_enough_and_keys_are_unique() -> None:
    assert len(FAQS) >= LEAST_FAQS
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
        lambda faq: [pair for pair in combinations(_asked(faq), 2) if overlap(*pair) > MOST_OVERLAP]
    )
    assert not failing(lambda faq: min(map(len, faq["phrasings"])) > LONGEST_KEYWORDS)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("泉州购房补助多少", "请问泉州购房补助多少呢，谢谢", True),
        ("您好，麻烦问一下惠才卡怎么办理", "惠才卡怎么办理啊", True),
        ("泉州购房补助多少", "厝买在泉州能补几万", False),
    ],
)
def test_politeness_makes_no_other_phrasing(one: str, other: str, same: bool) -> None:
    assert (overlap(one, other) > MOST_OVERLAP) is same


def _asked(faq: Faq) -> list[str]:
    return [faq["question"], *faq["phrasings"]]


def test_no_phrasing_belongs_to_two_faqs() -> None:
    owners: dict[str, set[str]] = {}
    for faq in FAQS:
        for phrase in _asked(faq):
            owners.setdefault(core(phrase), set()).add(faq["key"])
    assert not {phrase: keys for phrase, keys in owners.items() if len(keys) > 1}


def test_a_phrasing_is_not_its_own_negative() -> None:
    assert not failing(
        lambda faq: [
            (phrase, against)
            for phrase in _asked(faq)
            for against in faq["negatives"]
            if overlap(phrase, against) > MOST_OVERLAP
        ]
    )


def test_links_lead_somewhere() -> None:
    assert not failing(lambda faq: set(faq["follow_ups"]) - (set(BY_KEY) - {faq["key"]}))
    assert not failing(lambda faq: {faq["item"]} - set(ITEMS) - {None})


def test_region_is_known_and_agrees_with_the_place() -> None:
    assert not failing(lambda faq: REGION_NAMES.get(faq["region"]) != faq["place"])


def test_sources_belong_to_the_place() -> None:
    assert not failing(_foreign_sources)


def _foreign_sources(faq: Faq) -> set[str]:
    codes = codes_of(faq)
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


def test_an_answer_fits_a_phone() -> None:
    def length(faq: Faq) -> int:
        answer = faq["answer"]
        return len("".join([*answer.get("paragraphs", []), *answer.get("items", []), *rows(answer)]))

    assert not failing(lambda faq: (size := length(faq)) > LONGEST_ANSWER and size)


def test_rows_of_a_tier_table_are_named_as_the_lexicon_names_tiers() -> None:
    """「那第四层次呢」 picks one row, so a row stands for one tier."""
    for faq in FAQS:
        table = faq["answer"].get("table")
        if table and re.search("|".join(TIERS), table["rows"][0][0]):
            names = [row[0] for row in table["rows"]]
            assert set(names) <= set(TIERS), faq["key"]
            assert len(set(names)) == len(names), faq["key"]


def test_doubt_is_told_and_a_person_offered() -> None:
    kept = {"高": None, "中": sentence("knowledge.caution"), "低": sentence("knowledge.caution_low")}
    assert {faq["confidence"] for faq in FAQS} == set(kept)
    for faq in FAQS:
        content = faq_content(parse_faq(faq), today=date(2026, 11, 20), follow_ups=[])
        assert content.caution == kept[faq["confidence"]], faq["key"]
        offered = any(button.payload == "/request_human" for button in content.buttons)
        assert offered is (faq["confidence"] != "高" or faq["kind"] == "not_published"), faq["key"]
        assert content.scope and faq["place"] in content.scope and faq["year"] in content.scope


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
    ours = {core(phrase) for faq in FAQS for phrase in _asked(faq)}
    assert not {core(text) for text in OUT_OF_SCOPE} & ours


def test_held_out_questions_were_never_shown() -> None:
    assert len(HELD_OUT) >= 150
    shown = {bare(phrase) for faq in FAQS for phrase in _asked(faq)}
    shown |= {bare(text) for text in OUT_OF_SCOPE}
    assert not [row["q"] for row in HELD_OUT if bare(row["q"]) in shown]
    for row in HELD_OUT:
        gap, key = row["scope"] == "not_published", row["expect"]
        assert key == "none" or (BY_KEY[key]["kind"] == "not_published") == gap
