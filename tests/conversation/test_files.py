"""Files in a chat: judged by content, encrypted at rest, once per key, only with a person."""

import asyncio
import io
import os
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.conversation import attachments
from bot.conversation.control_rules import ControlEvent
from bot.conversation.file_content import MAX_BYTES, check_file, clean_name
from bot.conversation.handover_models import Attachment
from bot.conversation.models import Control
from bot.conversation.service import keep_file, log_after, read_file, sweep
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.conversation.people import LIN, WU, control_of, episodes_of, says, staff_does


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (40, 20), place: bool = False) -> bytes:
    image = Image.new("RGB", size, "red")
    out = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x010F] = "SecretCamera"
        exif.get_ifd(0x8825)[2] = (35.0, 6.0, 0.0)
    image.save(out, kind, exif=exif) if kind in ("JPEG", "WEBP", "PNG") else image.save(out, kind)
    return out.getvalue()


def office(inside: str, *, macro: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(inside, "<x/>")
        if macro:
            archive.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "data", "kept", "media_type"),
    [
        ("照片.jpeg", picture(), "照片.jpg", "image/jpeg"),
        ("图.exe", picture("PNG"), "图.png", "image/png"),
        ("a.webp", picture("WEBP"), "a.webp", "image/webp"),
        ("a.gif", picture("GIF"), "a.gif", "image/gif"),
        ("证明.pdf", PDF, "证明.pdf", "application/pdf"),
        ("说明.txt", "您好".encode("gb18030"), "说明.txt", "text/plain"),
        ("说明", "您好".encode(), "说明.txt", "text/plain"),
    ],
    ids=["jpeg", "png", "webp", "gif", "pdf", "gb18030", "utf-8"],
)
def test_the_content_decides(name: str, data: bytes, kept: str, media_type: str) -> None:
    checked = check_file(name=name, data=data)
    assert (checked.name, checked.media_type) == (kept, media_type)


def test_office_files_by_what_is_inside() -> None:
    assert check_file(name="表", data=office("xl/workbook.xml")).name == "表.xlsx"
    assert check_file(name="文.docx", data=office("word/document.xml")).name == "文.docx"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90\x00" + bytes(100), "file_type"),
        (b"", "file_empty"),
        (b"a" * (MAX_BYTES + 1), "file_too_large"),
        (b"\xff\xd8\xff" + b"not a picture" * 20, "file_broken"),
        (picture()[:200], "file_broken"),
        (b"%PDF-1.7 cut off", "file_broken"),
        (office("anything.xml"), "file_type"),
        (office("word/document.xml", macro=True), "file_type"),
        (b"PK\x03\x04 no archive", "file_broken"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt \x00", "file_type"),
        (b"<script>\x00</script>", "file_type"),
    ],
    # Named, because an archive holds the time it was made and every test process makes its own.
    ids=[
        "program",
        "empty",
        "too large",
        "no picture",
        "half a picture",
        "half a pdf",
        "another archive",
        "macro",
        "half an archive",
        "sound",
        "binary text",
    ],
)
def test_what_is_not_taken(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_file(name="x.jpg", data=data)
    assert refused.value.code == code


def test_a_picture_too_large_to_open_is_refused_before_it_is_decoded() -> None:
    bomb = picture("PNG", size=(20_000, 2_100))
    assert len(bomb) < MAX_BYTES
    with pytest.raises(Refusal) as refused:
        check_file(name="x.png", data=bomb)
    assert refused.value.code == "picture_too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_lose_what_they_tell_about_place_and_camera(kind: str) -> None:
    data = picture(kind, place=True)
    assert b"SecretCamera" in data
    kept = check_file(name="x", data=data).data
    assert b"SecretCamera" not in kept
    assert not dict(Image.open(io.BytesIO(kept)).getexif())


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\材料\\表.txt", "表.txt"),
        ("a\u202etxt.exe", "atxt.txt"),
        ("身份证11010519491231002X.jpg", "身份证110****002X.txt"),
        ("...", "文件.txt"),
        ("长" * 300, "长" * 96 + ".txt"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name, ".txt") == clean


async def test_a_file_is_kept_once_encrypted_and_read_again(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    views = [
        await keep_file(rt, conversation_id=cid, external_key="f", name="证明.pdf", data=PDF, staff=None)
        for _ in range(2)
    ]
    assert views[0]["id"] == views[1]["id"]
    (file,) = views[0]["content"]["files"]
    found, data = await read_file(rt, conversation_id=cid, file_id=file["id"])
    assert (found.name, data) == ("证明.pdf", PDF)
    (stored,) = (rt.settings.home / "attachments").iterdir()
    assert b"PDF" not in stored.read_bytes()
    assert stored.stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal):
        await read_file(rt, conversation_id="other", file_id=file["id"])


async def test_one_file_sent_twice_at_once_is_one_message_and_leaves_nothing_behind(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    call = {"conversation_id": cid, "external_key": "f", "name": "a.pdf", "data": PDF, "staff": None}
    views = await asyncio.gather(*(keep_file(rt, **call) for _ in range(4)))  # type: ignore[arg-type]
    assert len({view["id"] for view in views}) == 1
    assert len(list((rt.settings.home / "attachments").iterdir())) == 1


async def test_a_file_whose_row_may_be_there_is_not_thrown_away(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    store = attachments._append

    async def cut_off_after_the_commit(*given: Any) -> Any:
        await store(*given)
        raise ConnectionError

    monkeypatch.setattr(attachments, "_append", cut_off_after_the_commit)
    with pytest.raises(ConnectionError):
        await keep_file(rt, conversation_id=cid, external_key="f", name="a", data=PDF, staff=None)
    async with rt.db.read() as session:
        row = (await session.scalars(select(Attachment))).one()
    assert (await read_file(rt, conversation_id=cid, file_id=row.id))[1] == PDF


async def test_talents_send_files_to_people_only(rt: Runtime) -> None:
    cid = (await says(rt, "惠才卡")).conversation_id
    call = {"conversation_id": cid, "name": "a.pdf", "data": PDF, "staff": None}
    with pytest.raises(Refusal) as refused:
        await keep_file(rt, external_key="f1", **call)  # type: ignore[arg-type]
    assert refused.value.code == "no_person" and not (rt.settings.home / "attachments").exists()
    await says(rt, "转人工")
    await keep_file(rt, external_key="f1", **call)  # type: ignore[arg-type]
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.END)
    await keep_file(rt, external_key="f2", **call)  # type: ignore[arg-type]
    assert await control_of(rt, cid) == Control.HUMAN  # as any word of the talent: the talk goes on


async def test_only_the_holder_sends_files_and_they_count_as_a_reply(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    call = {"conversation_id": cid, "external_key": "f", "name": "a.pdf", "data": PDF}
    with pytest.raises(Refusal):
        await keep_file(rt, staff=WU, **call)  # type: ignore[arg-type]
    await keep_file(rt, staff=LIN, **call)  # type: ignore[arg-type]
    (episode,) = await episodes_of(rt, cid)
    assert episode.first_reply_at
    shown = await log_after(rt, conversation_id=cid, seq=0, internal=False)
    assert (shown[-1]["author"], shown[-1]["author_name"], shown[-1]["key"]) == ("staff", "林样例", None)


async def test_files_without_a_message_are_swept_and_others_stay(rt: Runtime, clock: MovedClock) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await keep_file(rt, conversation_id=cid, external_key="f", name="a.pdf", data=PDF, staff=None)
    folder = rt.settings.home / "attachments"
    for name in ("lost", "lost.new", "young"):
        (folder / name).write_bytes(b"x")
        age = timedelta(minutes=1) if name == "young" else timedelta(hours=2)
        moment = (clock.now() - age).timestamp()
        os.utime(folder / name, (moment, moment))
    assert await sweep(rt) == 2
    async with rt.db.read() as session:
        kept = {row.id for row in await session.scalars(select(Attachment))}
    assert {path.name for path in folder.iterdir()} == kept | {"young"}


async def test_an_empty_database_sweeps_nothing(rt: Runtime, clock: MovedClock) -> None:
    """As after a start with the address of another database."""
    folder = rt.settings.home / "attachments"
    folder.mkdir(parents=True)
    (folder / "theirs").write_bytes(b"x")
    moment = (clock.now() - timedelta(hours=2)).timestamp()
    os.utime(folder / "theirs", (moment, moment))
    assert await sweep(rt) == 0
    assert (folder / "theirs").exists()
