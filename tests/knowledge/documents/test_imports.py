"""From a file to a draft, through the review, to a published text."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.errors import Refusal
from bot.knowledge import service
from bot.knowledge.documents import service as documents
from bot.knowledge.documents.queries import Detail
from bot.knowledge.documents.schemas import InvalidDocument
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.settings import PROJECT
from tests.knowledge.documents import files

BY = By("s1", "陈舒")
SEEDS = PROJECT.parent / "shared" / "seeds"


async def imported(rt: Runtime, data: bytes | str, name: str = "办法.txt") -> Detail:
    raw = data.encode() if isinstance(data, str) else data
    found = await documents.import_file(rt, name=name, data=raw, by=BY)
    return await documents.read_document(rt, document_id=found.document_id)


def edit(detail: Detail, *, paragraphs: dict[int, str] | None = None, **facts: Any) -> dict[str, Any]:
    assert detail.draft is not None
    known = {name: detail.draft.facts[name] for name in documents.Facts.model_fields}
    return {"facts": known | facts, "paragraphs": paragraphs or {}}


async def saved(rt: Runtime, detail: Detail, **changes: Any) -> Detail:
    assert detail.draft is not None
    now = await documents.save_draft(
        rt,
        document_id=detail.row.id,
        edit=edit(detail, **changes),
        revision=detail.draft.revision,
        by=BY,
    )
    return await documents.read_document(rt, document_id=now)


async def published(rt: Runtime, detail: Detail) -> Detail:
    assert detail.draft is not None
    await documents.publish(rt, document_id=detail.row.id, revision=detail.draft.revision, by=BY)
    return await documents.read_document(rt, document_id=detail.row.id)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("办法.txt", files.txt().encode("gb18030")),
        ("办法.html", files.html()),
        ("办法.docx", files.word()),
        ("办法.pdf", files.pdf()),
    ],
    ids=["txt", "html", "docx", "pdf"],
)
async def test_each_kind_of_file_becomes_a_draft(rt: Runtime, name: str, data: bytes) -> None:
    detail = await imported(rt, data, name)
    assert detail.standing is None and detail.draft is not None
    facts = detail.draft.facts
    assert (facts["title"], facts["number"]) == (files.TITLE, files.NUMBER)
    assert [clause["label"] for clause in detail.draft.clauses][:4] == [
        "第一条",
        "第二条",
        "第三条",
        "第四条",
    ]
    (doubt,) = detail.draft.report["doubts"]
    place = detail.draft.paragraphs[doubt["paragraph"]]["text"]
    assert "“”" in place and doubt["text"] in place  # marked, and nothing filled in


async def test_the_same_file_is_the_same_draft_and_the_same_number_a_new_text(rt: Runtime) -> None:
    first = await documents.import_file(rt, name="办法.txt", data=files.txt().encode(), by=BY)
    again = await documents.import_file(rt, name="改名.txt", data=files.txt().encode(), by=BY)
    assert (again.document_id, again.text_id, again.known) == (first.document_id, first.text_id, True)
    newer = await imported(rt, files.txt(number="鲁测发[2024] 7号", last="第四条 本办法自公布之日起施行。"))
    assert newer.row.id == first.document_id and newer.draft is not None
    assert [(one.version, one.state) for one in newer.history] == [(2, "draft"), (1, "superseded")]
    different = await imported(rt, files.txt(number="鲁测发〔2025〕8号"))
    assert different.row.id != first.document_id
    assert (await documents.list_documents(rt))[0] == 2


async def test_many_at_once_are_one_draft(rt: Runtime) -> None:
    data = files.txt().encode()
    found = await asyncio.gather(
        *(documents.import_file(rt, name="办法.txt", data=data, by=BY) for _ in range(3))
    )
    assert len({one.text_id for one in found}) == 1
    assert (await documents.list_documents(rt))[0] == 1


async def test_a_document_without_a_number_is_known_by_its_title(rt: Runtime) -> None:
    first = await imported(rt, files.txt(number=""))
    second = await imported(rt, files.txt(number="", last="第四条 本办法自公布之日起施行。"))
    assert first.row.id == second.row.id


async def test_corrections_are_kept_and_published(library: Runtime) -> None:
    detail = await imported(library, files.txt())
    assert detail.draft is not None
    place = detail.draft.report["doubts"][0]["paragraph"]
    right = detail.draft.paragraphs[place]["text"].replace("“”", "“测试计划”")
    corrected = await saved(library, detail, paragraphs={place: right}, in_force=True)
    assert corrected.draft is not None
    assert corrected.draft.paragraphs[place] == {"text": right, "edited": True}
    assert sum(one["edited"] for one in corrected.draft.paragraphs) == 1
    assert any("“测试计划”" in clause["text"] for clause in corrected.draft.clauses)
    assert [(one.key, one.ended) for one in corrected.citing] == [("checkup", False), ("rest", False)]

    async def status() -> str | None:
        reply = await service.answer(library, question="测试人才体检一年几次", region=None, channel="web")
        assert reply.content is not None
        return reply.content.status

    assert await status() == "未注明失效日期"  # a draft decides nothing
    final = await published(library, corrected)
    assert await status() == "现行有效"
    assert final.draft is None and final.current is not None and final.standing == "in_force"
    async with library.db.read() as session:
        actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert actions == ["document.import", "document.save", "document.publish"]


async def test_a_corrected_number_may_be_that_of_a_known_document(rt: Runtime) -> None:
    known = await published(rt, await imported(rt, files.txt()))
    scraped = await imported(rt, files.txt(title="测试人才服务管理办法解读与全文", number=""))
    assert scraped.row.id != known.row.id
    moved = await saved(rt, scraped, number=files.NUMBER)
    assert moved.row.id == known.row.id
    assert [(one.version, one.state) for one in moved.history] == [(2, "draft"), (1, "published")]
    assert (await documents.list_documents(rt))[0] == 1


async def test_a_new_text_keeps_what_the_register_knows(rt: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.yml").write_text(
        f"documents: [{{title: {files.TITLE}, number: {files.NUMBER}, issuers: [山东省测试厅],"
        " published: '2024', in_force: true, url: 'https://example.org/a'}]",
        encoding="utf-8",
    )
    await documents.load(rt, folder=folder)
    detail = await imported(rt, files.txt())
    assert detail.standing == "in_force" and detail.draft is not None
    final = await published(rt, detail)
    assert (final.row.issuers, final.row.url) == (["山东省测试厅"], "https://example.org/a")
    assert final.standing == "in_force" and final.current is not None


async def test_discarding_a_draft(rt: Runtime) -> None:
    detail = await imported(rt, files.txt())
    assert detail.draft is not None
    kept = await documents.discard(rt, document_id=detail.row.id, revision=detail.draft.revision, by=BY)
    assert not kept and (await documents.list_documents(rt))[0] == 0
    first = await published(rt, await imported(rt, files.txt()))
    second = await imported(rt, files.txt(last="第四条 本办法自公布之日起施行。"))
    assert second.draft is not None
    assert await documents.discard(rt, document_id=first.row.id, revision=second.draft.revision, by=BY)
    after = await documents.read_document(rt, document_id=first.row.id)
    assert after.draft is None and after.current is not None
    again = await imported(rt, files.txt(last="第四条 本办法自公布之日起施行。"))
    assert again.draft is not None and again.draft.version == 3


async def test_stale_and_faulty_edits_are_refused(rt: Runtime) -> None:
    detail = await imported(rt, files.txt())
    assert detail.draft is not None
    await saved(rt, detail, paragraphs={0: "改过的第一段。"})
    with pytest.raises(Refusal, match="changed_meanwhile"):
        await saved(rt, detail)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        await documents.publish(rt, document_id=detail.row.id, revision=detail.draft.revision, by=BY)
    with pytest.raises(InvalidDocument) as invalid:
        await saved(rt, detail, title=" ", published="去年", url="javascript:alert(1)")
    assert set(invalid.value.fields) == {"facts.title", "facts.published", "facts.url"}
    now = await documents.read_document(rt, document_id=detail.row.id)
    with pytest.raises(InvalidDocument) as invalid:
        await saved(rt, now, paragraphs={at: "" for at in range(len(detail.draft.paragraphs))})
    assert set(invalid.value.fields) == {"paragraphs"}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("表.xlsx", b"PK", "wrong_type"),
        ("没有后缀", b"x", "wrong_type"),
        ("大.txt", b"a" * (documents.MOST_BYTES + 1), "too_large"),
        ("图.txt", b"\x89PNG\r\n\x1a\n" + bytes(2000), "not_text"),
        ("密.pdf", files.pdf(password="secret"), "encrypted"),
        ("扫描.pdf", files.pdf(blank=True), "scanned"),
        ("坏.docx", b"PK\x03\x04 broken", "broken"),
    ],
    ids=["type", "suffix", "size", "binary", "encrypted", "scanned", "broken"],
)
async def test_what_cannot_be_imported_is_refused_in_chinese(
    rt: Runtime, name: str, data: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await documents.import_file(rt, name=name, data=data, by=BY)
    assert refused.value.code == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.message)
    assert (await documents.list_documents(rt))[0] == 0


@pytest.mark.skipif(
    not SEEDS.exists(), reason="NO SEEDS: ../shared/seeds is absent, so nothing of it was imported"
)
async def test_the_founding_documents_become_drafts(rt: Runtime) -> None:
    found = [await imported(rt, path.read_bytes(), path.name) for path in sorted(SEEDS.glob("*.txt"))]
    drafts = [detail.draft for detail in found if detail.draft]
    assert [draft.facts["number"] for draft in drafts] == ["", "鲁人社字〔2020〕111号", "", ""]
    assert [draft.facts["published"] for draft in drafts] == ["2019-06-20", "2020-09-25", "", "2023-01-11"]
    assert drafts[1].facts["in_force"] is True
    pinyin = [one for one in drafts[0].report["removed"] if one["kind"] == "拼音括注"]
    assert len(pinyin) == 387
    emptied = [one for one in drafts[0].report["doubts"] if "“”" in one["text"]]
    assert len(emptied) == 3 and all(one["paragraph"] is not None for one in emptied)
    adverts = [one for one in drafts[1].report["removed"] if one["kind"] == "夹带广告"]
    assert len(adverts) == 6
    assert any("千名博士" in one["text"] for one in drafts[1].paragraphs)
    labels = {clause["label"] for clause in drafts[3].clauses}
    assert sum(label.split("、")[-1].rstrip(".").isdigit() for label in labels) == 30
