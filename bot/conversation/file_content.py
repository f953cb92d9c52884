"""What a sent file really is, by its content; pictures come out anew, without what they tell about
the place and the camera. Pure.
"""

import io
import re
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from bot.errors import Refusal
from bot.text.personal import find_personal, hint_of, readable
from bot.texts import sentence

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000  # of all frames together
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_NAME = 100  # characters
KINDS = "图片（jpg、png、webp、gif）、PDF、Word（docx）、Excel（xlsx）和文本（txt）"

_PICTURES = {
    b"\xff\xd8\xff": ("JPEG", "image/jpeg", ".jpg"),
    b"\x89PNG\r\n\x1a\n": ("PNG", "image/png", ".png"),
    b"GIF8": ("GIF", "image/gif", ".gif"),
    b"RIFF": ("WEBP", "image/webp", ".webp"),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKED = {
    "word/document.xml": (_OFFICE + "wordprocessingml.document", ".docx"),
    "xl/workbook.xml": (_OFFICE + "spreadsheetml.sheet", ".xlsx"),
}
_AFTER_PDF = 1024  # bytes some programs leave after the end
# As names of the format, at the end of a name: 「/JavaScript (…)」, never a longer one.
_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\s*[\s/(<\[\d]")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class Checked:
    name: str
    media_type: str
    data: bytes


def check_file(*, name: str, data: bytes) -> Checked:
    """The file as it may be kept; raises Refusal with what to do instead."""
    if len(data) > MAX_BYTES:
        raise Refusal("file_too_large", "文件超过 10 MB，请压缩或拆分后再发。", status=413)
    if not data:
        raise Refusal("file_empty", "文件是空的，请重新选择。", status=422)
    for magic, (format_name, media_type, ending) in _PICTURES.items():
        if data.startswith(magic) and (format_name != "WEBP" or data[8:12] == b"WEBP"):
            return Checked(clean_name(name, ending), media_type, _redrawn(data, format_name))
    if b"%PDF-" in data[:1024]:
        _check_pdf(data)
        return Checked(clean_name(name, ".pdf"), "application/pdf", data)
    if data.startswith(b"PK\x03\x04"):
        media_type, ending = _packed(data)
        return Checked(clean_name(name, ending), media_type, data)
    if _is_text(data):
        return Checked(clean_name(name, ".txt"), "text/plain", data)
    raise _not_taken()


def clean_name(name: str, ending: str) -> str:
    """Without folders, control characters and personal numbers, ending as the content demands."""
    base = _UNSAFE.sub("", readable(name).replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    for finding in reversed(find_personal(base)):
        base = base[: finding.start] + hint_of(finding.kind, finding.value) + base[finding.end :]
    stem, dot, last = base.rpartition(".")
    if dot and last.isascii() and last.isalnum() and len(last) <= 5:
        base = stem
    return (base[: MAX_NAME - len(ending)].strip(" .") or "文件") + ending


def _redrawn(data: bytes, format_name: str) -> bytes:
    """Decoded and written again: what only looks like a picture fails here."""
    try:
        with Image.open(io.BytesIO(data), formats=[format_name]) as picture:
            frames = getattr(picture, "n_frames", 1)
            if picture.width * picture.height * frames > MAX_PIXELS:
                raise Refusal("picture_too_large", "图片尺寸太大，请缩小后再发。", status=413)
            out = io.BytesIO()
            if frames > 1:
                drawn = [frame.copy() for frame in ImageSequence.Iterator(picture)]
                drawn[0].save(
                    out,
                    format=format_name,
                    save_all=True,
                    append_images=drawn[1:],
                    duration=picture.info.get("duration", 100),
                    loop=picture.info.get("loop", 0),
                )
            else:
                upright = ImageOps.exif_transpose(picture)
                fresh = upright.copy()
                fresh.info = {key: upright.info[key] for key in ("transparency",) if key in upright.info}
                options = {"quality": 90} if format_name in ("JPEG", "WEBP") else {}
                fresh.save(out, format=format_name, **options)
    except Refusal:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
    ):
        raise _broken() from None
    return out.getvalue()


def _check_pdf(data: bytes) -> None:
    """A PDF from its first byte to its last, and nothing that acts by itself."""
    if not data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-"):
        raise _not_taken()  # something else goes before it
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise _broken()
    if len(data) - end > _AFTER_PDF:
        raise _not_taken()  # something else hangs on to it
    if _ACTS.search(data):
        raise Refusal("file_pdf_active", sentence("files.pdf_active"), status=422)


def _packed(data: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()}
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise _broken() from None
    found = next((kind for inside, kind in _PACKED.items() if inside in names), None)
    if (
        found is None
        or "[Content_Types].xml" not in names
        or any(n.endswith("vbaProject.bin") for n in names)
    ):
        raise _not_taken()
    if unpacked > MAX_UNPACKED_BYTES:
        raise Refusal("file_too_large", "文件内容过大，请拆分后再发。", status=413)
    return found


def _is_text(data: bytes) -> bool:
    if b"\x00" in data:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.search(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]", text)
    return False


def _broken() -> Refusal:
    return Refusal("file_broken", "这个文件打不开，可能已损坏，请重新导出后再发。", status=422)


def _not_taken() -> Refusal:
    return Refusal("file_type", f"只能发送{KINDS}，请换一种格式。", status=415)
