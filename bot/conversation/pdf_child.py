"""The child process that looks into a PDF: the file on stdin, what it is on stdout."""

import json
import resource
import sys

import pypdfium2 as pdfium

_CPU_LIMIT_S = 20
_MEMORY_LIMIT_BYTES = 1024 * 1024 * 1024
_LOOKED_AT = 5  # pages
_SMALL = 0.5  # of 72 dots an inch: enough to see whether there is anything
_BLANK_SPREAD = 12  # between the darkest and the lightest grey of an empty sheet


def look(data: bytes) -> dict[str, int | bool | str]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        return {"refused": "encrypted" if "assword" in str(error) else "broken"}
    with document:
        pages = len(document)
        blank = all(_blank(document[number]) for number in range(min(pages, _LOOKED_AT)))
    return {"pages": pages, "blank": blank}


def _blank(page: pdfium.PdfPage) -> bool:
    width, height = page.get_size()
    scale = min(_SMALL, 1000 / max(width, height, 1))
    grey = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    darkest, lightest = grey.getextrema()
    return bool(lightest - darkest <= _BLANK_SPREAD)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_LIMIT_S, _CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))
    try:
        answer = look(sys.stdin.buffer.read())
    except Exception:  # the library raises anything on a broken file
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
