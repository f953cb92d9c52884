"""The talents' workbook: its columns, an empty one to fill in, the export, and reading a filled one."""

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from bot.desk.manage.workbook import cell_of
from bot.errors import Refusal
from bot.talent.schemes import schemes
from bot.talent.sheets import filled, sheet_rows
from bot.texts import sentence

MOST_ROWS, MOST_COLUMNS = 2_000, 60
REQUIRED = ("name", "id_number", "education", "region")
COLUMNS = (
    "name",
    "id_kind",
    "id_number",
    "phone",
    "email",
    "gender",
    "birth_year",
    "nationality",
    "education",
    "top_school",
    "school",
    "graduated_on",
    "title",
    "position",
    "employer",
    "fulltime",
    "industry",
    "fields",
    "region",
    "origin",
    "arrived_on",
    "postdoc",
    "honours",
    "expert",
    "abroad",
    "serves_grassroots",
    "departments",
    "scheme",
    "tier",
    "tier_from",
    "card",
    "card_from",
    "card_to",
)
SHOWN_ONLY = ("card_state", "specialist")  # of the export; an import passes them over
_NOTES = ("required", "list", "yes", "day", "number", "region", "employer", "scheme", "limit")
_WIDTH = 16


def heading(column: str) -> str:
    return sentence(f"talents.column_{column}")


def template() -> bytes:
    """Headings, and a second sheet that says how to fill them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sentence("talents.sheet")
    sheet.append([heading(column) for column in COLUMNS])
    sheet.freeze_panes = "B2"
    for place in range(1, len(COLUMNS) + 1):
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width, column.number_format = _WIDTH, "@"  # as text, so that numbers stay as typed
    notes = book.create_sheet(sentence("talents.notes_sheet"))
    notes.column_dimensions["A"].width = 100
    names = "、".join(scheme.name for scheme in schemes().values())
    for note in _NOTES:
        notes.append([sentence(f"talents.note_{note}", schemes=names, most=MOST_ROWS)])
    return _bytes(book)


def export(rows: Iterable[dict[str, Any]]) -> bytes:
    """`rows` by column; what begins like a formula stays words."""
    columns = (*COLUMNS, *SHOWN_ONLY)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sentence("talents.sheet"))
    sheet.freeze_panes = "B2"
    sheet.append([cell_of(sheet, heading(column)) for column in columns])
    for row in rows:
        sheet.append([cell_of(sheet, _written(row.get(column))) for column in columns])
    return _bytes(book)


def read(data: bytes) -> list[tuple[int, dict[str, Any]]]:
    """(number of the row in the sheet, cells by column) of every row with something in it."""
    return _read(sheet_rows(data, title=sentence("talents.sheet"), columns=MOST_COLUMNS, formulas=True))


def _read(rows: Iterable[tuple[int, tuple[Any, ...]]]) -> list[tuple[int, dict[str, Any]]]:
    columns: dict[int, str] = {}
    found: list[tuple[int, dict[str, Any]]] = []
    for number, row in rows:
        if number == 1:
            columns = _columns(row)
            continue
        cells = {name: row[place] for place, name in columns.items() if place < len(row)}
        if not any(filled(cell) for cell in cells.values()):
            continue
        found.append((number, cells))
        if len(found) > MOST_ROWS:
            raise Refusal("too_many_rows", f"一次最多导入 {MOST_ROWS} 行，请分几个文件导入。", status=422)
    if not found:
        raise Refusal("no_rows", "表里没有可以导入的行，请填写后再上传。", status=422)
    return found


def _columns(row: tuple[Any, ...]) -> dict[int, str]:
    known = {heading(column): column for column in COLUMNS}
    named = [(place, str(cell).strip()) for place, cell in enumerate(row) if filled(cell)]
    columns = {place: known[text] for place, text in named if text in known}
    absent = [heading(column) for column in REQUIRED if column not in columns.values()]
    twice = len(set(columns.values())) != len(columns)
    if absent or twice:
        what = f"第一行缺少这些列：{'、'.join(absent)}。" if absent else "第一行有重复的列。"
        raise Refusal("wrong_columns", f"{what}请下载空白表，不要改动表头。", status=422)
    unknown = {text for _, text in named} - set(known) - {heading(one) for one in SHOWN_ONLY}
    if unknown:
        names = "、".join(sorted(unknown)[:5])[:100]
        raise Refusal("wrong_columns", f"不认识这些列：{names}。请按空白表的表头填写。", status=422)
    return columns


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value) if value is not None else None


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
