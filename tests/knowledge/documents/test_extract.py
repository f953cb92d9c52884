"""Text out of the four kinds of files, and the refusal of what is none of them or harmful."""

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement

from bot.knowledge.documents.extract import Format, NoteKind, Unreadable, extract
from tests.knowledge.documents import files

WORDS = [files.NUMBER, *files.ARTICLES, files.LAST]


def lines(data: bytes) -> list[str]:
    return [line.strip(" \u3000\u2003") for line in extract(data).text.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (files.txt().encode(), Format.TXT),
        (files.html(), Format.HTML),
        (files.word(), Format.DOCX),
        (files.pdf(), Format.PDF),
    ],
    ids=lambda value: value.value if isinstance(value, Format) else "",
)
def test_each_kind_gives_the_same_paragraphs(data: bytes, kind: Format) -> None:
    assert extract(data).format is kind
    found = lines(data)
    assert found[0] == files.TITLE
    assert [line for line in found if line in WORDS] == WORDS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_a_text_in_any_chinese_encoding(encoding: str) -> None:
    words = "關於做好高層次人才服務工作的通知\n各市人民政府，省直各部門、單位：現通知如下。"
    assert extract(words.encode(encoding)).text.strip() == words


def test_a_damaged_letter_is_reported_and_a_damaged_text_refused() -> None:
    good = (files.txt() * 3).encode("gb18030")
    damaged = extract(good[:200] + b"\xff" + good[200:])
    assert [note.kind for note in damaged.notes] == [NoteKind.ENCODING]
    refused(bytes(range(128, 256)) * 40, "encoding")


def test_html_leaves_out_what_no_reader_sees_and_says_so() -> None:
    found = extract(files.html())
    assert "第一层次 | 两次" in found.text
    for hidden in ("脚本里的话", "看不见的广告", "首页", "网站地图"):
        assert hidden not in found.text
    assert {(note.kind, note.text) for note in found.notes if note.removed} == {
        (NoteKind.FRAME, "首页 > 政策文件"),
        (NoteKind.HIDDEN, "看不见的广告"),
        (NoteKind.FRAME, "网站地图"),
    }


def test_html_in_utf16_is_html() -> None:
    page = files.html().decode("gb18030").replace("gb2312", "utf-16")
    assert extract(page.encode("utf-16")).format is Format.HTML


def test_hidden_words_within_navigation_are_reported_once() -> None:
    page = f"<html><nav>导航<b style='display:none'>隐藏</b></nav><p>{files.ARTICLES[0]}</p></html>"
    assert [(note.kind, note.text) for note in extract(page.encode()).notes] == [(NoteKind.FRAME, "导航隐藏")]


def test_word_keeps_inserted_text_and_tells_what_it_cannot_show() -> None:
    document = docx.Document(io.BytesIO(files.word()))
    document.add_paragraph("自动编号的一条", style="List Number")
    run = document.add_paragraph("原来的话").add_run("，后来加的话")
    inserted = OxmlElement("w:ins")
    run._r.addprevious(inserted)
    inserted.append(run._r)
    deleted = OxmlElement("w:del")
    gone = OxmlElement("w:delText")
    gone.text = "删掉的话"
    deleted.append(gone)
    inserted.getparent().append(deleted)  # type: ignore[union-attr]
    found = extract(files.packed(document))
    assert "原来的话，后来加的话" in found.text and "删掉的话" not in found.text
    assert {note.kind for note in found.notes} == {NoteKind.NUMBERING, NoteKind.TRACKED}
    assert "层次 | 体检" in found.text


def test_pdf_pages_lose_their_numbers_and_keep_their_paragraphs() -> None:
    found = extract(files.pdf())
    assert [note.text for note in found.notes if note.removed] == ["— 1 —", "— 2 —"]
    assert "—" not in found.text
    assert found.text.split("\n\n") == [files.TITLE, *WORDS]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        ("短".encode(), "no_text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"{\\rtf1 abc}", "old_word"),
        (b"%PDF-1.7 and then nothing of it", "broken"),
        (b"PK\x03\x04 and then nothing of it", "broken"),
        (files.pdf(password="secret"), "encrypted"),
        (files.pdf(blank=True), "scanned"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_by_its_reason(data: bytes, code: str) -> None:
    refused(data, code)


def test_a_spreadsheet_is_no_word_document() -> None:
    refused(archive({"xl/workbook.xml": b"<workbook/>"}), "not_word")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    refused(
        archive({"word/document.xml": b"<w:document/>", "word/media/a.xml": bytes(30_000_000)}), "too_complex"
    )
    refused(archive({f"word/{n}.xml": b"" for n in range(2_001)}), "too_complex")


def test_entities_in_a_word_file_are_refused() -> None:
    parts = zipfile.ZipFile(io.BytesIO(files.word()))
    contents = {name: parts.read(name) for name in parts.namelist()}
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    contents["word/document.xml"] = evil + contents["word/document.xml"].split(b"?>", 1)[1]
    refused(archive(contents), "too_complex")


def test_a_deeply_nested_page_is_read_or_refused() -> None:
    nested = "<html><body>" + "<div>" * 1_000 + files.ARTICLES[0] + "</div>" * 1_000
    assert files.ARTICLES[0] in extract(nested.encode()).text
    refused(("<html><body>" + "<div>" * 50_000 + files.ARTICLES[0]).encode(), "too_complex")


def test_old_radicals_become_ordinary_characters() -> None:
    found = extract("关于⼈才⼊省⼯作的通知，现予公布".encode()).text
    assert found == "关于人才入省工作的通知，现予公布"


def refused(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        extract(data)
    assert problem.value.code == code


def archive(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in contents.items():
            opened.writestr(name, data)
    return file.getvalue()
