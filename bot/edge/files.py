"""Files of a chat over HTTP: read within the limit, answered so that no browser runs them."""

from urllib.parse import quote

from fastapi import Request, Response

from bot.conversation.content import File
from bot.conversation.file_content import MAX_BYTES
from bot.errors import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Written anew when they were kept, and shown in the page; anything else is only saved.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


async def read_body(request: Request) -> bytes:
    """The body, refused as soon as it is over the limit."""
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            raise Refusal("file_too_large", "文件超过 10 MB，请压缩或拆分后再发。", status=413)
        parts.append(chunk)
    return b"".join(parts)


def file_response(file: File, data: bytes) -> Response:
    shown = file.media_type in _SHOWN
    kind = "inline" if shown else "attachment"
    return Response(
        data,
        media_type=file.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(file.name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
