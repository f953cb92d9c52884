"""Loading, editing, publishing and answering through the service, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.errors import Refusal
from bot.knowledge import drafts, service
from bot.knowledge.schemas import InvalidFaq
from bot.runtime import Runtime
from bot.store.database import Database
from bot.store.hints import Hints
from tests.conftest import MovedClock
from tests.knowledge.conftest import write
from tests.knowledge.records import RECORDS, record


@pytest.fixture
async def other(rt: Runtime) -> AsyncIterator[Runtime]:
    """A second process on the same database: its own connections, no shared hints."""
    database = Database(rt.settings.sqlalchemy_url)
    second = Runtime(rt.settings, rt.secrets, database, Hints(), rt.clock)
    yield second
    await service.stop(second)
    await database.close()


async def _said(rt: Runtime, question: str, region: str | None = None, **more: Any) -> tuple[str, str]:
    reply = await service.answer(rt, question=question, region=region, channel="web", **more)
    assert reply.content is not None and reply.log is not None
    return reply.log.band, reply.content.plain_text()


def _changed(key: str, **changes: Any) -> dict[str, Any]:
    return {**next(one for one in RECORDS if one["key"] == key), **changes}


async def test_load_answers_and_repeats_harmlessly(rt: Runtime, folder: Path) -> None:
    first = await service.load(rt, folder=folder)
    assert (len(first.added), first.release) == (len(RECORDS), 1)
    band, text = await _said(rt, "惠才卡有效期几年")
    assert band == "answer"
    assert "term 的答案。" in text and "适用范围：山东省 · 2024年口径" in text
    again = await service.load(rt, folder=folder)
    assert (again.unchanged, again.release) == (len(RECORDS), None)


async def test_answer_shows_what_it_rests_on(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    reply = await service.answer(rt, question="惠才卡怎么申请", region=None, channel="web")
    assert reply.content is not None and reply.log is not None
    assert reply.content.caution is not None and "以当年官方通知为准" in reply.content.caution
    assert reply.content.sources[0].number == "测发〔2024〕1号"
    assert "T01" not in reply.content.model_dump_json()
    payloads = [button.payload for button in reply.content.buttons]
    assert '/start_application{"item": "sd-huicaika"}' in payloads
    assert "/request_human" in payloads
    assert reply.content.feedback
    assert (reply.log.faq, reply.log.release) == ("apply", 1)
    assert reply.log.scores


async def test_follow_ups_are_buttons(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    reply = await service.answer_faq(rt, key="term", region=None, channel="web")
    assert reply.content is not None
    assert [b.payload for b in reply.content.buttons] == ['/pick_faq{"faq": "apply"}']


async def test_not_published_and_none_offer_a_person(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    for question, band in [("惠才卡丢了怎么补办", "not_published"), ("青岛地铁几点停", "none")]:
        reply = await service.answer(rt, question=question, region=None, channel="web")
        assert reply.content is not None and reply.log is not None
        assert reply.log.band == band
        assert "/request_human" in [button.payload for button in reply.content.buttons]


async def test_offers_and_cities_are_buttons(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    asked = await service.answer(rt, question="人才贷最高能贷多少", region=None, channel="web")
    assert asked.content is not None
    assert '/choose_region{"region": "370200"}' in [b.payload for b in asked.content.buttons]
    elsewhere = await service.answer(rt, question="人才贷最高能贷多少", region="371300", channel="web")
    assert elsewhere.content is not None
    assert "临沂市" in elsewhere.content.paragraphs[0]
    *offered, none, person = elsewhere.content.buttons
    places = {button.title[:3] for button in offered}
    assert places <= {"烟台人", "青岛人", "德州人"} and places
    assert [none.payload, person.payload] == ["/none_of_these", "/request_human"]


async def test_an_expired_answer_stops_at_midnight_in_shanghai(
    rt: Runtime, folder: Path, clock: MovedClock
) -> None:
    write(
        folder,
        [*RECORDS, record("dated", "海洽会报名到几号？", "海洽会什么时候截止", valid_until="2026-11-20")],
    )
    await service.load(rt, folder=folder)
    clock.moment = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    band, text = await _said(rt, "海洽会报名到几号")
    assert band == "answer" and "现行有效（至2026-11-20）" in text
    clock.advance(minutes=1)
    band, text = await _said(rt, "海洽会报名到几号")
    assert band != "answer" and "dated" not in text
    shown = await service.answer_faq(rt, key="dated", region=None, channel="web")
    assert shown.content is not None and "已失效" in str(shown.content.status)


async def test_a_published_edit_answers_here_and_elsewhere(rt: Runtime, other: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    await service.start(other)
    assert (await _said(other, "惠才卡年审要钱吗"))[0] != "answer"
    changed = _changed("term", phrasings=["惠才卡年审要钱吗"], answer={"paragraphs": ["新的答案。"]})
    await service.save_draft(rt, faq=changed, revision=1, staff_id="s1")
    assert "term 的答案。" in (await _said(rt, "惠才卡有效期几年"))[1]  # a draft never answers
    assert await service.publish(rt, key="term", staff_id="s1", staff_name="陈舒") == 2
    assert "新的答案。" in (await _said(rt, "惠才卡年审要钱吗"))[1]
    async with asyncio.timeout(10):
        # The other process has no hint from here: it follows by polling the database.
        while (await service.status(other))["release"] < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "新的答案。" in (await _said(other, "惠才卡年审要钱吗"))[1]


async def test_withdrawn_answers_no_more(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    await service.withdraw(rt, key="szyf-term", staff_id="s1")
    assert (await _said(rt, "三支一扶服务期几年"))[0] != "answer"
    gone = await service.answer_faq(rt, key="szyf-term", region=None, channel="web")
    assert gone.log is not None and gone.log.band == "none"
    await service.publish(rt, key="szyf-term", staff_id="s1")
    assert (await _said(rt, "三支一扶服务期几年"))[0] == "answer"


async def test_files_do_not_overwrite_what_staff_edited(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    mine = _changed("term", answer={"paragraphs": ["我改的。"]})
    await service.save_draft(rt, faq=mine, revision=1, staff_id="s1")
    write(folder, [_changed("term", year="2019"), _changed("apply", year="2020")])
    outcome = await service.load(rt, folder=folder)
    assert (outcome.kept, outcome.changed) == (["term"], ["apply"])
    assert (await drafts.read_faq(rt, key="term")).row.draft["answer"]["paragraphs"] == ["我改的。"]


async def test_a_stale_edit_is_refused(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    await service.save_draft(rt, faq=_changed("term", year="2020"), revision=1, staff_id="s1")
    with pytest.raises(Refusal) as refused:
        await service.save_draft(rt, faq=_changed("term", year="2021"), revision=1, staff_id="s2")
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)
    with pytest.raises(Refusal, match="key_exists"):
        await service.save_draft(rt, faq=_changed("term"), revision=None, staff_id="s2")


async def test_export_writes_what_answers_and_no_unpublished_change(
    rt: Runtime, folder: Path, tmp_path: Path
) -> None:
    await service.load(rt, folder=folder)
    await service.save_draft(rt, faq=_changed("term", year="2020"), revision=1, staff_id="s1")
    await service.save_draft(rt, faq=record("new", "还没发布的问题？"), revision=None, staff_id="s1")
    assert await service.export(rt, folder=tmp_path / "out") == len(RECORDS)
    files = (tmp_path / "out").glob("*.yml")
    read = {faq["key"]: faq for path in files for faq in yaml.safe_load(path.read_text("utf-8"))["faqs"]}
    assert "new" not in read and read["term"]["year"] != "2020"


async def test_two_editors_make_one_key_and_the_second_is_told(rt: Runtime) -> None:
    made = await asyncio.gather(
        *(
            service.save_draft(rt, faq=record("new", "新的问题？"), revision=None, staff_id=staff)
            for staff in ("s1", "s2")
        ),
        return_exceptions=True,
    )
    (refused,) = (result for result in made if isinstance(result, BaseException))
    assert isinstance(refused, Refusal) and refused.code == "key_exists"


async def test_history_keeps_every_version(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    await service.save_draft(rt, faq=_changed("term", year="2025"), revision=1, staff_id="s1")
    await service.publish(rt, key="term", staff_id="s1", staff_name="陈舒")
    await service.withdraw(rt, key="term", staff_id="s1", staff_name="陈舒")
    history = (await drafts.read_faq(rt, key="term")).history
    assert [(v.version, v.state, v.content["year"]) for v in history] == [
        (3, "withdrawn", "2025"),
        (2, "published", "2025"),
        (1, "published", "2024"),
    ]
    async with rt.db.read() as session:
        actions = (await session.scalars(select(AuditEntry.action))).all()
    assert {"faq.save", "faq.published", "faq.withdrawn"} <= set(actions)


async def test_two_publishers_at_once_both_count(rt: Runtime, other: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    for key in ("term", "apply"):
        await service.save_draft(rt, faq=_changed(key, year="2025"), revision=1, staff_id="s1")
    numbers = await asyncio.gather(
        service.publish(rt, key="term", staff_id="s1"),
        service.publish(other, key="apply", staff_id="s2"),
    )
    assert sorted(numbers) == [2, 3]
    for process in (rt, other):
        for question in ("惠才卡有效期几年", "惠才卡怎么申请"):
            await service.publish(process, key="lost", staff_id="s1")
            assert "2025年口径" in (await _said(process, question))[1]


async def test_a_bad_file_stores_nothing(rt: Runtime, folder: Path) -> None:
    write(folder, [record("good", "好的问题？"), {**record("bad", "坏的问题？"), "confidence": "很高"}])
    outcome = await service.load(rt, folder=folder)
    assert outcome.problems == {"faqs.yml: bad": {"confidence": "只能填：高、中、低。"}}
    assert (await drafts.list_faqs(rt)).total == 0


async def test_export_loads_again_unchanged(rt: Runtime, folder: Path, tmp_path: Path) -> None:
    await service.load(rt, folder=folder)
    assert await service.export(rt, folder=tmp_path / "out") == len(RECORDS)
    read = [
        faq
        for path in (tmp_path / "out").glob("*.yml")
        for faq in yaml.safe_load(path.read_text(encoding="utf-8"))["faqs"]
    ]
    assert {faq["key"] for faq in read} == {one["key"] for one in RECORDS}
    again = await service.load(rt, folder=tmp_path / "out")
    assert (again.unchanged, again.problems) == (len(RECORDS), {})


async def test_menu_fits_the_place(rt: Runtime, folder: Path) -> None:
    await service.load(rt, folder=folder)
    entries = await service.menu(rt, region="371300")
    keys = {q["faq"] for category in entries["categories"] for q in category["questions"]}
    assert "term" in keys
    assert not keys & {"qz-house", "qd-loan", "lost"}
    assert [region["code"] for region in entries["regions"]] == ["350000", "370000"]
    # Other answers lead to "apply", so it comes before what sorts first by its name.
    assert entries["categories"][0]["questions"][0]["faq"] == "apply"
    title, payload = await service.menu_entry(rt, key="term")
    assert (title, payload) == ("惠才卡有效期几年？", '/pick_faq{"faq": "term"}')
    assert service.knows_region(rt, "350583") and not service.knows_region(rt, "999999")


async def test_invalid_drafts_name_their_fields(rt: Runtime) -> None:
    bad = record("x y", "", year="去年", sources=[{"number": "1"}], valid_from="明天", extra=1)
    with pytest.raises(InvalidFaq) as refused:
        await service.save_draft(rt, faq=bad, revision=None, staff_id="s1")
    assert {"key", "question", "year", "sources.0.title", "valid_from", "extra"} <= set(refused.value.fields)
