"""Every fact of sections A to E has an answer, every gap of section H is owned up to, every conflict
of section I is told with both sides, and every ★ system of the founding documents can be asked about."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.content.fact_sheet import SHEET, Statement, statements, tidy
from tests.content.figures import figures, is_stated
from tests.content.shipped import BY_KEY, FAQS, ITEMS, ROOT, codes_of, load, told

COVERAGE: dict[str, Any] = load(Path(__file__).with_name("coverage.yml"))
SYSTEMS = SHEET.with_name("systems.md")
LEAST_SHARE = 0.5  # of a statement's pairs of characters, found in answers resting on the same source
_NO_CONTENT = re.compile(r"^\d\.|\[[^\]]*\]|\d{4}-\d\d(?:-\d\d)?=|S00\d")
needs_sheet = pytest.mark.skipif(
    not SHEET.exists(), reason="../shared/domain is absent: that nothing is left out is NOT checked"
)


def _texts(keys: Iterable[str]) -> str:
    return "\n".join(line for key in keys for line in told(BY_KEY[key]))


@pytest.mark.parametrize("row", sorted(COVERAGE["stars"]))
def test_a_star_row_is_answered(row: int) -> None:
    entry = COVERAGE["stars"][row]
    said = _texts(entry["faqs"])
    assert not [word for word in entry["say"] if word not in said]


def test_what_a_star_row_offers_to_do_exists() -> None:
    actions = {next(iter(action)) for action in load(ROOT / "domain.yml")["actions"]}
    named = {entry["service"] for entry in COVERAGE["stars"].values() if "service" in entry}
    assert named <= actions | set(ITEMS)


@needs_sheet
def test_no_star_row_is_left_out() -> None:
    rows = re.findall(r"^\|(\d+)\|.*\|★\|$", SYSTEMS.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(map(int, rows)) == set(COVERAGE["stars"])


@pytest.mark.parametrize("number", range(len(COVERAGE["conflicts"])))
def test_a_conflict_is_told_with_both_sides(number: int) -> None:
    entry = COVERAGE["conflicts"][number]
    said = _texts(entry["faqs"])
    assert not [word for word in entry["say"] if word not in said]


@needs_sheet
def test_no_conflict_is_left_out() -> None:
    section = SHEET.read_text(encoding="utf-8").split("\n## I.")[1].split("\n---")[0]
    assert len(re.findall(r"(?:^| )\d\. ", section, re.MULTILINE)) == len(COVERAGE["conflicts"])


@pytest.mark.parametrize("gap", sorted(COVERAGE["gaps"]))
def test_a_gap_is_owned_up_to(gap: str) -> None:
    for key in _keys(COVERAGE["gaps"][gap]):
        assert BY_KEY[key]["kind"] == "not_published", key


def _keys(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@needs_sheet
def test_no_gap_is_left_out() -> None:
    listed = set()
    for line in SHEET.read_text(encoding="utf-8").split("\n## H.")[1].split("\n## ")[0].splitlines()[1:]:
        text = tidy(line).removeprefix("-")
        if "个人报名入口" in text:  # one entry for three programmes
            listed.add(text)
        elif text and text != "–––":
            listed |= {part for part in re.split(r"[、;]", re.sub(r"^[^:;]*:", "", text)) if part}
    assert {gap for gap in listed if gap.strip("-–")} == {tidy(gap) for gap in COVERAGE["gaps"]}


def _pairs(text: str) -> set[str]:
    letters = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _by_code() -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for faq in FAQS:
        for code in codes_of(faq):
            texts.setdefault(code, []).append(tidy("\n".join(told(faq))))
    return {code: "\n".join(parts) for code, parts in texts.items()}


def uncovered(statement: Statement, answers: dict[str, str]) -> list[str]:
    """The statement's figures that no answer on its sources tells, and its share of words told."""
    text = _NO_CONTENT.sub("", statement.text)
    said = "\n".join(answers.get(code, "") for code in statement.codes)
    missing = [str(figure) for figure in figures(text) if not is_stated(figure, text=said)]
    wanted = _pairs(text)
    share = len(wanted & _pairs(said)) / len(wanted) if len(wanted) > 3 else 1.0
    return missing + ([f"only {share:.0%} of its words"] if share < LEAST_SHARE else [])


def _to_tell() -> list[Statement]:
    excused = tuple(tidy(beginning) for beginning in COVERAGE["not_told"])
    return [
        one
        for one in statements()
        if one.section in set("ABCDE")
        and one.codes
        and not one.text.startswith("#")
        and not one.text.startswith(excused)
    ]


@needs_sheet
def test_every_statement_of_the_sheet_is_told() -> None:
    answers = _by_code()
    assert {one.text: left for one in _to_tell() if (left := uncovered(one, answers))} == {}


@needs_sheet
def test_a_statement_without_an_answer_is_noticed() -> None:
    answers = _by_code()
    silent = [one for one in _to_tell() if uncovered(one, answers | {"Q17": "", "P18": ""})]
    assert {code for one in silent for code in one.codes} == {"Q17", "P18"}


@needs_sheet
def test_an_excuse_is_needed() -> None:
    answers = _by_code()
    for beginning, reason in COVERAGE["not_told"].items():
        assert reason
        found = [one for one in statements() if one.text.startswith(tidy(beginning))]
        assert found and any(uncovered(one, answers) for one in found), beginning


def test_the_table_itself_is_well_formed() -> None:
    assert set(COVERAGE) == {"stars", "gaps", "conflicts", "not_told"}
    known = set(BY_KEY)
    named = {key for part in ("stars",) for entry in COVERAGE[part].values() for key in entry["faqs"]}
    named |= {key for entry in COVERAGE["conflicts"] for key in entry["faqs"]}
    named |= {key for value in COVERAGE["gaps"].values() for key in _keys(value)}
    assert named <= known
