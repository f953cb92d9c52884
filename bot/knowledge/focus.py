"""One tier's or one degree's line of an answer: the figure that was asked for goes first. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.content import Table
from bot.knowledge.schemas import FaqAnswer
from bot.text.lexicon import Lexicon
from bot.texts import sentence

LABELS = ("tier", "degree")
_MOST = 3  # more than these are asked for the whole table
_LABEL_LENGTH = 16  # a longer cell tells something, it is no label of its row
_FIGURE_LENGTH = 10
_SHORT_TABLE = 6  # rows that may follow the one that was asked for
_NUMERALS = "一二三四五六七八九"
_RANGE = re.compile(rf"第?([{_NUMERALS}])(?:层次)?[至到~—-]第?([{_NUMERALS}])层次")
_ROW_OF_TIERS = re.compile(rf"第?([{_NUMERALS}](?:、第?[{_NUMERALS}])+)层次")


_PIECE = re.compile(r"[；。]")
_ONE = r"(?:博士|硕士|本科|专科)\d[\d.]*万?元?(?:/[年月])?"
_FIGURES = re.compile(rf"{_ONE}(?:、{_ONE})+")
_FIGURE = re.compile(r"(博士|硕士|本科|专科)(\d[\d.]*万?元?(?:/[年月])?)")
_UNIT = re.compile(r"（每[年月]）")


_SUMS = ("安家费", "购房", "科研补助")


@dataclass(frozen=True)
class Focus:
    label: str  # tier | degree, or region with its code
    values: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What an answer says of the focus; `found` False: it names others of the kind, not this one."""

    found: bool
    lead: str
    answer: FaqAnswer


def focus_of(slots: Mapping[str, frozenset[str]]) -> Focus | None:
    for label in LABELS:
        values = tuple(sorted(slots.get(label, ())))
        if 0 < len(values) <= _MOST:
            return Focus(label, values)
    return None


def line_of(
    answer: FaqAnswer, *, focus: Focus, lexicon: Lexicon, only: bool, told: bool = False, asked: str = ""
) -> Line | None:
    """None: the answer does not tell tiers or degrees apart. `only`: the rest was seen already.
    `told`: that a line is missing is no answer either. `asked`: the question, which may be about
    another figure of the text (安家费, not the monthly sum)."""
    line = _line(answer, focus=focus, lexicon=lexicon, only=only)
    if line and line.found and line.answer is answer and _about_another(line.lead, answer, asked):
        return None
    return None if told and line is not None and not line.found else line


def _about_another(lead: str, answer: FaqAnswer, asked: str) -> bool:
    named = {name for name in _SUMS if name in asked.replace("买房", "购房")}
    text = "".join((*answer.paragraphs, *answer.items))
    return any(name in text for name in named) and not any(name in lead for name in named)


def _line(answer: FaqAnswer, *, focus: Focus, lexicon: Lexicon, only: bool) -> Line | None:
    return (
        _row(answer, focus, lexicon, only)
        or _item(answer, focus, lexicon, only)
        or _text(answer, focus, lexicon)
    )


def _row(answer: FaqAnswer, focus: Focus, lexicon: Lexicon, only: bool) -> Line | None:
    table = answer.table
    if table is None:
        return None
    labelled = [(row, column) for row in table.rows for column in _columns(row, focus.label, lexicon)]
    if len({id(row) for row, _ in labelled}) < 2:
        return None
    known = [row[column] for row, column in labelled]
    wanted = [(row, column) for row, column in labelled if _has(row[column], focus, lexicon)]
    if not wanted:
        return _missing(answer, focus, known)
    lead = sentence("knowledge.row_end").join(_told(table, row, column) for row, column in wanted)
    rows = [row for row, _ in wanted]
    short = Table(head=table.head, rows=rows)
    whole = table if len(table.rows) <= _SHORT_TABLE and not only else short
    paragraphs = [p for p in answer.paragraphs if not (only and p.endswith(("：", ":")))]
    return Line(True, lead, answer.model_copy(update={"table": whole, "paragraphs": paragraphs}))


def _columns(row: list[str], label: str, lexicon: Lexicon) -> list[int]:
    return [n for n, cell in enumerate(row) if len(cell) <= _LABEL_LENGTH and _values(cell, label, lexicon)]


def _told(table: Table, row: list[str], column: int) -> str:
    rest = [(table.head[n], cell) for n, cell in enumerate(row) if n != column]
    # A figure needs the name of its column; a sentence speaks for itself.
    bare = len(rest) == 1 and len(rest[0][1]) > _FIGURE_LENGTH
    told = [cell if bare else f"{head}{cell}" for head, cell in rest]
    return sentence("knowledge.row", name=row[column], rest="，".join(told))


def _item(answer: FaqAnswer, focus: Focus, lexicon: Lexicon, only: bool) -> Line | None:
    heads = [(item, item.partition("：")[0]) for item in answer.items if "：" in item]
    labelled = [
        (item, head)
        for item, head in heads
        if len(head) <= _LABEL_LENGTH and _values(head, focus.label, lexicon)
    ]
    if len(labelled) < 2:
        return None
    wanted = [item for item, head in labelled if _has(head, focus, lexicon)]
    if not wanted:
        return _missing(answer, focus, [head for _, head in labelled])
    rest = [item for item in answer.items if item not in wanted] if not only else []
    paragraphs = [p for p in answer.paragraphs if not (only and p.endswith(("：", ":")))]
    lead = sentence("knowledge.row_end").join(item.rstrip("。；") for item in wanted) + "。"
    return Line(True, lead, answer.model_copy(update={"items": rest, "paragraphs": paragraphs}))


def _text(answer: FaqAnswer, focus: Focus, lexicon: Lexicon) -> Line | None:
    """Running text is shown whole: what belongs together in it cannot be told by rule. Only a plain
    list (博士1500元、硕士1000元) gives its figure first."""
    spoken = [*answer.paragraphs, *answer.items]
    named = set().union(*(_values(text, focus.label, lexicon) for text in spoken))
    if len(named) < 2:
        return None
    if not named & set(focus.values):
        return _missing(answer, focus, sorted(named))
    if len(focus.values) > 1:
        return None
    for text in spoken:
        for piece in _PIECE.split(text):
            if told := _FIGURES.search(piece):
                figures = dict(_FIGURE.findall(told[0]))
                if focus.values[0] in figures and len(figures) > 1:
                    lead = f"{piece[: told.start()]}{focus.values[0]}{figures[focus.values[0]]}"
                    unit = _UNIT.match(piece[told.end() :])
                    return Line(True, f"{lead}{unit[0] if unit else ''}。", answer)
    return None


def _missing(answer: FaqAnswer, focus: Focus, known: list[str]) -> Line:
    lead = sentence(
        "knowledge.row_missing", value="、".join(focus.values), known="、".join(dict.fromkeys(known))
    )
    return Line(False, lead, answer.model_copy(update={"paragraphs": [], "items": [], "table": None}))


def _has(text: str, focus: Focus, lexicon: Lexicon) -> bool:
    return bool(_values(text, focus.label, lexicon) & set(focus.values))


def _values(text: str, label: str, lexicon: Lexicon) -> set[str]:
    values = {m.value for m in lexicon.find(lexicon.canonical(text)) if m.label == label}
    if label == "tier":
        for span in _RANGE.finditer(text):
            first, last = _NUMERALS.index(span[1]), _NUMERALS.index(span[2])
            values |= {f"第{number}层次" for number in _NUMERALS[first : last + 1]}
        for row in _ROW_OF_TIERS.finditer(text):
            values |= {f"第{number}层次" for number in row[1] if number in _NUMERALS}
    return values
