"""Files of questions with the answers they should get, as staff and the benches keep them.

YAML: `questions: [{id, q, scope: in|out|not_published, kind, where, expect}]`; `expect` may stand in a
second file, `expected: {id: [keys]}`. CSV: 问题, 答案编号, 地区, 类别. In both an expectation is one or
more FAQ keys any of which is right; with several questions in one message, one such list for each.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Refusal
from bot.text.lexicon import Lexicon

OUT_OF_SCOPE = "none"
_UNKNOWN_KIND = "其他"


class Scope(StrEnum):
    WITHIN = "in"
    OUTSIDE = "out"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True)
class Case:
    id: str
    question: str
    scope: Scope
    kind: str
    region: str | None
    expected: tuple[frozenset[str], ...]  # one group for each question in the message


def read_cases(path: Path, *, lexicon: Lexicon, expected: Path | None = None) -> list[Case]:
    try:
        if path.suffix.lower() == ".csv":
            return _of_csv(path, lexicon)
        given = _yaml(path)["questions"]
        answers = _yaml(expected)["expected"] if expected else {}
        return [_case(one, answers, lexicon) for one in given]
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise Refusal("bad_question_file", f"问题文件读不懂：{path.name}，请对照说明检查格式。") from error


def _of_csv(path: Path, lexicon: Lexicon) -> list[Case]:
    # Spreadsheets write a byte order mark before the first heading.
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        _case(
            {
                "id": str(number),
                "q": row["问题"],
                "expect": (row["答案编号"] or "").split(),
                "where": row.get("地区") or "",
                "kind": row.get("类别") or _UNKNOWN_KIND,
            },
            {},
            lexicon,
        )
        for number, row in enumerate(rows, start=2)  # the line in the file
    ]


def _case(one: Mapping[str, Any], answers: Mapping[str, Any], lexicon: Lexicon) -> Case:
    wanted = answers.get(one["id"], []) if answers else one.get("expect", [])
    groups = _groups(wanted)
    scope = Scope(one["scope"]) if "scope" in one else (Scope.WITHIN if groups else Scope.OUTSIDE)
    where = str(one.get("where") or "")
    return Case(
        id=str(one["id"]),
        question=str(one["q"]),
        scope=scope,
        kind=str(one.get("kind") or _UNKNOWN_KIND),
        region=_region(where, lexicon) if where else None,
        expected=groups,
    )


def _groups(wanted: Any) -> tuple[frozenset[str], ...]:
    keys = [wanted] if isinstance(wanted, str) else list(wanted)
    if not keys or keys == [OUT_OF_SCOPE]:
        return ()
    if all(isinstance(key, str) for key in keys):
        return (frozenset(keys),)
    return tuple(frozenset(group) for group in keys)


def _region(where: str, lexicon: Lexicon) -> str:
    if where in lexicon.regions:
        return where
    codes = [mention.value for mention in lexicon.find(where) if mention.label == "region"]
    if not codes:
        raise ValueError(where)
    return codes[-1]


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
