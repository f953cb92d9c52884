"""A corrected answer that says whose windows an application belongs to, or what the check made of it."""

import pytest

from bot.errors import Refusal
from bot.runtime import Runtime
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import E, Person, do, handed_in, part, timeline


async def in_review(rt: Runtime, desk: Office, chat: str) -> str:
    (part_id,) = await handed_in(rt, "card", conversation_id=chat)
    await do(rt, part_id, E.ACCEPT, desk.front)
    await do(rt, part_id, E.REVIEW, desk.county)
    return part_id


async def corrects(rt: Runtime, desk: Office, chat: str, part_id: str, **values: str) -> None:
    missing = [{"kind": "field", "key": key, "why": "请核对后重填"} for key in values]
    await do(rt, part_id, E.ASK_SUPPLEMENT, desk.county, missing=missing)
    await do(rt, part_id, E.SUPPLIED, Person(chat), values=values)


async def test_a_part_whose_place_is_corrected_begins_anew_at_its_own_windows(
    rt: Runtime, desk: Office
) -> None:
    chat = await office.chat(rt)
    part_id = await in_review(rt, desk, chat)
    await corrects(rt, desk, chat, part_id, city="370000")
    after = await part(rt, part_id)
    assert (after.status, after.region, after.levels, after.level) == ("已提交", "370000", ["省"], 0)
    assert (after.review_level, after.staff_id, after.facts["city"]) == (None, None, "370000")
    last = (await timeline(rt, part_id))[-1]
    assert (last.event, last.before, last.after, last.level) == ("supplied", "待补正", "已提交", "省")
    assert last.note and "山东省" in last.note
    assert "转到山东省从受理开始办理" in (await office.heard(rt, chat))[-1]
    with pytest.raises(Refusal, match="no_such_case"):
        await do(rt, part_id, E.ACCEPT, desk.county)
    await do(rt, part_id, E.ACCEPT, desk.front)
    assert (await do(rt, part_id, E.REVIEW, desk.province)).level == "省"


async def test_a_corrected_check_is_judged_anew_and_the_part_stays_where_it_was(
    rt: Runtime, desk: Office
) -> None:
    chat = await office.chat(rt)
    part_id = await in_review(rt, desk, chat)
    first = await part(rt, part_id)
    await corrects(rt, desk, chat, part_id, group="none")
    after = await part(rt, part_id)
    assert (after.status, after.level, after.region) == ("审核中", first.level, first.region)
    assert (first.verdict, after.verdict) == ("符合", "不符合")
    assert "继续办理" in (await office.heard(rt, chat))[-1]
