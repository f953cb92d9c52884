"""What whole records entitle to: versions, cards, terms and places never mix."""

from datetime import date

import pytest

from bot.talent.entitled_record import CARD, Record, Standing, card_notice
from bot.talent.models import CardStatus, Education, Origin
from bot.talent.rules import CardState
from tests.talent.entitlements.people import TODAY, card, found, programme, talent, tier

QUANZHOU, JINJIANG, JINAN, ZIBO, QINGDAO = "350500", "350582", "370100", "370300", "370200"


def fits(record: Record) -> set[str]:
    return {one.row.key for one in found(record) if one.standing is Standing.FITS}


def standing(record: Record) -> dict[str, Standing]:
    return {one.row.key: one.standing for one in found(record)}


def test_a_tier_of_2021_brings_nothing_of_2017_and_says_so() -> None:
    record = Record(
        talent(region=QUANZHOU, arrived_on=date(2025, 5, 1)), tiers=[tier("quanzhou-2021", "第三层次")]
    )
    told = standing(record)
    assert {"qz-house-3", "qz-school-123"} <= fits(record)
    for key in ("qz-living-3", "qz-rent-3", "qz-apartment-3"):
        assert told[key] is Standing.OTHER_VERSION
    [why] = next(one.reasons for one in found(record) if one.row.key == "qz-rent-3")
    assert "2021版" in why and "2017版" in why


def test_a_tier_of_2017_brings_nothing_of_2021() -> None:
    record = Record(
        talent(region=QUANZHOU, arrived_on=date(2025, 5, 1)), tiers=[tier("quanzhou-2017", "第三层次")]
    )
    assert {"qz-living-3", "qz-rent-3", "qz-apartment-3"} <= fits(record)
    assert not fits(record) & {"qz-house-3", "qz-school-123"}


def test_of_two_versions_held_the_reason_names_the_one_that_decides() -> None:
    held = [tier("quanzhou-2017", "第三层次"), tier("quanzhou-2021", "第三层次")]
    record = Record(talent(region=QUANZHOU, arrived_on=date(2025, 5, 1)), tiers=held)
    why = {one.row.key: "".join(one.reasons) for one in found(record)}
    assert "2021版" in why["qz-house-3"] and "2017版" not in why["qz-house-3"]
    assert "2017版" in why["qz-rent-3"] and "2021版" not in why["qz-rent-3"]


def test_a_class_of_the_province_counts_as_the_citys_tier_of_2021_alone() -> None:
    record = Record(talent(region=QUANZHOU, arrived_on=date(2025, 5, 1)), tiers=[tier("fujian", "B类")])
    assert {"fj-settle-b", "qz-house-2", "qz-zhongkao-2"} <= fits(record)
    assert not fits(record) & {"qz-living-2", "qz-rent-2", "qz-recognise"}
    # 青岛's own B类 is another scheme: no loan comes of the other province's class.
    assert "qd-loan-ad" not in fits(Record(talent(region=QINGDAO), tiers=[tier("fujian", "B类")]))


def test_a_county_with_its_own_standard_hides_the_citys() -> None:
    record = Record(talent(region=JINJIANG), tiers=[tier("quanzhou-2021", "第三层次")])
    assert "jj-house-3" in fits(record)
    assert "qz-house-3" not in standing(record)


@pytest.mark.parametrize(
    ("held", "state"),
    [
        (card(CardStatus.SUSPENDED, reason="样例"), CardState.SUSPENDED),
        (card(CardStatus.WITHDRAWN, reason="样例"), CardState.WITHDRAWN),
        (card(valid_to=date(2026, 11, 19)), CardState.EXPIRED),
    ],
    ids=["suspended", "withdrawn", "expired"],
)
def test_a_card_that_does_not_hold_gives_nothing_and_is_no_first_one(held: object, state: CardState) -> None:
    record = Record(talent(region=JINAN, honours=["泰山系列"]), cards=[held])  # type: ignore[list-item]
    assert not fits(record) & {"sd-card-services", "jn-card-airport", "sd-card-third"}
    told = card_notice(record, TODAY)
    assert told is not None and told[0] is state
    valid = Record(talent(region=JINAN, honours=["泰山系列"]), cards=[card()])
    assert {"sd-card-services", "jn-card-airport"} <= fits(valid)
    assert card_notice(valid, TODAY) is None
    assert card().kind == CARD


def test_a_card_of_the_last_day_still_holds() -> None:
    assert "sd-card-services" in fits(Record(talent(region=JINAN), cards=[card(valid_to=TODAY)]))


def test_an_allowance_ends_with_the_term_and_the_title_does_not() -> None:
    named = "泰山学者青年专家"
    running = Record(talent(region=JINAN), programmes=[programme(named, valid_to=date(2027, 12, 31))])
    over = Record(talent(region=JINAN), programmes=[programme(named, valid_to=date(2025, 12, 31))])
    assert {"sd-taishan-youth-holder", "sd-specialist"} <= fits(running)
    assert "sd-taishan-youth-holder" not in standing(over)
    assert "sd-specialist" in fits(over)


def test_what_the_record_leaves_open_is_said_to_be_open() -> None:
    doctor = {"education": Education.DOCTOR, "region": JINAN, "fulltime": True}
    assert standing(Record(talent(**doctor, birth_year=None)))["sd-taishan-youth-join"] is Standing.OPEN
    # Born 41 years ago: 40 or 41, which the year alone does not tell.
    assert standing(Record(talent(**doctor, birth_year=1985)))["sd-taishan-youth-join"] is Standing.OPEN
    assert standing(Record(talent(**doctor, birth_year=1984)))["sd-taishan-youth-join"] is Standing.LIMIT
    assert standing(Record(talent(**doctor, birth_year=1986)))["sd-taishan-youth-join"] is Standing.FITS


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        (date(2023, 11, 20), Standing.FITS),
        (date(2023, 11, 19), Standing.LIMIT),
        (None, Standing.OPEN),
    ],
    ids=["three years today", "a day more", "unknown"],
)
def test_three_years_are_three_years_to_the_day(arrived: date | None, expected: Standing) -> None:
    record = Record(
        talent(region=QUANZHOU, arrived_on=arrived, origin=Origin.INTRODUCED),
        tiers=[tier("quanzhou-2017", "第四层次")],
    )
    assert standing(record)["qz-living-4"] is expected


def test_each_reason_names_the_field_that_decided() -> None:
    record = Record(talent(region=ZIBO, education=Education.MASTER))
    [told] = [one for one in found(record) if one.row.key == "zb-youth-master"]
    assert told.reasons == ("学历：硕士", "工作地：淄博市")


def test_only_what_a_document_says_needs_no_application() -> None:
    marked = {
        one.row.key[:2]
        for one in found(Record(talent(region=ZIBO, education=Education.DOCTOR)))
        if one.row.without_application
    }
    assert marked == {"zb"}
