"""Files for the guide: taken only while it asks for one, and only what can be read."""

import io
import random

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select

from bot.conversation.file_content import MAX_BYTES, Checked, check_file
from bot.conversation.models import Control, Conversation, Turn
from bot.conversation.readability import MOST_PAGES, check_picture, check_readable
from bot.conversation.service import keep_file, read_file
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.materials import FILE
from tests.conversation.people import says


def paper(*, size: tuple[int, int] = (1000, 700), light: int = 235, dark: int = 40) -> Image.Image:
    """A sheet with print on it."""
    image, dice = Image.new("L", size, light), random.Random(7)
    draw = ImageDraw.Draw(image)
    for line in range(80, size[1] // 2, 28):
        for x in range(80, size[0] - 80, 11):
            if dice.random() < 0.7:
                draw.rectangle((x, line, x + dice.randint(2, 7), line + dice.randint(3, 16)), fill=dark)
    return image


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def pdf(*, pages: int = 1, blank: bool = False) -> bytes:
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        page = document.new_page(300, 400)
        if not blank:
            picture = pdfium.PdfImage.new(document)
            picture.set_bitmap(pdfium.PdfBitmap.from_pil(paper(size=(300, 300)).convert("RGB")))
            picture.set_matrix(pdfium.PdfMatrix().scale(200, 200))
            page.insert_obj(picture)
            page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_legible_photo_is_taken() -> None:
    check_picture(jpeg(paper()))
    check_picture(jpeg(paper(light=150, dark=90).filter(ImageFilter.GaussianBlur(0.6))))


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (paper(size=(500, 300)), "file_too_small"),
        (paper(light=30, dark=5), "file_too_dark"),
        (Image.new("L", (1000, 700), 235), "file_blank"),
        (paper().filter(ImageFilter.GaussianBlur(9)), "file_blurred"),
    ],
    ids=["small", "dark", "blank", "blurred"],
)
def test_a_photo_nobody_could_read_is_refused(image: Image.Image, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_picture(jpeg(image))
    assert refused.value.code == code


# A PDF with a password, as office programs write it, cut down to what a reader looks at first.
LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4/O<"
    + b"11" * 32
    + b">/U<"
    + b"22" * 32
    + b">>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\nstartxref\n260\n%%EOF\n"
)


async def test_a_pdf_is_opened_before_it_is_taken(rt: Runtime) -> None:
    def checked(data: bytes) -> Checked:
        return Checked("a.pdf", "application/pdf", data)

    await check_readable(rt, checked(pdf(pages=2)))
    for data, code in [
        (pdf(blank=True), "file_blank"),
        (pdf(pages=MOST_PAGES + 1), "file_pdf_long"),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n", "file_pdf_broken"),
        (LOCKED, "file_pdf_encrypted"),
    ]:
        with pytest.raises(Refusal) as refused:
            await check_readable(rt, checked(data))
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        await check_readable(rt, Checked("a.docx", "application/vnd", b""))
    assert refused.value.code == "file_only_pictures"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><script>1</script>" + pdf(), "file_type"),
        (pdf() + b"PK\x03\x04" + bytes(4000), "file_type"),
        (pdf().replace(b"%%EOF", b"<</S /JavaScript /JS (1)>>\n%%EOF"), "file_pdf_active"),
        (pdf().replace(b"%%EOF", b"<</S/Launch/F(a)>>\n%%EOF"), "file_pdf_active"),
        (b"%PDF-1.7" + bytes(MAX_BYTES), "file_too_large"),
    ],
    ids=["page before", "archive behind", "script", "launch", "too large"],
)
def test_a_pdf_that_is_something_else_as_well_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_file(name="a.pdf", data=data)
    assert refused.value.code == code


async def test_the_guide_takes_a_file_only_while_it_asks_for_one(rt: Runtime) -> None:
    cid = (await says(rt, "您好")).conversation_id
    sent = {"conversation_id": cid, "name": "证明.jpg", "data": jpeg(paper())}
    with pytest.raises(Refusal) as refused:
        await keep_file(rt, external_key="f1", staff=None, **sent)  # type: ignore[arg-type]
    assert refused.value.code == "no_person" and "文件没有保存" in refused.value.message
    async with rt.db.write() as session:
        chat = await session.get(Conversation, cid)
        assert chat is not None
        chat.awaiting = FILE
    view = await keep_file(rt, external_key="f1", staff=None, **sent)  # type: ignore[arg-type]
    again = await keep_file(rt, external_key="f1", staff=None, **sent)  # type: ignore[arg-type]
    assert view["id"] == again["id"]
    file_id = view["content"]["files"][0]["id"]
    found, data = await read_file(rt, conversation_id=cid, file_id=file_id)
    assert found.media_type == "image/jpeg" and data != sent["data"]  # drawn anew
    async with rt.db.read() as session:
        turns = list(await session.scalars(select(Turn.payload).where(Turn.conversation_id == cid)))
        kept = await session.get(Conversation, cid)
    assert turns[1:] == [f'/upload_file{{"attachment": "{file_id}"}}']  # one turn, and the bot has the chat
    assert kept is not None and kept.control == Control.BOT
    with pytest.raises(Refusal) as refused:
        await keep_file(
            rt,
            conversation_id=cid,
            external_key="f2",
            name="a.jpg",
            data=jpeg(Image.new("L", (900, 700))),
            staff=None,
        )
    assert refused.value.code == "file_too_dark"
