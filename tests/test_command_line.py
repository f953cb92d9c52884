"""The `huicai` command as its users see it: results, and refusals in words instead of traces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT, Settings
from tests.live import LiveService, free_port


def huicai(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=PROJECT,
        env={**os.environ, "HUICAI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["staff", "reset", "nobody"], "没有找到该账号"),
        (["ask", "在吗", "--url", f"http://127.0.0.1:{free_port()}"], "服务没有应答"),
        (["ask", "--file", "{file}", "--out", "{file}.out"], "第 2 行有误"),
        (["ask", "--file", "{file}"], "请给出要问的话"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_trace(tmp_path: Path, arguments: list[str], said: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": "1", "say": ["你好"]}\n{"say": "你好"}\n', encoding="utf-8")
    done = huicai(*(argument.format(file=file) for argument in arguments), home=tmp_path / "home")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_file_of_conversations_is_asked_in_order_with_a_line_each(
    live: LiveService, tmp_path: Path
) -> None:
    lines = [
        {"id": "term", "say": ["惠才卡有效期几年", "谢谢"]},
        {"id": "metro", "say": ["青岛地铁几点停"]},
        {"id": "too long", "say": ["很" * 3000]},
    ]
    file, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = huicai("ask", "--file", str(file), "--out", str(out), "--url", live.url, home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    first, second, third = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert [first["id"], second["id"], third["id"]] == ["term", "metro", "too long"]
    asked, thanked = first["turns"]
    assert asked["band"] == "answer" and asked["control"] == "bot"
    assert asked["sources"] and set(asked["sources"][0]) == {"title", "number", "date"}
    assert all(set(message) == {"text", "buttons"} for message in asked["messages"])
    assert thanked["say"] == "谢谢" and thanked["messages"][0]["text"]
    assert second["turns"][0]["band"] != "answer"
    assert third["turns"][0]["refused"]["code"] == "text_too_long"


def test_the_data_folder_stays_the_same_wherever_a_program_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(home=Path("data")).home == tmp_path / "data"
