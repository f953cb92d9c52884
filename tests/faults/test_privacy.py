"""Personal data a talent types: tokens in the message table, nowhere else in the clear."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests.live import LiveService, Talent, text_of

pytestmark = pytest.mark.xdist_group("faults")

PERSONAL = {
    "身份证号": "11010519491231002X",
    "手机号": "13987654321",
    "银行卡号": "6222026006705354216",
    "邮箱": "zhang.yangli@example.com",
}


def memory_of(pid: int) -> bytes:
    """Everything readable and writable in a process's memory."""
    found = bytearray()
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not match or "[vvar]" in line:
                continue
            start, end = (int(part, 16) for part in match.groups())
            memory.seek(start)
            try:
                found += memory.read(end - start)
            except OSError:
                continue
    return bytes(found)


def forms_of(value: str) -> list[bytes]:
    return [value.encode(), value.encode("utf-16-le"), value.encode("utf-32-le")]


def test_typed_personal_data_is_nowhere_in_the_clear(live: LiveService) -> None:
    talent = Talent(live)
    said = []
    for kind, value in PERSONAL.items():
        said += talent.ask(f"我的{kind}是{value}，惠才卡有效期几年")
    for value in PERSONAL.values():
        assert value not in text_of(said)

    engine = memory_of(live.processes["engine"].pid)
    assert "惠才卡".encode() in engine, "the dump must hold what the engine surely knows"
    for value in PERSONAL.values():
        assert not any(form in engine for form in forms_of(value)), "the engine remembers"

    connection = sqlite3.connect(live.home / "huicai.db")
    rows = connection.execute("SELECT content FROM messages WHERE author = 'talent' ORDER BY seq")
    stored = [json.loads(row[0])["paragraphs"][0] for row in rows]
    connection.close()
    assert stored[-4:] == [f"我的{kind}是〔{kind}1〕，惠才卡有效期几年" for kind in PERSONAL]

    for path in live.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for value in PERSONAL.values():
                assert value.encode() not in content, path.name
