"""The shipped vocabulary loads, and finds what people mean."""

from pathlib import Path

import pytest

from bot.text.lexicon import Lexicon, load_lexicon

FOLDER = Path(__file__).resolve().parents[2] / "data" / "lexicon"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon(FOLDER)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("惠菜卡", "惠才卡"),
        ("会才卡认丁", "惠才卡认定"),
        ("三只一扶补帖", "三支一扶补贴"),
        ("专源", "服务专员"),
        ("服务专员", "服务专员"),
        ("绿卡", "惠才卡"),
        ("美国绿卡", "美国绿卡"),
        ("买房补贴", "购房补助"),
        ("科特派咋申请", "科技特派员怎么申请"),
    ],
)
def test_canonical(lexicon: Lexicon, typed: str, meant: str) -> None:
    assert lexicon.canonical(typed) == meant
    assert lexicon.canonical(meant) == meant


def test_finds_the_longest(lexicon: Lexicon) -> None:
    found = {(m.label, m.value) for m in lexicon.find("泉州第三层次人才购房补助多少钱")}
    assert found == {
        ("region", "350500"),
        ("tier", "第三层次"),
        ("item", "购房补助"),
        ("aspect", "金额"),
    }


def test_latin_edges_are_word_edges(lexicon: Lexicon) -> None:
    assert not [m for m in lexicon.find("ABC类") if m.label == "tier"]
    assert [m.value for m in lexicon.find("省级C类人才") if m.label == "tier"] == ["C类"]


def test_region_chain_ends_with_the_nation(lexicon: Lexicon) -> None:
    assert lexicon.chain("350583") == ("350583", "350500", "350000", "000000")
    assert lexicon.chain("370000") == ("370000", "000000")
    assert lexicon.chain(None) == ("000000",)


def test_every_region_has_its_parents(lexicon: Lexicon) -> None:
    for code in lexicon.regions:
        assert lexicon.chain(code)[0] == code
        assert lexicon.chain(code)[-1] == "000000"


def test_synonyms_do_not_chain(lexicon: Lexicon) -> None:
    for variant, word in lexicon.synonyms.items():
        assert lexicon.canonical(variant) == word
        assert lexicon.canonical(word) == word


def test_one_variant_stands_for_one_word(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "synonyms:\n- {word: 甲, variants: [丙]}\n- {word: 乙, variants: [丙]}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="丙"):
        load_lexicon(tmp_path)
