"""HTML and Word into paragraphs. PDF has a module of its own."""

import io
import re
import zipfile

import docx
from docx.oxml.ns import qn
from lxml import html
from lxml.etree import ParserError, XMLSyntaxError

from bot.knowledge.documents.extract import Extracted, Format, Note, NoteKind, Unreadable
from bot.knowledge.documents.pdf import read_pdf

__all__ = ["html_lines", "read_docx", "read_pdf"]

_MOST_PARTS = 2_000
_MOST_UNPACKED_BYTES = 100 * 1024 * 1024
_MOST_RATIO = 200
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SHOWN = 120
_NUMBERING = f"{qn('w:pPr')}/{qn('w:numPr')}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

_BLOCK_NAMES = """address article aside blockquote body center dd details div dl dt fieldset figcaption
figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody
tfoot thead tr ul"""
_SILENT_NAMES = """script style noscript template head iframe object svg canvas select button input textarea
video audio"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset(_SILENT_NAMES.split())
_ASIDE = frozenset(("nav", "footer"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.I
)
_BREAKS = re.compile(r"[ \t\r\n\f]+")
# Where a line of the page's source ends beside a Chinese character, no space is meant.
_SOURCE_LINE = re.compile(r"(?<=[^\x00-\xff])\s*[\r\n]\s*|\s*[\r\n]\s*(?=[^\x00-\xff])")


def html_lines(text: str) -> tuple[str, list[Note]]:
    """The page's paragraphs. What a reader of the page does not see is left out and reported."""
    if not text.strip():
        raise Unreadable("empty")
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (ParserError, XMLSyntaxError):
        raise Unreadable("broken") from None
    # What is nested deeper is left out by the parser, which says so only here.
    if len(parser.error_log.filter_from_fatals()):
        raise Unreadable("too_complex")
    notes = _without_unseen(root)
    parts: list[str] = []
    _walk(root, parts)
    paragraphs = [line for line in map(_paragraph, "".join(parts).split("\n")) if line.strip()]
    return "\n\n".join(paragraphs), notes


def _without_unseen(root: html.HtmlElement) -> list[Note]:
    notes: list[Note] = []
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        if not hidden and element.tag not in _SILENT | _ASIDE:
            stack.extend(reversed(element))
            continue
        words = _squeezed("".join(element.itertext())) if element.tag not in _SILENT else ""
        if words and hidden:
            notes.append(Note(NoteKind.HIDDEN, words[:_SHOWN], "网页上看不见的文字", removed=True))
        elif words:
            notes.append(Note(NoteKind.FRAME, words[:_SHOWN], "网站的导航或页脚", removed=True))
        element.drop_tree()
    return notes


def _walk(root: html.HtmlElement, parts: list[str]) -> None:
    """Without recursion: pages may nest deeper than Python may call."""
    stack: list[tuple[html.HtmlElement, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        block = element.tag in _BLOCKS
        if leaving:
            if block:
                parts.append("\n")
            if element.tag in ("td", "th"):
                parts.append(" | ")
            parts.append(_flowing(element.tail))
            continue
        if block or element.tag == "br":
            parts.append("\n")
        parts.append(_flowing(element.text))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))


def _paragraph(line: str) -> str:
    return line.strip(" \t").removesuffix(" |").rstrip()


def _flowing(text: str | None) -> str:
    return _BREAKS.sub(" ", _SOURCE_LINE.sub("", text or ""))


def _squeezed(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def read_docx(data: bytes) -> Extracted:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, packed=len(data))
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError):
        raise Unreadable("broken") from None
    body = document.element.body
    by_style = {style.style_id for style in document.styles if style.element.find(_NUMBERING) is not None}
    paragraphs: list[str] = []
    numbered = 0
    for block in body.iterchildren():
        if block.tag == qn("w:p"):
            numbered += _is_numbered(block, by_style)
            paragraphs += _words(block)
        elif block.tag == qn("w:tbl"):
            for row in block.iter(qn("w:tr")):
                cells = [
                    " ".join(line for p in cell.iter(qn("w:p")) for line in _words(p))
                    for cell in row.iter(qn("w:tc"))
                ]
                paragraphs.append(" | ".join(cells))
        elif block.tag == qn("w:sdt"):
            for part in block.iter(qn("w:p")):
                numbered += _is_numbered(part, by_style)
                paragraphs += _words(part)
    notes = []
    if numbered:
        note = f"有 {numbered} 段用了自动编号，编号不在文字里，请对照原文补上条款号"
        notes.append(Note(NoteKind.NUMBERING, "", note))
    if next(body.iter(qn("w:ins"), qn("w:del")), None) is not None:
        notes.append(Note(NoteKind.TRACKED, "", "文件带有修订痕迹，已按“接受全部修订”读取，请核对是不是定稿"))
    return Extracted(Format.DOCX, "\n\n".join(line for line in paragraphs if line.strip(" |")), tuple(notes))


def _check_archive(archive: zipfile.ZipFile, *, packed: int) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > min(_MOST_UNPACKED_BYTES, _MOST_RATIO * max(packed, 10_000)):
        raise Unreadable("too_complex")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("encrypted")
    names = {part.filename for part in parts}
    if "word/document.xml" not in names:
        raise Unreadable("not_word")
    for part in parts:
        # Word never declares entities: whoever does wants them expanded.
        if part.filename.endswith((".xml", ".rels")) and _DECLARES.search(archive.read(part)):
            raise Unreadable("too_complex")


def _is_numbered(paragraph: html.HtmlElement, by_style: set[str]) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    own = paragraph.find(_NUMBERING) is not None
    return own or (style is not None and style.get(qn("w:val")) in by_style)


def _words(paragraph: html.HtmlElement) -> list[str]:
    """Its lines, inserted text included. A text box is stored twice: once for old programs."""
    said: list[str] = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        if next(node.iterancestors(_FALLBACK), None) is not None:
            continue
        if next(node.iterancestors(qn("w:tabs")), None) is not None:
            continue
        said.append(node.text or "" if node.tag == qn("w:t") else " " if node.tag == qn("w:tab") else "\n")
    return "".join(said).split("\n")
