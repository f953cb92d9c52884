"""The shipped register against the shipped answers."""

import pytest
import yaml

from bot.knowledge.documents.rules import Record, Register, number_keys
from bot.knowledge.documents.schemas import RegisterEntry, parse
from bot.knowledge.files import read_faqs
from bot.settings import PROJECT

FACTS = PROJECT.parent / "shared" / "domain" / "facts.md"


def entries() -> list[RegisterEntry]:
    paths = sorted((PROJECT / "data" / "documents").glob("*.yml"))
    return [
        parse(RegisterEntry, one)
        for path in paths
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["documents"]
    ]


def test_every_number_that_an_answer_cites_is_registered() -> None:
    register = Register.of(
        Record(id=str(at), title=entry.title, number=entry.number) for at, entry in enumerate(entries())
    )
    faqs, _ = read_faqs(PROJECT / "data" / "knowledge")
    missing = {
        key: faq.key
        for faq in faqs
        for source in faq.sources
        for key in number_keys(source.number)
        if not register.cited(number=key, title="")
    }
    assert missing == {}


@pytest.mark.skipif(not FACTS.exists(), reason="NO FACT SHEET: the register was not proved against ../shared")
def test_numbers_dates_and_standings_are_those_of_the_fact_sheet() -> None:
    facts = FACTS.read_text(encoding="utf-8")
    for entry in entries():
        assert entry.number in facts, entry.title
        for day in (entry.published, str(entry.effective_from or ""), str(entry.effective_until or "")):
            assert day in facts, (entry.title, day)
        if entry.in_force:
            near = facts.split(entry.number)
            assert any("现行有效" in part[:60] for part in near[1:]), entry.title
        assert entry.ends == []  # the fact sheet knows of no repeal
        assert all(code in facts for code in entry.codes if code != "S002"), entry.codes
