"""What we tell equals the digest of the last proof, so that a figure changed since then is noticed
also where the fact sheet is absent."""

import copy

import pytest

from tests.content.figures import figures
from tests.content.proof import figures_of, of_faq
from tests.content.proved import COMMAND, digest, recorded
from tests.content.shipped import BY_KEY, ENTITLEMENTS, FAQS, ITEMS


@pytest.mark.parametrize("group", ["faqs", "entitlements", "items", "sentences"])
def test_every_figure_is_the_one_that_was_proved(group: str) -> None:
    now, then = digest()[group], recorded()[group]
    differing = {name: (now.get(name), then.get(name)) for name in now | then}
    changed = {name: pair for name, pair in differing.items() if pair[0] != pair[1]}
    assert changed == {}, f"not what was proved last; with ../shared at hand run: {COMMAND}"


def test_the_digest_notices_what_the_eye_may_not() -> None:
    faq = BY_KEY["qz-house-subsidy"]
    then = recorded()["faqs"]["qz-house-subsidy"]["figures"]
    swapped = copy.deepcopy(faq)
    rows = swapped["answer"]["table"]["rows"]
    rows[2][1], rows[3][1] = rows[3][1], rows[2][1]
    spelt = copy.deepcopy(faq)
    spelt["answer"]["paragraphs"] = [line.replace("满5年", "满六年") for line in faq["answer"]["paragraphs"]]
    assert figures_of(of_faq(faq)) == then
    assert figures_of(of_faq(swapped)) != then
    assert figures_of(of_faq(spelt)) != then


def test_every_answer_records_where_its_figures_come_from() -> None:
    assert not [faq["key"] for faq in FAQS if figures_of(of_faq(faq)) and not of_faq(faq).codes]


def test_an_entitlement_says_what_its_answer_says() -> None:
    """The line for one tier holds figures of that tier's row, or of the answer's sentences."""
    assert ENTITLEMENTS
    differing = {}
    for entry in ENTITLEMENTS:
        faq = BY_KEY[entry["faq"]]
        answer, tiers = faq["answer"], entry["needs"].get("tier", [])
        table = (answer.get("table") or {"rows": []})["rows"]
        lines = [*answer.get("paragraphs", []), *answer.get("items", [])]
        lines += [" ".join(row) for row in table if not tiers or row[0] in tiers]
        known = _amounts(faq["question"], *lines)
        told = _amounts(entry["line"], entry.get("limit", ""), entry.get("amount", ""))
        if not told <= known:
            differing[entry["key"]] = sorted(told - known)
    assert differing == {}


def _amounts(*lines: str) -> set[str]:
    return {str(figure).removesuffix("元") for line in lines for figure in figures(line)}


def test_a_field_names_the_lengths_it_checks() -> None:
    for item in ITEMS.values():
        for field in item.fields:
            said = {figure.text for figure in figures(field.error)}
            assert said <= {str(field.min_length), str(field.max_length), "11"}, field.key


def test_no_time_limit_is_promised() -> None:
    assert {item.time_limit for item in ITEMS.values()} == {"未公布"}
