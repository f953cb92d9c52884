"""The list of people as a workbook: the empty form of an item, and reading a filled one."""

import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bot.errors import Refusal
from bot.service.schemas import FormField, Question, ServiceItem
from bot.service.steps import all_steps
from bot.talent.sheets import EXACT_DIGITS, sheet_rows
from bot.units.rows import titles, workplace_of

SHEET = "人员名单"
MOST_PEOPLE = 100
_MOST_COLUMNS = 100
_LIST_LIMIT = 255  # characters a drop-down list of a workbook may have


def empty_form(item: ServiceItem) -> bytes:
    """One column for each question and field; the second row says what to write."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for column, step in enumerate(all_steps(item), start=1):
        head = sheet.cell(1, column, step.label)
        head.font = Font(bold=True)
        hint = sheet.cell(2, column, _hint(step, workplace_of(item)))
        hint.font = Font(color="777777")
        hint.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = 22
        cells = f"{letter}3:{letter}{MOST_PEOPLE + 2}"
        choices = ",".join(option.title for option in step.options)
        if choices and len(choices) <= _LIST_LIMIT and '"' not in choices:
            drop = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            sheet.add_data_validation(drop)
            drop.add(cells)
        else:
            for row in range(3, MOST_PEOPLE + 3):
                sheet.cell(row, column).number_format = "@"  # an ID number is no figure
    sheet.freeze_panes = "A3"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_form(item: ServiceItem, data: bytes) -> list[tuple[int, dict[str, str]]]:
    """(number of the row in the sheet, values by key) of every filled row."""
    return _read(item, sheet_rows(data, title=SHEET, columns=_MOST_COLUMNS))


def _read(
    item: ServiceItem, rows: Iterable[tuple[int, tuple[object, ...]]]
) -> list[tuple[int, dict[str, str]]]:
    steps = {step.label: step for step in all_steps(item)}
    workplace = workplace_of(item)
    found: list[tuple[int, dict[str, str]]] = []
    columns: dict[int, Question | FormField] = {}
    for number, row in rows:
        texts = [_text(cell) for cell in row]
        if number == 1:
            columns = {place: steps[text] for place, text in enumerate(texts) if text in steps}
            absent = [
                s.label for s in item.fields if s.required and not s.only_if and s not in columns.values()
            ]
            if absent:
                raise Refusal(
                    "wrong_columns",
                    f"第一行缺少这些列：{'、'.join(absent)}。请下载空白名单，不要改动表头。",
                    status=422,
                )
            continue
        given = {columns[place].key: text for place, text in enumerate(texts) if place in columns and text}
        if not given or _is_hint(columns, texts, workplace):
            continue
        found.append((number, given))
        if len(found) > MOST_PEOPLE:
            raise Refusal("too_many_people", f"一次最多为 {MOST_PEOPLE} 人申报，请分几次上传。", status=422)
    return found


def _hint(step: Question | FormField, workplace: str | None) -> str:
    if step.key == workplace:
        return "可不填，默认为本单位"
    needed = "（不适用时不填）" if step.only_if else ""
    if isinstance(step, FormField) and not step.required:
        needed = "（可不填）"
    return (f"填写其中一项：{titles(step.options)}" if step.options else step.ask) + needed


def _is_hint(columns: dict[int, Question | FormField], texts: list[str], workplace: str | None) -> bool:
    given = [(columns[place], text) for place, text in enumerate(texts) if place in columns and text]
    return all(text == _hint(step, workplace) for step, text in given)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | float) and abs(cell) >= 10**EXACT_DIGITS:
        return f"{cell:.5e}"  # its last digits are made up: no ID number may come of them
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
