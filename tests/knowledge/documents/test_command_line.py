"""`huicai documents …` as a person types it."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bot import cli, cli_documents
from tests.knowledge.documents import files


def huicai(home: Path, *words: str) -> tuple[int, str]:
    """Exit status and what was said. In this process: a start of its own each time takes seconds."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setenv("HUICAI_HOME", str(home))
        patch.setattr(sys, "argv", ["huicai", "documents", *words])
        patch.setattr(cli_documents.console, "width", 160)
        with pytest.raises(SystemExit) as end:
            cli.main()
    code = end.value.code
    return (1, f"{code}\n") if isinstance(code, str) else (int(code or 0), said.getvalue())


def test_import_publish_repeal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    good, bad = tmp_path / "办法.html", tmp_path / "表.xlsx"
    good.write_bytes(files.html())
    bad.write_bytes(b"PK")
    code, said = huicai(home, "import", str(bad), str(tmp_path / "没有.txt"), str(good))
    assert code == 1
    assert "表.xlsx：只能导入" in said and "没有.txt：文件读不出来" in said
    assert "办法.html：已导入为草稿" in said and files.NUMBER in said
    assert "看不见的广告" in said and "原文此处为空" in said
    assert "沿用原来的草稿" in huicai(home, "import", str(good))[1]
    assert "已发布" in huicai(home, "publish", "鲁测发[2024]7号", "--in-force")[1]
    assert huicai(home, "publish", files.TITLE) == (1, "这份文件没有待审核的草稿。\n")
    code, said = huicai(home, "repeal", files.NUMBER, "--on", "2026-01-01", "--replaced-by", "《新办法》")
    assert (code, "已登记" in said) == (0, True)
    said = huicai(home, "list", "--status", "replaced")[1]
    assert files.TITLE in said and "已被替代" in said and "共 1 份" in said
