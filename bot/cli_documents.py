"""`huicai documents …`: policy documents on the command line."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli_runtime import refuse_problems, with_runtime
from bot.errors import Refusal
from bot.knowledge.documents import service
from bot.knowledge.documents.force import Loaded
from bot.knowledge.documents.queries import Detail
from bot.knowledge.documents.rules import Ending, Standing
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.store.migrate import upgrade
from bot.texts import sentence

FOLDER = PROJECT / "data" / "documents"
documents = typer.Typer(help="政策文件", no_args_is_help=True)
console = Console()
_SHOWN_WORDS = 12
_NAME = typer.Argument(help="文号、标题或编号")


@documents.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="txt、html、docx、pdf 文件，可以多个")],
) -> None:
    """把文件清洗成待审核的草稿，并说明删了什么、哪里可疑。"""

    async def run(rt: Runtime) -> None:
        failed = 0
        for file in files:
            try:
                imported = await service.import_file(rt, name=file.name, data=_read(file), by=By())
            except (Refusal, OSError) as problem:
                failed += 1
                why = problem.message if isinstance(problem, Refusal) else "文件读不出来，请检查路径和权限。"
                console.print(f"{file.name}：{why}", style="red", markup=False, highlight=False)
                continue
            detail = await service.read_document(rt, document_id=imported.document_id)
            lead = "以前导入过，沿用原来的草稿" if imported.known else "已导入为草稿"
            console.print(f"\n{file.name}：{lead}", style="bold", markup=False, highlight=False)
            _show(detail)
        if failed:
            raise typer.Exit(1)

    _with_database(run)


@documents.command("list")
def list_documents(
    query: Annotated[str, typer.Argument(help="文号或标题里的字")] = "",
    status: Annotated[
        str, typer.Option(help="in_force、not_yet、unstated、repealed、replaced、expired、draft、review")
    ] = "",
) -> None:
    """列出政策文件和效力状态。"""

    async def run(rt: Runtime) -> None:
        table = Table()
        for name in ("文号", "标题", "状态", "草稿", "引用问答", "待复核"):
            table.add_column(name, overflow="fold")
        page, total, shown = 1, 1, 0
        while shown < total:
            total, lines = await service.list_documents(rt, query=query, status=status, page=page)
            for line in lines:
                table.add_row(
                    Text(line.row.number or "—"),
                    Text(line.row.title),
                    sentence(f"documents.{line.standing or 'draft'}"),
                    "有" if line.draft else "",
                    str(line.citing),
                    str(line.review or ""),
                )
            shown, page = shown + len(lines), page + 1
            if not lines:
                break
        console.print(table)
        console.print(f"共 {total} 份", highlight=False)

    _with_database(run)


@documents.command("show")
def show(name: Annotated[str, _NAME]) -> None:
    """看一份文件：效力、草稿的清洗报告、引用它的问答。"""

    async def run(rt: Runtime) -> None:
        document_id = await service.find_document(rt, name=name)
        detail = await service.read_document(rt, document_id=document_id)
        _show(detail)
        text = detail.draft or detail.current
        for paragraph in text.paragraphs if text else ():
            console.print(paragraph["text"], markup=False, highlight=False)
        for one in detail.citing:
            mark = "（待复核）" if one.ended else ""
            console.print(f"· {one.key} {one.question}{mark}", markup=False, highlight=False)

    _with_database(run)


@documents.command("publish")
def publish(
    name: Annotated[str, _NAME],
    in_force: Annotated[
        bool | None, typer.Option("--in-force/--unstated", help="登记为现行有效，或不注明；不写按文件原文")
    ] = None,
) -> None:
    """发布草稿：从此按它的效力决定相关问答能不能作为现行规定。"""

    async def run(rt: Runtime) -> None:
        document_id = await service.find_document(rt, name=name)
        draft = (await service.read_document(rt, document_id=document_id)).draft
        if draft is None:
            raise Refusal("no_draft", sentence("documents.no_draft"), status=409)
        if in_force is not None:
            facts = {key: draft.facts[key] for key in service.Facts.model_fields} | {"in_force": in_force}
            document_id = await service.save_draft(
                rt, document_id=document_id, edit={"facts": facts}, revision=draft.revision, by=By()
            )
            draft = (await service.read_document(rt, document_id=document_id)).draft
            assert draft is not None
        number = await service.publish(rt, document_id=document_id, revision=draft.revision, by=By())
        console.print(f"已发布，版本 {number}", highlight=False)

    _with_database(run)


@documents.command("repeal")
def repeal(
    name: Annotated[str, _NAME],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="从哪一天起不再有效")],
    replaced_by: Annotated[str, typer.Option(help="替代它的文件：文号或名称")] = "",
    clause: Annotated[str, typer.Option(help="只废止一条，例如 第三十条")] = "",
) -> None:
    """登记一份文件（或一条）被废止或替代。"""

    async def run(rt: Runtime) -> None:
        document_id = await service.find_document(rt, name=name)
        row = (await service.read_document(rt, document_id=document_id)).row
        how = Ending.REPLACED if replaced_by else Ending.REPEALED
        end = {"how": how, "on": on.date(), "successor": replaced_by, "clause": clause}
        kept = [
            {**one, "successor": one["successor"] or "", "clause": one["clause"] or ""}
            for one in row.ends
            if (one["clause"] or "") != clause
        ]
        force = {
            "in_force": row.in_force,
            "effective_from": row.effective_from,
            "effective_until": row.effective_until,
            "note": row.note,
            "ends": [*kept, end],
        }
        number = await service.change_force(
            rt, document_id=document_id, force=force, revision=row.revision, by=By()
        )
        affected = (await service.read_document(rt, document_id=document_id)).citing
        console.print(f"已登记，版本 {number}；引用它的问答 {len(affected)} 条，请复核：", highlight=False)
        for one in affected:
            console.print(f"· {one.key} {one.question}", markup=False, highlight=False)

    _with_database(run)


def show_loaded(loaded: Loaded) -> None:
    refuse_problems(loaded.problems, "政策文件登记有问题，什么都没有导入。")
    console.print(
        f"政策文件：新增 {loaded.added} 份，更新 {loaded.changed} 份，未变 {loaded.unchanged} 份，"
        f"保留工作人员修改 {loaded.kept} 份",
        highlight=False,
    )


def _read(file: Path) -> bytes:
    """One byte more than allowed is enough to refuse it."""
    with file.open("rb") as opened:
        return opened.read(service.MOST_BYTES + 1)


def _show(detail: Detail) -> None:
    row, text = detail.row, detail.draft or detail.current
    facts = text.facts if text else {}
    card = Table(show_header=False, box=None, pad_edge=False)
    standing = sentence(f"documents.{detail.standing or Standing.UNSTATED}")
    for label, value in (
        ("标题", facts.get("title") or row.title),
        ("文号", facts.get("number") or row.number or "未识别"),
        ("发文机关", "、".join(facts.get("issuers") or row.issuers) or "未识别"),
        ("公布日期", facts.get("published") or row.published or "未识别"),
        ("施行日期", str(facts.get("effective_from") or row.effective_from or "未识别")),
        ("失效日期", str(facts.get("effective_until") or row.effective_until or "未注明")),
        ("效力", standing if row.registered else f"草稿，原文写“{facts.get('status_text') or '未注明'}”"),
        ("段落", f"{len(text.paragraphs)} 段，{len(text.clauses)} 条" if text else "未导入正文"),
        ("编号", row.id),
    ):
        card.add_row(label, Text(value))
    console.print(card)
    if text is None:
        return
    removed, doubts = text.report["removed"], text.report["doubts"]
    if removed:
        table = Table("类别", "处", "内容", "说明", title=f"已删除 {len(removed)} 处", title_justify="left")
        for kind in dict.fromkeys(one["kind"] for one in removed):
            found = [one for one in removed if one["kind"] == kind]
            words = list(dict.fromkeys(one["text"].strip() or one["note"] for one in found))
            more = " …" if len(words) > _SHOWN_WORDS else ""
            table.add_row(
                kind, str(len(found)), Text(" ".join(words[:_SHOWN_WORDS]) + more), found[0]["note"]
            )
        console.print(table)
    if doubts:
        table = Table("类别", "段", "内容", "说明", title=f"请核对 {len(doubts)} 处", title_justify="left")
        for one in doubts:
            place = "" if one["paragraph"] is None else str(one["paragraph"] + 1)
            table.add_row(one["kind"], place, Text(one["text"]), Text(one["note"]), style="yellow")
        console.print(table)


def _with_database(step: Callable[[Runtime], Awaitable[None]]) -> None:
    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        await step(rt)

    with_runtime(run)
