"""Two people at one document, and a text that turns out to be of another document."""

import pytest

from bot.errors import Refusal
from bot.knowledge.documents import service as documents
from bot.runtime import Runtime
from tests.knowledge.documents import files
from tests.knowledge.documents.conftest import force
from tests.knowledge.documents.test_imports import BY, imported, published, saved

NEWER = files.txt(last="第四条 本办法自公布之日起施行。")


async def test_a_draft_replaced_meanwhile_is_neither_changed_nor_published(rt: Runtime) -> None:
    mine = await imported(rt, files.txt())
    newer = await imported(rt, NEWER)
    assert mine.draft is not None and newer.draft is not None and newer.row.id == mine.row.id
    with pytest.raises(Refusal, match="changed_meanwhile"):
        await saved(rt, mine, paragraphs={0: "写给前一份文本的修改。"})
    for step in (documents.publish, documents.discard):
        with pytest.raises(Refusal, match="changed_meanwhile"):
            await step(rt, document_id=mine.row.id, revision=mine.draft.revision, by=BY)
    assert (await published(rt, newer)).current is not None


async def test_saving_keeps_every_clause_and_its_place(rt: Runtime) -> None:
    detail = await imported(rt, files.txt())
    assert detail.draft is not None
    labels = [(clause["label"], clause["first"]) for clause in detail.draft.clauses]
    assert labels[0] == ("第一条", 0)
    after = await saved(rt, detail, paragraphs={1: "第二条 短。"})
    assert after.draft is not None
    assert [(clause["label"], clause["first"]) for clause in after.draft.clauses] == labels


async def test_a_registered_document_keeps_its_number(rt: Runtime) -> None:
    known = await published(rt, await imported(rt, files.txt()))
    corrected = await saved(rt, await imported(rt, NEWER), number="鲁测发〔2026〕9号")
    assert corrected.row.id != known.row.id and not corrected.row.registered
    after = await documents.read_document(rt, document_id=known.row.id)
    assert (after.row.number, after.draft) == (files.NUMBER, None)
    await published(rt, corrected)
    assert (await documents.list_documents(rt))[0] == 2


async def test_a_number_taken_since_the_save_is_refused(rt: Runtime) -> None:
    await published(rt, await imported(rt, files.txt(number="")))
    detail = await imported(rt, files.txt(number="", last="第四条 本办法自公布之日起施行。"))
    numbered = await saved(rt, detail, number=files.NUMBER)
    assert numbered.row.id == detail.row.id and numbered.draft is not None
    await imported(rt, files.txt(title="另一个标题的测试人才服务通知"))
    with pytest.raises(Refusal, match="number_taken"):
        await documents.publish(rt, document_id=numbered.row.id, revision=numbered.draft.revision, by=BY)


async def test_a_number_may_be_learnt_of_a_document_known_by_its_title(rt: Runtime) -> None:
    known = await published(rt, await imported(rt, files.txt(number="")))
    assert (await imported(rt, files.txt())).row.id == known.row.id


async def test_every_year_has_its_notice_of_the_same_title(rt: Runtime) -> None:
    first = await imported(rt, files.txt(number=""))
    await saved(rt, first, published="2023-05")
    later = files.txt(number="").replace(files.TITLE, f"{files.TITLE}\n发布时间：2024-05-06", 1)
    second = await imported(rt, later)
    assert second.draft is not None and second.draft.facts["published"] == "2024-05-06"
    assert second.row.id != first.row.id


async def test_a_draft_that_moves_leaves_no_empty_document_behind(rt: Runtime) -> None:
    known = await published(rt, await imported(rt, files.txt()))
    title = "测试人才服务管理办法解读与全文"
    await imported(rt, files.txt(title=title, number=""))
    again = await imported(rt, files.txt(title=title, number="", last="第四条 本办法自公布之日起施行。"))
    assert len(again.history) == 2
    assert (await saved(rt, again, number=files.NUMBER)).row.id == known.row.id
    assert (await documents.list_documents(rt))[0] == 1


async def test_publishing_does_not_undo_a_change_of_force(rt: Runtime) -> None:
    await published(rt, await imported(rt, files.txt()))
    detail = await imported(rt, NEWER)
    assert detail.draft is not None
    ended = force(effective_from="2024-03-01", effective_until="2025-12-31")
    await documents.change_force(
        rt, document_id=detail.row.id, force=ended, revision=detail.row.revision, by=BY
    )
    with pytest.raises(Refusal, match="changed_meanwhile"):
        await documents.publish(rt, document_id=detail.row.id, revision=detail.draft.revision, by=BY)
    now = await documents.read_document(rt, document_id=detail.row.id)
    final = await published(rt, now)
    assert final.standing == "expired" and final.row.effective_until is not None
