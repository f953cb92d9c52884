"""Pictures as WeChat takes them: JPG, PNG or GIF, at most 2 MB. Pure."""

import io

from PIL import Image

LIMIT_BYTES = 2 * 1024 * 1024
SIDES = (2560, 1600, 1080, 720)  # pixels of the longer side, tried in turn
_AS_IT_IS = {"image/jpeg": "picture.jpg", "image/png": "picture.png", "image/gif": "picture.gif"}


def for_wechat(data: bytes, *, media_type: str) -> tuple[bytes, str]:
    """(bytes, name) of a kept picture, made smaller where it is too large."""
    if media_type in _AS_IT_IS and len(data) <= LIMIT_BYTES:
        return data, _AS_IT_IS[media_type]
    with Image.open(io.BytesIO(data)) as picture:
        flat = Image.new("RGB", picture.size, "white")
        seen = picture.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    out = b""
    for side in SIDES:
        small = flat.copy()
        small.thumbnail((side, side))
        buffer = io.BytesIO()
        small.save(buffer, format="JPEG", quality=85)
        out = buffer.getvalue()
        if len(out) <= LIMIT_BYTES:
            break
    return out, "picture.jpg"
