"""A talent's own data as a file: JSON for machines, a workbook for people."""

import json
from dataclasses import asdict
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from bot.identity.mine import Section
from bot.runtime import SHANGHAI

_WIDTHS = "ABCDE"


def as_json(sections: list[Section], *, at: datetime) -> bytes:
    body = {"exported_at": at.astimezone(SHANGHAI).isoformat(timespec="seconds")}
    whole = body | {"sections": [asdict(section) for section in sections]}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def as_workbook(sections: list[Section]) -> bytes:
    book = Workbook(write_only=True)
    for section in sections:
        sheet = book.create_sheet(section.title)
        for letter in _WIDTHS:
            sheet.column_dimensions[letter].width = 26
        sheet.freeze_panes = "A2"
        head = [WriteOnlyCell(sheet, text) for text in section.head]
        for cell in head:
            cell.font = Font(bold=True)
        sheet.append(head)
        for row in section.rows:
            cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)) for text in row]
            for cell in cells:
                cell.data_type = "s"  # a value that begins with "=" is no formula
            sheet.append(cells)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
