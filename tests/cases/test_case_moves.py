"""Cases from submission to the end, on both databases: what is written, told and owed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.mine.cases import my_cases
from bot.notices.service import Told
from bot.runtime import SHANGHAI, Runtime
from bot.service import case_sweep
from bot.service.case_days import day_of
from bot.service.case_following import timeline_of, waiting_supplements
from bot.service.case_moves import move_part
from bot.service.case_objections import objections
from bot.service.case_scope import Case
from bot.service.case_sweep import sweep
from bot.service.case_work import act, link_talent, unmask
from bot.service.models import CaseTask, PartStatus
from bot.talent.models import Card, TalentTier
from bot.talent.network_models import Employer
from tests.cases import office
from tests.cases.conftest import Office
from tests.cases.office import E, Person, do, handed_in, heard, offered, part
from tests.conftest import MovedClock
from tests.identity.people import id_number

CARD = {"result": {"number": "SD-0001", "group": 2, "valid_from": "2026-12-01"}}


async def refused(call: Any) -> str:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value.code


async def reviewed(rt: Runtime, desk: Office, part_id: str) -> None:
    """Accepted and approved by every level."""
    await do(rt, part_id, E.ACCEPT, desk.front)
    await do(rt, part_id, E.REVIEW, desk.county)
    for level in (desk.county, desk.city, desk.province):
        await do(rt, part_id, E.APPROVE, level)


async def test_an_application_goes_its_whole_way_and_the_talent_hears_each_step(
    rt: Runtime, desk: Office, clock: MovedClock
) -> None:
    talent_id = await office.talent(rt)
    own, other = await office.chat(rt, "own", talent_id), await office.chat(rt, "other")
    (part_id,) = await handed_in(rt, conversation_id=own, talent_id=talent_id)
    await reviewed(rt, desk, part_id)
    now = await part(rt, part_id)
    assert (now.status, now.decision) == ("公示中", "通过")
    assert now.publicity_from and now.publicity_to
    begin, end = (moment.astimezone(SHANGHAI) for moment in (now.publicity_from, now.publicity_to))
    assert (begin.date(), end.date()) == (date(2026, 11, 21), date(2026, 11, 26))
    assert (begin.hour, begin.minute, end.hour, end.minute) == (0, 0, 0, 0)
    (shown,) = await my_cases(rt, talent_id=talent_id)  # the last day, not the midnight that ends it
    assert "公示至2026年11月25日" in str(shown.card) and "至 2026年11月25日" in (await heard(rt, own))[-1]
    clock.moment = now.publicity_to - timedelta(seconds=1)
    assert await sweep(rt) == 0
    clock.moment = now.publicity_to
    assert await sweep(rt) == 1 and await sweep(rt) == 0
    await do(rt, part_id, E.ISSUE, desk.province, **CARD)
    done = await part(rt, part_id)
    assert (done.status, done.version) == ("已办结", 8) and done.ended_at == clock.now()
    told = await heard(rt, own)
    steps = [
        "已受理",
        "已进入审核（县级）",
        "已提交（市级）",
        "已提交（省级）",
        "公示期为",
        "公示期已满",
        "已办结",
    ]
    assert all(word in text for word, text in zip(steps, told, strict=False)), told
    assert "2026年11月21日 至 2026年11月25日" in told[4] and "请您评价" in told[-1]
    assert await heard(rt, other) == []
    async with rt.db.read() as session:
        card = (await session.scalars(select(Card))).one()
    assert (card.talent_id, card.number, card.part_id, done.result) == (
        talent_id,
        "SD-0001",
        part_id,
        {"kind": "card", "card_id": card.id},
    )
    (case,) = await timeline_of(rt, talent_id=talent_id)
    assert [moment.status for moment in case.parts[0].moments] == [
        "已提交", "已受理", "审核中", "审核中", "审核中", "公示中", "待制发", "已办结",
    ]  # fmt: skip
    assert [moment.told for moment in case.parts[0].moments][1] == "已受理，接下来进入审核。"
    assert (await office.application(rt, part_id)).closed_at == clock.now()


async def test_publicity_owes_a_call_the_same_evening(rt: Runtime, desk: Office) -> None:
    (part_id,) = await handed_in(rt)
    await reviewed(rt, desk, part_id)
    async with rt.db.read() as session:
        (task,) = await session.scalars(select(CaseTask))
    due = task.due_at.astimezone(SHANGHAI)
    assert (task.kind, task.part_id, due.date(), due.hour) == (
        "publicity_call",
        part_id,
        day_of(rt.clock.now()),
        20,
    )


async def test_everything_missing_is_asked_at_once_and_comes_back_at_once(rt: Runtime, desk: Office) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    assert await refused(do(rt, part_id, E.ASK_SUPPLEMENT, desk.front)) == "nothing_missing"
    missing = [
        {"kind": "field", "key": "work", "why": "太简单"},
        {"kind": "other", "label": "年限说明", "why": "起止时间不清楚"},
    ]
    await do(rt, part_id, E.ASK_SUPPLEMENT, desk.front, missing=missing)
    (told,) = await heard(rt, chat)
    assert "共 2 项" in told and "主要成果：太简单" in told and "年限说明：起止时间不清楚" in told
    assert "2026年12月5日" in told  # fifteen calendar days
    (waiting,) = await waiting_supplements(rt, conversation_id=chat)
    assert [one["key"] for one in waiting.missing] == ["work", "other_2"]
    person = Person(chat)
    for values in ({"work": "三项成果"}, {"work": "好", "other_2": "2019至2023年"}, {"name": "李四"}):
        code = await refused(do(rt, part_id, E.SUPPLIED, person, values=values))
        assert code in ("still_missing", "bad_value", "not_asked")
    await do(rt, part_id, E.SUPPLIED, person, values={"work": "三项省级成果", "other_2": "2019至2023年"})
    after = await part(rt, part_id)
    assert (after.status, after.supplements, after.supplement, after.due_at) == ("已提交", 1, [], None)
    clear = await unmask(rt, part_id=part_id, staff=await _unmasker(rt))
    assert (clear["work"], clear["supplement_1_other_2"], clear["name"]) == (
        "三项省级成果",
        "2019至2023年",
        office.NAME,
    )
    assert await waiting_supplements(rt, conversation_id=chat) == []


async def _unmasker(rt: Runtime) -> Any:
    return await office.staff(rt, "lead", Role.LEAD)


async def test_a_supplement_is_reminded_of_once(rt: Runtime, desk: Office, clock: MovedClock) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await do(
        rt, part_id, E.ASK_SUPPLEMENT, desk.front, missing=[{"kind": "field", "key": "work", "why": "太短"}]
    )
    assert await sweep(rt) == 0
    clock.advance(days=15)
    assert await sweep(rt) == 1 and await sweep(rt) == 0
    assert "还没有完成" in (await heard(rt, chat))[-1]
    assert await offered(rt, chat) == 2 * [f'/supply_case{{"part": "{part_id}"}}']  # asked for, and reminded
    clock.advance(days=2)
    assert await sweep(rt) == 0  # nothing is taken back by itself


async def test_refusing_needs_a_reason_and_a_basis_and_notes_stay_inside(rt: Runtime, desk: Office) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    assert await refused(do(rt, part_id, E.REFUSE, desk.front)) == "no_reason"
    assert await refused(do(rt, part_id, E.REFUSE, desk.front, reason="不在范围。")) == "no_basis"
    await do(
        rt,
        part_id,
        E.REFUSE,
        desk.front,
        reason="不在范围。",
        basis="示〔2018〕5号第三条",
        note="内部：疑似重复",
    )
    (told, rating) = await heard(rt, chat)
    assert "不在范围" in told and "示〔2018〕5号第三条" in told and "评价" in rating
    assert "疑似重复" not in "".join(await heard(rt, chat))
    changes = await office.timeline(rt, part_id)
    assert changes[-1].note == "内部：疑似重复" and "疑似重复" not in (changes[-1].told or "")
    assert (await part(rt, part_id)).decision == "不予通过"


async def test_a_part_that_ended_moves_no_more(rt: Runtime, desk: Office) -> None:
    (part_id,) = await handed_in(rt)
    await do(rt, part_id, E.WITHDRAW, desk.front, note="本人到窗口提出")
    before = await part(rt, part_id)
    for event in E:
        assert await refused(do(rt, part_id, event, desk.front)) == "case_ended"
    assert (await part(rt, part_id)).version == before.version


async def test_the_unit_comes_first_where_an_employer_applies(rt: Runtime, desk: Office) -> None:
    employer_id, other = await office.employer(rt), await office.employer(rt, "另一家样例公司")
    head = await office.staff(rt, "head", Role.UNIT_HEAD, employer_id=employer_id)
    stranger = await office.staff(rt, "stranger", Role.UNIT_HEAD, employer_id=other)
    approved, returned = [(await handed_in(rt, word=word, employer_id=employer_id))[0] for word in ("1", "2")]
    assert (await part(rt, approved)).status == "待单位核准"
    assert await refused(do(rt, approved, E.UNIT_APPROVE, stranger)) == "no_such_case"
    assert await refused(do(rt, approved, E.ACCEPT, desk.front)) == "not_now"
    await do(rt, approved, E.UNIT_APPROVE, head)
    await do(rt, returned, E.UNIT_RETURN, head, reason="材料不是本单位的")
    assert [(await part(rt, one)).status for one in (approved, returned)] == ["已提交", "已退回"]


@pytest.mark.parametrize("closed", ["head", "employer"])
async def test_what_nobody_at_the_employer_can_approve_any_more_goes_to_the_window(
    rt: Runtime, desk: Office, clock: MovedClock, closed: str
) -> None:
    gone, kept = await office.employer(rt), await office.employer(rt, "另一家样例公司")
    head = await office.staff(rt, "head", Role.UNIT_HEAD, employer_id=gone)
    await office.staff(rt, "other", Role.UNIT_HEAD, employer_id=kept)
    left, waits = [(await handed_in(rt, word=w, employer_id=e))[0] for w, e in (("1", gone), ("2", kept))]
    assert await sweep(rt) == 0
    change: Any = update(StaffAccount).where(StaffAccount.id == head.id)
    if closed == "employer":
        change = update(Employer).where(Employer.id == gone)
    async with rt.db.write() as session:
        await session.execute(change.values(active=False, updated_at=rt.clock.now()))
    assert await sweep(rt) == 0  # somebody else may still be named
    clock.moment += timedelta(days=1)
    assert await sweep(rt) == 1 and await sweep(rt) == 0
    assert [(await part(rt, one)).status for one in (left, waits)] == ["已提交", "待单位核准"]
    await do(rt, left, E.ACCEPT, desk.front)


async def test_a_part_that_fails_keeps_no_other_one_back(
    rt: Runtime, desk: Office, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [(await handed_in(rt, word=word))[0] for word in ("1", "2")]
    for one in parts:
        await reviewed(rt, desk, one)

    async def broken(session: AsyncSession, rt: Runtime, *, case: Case, **rest: Any) -> list[Told]:
        if case.part.id == parts[0]:
            raise RuntimeError
        return await move_part(session, rt, case=case, **rest)

    monkeypatch.setattr(case_sweep, "move_part", broken)
    clock.moment += timedelta(days=10)
    assert await sweep(rt) == 1
    assert [(await part(rt, one)).status for one in parts] == ["公示中", "待制发"]


async def test_a_version_seen_too_long_ago_is_refused(rt: Runtime, desk: Office) -> None:
    (part_id,) = await handed_in(rt)
    await do(rt, part_id, E.ACCEPT, desk.front)
    late = act(rt, part_id=part_id, event=E.REVIEW, by=desk.county, version=1)
    assert await refused(late) == "changed_meanwhile"


async def test_a_card_needs_a_record_and_only_the_same_person_is_linked(
    rt: Runtime, desk: Office, clock: MovedClock
) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await reviewed(rt, desk, part_id)
    clock.advance(days=7)
    await sweep(rt)
    assert await refused(do(rt, part_id, E.ISSUE, desk.province, **CARD)) == "no_talent_record"
    same = await office.talent(rt)
    namesake = await office.talent(rt, number="110105198001010032")
    other = await office.talent(rt, name="李四光", number=id_number(7))
    version = (await part(rt, part_id)).version
    for wrong in (namesake, other):
        link = link_talent(rt, part_id=part_id, staff=desk.province, version=version, talent_id=wrong)
        assert await refused(link) == "not_the_same_person"
    await link_talent(rt, part_id=part_id, staff=desk.province, version=version, talent_id=same)
    await do(rt, part_id, E.ISSUE, desk.province, **CARD)
    assert "已制发" in (await heard(rt, chat))[-2]  # the chat that applied still hears it


async def test_a_tier_goes_into_the_record_and_a_place_is_words(rt: Runtime, desk: Office) -> None:
    talent_id = await office.talent(rt)
    tier, place = await handed_in(rt, "tier", "place", talent_id=talent_id)
    for part_id, reviewer in ((tier, desk.city), (place, desk.county)):
        await do(rt, part_id, E.ACCEPT, desk.front)
        await do(rt, part_id, E.REVIEW, reviewer)
        await do(rt, part_id, E.APPROVE, reviewer)
    assert await refused(do(rt, tier, E.ISSUE, desk.city, result={"tier": "第九层次"})) == "unknown_tier"
    await do(rt, tier, E.ISSUE, desk.city, result={"tier": "第三层次", "valid_from": "2026-12-01"})
    assert (await office.application(rt, tier)).closed_at is None  # the other part is open
    await do(rt, place, E.ISSUE, desk.county, result={"text": "已安排到示范小学", "on": "2026-12-01"})
    assert (await office.application(rt, tier)).closed_at is not None
    async with rt.db.read() as session:
        row = (await session.scalars(select(TalentTier))).one()
    assert (row.scheme, row.tier, row.part_id) == ("quanzhou-2021", "第三层次", tier)
    assert (await part(rt, place)).result == {"kind": "place", "text": "已安排到示范小学", "on": "2026-12-01"}


async def test_objections_hold_publicity_up_and_nobody_hears_who_it_was(
    rt: Runtime, desk: Office, clock: MovedClock
) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    await reviewed(rt, desk, part_id)
    said = {"text": "成果不是本人完成的", "name": "知情人王五", "contact": "13700137000"}
    await do(rt, part_id, E.OBJECT, desk.front, objection=said)
    await do(rt, part_id, E.OBJECT, desk.province, objection={"text": "年限不够"})
    clock.advance(days=30)
    assert await sweep(rt) == 0
    lead = await office.staff(rt, "lead", Role.LEAD)
    first, second = await objections(rt, part_id=part_id, staff=lead)
    assert (first["name"], first["anonymous"], second["anonymous"]) == ("知情人王五", False, True)
    settle = {"note": "核对了原件", "objection_id": first["id"]}
    assert (await do(rt, part_id, E.DISMISS, desk.province, **settle)).status == "异议核实中"
    assert await refused(do(rt, part_id, E.DISMISS, desk.province, **settle)) == "no_such_objection"
    settle["objection_id"] = second["id"]
    assert (await do(rt, part_id, E.DISMISS, desk.province, **settle)).status == "公示中"
    assert await sweep(rt) == 1
    assert (await part(rt, part_id)).status == "待制发"
    assert "王五" not in "".join(await heard(rt, chat))


async def test_an_upheld_objection_ends_the_application(rt: Runtime, desk: Office) -> None:
    (part_id,) = await handed_in(rt)
    await reviewed(rt, desk, part_id)
    await do(rt, part_id, E.OBJECT, desk.front, objection={"text": "证书是假的"})
    (one,) = await objections(rt, part_id=part_id, staff=desk.province)
    await do(
        rt,
        part_id,
        E.UPHOLD,
        desk.province,
        objection_id=one["id"],
        note="证书编号查不到",
        reason="证书不属实。",
    )
    now = await part(rt, part_id)
    assert (now.status, now.decision, now.reason) == ("已退回", "不予通过", "证书不属实。")


@pytest.mark.parametrize("who", ["stranger", "another_name", "unbound"])
async def test_another_person_in_the_same_chat_neither_hears_nor_acts(
    rt: Runtime, desk: Office, who: str
) -> None:
    chat = await office.chat(rt)
    (part_id,) = await handed_in(rt, conversation_id=chat)
    if who == "stranger":
        person = Person(await office.chat(rt, "v2"))
    elif who == "another_name":
        other = await office.talent(rt, name="李四光", number=id_number(7))
        person = Person(chat, other)
        async with rt.db.write() as session:
            (await session.get_one(Conversation, chat)).talent_id = other
    else:
        talent_id = await office.talent(rt)
        (part_id,) = await handed_in(rt, word="2", conversation_id=chat, talent_id=talent_id)
        person = Person(chat)  # the chat was parted from the talent
    assert await refused(do(rt, part_id, E.WITHDRAW, person)) == "no_such_case"
    await do(rt, part_id, E.ACCEPT, desk.front)
    assert len(await heard(rt, chat)) == (1 if who == "stranger" else 0)
    assert (await part(rt, part_id)).status == PartStatus.ACCEPTED


async def test_a_case_is_given_only_to_a_colleague_of_the_place(rt: Runtime, desk: Office) -> None:
    (part_id,) = await handed_in(rt)
    elsewhere = await office.staff(rt, "quanzhou", Role.BACK_OFFICE, region="350500")
    for staff_id in (elsewhere.id, "f" * 32, None):
        code = await refused(do(rt, part_id, E.ASSIGN, desk.front, staff_id=staff_id))
        assert code == "no_such_colleague"
    await do(rt, part_id, E.ASSIGN, desk.front, staff_id=desk.city.id)
    assert (await part(rt, part_id)).staff_id == desk.city.id
