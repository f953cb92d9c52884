"""PDF into paragraphs: a page only has lines, so indents and short lines tell where paragraphs end."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bot.knowledge.documents.extract import Extracted, Format, Note, NoteKind, Unreadable

_MOST_PAGES = 500
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/共]\s*\d{1,4}\s*页?)?[-—–－·\s]*")
_LATIN = re.compile(r"[A-Za-z0-9,.;:]")


@dataclass(frozen=True)
class Line:
    page: int
    text: str
    left: float
    right: float
    size: float  # height of its letters


def read_pdf(data: bytes) -> Extracted:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Unreadable("encrypted" if "assword" in str(error) else "broken") from None
    with document:
        if len(document) > _MOST_PAGES:
            raise Unreadable("too_long")
        pages = [list(_lines(page, number)) for number, page in enumerate(document, start=1)]
    if not any(pages):
        raise Unreadable("scanned")
    notes: list[Note] = []
    for number, lines in enumerate(pages, start=1):
        if not lines:
            notes.append(
                Note(NoteKind.BLANK_PAGE, "", f"第 {number} 页没有文字，可能是扫描图，请对照原件补充")
            )
        for end in (-1, 0):
            if lines and _PAGE_NUMBER.fullmatch(lines[end].text):
                notes.append(
                    Note(NoteKind.PAGE_NUMBER, lines[end].text.strip(), f"第 {number} 页的页码", removed=True)
                )
                del lines[end]
    return Extracted(
        Format.PDF, "\n\n".join(_paragraphs([line for one in pages for line in one])), tuple(notes)
    )


def _lines(page: pdfium.PdfPage, number: int) -> Iterator[Line]:
    textpage = page.get_textpage()
    letters: list[tuple[str, tuple[float, float, float, float]]] = []
    for index in range(textpage.count_chars() + 1):
        code = raw.FPDFText_GetUnicode(textpage, index) if index < textpage.count_chars() else 10
        if code not in (10, 13):
            if code and code != 0xFFFE:
                letters.append((chr(code), _box(textpage, index)))
            continue
        drawn = [box for letter, box in letters if letter.strip()]
        if drawn:
            yield Line(
                page=number,
                text="".join(letter for letter, _ in letters).strip(),
                left=min(box[0] for box in drawn),
                right=max(box[2] for box in drawn),
                size=median(box[3] - box[1] for box in drawn),
            )
        letters = []


def _box(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a letter with its font's line height, so that 一 is as tall as 国."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _paragraphs(lines: list[Line]) -> list[str]:
    if not lines:
        return []
    size = median(line.size for line in lines)
    long = [line for line in lines if len(line.text) >= 15] or lines
    left, right = min(line.left for line in long), max(line.right for line in long)
    found: list[str] = []
    before: Line | None = None
    for line in lines:
        if before is not None and _goes_on(before, line, left=left, right=right, size=size):
            found[-1] = _joined(found[-1], line.text)
        else:
            found.append(line.text)
        before = line
    return found


def _goes_on(before: Line, line: Line, *, left: float, right: float, size: float) -> bool:
    heading = before.size > 1.15 * size and abs(before.size - line.size) < 0.1 * size
    if heading and before.page == line.page:
        return True
    indented = line.left > left + 1.2 * size
    full = before.right > right - 2 * size
    return full and not indented


def _joined(first: str, second: str) -> str:
    space = " " if _LATIN.fullmatch(first[-1:]) and _LATIN.fullmatch(second[:1]) else ""
    return f"{first}{space}{second}"
