"""Submitted applications on both databases: once per turn, sealed, and progress behind number and code."""

import asyncio
import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import progress, submission
from bot.service.catalogue import Catalogue
from bot.service.models import Application, ApplicationPart, PartStatus
from tests.conftest import MovedClock
from tests.service.items import demo_item, texts
from tests.service.test_guide_steps import complete, said

ITEM = demo_item()
PERSONAL = {"〔姓名1〕": "孙小美", "〔身份证号1〕": "11010519491231002X", "〔手机号1〕": "13800138000"}
TURN, OTHER_TURN = "1" * 32, "2" * 32


@pytest.fixture
async def conversation(rt: Runtime) -> str:
    rt.parts["service"] = Catalogue({ITEM.key: ITEM}, texts())
    now = rt.clock.now()
    async with rt.db.write() as session:
        chat = Conversation(
            channel=Channel.WEB, account="web", external_user="v1", created_at=now, updated_at=now
        )
        session.add(chat)
        await session.flush()
        secrets = [Secret(t, t[1:-2], value) for t, value in PERSONAL.items()]
        vault.keep(session, rt, conversation_id=chat.id, secrets=secrets)
        return chat.id


def confirmed() -> dict[str, Any]:
    return dict(said(complete(), "确认提交"))


async def submit(rt: Runtime, conversation: str, turn_id: str = TURN) -> submission.Submission:
    return await submission.submit(rt, turn_id=turn_id, conversation_id=conversation, draft=confirmed())


async def refused(rt: Runtime, **call: str) -> str:
    with pytest.raises(Refusal) as caught:
        await progress.progress(rt, **call)
    return caught.value.code


def wrong(code: str) -> str:
    return ("B" if code[0] == "A" else "A") + code[1:]


async def test_a_submission_gets_a_readable_number_and_a_code(rt: Runtime, conversation: str) -> None:
    case_no, code, _ = await submit(rt, conversation)
    assert re.fullmatch(r"HC20261120-\d{5}", case_no)
    assert re.fullmatch(r"[A-HJKMNP-Z][A-HJKMNP-Z2-9]{3}[A-HJKMNP-Z][A-HJKMNP-Z2-9]{3}", code)


async def test_the_same_turn_submits_once_even_at_the_same_time(rt: Runtime, conversation: str) -> None:
    results = await asyncio.gather(*(submit(rt, conversation) for _ in range(8)))
    assert len(set(results)) == 1
    other = await submit(rt, conversation, OTHER_TURN)
    assert other.case_no != results[0].case_no and other.code != results[0].code
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Application)) == 2
        assert await session.scalar(text("SELECT count(*) FROM part_changes")) == 2


async def test_a_draft_confirmed_again_by_hand_is_the_same_application(
    rt: Runtime, conversation: str
) -> None:
    draft = {**confirmed(), "id": "d" * 32}

    async def hand_in(turn_id: str, **changes: Any) -> submission.Submission:
        return await submission.submit(
            rt, turn_id=turn_id, conversation_id=conversation, draft={**draft, **changes}
        )

    first, again = await hand_in(TURN), await hand_in(OTHER_TURN)
    assert again == first and not again.changed
    corrected = await hand_in("3" * 32, values={**draft["values"], "city": "370100"})
    assert corrected.case_no == first.case_no and corrected.changed
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Application)) == 1


async def test_two_turns_with_the_same_number_get_different_ones(
    rt: Runtime, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "_case_no", lambda _rt, _turn, attempt: f"HC20261120-{attempt:05d}")
    first, second = await submit(rt, conversation), await submit(rt, conversation, OTHER_TURN)
    assert (first.case_no, second.case_no) == ("HC20261120-00000", "HC20261120-00001")


async def test_personal_data_is_sealed_and_the_code_is_not_stored(rt: Runtime, conversation: str) -> None:
    _, code, _ = await submit(rt, conversation)
    async with rt.db.read() as session:
        stored = (await session.scalars(select(ApplicationPart))).one()
        rows = (await session.execute(text("SELECT * FROM applications, application_parts"))).all()
    values = json.loads(vault.open_sealed(rt, stored.sealed))
    assert values["name"] == "孙小美" and values["phone"] == "13800138000" and values["city"] == "370200"
    assert (stored.verdict, stored.route, stored.item_version) == ("符合", "direct", ITEM.version)
    shown = repr(rows)
    assert code not in shown
    for value in PERSONAL.values():
        assert value not in shown and value.encode() not in bytes(stored.sealed)


async def test_an_unconfirmed_or_unfinished_draft_is_refused(rt: Runtime, conversation: str) -> None:
    part: Any = {**confirmed(), "values": {"group": "direct"}}
    for draft in (dict(complete()), part, {"item": "nothing"}, {**confirmed(), "version": 1}):
        with pytest.raises(Refusal):
            await submission.submit(rt, turn_id=TURN, conversation_id=conversation, draft=draft)
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Application)) == 0


async def test_the_tokens_of_another_conversation_open_nothing(rt: Runtime, conversation: str) -> None:
    with pytest.raises(Refusal) as caught:
        await submission.submit(rt, turn_id=TURN, conversation_id="f" * 32, draft=confirmed())
    assert caught.value.code == "lost_value"


async def test_progress_needs_number_and_code_and_tells_nothing_personal(
    rt: Runtime, conversation: str
) -> None:
    case_no, code, _ = await submit(rt, conversation)
    found = await progress.progress(rt, case_no=case_no.lower(), code=f" {code[:4]}-{code[4:].lower()}")
    (part,) = found.parts
    assert (part.item, part.status) == ("示范卡申领", PartStatus.SUBMITTED)
    assert part.timeline == [(rt.clock.now(), PartStatus.SUBMITTED)]
    assert not any(value in repr(found) for value in PERSONAL.values())


async def test_a_wrong_number_and_a_wrong_code_look_alike(rt: Runtime, conversation: str) -> None:
    case_no, code, _ = await submit(rt, conversation)
    with pytest.raises(Refusal) as by_code:
        await progress.progress(rt, case_no=case_no, code=wrong(code))
    with pytest.raises(Refusal) as by_number:
        await progress.progress(rt, case_no="HC20200101-00000", code=code)
    assert (by_code.value.code, by_code.value.message) == (by_number.value.code, by_number.value.message)


async def test_wrong_codes_lock_the_asker_for_a_while_and_nobody_else(
    rt: Runtime, conversation: str, clock: MovedClock
) -> None:
    case_no, code, _ = await submit(rt, conversation)
    for _ in range(progress.FAILURES_BEFORE_LOCK):
        assert await refused(rt, case_no=case_no, code=wrong(code), asker="c1") == "progress_not_found"
    assert await refused(rt, case_no=case_no, code=code, asker="c1") == "progress_locked"
    assert (await progress.progress(rt, case_no=case_no, code=code, asker="c2")).case_no == case_no
    clock.advance(minutes=progress.LOCK_MINUTES - 1)
    assert await refused(rt, case_no=case_no, code=code, asker="c1") == "progress_locked"
    clock.advance(minutes=1)
    assert (await progress.progress(rt, case_no=case_no, code=code, asker="c1")).case_no == case_no
    # The count starts anew, too.
    assert await refused(rt, case_no=case_no, code=wrong(code), asker="c1") == "progress_not_found"


@pytest.mark.parametrize("exists", [True, False])
async def test_a_number_tried_by_many_is_locked_whether_it_exists_or_not(
    rt: Runtime, conversation: str, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    monkeypatch.setattr(progress, "FAILURES_OF_A_NUMBER", 6)
    case_no = (await submit(rt, conversation)).case_no if exists else "HC20200101-00000"
    codes = [await refused(rt, case_no=case_no, code="AAAAAAAA", asker=f"c{n}") for n in range(8)]
    assert codes == ["progress_not_found"] * 6 + ["progress_locked"] * 2


async def test_one_asker_cannot_try_many_numbers(rt: Runtime, conversation: str) -> None:
    case_no, code, _ = await submit(rt, conversation)
    for number in range(progress.FAILURES_BEFORE_LOCK):
        await refused(rt, case_no=f"HC20200101-0000{number}", code="AAAAAAAA", asker="c1")
    assert await refused(rt, case_no=case_no, code=code, asker="c1") == "progress_locked"
    assert (await progress.progress(rt, case_no=case_no, code=code, asker="c2")).case_no == case_no


async def test_guesses_at_the_same_time_are_all_counted(rt: Runtime, conversation: str) -> None:
    case_no, code, _ = await submit(rt, conversation)
    wrongly = {"case_no": case_no, "code": wrong(code), "asker": "c1"}
    await refused(rt, **wrongly)
    codes = await asyncio.gather(*(refused(rt, **wrongly) for _ in range(8)))
    assert sorted(codes) == ["progress_locked"] * 4 + ["progress_not_found"] * 4


async def test_old_attempts_are_forgotten(rt: Runtime, conversation: str, clock: MovedClock) -> None:
    await refused(rt, case_no="HC20200101-00000", code="AAAAAAAA")
    clock.advance(hours=progress.KEEP_ATTEMPTS_HOURS + 1)
    await refused(rt, case_no="HC20200101-00001", code="AAAAAAAA")
    async with rt.db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM progress_attempts")) == 1
