"""The figures as a workbook: one sheet for each view."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from bot.desk.manage.workbook import cell_of
from bot.texts import sentence

_SHEETS: dict[str, tuple[str, ...]] = {
    "by_tier": ("scheme_name", "tier", "recognised"),
    "by_region": ("region_name", "employers", "applicants", "approved"),
    "by_industry": ("industry", "applicants", "approved"),
    "by_month": ("month", "applicants", "approved"),
    "by_item": ("name", "parts", "approved", "returned"),
    "children": ("title", "placed"),
    "plan": ("name", "planned", "done", "unit", "basis"),
}


def workbook_of(found: dict[str, Any]) -> bytes:
    book = Workbook(write_only=True)
    period = f"{found['from']} 至 {found['to']}"
    total = [(_word("period"), period), (_word("region_name"), found["region_name"])]
    total += [(_word(name), value) for name, value in found["total"].items()]
    if found["sample"]:
        total.append((_word("note"), _word("sample")))
    _sheet(book, _word("total"), total)
    for name, columns in _SHEETS.items():
        rows: list[Sequence[Any]] = [[_word(column) for column in columns]]
        rows += [[row[column] for column in columns] for row in found[name]]
        _sheet(book, _word(name), rows)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, title: str, rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.column_dimensions["A"].width = 28
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])


def _word(name: str) -> str:
    return sentence(f"statistics.{name}")
