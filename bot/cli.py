"""The `huicai` command."""

import asyncio
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import ask as asking
from bot import measure as measuring
from bot.accounts import service as accounts
from bot.cli_desk import desk
from bot.cli_documents import FOLDER as DOCUMENTS
from bot.cli_documents import documents, show_loaded
from bot.cli_items import items, show_items
from bot.cli_runtime import refuse_problems, with_runtime
from bot.cli_talent import show_loaded as show_directory
from bot.cli_talent import show_sample, talent
from bot.desk import defaults
from bot.errors import Refusal
from bot.knowledge import service as knowledge
from bot.knowledge.documents import service as register
from bot.knowledge.files import Loaded
from bot.runtime import Runtime
from bot.service import seeds
from bot.settings import PROJECT, Settings, load_secrets
from bot.store.migrate import upgrade
from bot.supervisor import engine_python, environment, supervise
from bot.talent import directory, sample
from bot.talent.grassroots_seeds import load_grassroots
from bot.text.lexicon import NATION

cli = typer.Typer(help="惠才通：高层次人才服务助手", no_args_is_help=True, add_completion=False)
database = typer.Typer(help="数据库", no_args_is_help=True)
faqs = typer.Typer(help="问答知识", no_args_is_help=True)
staff = typer.Typer(help="工作人员账号", no_args_is_help=True)
cli.add_typer(database, name="db")
cli.add_typer(faqs, name="knowledge")
cli.add_typer(staff, name="staff")
cli.add_typer(documents, name="documents")
cli.add_typer(desk, name="desk")
cli.add_typer(talent, name="talent")
cli.add_typer(items, name="items")
console = Console()
KNOWLEDGE = PROJECT / "data" / "knowledge"


class Part(StrEnum):
    ALL = "all"
    APP = "app"
    ENGINE = "engine"


@cli.command()
def serve(part: Annotated[Part, typer.Option(help="只启动其中一个程序")] = Part.ALL) -> None:
    """启动应用和问答引擎，任何一个意外退出都会自动重启。"""
    settings = Settings()
    if part == Part.APP:
        from bot.app import main as serve_app  # seconds of imports no other command needs

        serve_app()
    elif part == Part.ENGINE:
        load_secrets(settings.home)  # the engine only reads them
        os.chdir(PROJECT)
        os.execve(engine_python(), [engine_python(), "-m", "bot.engine"], environment(settings))
    else:
        supervise(settings)


@cli.command()
def train(
    force: Annotated[bool, typer.Option("--force", help="数据没变也重新训练")] = False,
) -> None:
    """训练问答引擎的模型（只在语料或配置变化时需要）。"""
    settings = Settings()
    command = [engine_python(), "-m", "bot.engine.train", "--out", str(settings.home / "models")]
    if not force:
        command.append("--unless-current")
    done = subprocess.run(command, cwd=PROJECT, env=environment(settings), check=False)
    raise typer.Exit(done.returncode)


@cli.command()
def prepare() -> None:
    """升级数据库、导入自带知识；首次运行时装入样例人才，建立样例班组和样例账号。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        _show_loaded(await knowledge.load(rt, folder=KNOWLEDGE))
        show_loaded(await register.load(rt, folder=DOCUMENTS))
        show_items(await seeds.load_seeds(rt))
        show_directory(await directory.load(rt))
        loaded = await sample.load_first_sample(rt)
        await load_grassroots(rt, sample=loaded.talents > 0)
        await defaults.ensure_defaults(rt)
        employer = await sample.sample_employer(rt)
        created = await accounts.ensure_demo_accounts(
            rt, employer_id=employer and employer[0], employer_region=employer[1] if employer else NATION
        )
        if created:
            await defaults.seat_sample_accounts(rt, usernames=[username for username, *_ in created])
        if loaded.talents:
            await sample.assign_sample(rt)
            show_sample(loaded)
        if created:
            console.print("\n样例账号（密码只显示这一次，请记下；忘记可用 huicai staff reset）：")
        for username, name, password in created:
            console.print(f"  {username:<12} {password}   {name}", highlight=False, markup=False)
        if created:
            console.print(
                "\n人工服务按样例班组的工作日办公时间接待；要随时试用，请运行 huicai desk hours --always"
            )

    with_runtime(run)


@database.command("upgrade")
def db_upgrade() -> None:
    """把数据库结构升级到当前版本。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)

    with_runtime(run)
    console.print("数据库结构已是最新。")


@faqs.command("load")
def knowledge_load(
    folder: Annotated[Path, typer.Argument(help="YAML 文件夹")] = KNOWLEDGE,
) -> None:
    """导入 YAML 问答并发布；工作人员改过的问答不会被覆盖。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        _show_loaded(await knowledge.load(rt, folder=folder))

    with_runtime(run)


@faqs.command("export")
def knowledge_export(folder: Annotated[Path, typer.Argument(help="写入的文件夹")]) -> None:
    """把已发布的问答导出为 YAML，可再导入。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        console.print(await knowledge.export(rt, folder=folder))

    with_runtime(run)


@staff.command("reset")
def staff_reset(username: str) -> None:
    """为一个账号生成新密码（忘记密码时用）。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        password = await accounts.reset_by_username(rt, username=username)
        console.print(f"{username} 的新密码：{password}", highlight=False)

    with_runtime(run)


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="要问的话")] = None,
    url: Annotated[str | None, typer.Option(help="运行中的服务地址")] = None,
    region: Annotated[str | None, typer.Option(help="地区代码，如 370000")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    file: Annotated[
        Path | None, typer.Option(help="JSON Lines 问题文件", exists=True, dir_okay=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="JSON Lines 结果文件")] = None,
    parallel: Annotated[int, typer.Option(min=1, max=64, help="同时进行的会话数")] = 4,
) -> None:
    """问一句话，看回答、判定、依据和得分；或用 --file 批量提问。"""
    address = url or f"http://127.0.0.1:{Settings().port}"
    if file and out:
        failed = asking.ask_file(url=address, file=file, out=out, parallel=parallel)
        raise typer.Exit(1 if failed else 0)
    if not question or file or out:
        console.print("请给出要问的话，或者同时给出 --file 和 --out。", style="red")
        raise typer.Exit(2)
    if url:
        asyncio.run(asking.ask_server(url=url, question=question, region=region, as_json=as_json))
        return

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        await asking.ask_here(rt, question=question, region=region, as_json=as_json)

    with_runtime(run)


@cli.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="问题文件（YAML 或 CSV）", exists=True, dir_okay=False)],
    expected: Annotated[
        Path | None, typer.Option(help="另存的正确答案（YAML）", exists=True, dir_okay=False)
    ] = None,
    count: Annotated[int, typer.Option("--worst", min=0, help="列出最差的几条")] = 10,
) -> None:
    """用一份问题检验已发布的问答：分类别的正确率，以及最差的几条。"""

    async def run(rt: Runtime) -> None:
        await upgrade(rt.db.engine)
        measuring.show(await measuring.measure(rt, file=file, expected=expected), count=count)

    with_runtime(run)


def _show_loaded(loaded: Loaded) -> None:
    refuse_problems(loaded.problems, "知识文件有问题，什么都没有导入。")
    console.print(
        f"知识：新增 {len(loaded.added)} 条，更新 {len(loaded.changed)} 条，未变 {loaded.unchanged} 条，"
        f"保留工作人员修改 {len(loaded.kept)} 条",
        highlight=False,
    )


def main() -> None:
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)
    except Refusal as refusal:
        sys.exit(refusal.message)


if __name__ == "__main__":
    main()
