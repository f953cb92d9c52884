"""Text out of a file: what kind it really is, and its words as lines.

Paragraphs a format knows are set apart by blank lines; a plain text keeps its lines for the cleaner.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_LOST = 0.02  # share of characters that may be unreadable
_FEWEST_LETTERS = 10
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|meta|div|p|table|article)\b", re.IGNORECASE)
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_RADICALS = re.compile("[\u2e80-\u2fd5]")


class Format(StrEnum):
    TXT = "txt"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"


class NoteKind(StrEnum):
    """The value is the label a report shows."""

    ENCODING = "编码错误"
    HIDDEN = "隐藏文字"
    FRAME = "导航或页脚"
    PAGE_NUMBER = "页码"
    BLANK_PAGE = "无字页"
    NUMBERING = "自动编号"
    TRACKED = "修订痕迹"


@dataclass(frozen=True)
class Note:
    """Something a reviewer should know; `removed` was cut, the rest is doubtful."""

    kind: NoteKind
    text: str
    note: str
    removed: bool = False


@dataclass(frozen=True)
class Extracted:
    format: Format
    text: str
    notes: tuple[Note, ...] = ()


class Unreadable(Exception):
    """`code` names a sentence in data/dialogue/documents.yml."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def extract(data: bytes) -> Extracted:
    """By what the file is, whatever its name says."""
    from bot.knowledge.documents import readers

    head = data[:1024].lstrip()
    reader: Callable[[bytes], Extracted]
    if not data.strip():
        raise Unreadable("empty")
    if head.startswith(b"%PDF-"):
        reader = readers.read_pdf
    elif data.startswith(b"PK\x03\x04"):
        reader = readers.read_docx
    elif data.startswith(_OLE):
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_word")
    elif data.startswith(b"{\\rtf"):
        raise Unreadable("old_word")
    elif _HTML.search(data[:4096].replace(b"\0", b"")):  # UTF-16 has them between the letters
        reader = read_html
    else:
        reader = read_text
    found = reader(data)
    text = _RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), found.text)
    if len(re.findall(r"\w", text)) < _FEWEST_LETTERS:
        raise Unreadable("no_text" if found.format is not Format.PDF else "scanned")
    return Extracted(found.format, text, found.notes)


def read_text(data: bytes) -> Extracted:
    text, notes = decode(data)
    return Extracted(Format.TXT, text.replace("\r\n", "\n").replace("\r", "\n"), tuple(notes))


def read_html(data: bytes) -> Extracted:
    from bot.knowledge.documents import readers

    declared = _DECLARED.search(data[:4096])
    text, notes = decode(data, declared=declared[1].decode("ascii", "replace") if declared else None)
    lines, removed = readers.html_lines(text)
    return Extracted(Format.HTML, lines, (*notes, *removed))


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, list[Note]]:
    """UTF-8 or UTF-16 where it is, else the Chinese encoding whose reading is made of common characters."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _checked(data, encoding)
    try:
        return _plain(data.decode("utf-8")), []
    except UnicodeDecodeError:
        pass
    if (declared or "").lower() in ("utf-8", "utf8"):
        return _checked(data, "utf-8")
    return _checked(data, _chinese_encoding(data))


def _chinese_encoding(data: bytes) -> str:
    """Both encodings put their common characters first, so the right reading has more of them."""
    shares = {}
    for encoding, plain, first, last in (("gb18030", "gb2312", 0xB0, 0xD7), ("big5", "big5", 0xA4, 0xC6)):
        text = data.decode(encoding, errors="replace")
        wide = [character for character in text if ord(character) > 0x2E7F]
        common = sum(1 for one in wide if first <= (one.encode(plain, "replace") or b"?")[0] <= last)
        shares[encoding] = common / max(len(wide) + 3 * text.count("\ufffd"), 1)
    return max(shares, key=lambda encoding: shares[encoding])


def _checked(data: bytes, encoding: str) -> tuple[str, list[Note]]:
    text = _plain(data.decode(encoding, errors="replace"))
    lost = text.count("\ufffd")
    if lost > _MOST_LOST * len(text):
        raise Unreadable("encoding")
    found = [Note(NoteKind.ENCODING, "\ufffd", f"有 {lost} 个字无法辨认，显示为 \ufffd")] if lost else []
    return text, found


def _plain(text: str) -> str:
    if len(_CONTROL.findall(text)) > 0.001 * len(text):
        raise Unreadable("not_text")
    return _CONTROL.sub("", text)
