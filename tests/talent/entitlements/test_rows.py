"""Every entitlement against records at its edges: one that fits, and each that just does not."""

import pytest

from bot.knowledge.entitlements import Entitlement
from bot.knowledge.files import read_faqs
from bot.settings import PROJECT
from bot.talent.entitled_record import Standing
from bot.talent.schemes import schemes
from tests.talent.entitlements.people import CATALOGUE, fitting, found, just_not

ROWS = [pytest.param(row, id=row.key) for row in CATALOGUE.rows if not row.needs.employer]


@pytest.mark.parametrize("row", ROWS)
def test_fits_at_the_edge_and_not_beyond(row: Entitlement) -> None:
    [told] = [one for one in found(fitting(row)) if one.row.key == row.key]
    assert told.standing is Standing.FITS
    assert len(told.reasons) == len(row.needs.model_dump(exclude_defaults=True)) + 1  # and the place
    beyond = list(just_not(row))
    assert beyond
    for what, record in beyond:
        fits = [one.row.key for one in found(record) if one.standing is Standing.FITS]
        assert row.key not in fits, what


@pytest.mark.parametrize("row", ROWS)
def test_rests_on_a_published_answer_of_its_place_and_year(row: Entitlement) -> None:
    faq = FAQS[row.faq]
    assert set(row.codes) <= {source.code for source in faq.sources}
    assert row.region == faq.region and row.year == faq.year
    assert row.confidence == faq.confidence
    if row.scheme:
        scheme = schemes()[row.scheme]
        assert set(row.needs.tier) <= set(scheme.tiers)
        # A county grants by the tiers of its city.
        assert row.region.startswith(scheme.region.rstrip("0"))


def test_what_is_an_employers_is_nobodys_own() -> None:
    rows = [row for row in CATALOGUE.rows if row.needs.employer]
    assert rows
    for row in rows:
        assert row.key not in [one.row.key for one in found(fitting(row))]


FAQS = {faq.key: faq for faq in read_faqs(PROJECT / "data" / "knowledge")[0]}
