"""A document's fate decides whether the answers that rest on it are given as current."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.errors import Refusal
from bot.knowledge import service
from bot.knowledge.documents import service as documents
from bot.knowledge.documents.schemas import InvalidDocument
from bot.knowledge.releases import By
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.knowledge.documents import files
from tests.knowledge.documents.conftest import force
from tests.knowledge.documents.test_imports import imported, published

BY = By("s1", "吴岚")
QUESTION = "测试人才体检一年几次"


@pytest.fixture
async def registered(library: Runtime, tmp_path: Path) -> str:
    """The document in the register as 现行有效; its id."""
    await register(library, tmp_path, in_force=True)
    return await documents.find_document(library, name=files.NUMBER)


async def register(rt: Runtime, tmp_path: Path, **changes: Any) -> documents.Loaded:
    folder = tmp_path / "documents"
    folder.mkdir(exist_ok=True)
    entry = {"title": files.TITLE, "number": files.NUMBER, **changes}
    (folder / "register.yml").write_text(yaml.safe_dump({"documents": [entry]}, allow_unicode=True))
    return await documents.load(rt, folder=folder)


async def said(rt: Runtime, question: str = QUESTION) -> tuple[str, str | None, str]:
    """Band, status and words of the answer."""
    reply = await service.answer(rt, question=question, region=None, channel="web")
    assert reply.content is not None and reply.log is not None
    return reply.log.band, reply.content.status, reply.content.plain_text()


async def picked(rt: Runtime, key: str = "checkup") -> str:
    reply = await service.answer_faq(rt, key=key, region=None, channel="web")
    assert reply.content is not None
    return reply.content.plain_text()


async def change(rt: Runtime, document_id: str, **changes: Any) -> int:
    revision = (await documents.read_document(rt, document_id=document_id)).row.revision
    return await documents.change_force(
        rt, document_id=document_id, force=force(**changes), revision=revision, by=BY
    )


async def test_an_answer_says_that_its_basis_is_in_force(library: Runtime, tmp_path: Path) -> None:
    assert (await said(library))[:2] == ("answer", "未注明失效日期")
    await register(library, tmp_path, in_force=True)
    assert (await said(library))[:2] == ("answer", "现行有效")
    # The other answers rest on documents of which nothing is known.
    assert (await said(library, "惠才卡有效期几年"))[:2] == ("answer", "未注明失效日期")


async def test_a_number_learnt_by_staff_does_not_double_the_record_of_the_file(
    library: Runtime, tmp_path: Path
) -> None:
    await register(library, tmp_path, number="")
    detail = await imported(library, files.txt())
    await published(library, detail)
    assert (await register(library, tmp_path, number="")).kept == 1
    assert (await register(library, tmp_path)).kept == 1
    assert (await documents.list_documents(library))[0] == 1


async def test_registered_without_a_standing_claims_nothing(library: Runtime, tmp_path: Path) -> None:
    await register(library, tmp_path, effective_from="2024-03-01")
    assert (await said(library))[:2] == ("answer", "未注明失效日期")


async def test_repealed_tomorrow_answers_today_and_not_tomorrow(
    library: Runtime, registered: str, clock: MovedClock
) -> None:
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-21"}])
    clock.moment = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # a minute before midnight in Shanghai
    assert (await said(library))[:2] == ("answer", "现行有效（至2026-11-20）")
    clock.advance(minutes=1)
    band, _, text = await said(library)
    assert band != "answer" and "checkup 的答案。" not in text
    shown = await picked(library)
    assert "已经失效，仅供查阅历史规定" in shown and "checkup 的答案。" in shown
    assert f"依据的《{files.TITLE}》（{files.NUMBER}）已废止（2026-11-21起不再有效）" in shown
    assert "现行有效" not in shown


async def test_what_replaced_it_is_named(library: Runtime, registered: str) -> None:
    successor = {"how": "replaced", "on": "2026-11-20", "successor": "《测试新办法》（鲁测发〔2026〕1号）"}
    await change(library, registered, ends=[successor])
    assert (await said(library))[0] != "answer"
    assert "已被《测试新办法》（鲁测发〔2026〕1号）替代（2026-11-20起）" in await picked(library)


async def test_a_successor_given_by_its_number_is_shown_with_its_title(
    library: Runtime, registered: str, tmp_path: Path
) -> None:
    new = {"title": "测试新办法", "number": "鲁测发〔2026〕1号"}
    (tmp_path / "documents" / "new.yml").write_text(yaml.safe_dump({"documents": [new]}, allow_unicode=True))
    await documents.load(library, folder=tmp_path / "documents")
    end = {"how": "replaced", "on": "2026-11-20", "successor": "鲁测发[2026]1号"}
    await change(library, registered, ends=[end])
    assert "已被《测试新办法》（鲁测发〔2026〕1号）替代" in await picked(library)


async def test_an_expired_and_a_coming_document(library: Runtime, registered: str, clock: MovedClock) -> None:
    await change(library, registered, effective_from="2026-11-21", effective_until="2026-11-22")
    assert (await said(library))[0] != "answer"
    assert "要到2026-11-21才生效" in await picked(library)
    clock.advance(days=1)
    assert (await said(library))[:2] == ("answer", "现行有效（至2026-11-22）")
    clock.advance(days=2)
    assert (await said(library))[0] != "answer"
    assert "已到期失效（2026-11-22止）" in await picked(library)


async def test_one_clause_repealed_leaves_the_others(library: Runtime, registered: str) -> None:
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-20", "clause": "第三条"}])
    assert "checkup 的答案。" not in (await said(library))[2]
    assert f"{files.NUMBER}）第三条已废止" in await picked(library)
    assert (await said(library, "测试人才疗养怎么安排"))[:2] == ("answer", "现行有效")
    found = (await documents.read_document(library, document_id=registered)).citing
    assert [(one.key, one.ended) for one in found] == [("checkup", True), ("rest", False)]
    (line,) = (await documents.list_documents(library, status="review"))[1]
    assert (line.row.id, line.citing, line.review) == (registered, 2, 1)


async def test_a_repeal_taken_back_lets_it_answer_again(library: Runtime, registered: str) -> None:
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-20"}])
    assert (await said(library))[0] != "answer"
    await change(library, registered)
    assert (await said(library))[:2] == ("answer", "现行有效")


async def test_its_own_dates_still_count(library: Runtime, registered: str, clock: MovedClock) -> None:
    draft = {**(await service.read_faq(library, key="checkup")).row.draft, "valid_until": "2026-11-25"}
    await service.save_draft(library, faq=draft, revision=1, staff_id="s1")
    await service.publish(library, key="checkup", staff_id="s1")
    assert (await said(library))[1] == "现行有效（至2026-11-25）"
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-23"}])
    assert (await said(library))[1] == "现行有效（至2026-11-22）"
    await change(library, registered)
    assert (await said(library))[1] == "现行有效（至2026-11-25）"
    clock.advance(days=6)
    assert "已失效（2026-11-25止）" in await picked(library)


async def test_every_process_follows(library: Runtime, registered: str, other: Runtime) -> None:
    await service.start(other)
    assert (await said(other))[:2] == ("answer", "现行有效")
    number = await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-20"}])
    async with asyncio.timeout(10):
        # The other process has no hint from here: it follows by polling the database.
        while (await service.status(other))["release"] < number:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await said(other))[0] != "answer"


async def test_loading_again_changes_nothing_and_leaves_staff_alone(
    library: Runtime, registered: str, tmp_path: Path
) -> None:
    again = await register(library, tmp_path, in_force=True)
    assert (again.unchanged, again.release) == (1, None)
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-20"}])
    kept = await register(library, tmp_path, in_force=True, note="文件里改了")
    assert (kept.kept, kept.release) == (1, None)
    assert (await said(library))[0] != "answer"


async def test_a_faulty_register_stores_nothing(library: Runtime, tmp_path: Path) -> None:
    outcome = await register(library, tmp_path, in_force=True, effective_from="去年", more=1)
    assert set(outcome.problems["register.yml: 1"]) == {"effective_from", "more"}
    assert (await documents.list_documents(library))[0] == 0


async def test_faulty_and_stale_changes_are_refused_and_good_ones_audited(
    library: Runtime, registered: str
) -> None:
    twice = [{"how": "repealed", "on": "2026-11-20"}, {"how": "repealed", "on": "2026-11-21"}]
    with pytest.raises(InvalidDocument) as invalid:
        await change(library, registered, ends=twice)
    assert invalid.value.fields == {"ends": "同一条款只能登记一次废止或替代。"}
    with pytest.raises(InvalidDocument) as invalid:
        await change(library, registered, effective_from="2026-02-02", effective_until="2026-02-01")
    assert set(invalid.value.fields) == {"effective_until"}
    with pytest.raises(Refusal, match="changed_meanwhile"):
        await documents.change_force(library, document_id=registered, force=force(), revision=99, by=BY)
    with pytest.raises(Refusal, match="unknown_document"):
        await documents.change_force(library, document_id="0" * 32, force=force(), revision=1, by=BY)
    await change(library, registered, ends=[{"how": "repealed", "on": "2026-11-20"}])
    async with library.db.read() as session:
        entries = (await session.scalars(select(AuditEntry))).all()
    assert [(entry.action, entry.subject, entry.staff_id) for entry in entries] == [
        ("document.force", registered, "s1")
    ]
