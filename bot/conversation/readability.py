"""Whether a file handed in as a material can be read by who checks it: refused in words, at once."""

import asyncio
import io

from PIL import Image, ImageFilter, ImageStat

from bot.child import ask_child
from bot.conversation.file_content import Checked
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
PDF = "application/pdf"
MOST_PAGES = 30
_PDF_TIME_LIMIT_S = 25
# Pixels below which the print of a paper photographed whole cannot be read.
SHORTEST_SIDE, LONGEST_SIDE = 400, 600
_LOOKED_AT = 1000  # pixels of the longer side, so that one measure serves every camera
_TILES = 6  # a side; one sharp tile is enough, for papers are mostly empty
DARKEST = 35  # mean grey of 0 to 255
_BLANK_SPREAD = 4.0  # standard deviation of grey
# Variance of the Laplacian in the sharpest tile, for a picture of good contrast and for the faintest.
SHARPEST_BLUR, FAINTEST_BLUR = 25.0, 4.0
_GOOD_CONTRAST = 200  # between the 1st and the 99th hundredth of the greys
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


async def check_readable(rt: Runtime, checked: Checked) -> None:
    """Raises Refusal with what to do instead."""
    check_kind(checked)
    if checked.media_type == PDF:
        await _check_pdf(rt, checked.data)
    else:
        await asyncio.to_thread(check_picture, checked.data)


def check_kind(checked: Checked) -> None:
    """A material is a picture or a PDF, whoever hands it in."""
    if checked.media_type != PDF and checked.media_type not in PICTURES:
        raise _refused("only_pictures", status=415)


def check_picture(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as picture:
        short, long = sorted(picture.size)
        if short < SHORTEST_SIDE or long < LONGEST_SIDE:
            raise _refused("too_small")
        grey = picture.convert("L")
    grey.thumbnail((_LOOKED_AT, _LOOKED_AT))
    measured = ImageStat.Stat(grey)
    if measured.mean[0] < DARKEST:
        raise _refused("too_dark")
    if measured.stddev[0] < _BLANK_SPREAD:
        raise _refused("blank")
    if sharpness(grey) < max(FAINTEST_BLUR, SHARPEST_BLUR * (_contrast(grey) / _GOOD_CONTRAST) ** 2):
        raise _refused("blurred")


def sharpness(grey: Image.Image) -> float:
    """Of the sharpest part."""
    # The filter leaves the outermost pixels as they were.
    edges = grey.filter(_LAPLACE).crop((1, 1, grey.width - 1, grey.height - 1))
    width, height = edges.size
    tiles = (
        (
            column * width // _TILES,
            row * height // _TILES,
            (column + 1) * width // _TILES,
            (row + 1) * height // _TILES,
        )
        for row in range(_TILES)
        for column in range(_TILES)
    )
    return max(ImageStat.Stat(edges.crop(tile)).var[0] for tile in tiles)


def _contrast(grey: Image.Image) -> int:
    counts = grey.histogram()
    total, so_far = sum(counts), 0
    found: list[int] = []
    for level, count in enumerate(counts):
        so_far += count
        if so_far >= total * (0.99 if found else 0.01):
            found.append(level)
        if len(found) == 2:
            break
    return found[-1] - found[0]


async def _check_pdf(rt: Runtime, data: bytes) -> None:
    found = await ask_child(
        rt, module="bot.conversation.pdf_child", data=data, time_limit_s=_PDF_TIME_LIMIT_S
    )
    if found is None or found.get("refused") == "broken":
        raise _refused("pdf_broken")
    if found.get("refused") == "encrypted":
        raise _refused("pdf_encrypted")
    if found["pages"] > MOST_PAGES:
        raise _refused("pdf_long", status=413, most=MOST_PAGES)
    if found["pages"] == 0 or found["blank"]:
        raise _refused("blank")


def _refused(name: str, *, status: int = 422, **values: object) -> Refusal:
    return Refusal(f"file_{name}", sentence(f"files.{name}", **values), status=status)
