"""Reading a workbook somebody sends: nothing in it is believed before it is looked at."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from bot.conversation.file_content import check_file
from bot.errors import Refusal

MOST_UNPACKED_BYTES = 40 * 1024 * 1024
EXACT_DIGITS = 15  # a number of more in a cell of numbers is no longer what was typed
_LAST_ROW = 1_048_576  # of any workbook; a file may claim more


def sheet_rows(
    data: bytes, *, title: str, columns: int, formulas: bool = False
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """(number in the sheet, cells) of the first row and of every other with something in it.

    The sheet of that title, else the first one. All rows there are: whoever takes only so many says so.
    """
    _check_package(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
        sheet: Any = book[title] if title in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # a file may lie about its size
        rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=columns, values_only=True)
        for number, row in enumerate(rows, start=1):
            if number == 1 or row.count(None) < len(row):
                yield number, row
    except Exception:  # whatever the parsers raise about a file of somebody else's making
        raise _unreadable() from None


def filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _check_package(data: bytes) -> None:
    if not data.startswith(b"PK"):
        raise Refusal("not_a_workbook", "请上传 Excel 文件（.xlsx），可先下载空白表再填写。", status=422)
    check_file(name="list.xlsx", data=data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise _unreadable() from None
    if unpacked > MOST_UNPACKED_BYTES:
        raise Refusal("file_too_large", "文件内容过大，请拆成几个文件导入。", status=413)


def _unreadable() -> Refusal:
    return Refusal("not_a_workbook", "这个文件读不出来，请下载空白表重新填写。", status=422)
