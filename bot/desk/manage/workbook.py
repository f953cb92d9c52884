"""A report as an Excel workbook: one sheet per part, numbers as numbers, words never as formulas."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.desk.manage.figures import COUNTS, SPREADS
from bot.desk.manage.sla import SlaKind
from bot.texts import sentence

_PARTS = ("by_day", "by_team", "by_category", "by_reason", "by_specialist")
_HEAD = PatternFill("solid", start_color="1B5C9C")
_WIDTH = 14


def workbook_of(report: dict[str, Any]) -> bytes:
    book = Workbook(write_only=True)
    total = {"name": _word("total"), **report["total"]}
    _sheet(book, "summary", "summary", [total | {"name": f"{report['from']} 至 {report['to']}"}])
    for part in _PARTS:
        rows = (
            [row | {"name": _reason(row["key"])} for row in report[part]]
            if part == "by_reason"
            else report[part]
        )
        _sheet(book, part, part, [*rows, total])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, name: str, first: str, rows: list[dict[str, Any]]) -> None:
    sheet = book.create_sheet(_word(name))
    head = _heading(first)
    for column in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.freeze_panes = "B2"
    sheet.append([_head_cell(sheet, text) for text in head])
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in _values(row)])


def _heading(first: str) -> list[str]:
    head = [_word(f"head_{first}"), *(_word(name) for name in COUNTS)]
    for name in SPREADS:
        head += [_word(f"{name}_median"), _word(f"{name}_p90")]
    head += [_word(f"rating_{score}") for score in range(1, 6)]
    head += [_word("rating"), *(_word(f"sla_{kind}") for kind in SlaKind), _word("quality")]
    return head


def _values(row: dict[str, Any]) -> list[Any]:
    values: list[Any] = [row["name"], *(row[name] for name in COUNTS)]
    for name in SPREADS:
        spread = row[name]
        values += [_minutes(spread["median_s"]), _minutes(spread["p90_s"])]
    values += [*row["ratings"], row["rating"]]
    values += [_Share(**row["sla"][kind]) for kind in SlaKind]
    return [*values, row["quality"]]


class _Share:
    """A part of a whole, shown in percent; nothing where there is no whole."""

    def __init__(self, *, kept: int, of: int) -> None:
        self.value = kept / of if of else None


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _head_cell(sheet: Any, text: str) -> Any:
    cell = cell_of(sheet, text)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = _HEAD
    return cell


def cell_of(sheet: Any, value: Any) -> Any:
    if isinstance(value, _Share):
        cell = WriteOnlyCell(sheet, value.value)
        cell.number_format = "0.0%"
        return cell
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        # A name such as "=1+1" stays words, also after somebody has edited the cell.
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell
    return WriteOnlyCell(sheet, value)


def _reason(code: str) -> str:
    try:
        return _word(f"reason_{code}")
    except KeyError:
        return code


def _word(name: str) -> str:
    return sentence(f"workbook.{name}")
