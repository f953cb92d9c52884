"""What a document's dates and ends make of it on a day, and how answers find it."""

from datetime import date

import pytest

from bot.knowledge.documents.rules import (
    End,
    Ending,
    Record,
    Register,
    Standing,
    last_day,
    number_keys,
    standing,
    title_key,
)

DAY = date(2026, 12, 1)
BEFORE, AFTER = date(2026, 11, 30), date(2026, 12, 2)


def record(**changes: object) -> Record:
    return Record(id="d", title="测试办法", number="鲁测发〔2024〕7号", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "before", "on", "after"),
    [
        (record(), Standing.UNSTATED, Standing.UNSTATED, Standing.UNSTATED),
        (record(in_force=True), Standing.IN_FORCE, Standing.IN_FORCE, Standing.IN_FORCE),
        (record(effective_from=DAY), Standing.NOT_YET, Standing.UNSTATED, Standing.UNSTATED),
        (record(effective_until=DAY, in_force=True), Standing.IN_FORCE, Standing.IN_FORCE, Standing.EXPIRED),
        (record(ends=(End(Ending.REPEALED, DAY),)), Standing.UNSTATED, Standing.REPEALED, Standing.REPEALED),
        (
            record(in_force=True, ends=(End(Ending.REPLACED, DAY, "《新办法》"),)),
            Standing.IN_FORCE,
            Standing.REPLACED,
            Standing.REPLACED,
        ),
    ],
)
def test_standing_around_a_day(known: Record, before: Standing, on: Standing, after: Standing) -> None:
    assert [standing(known, today=day) for day in (BEFORE, DAY, AFTER)] == [before, on, after]


def test_the_last_day_is_the_day_before_its_end_or_its_own_last_day() -> None:
    assert last_day(record()) is None
    assert last_day(record(ends=(End(Ending.REPEALED, DAY),))) == BEFORE
    assert last_day(record(effective_until=DAY)) == DAY
    assert last_day(record(effective_until=DAY, ends=(End(Ending.REPEALED, DAY),))) == BEFORE


@pytest.mark.parametrize(
    ("ended", "cited", "reached"),
    [
        ("第三十条", "第三十条", True),
        ("第三十条", "第三十条第二款", True),
        ("第三十条", "第三十条之一", False),
        ("第三十条", "第三十一条", False),
        ("第三十条", None, False),
        ("一、", "一、(六)", True),
        ("十", "十一", False),
        ("第一部分（六）", "一、(六)", True),
        ("第一部分（六）", "第一部分", False),
    ],
)
def test_the_end_of_a_clause_reaches_only_its_citations(ended: str, cited: str | None, reached: bool) -> None:
    known = record(in_force=True, ends=(End(Ending.REPEALED, DAY, clause=ended),))
    found = standing(known, today=DAY, clause=cited)
    assert found is (Standing.REPEALED if reached else Standing.IN_FORCE)
    assert standing(known, today=DAY) is Standing.IN_FORCE


@pytest.mark.parametrize(
    "written",
    [
        "鲁人社规〔2018〕5号",
        "鲁人社规[2018]5号",
        "鲁人社规（2018） 5 号",
        "鲁人社规【2018】第05号",
        "鲁人社规〔２０１８〕５号",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert number_keys(written) == ("鲁人社规〔2018〕5号",)


def test_several_numbers_and_other_codes() -> None:
    assert number_keys("鲁人社规〔2018〕5号和鲁人社函〔2018〕130号") == (
        "鲁人社规〔2018〕5号",
        "鲁人社函〔2018〕130号",
    )
    assert number_keys("DB37/T 4469—2021") == ("DB37/T4469—2021",)
    assert number_keys("") == number_keys(None) == ()


def test_a_title_is_the_same_with_and_without_its_issuer() -> None:
    long = "山东省人力资源和社会保障厅关于印发推进“四链”融合发展工作若干措施的通知"
    assert title_key(long) == title_key("《关于印发推进“四链”融合发展工作若干措施的通知》")
    assert title_key("关于做好甲工作的通知") != title_key("关于做好乙工作的通知")


def test_the_register_finds_by_number_and_by_title_only_without_one() -> None:
    register = Register.of([record(), Record(id="e", title="没有文号的办法")])
    assert [one.id for one in register.cited(number="鲁测发[2024]7号", title="随便什么")] == ["d"]
    assert [one.id for one in register.cited(number=None, title="《没有文号的办法》")] == ["e"]
    assert register.cited(number="鲁测发〔2023〕7号", title="测试办法") == []


def test_a_title_of_several_documents_cites_them_all() -> None:
    both = [Record(id=one, title="关于引进测试人才的通知") for one in ("a", "b")]
    assert Register.of(both).cited(number=None, title="《关于引进测试人才的通知》") == both
