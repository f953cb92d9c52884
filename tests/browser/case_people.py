"""People of a case in front of the real service: who applies, the employer, the front and back office."""

import io
import re
import sqlite3
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import House, Staff, Talent
from tests.live import LiveService, wait_until

CASE_NO = re.compile(r"HC\d{8}-\d{5}")


def proves(talent: Talent, service: LiveService, *, name: str, last6: str, phone: str) -> None:
    """In the form of the page; the code is read from where short messages are written."""
    before = set(_messages(service, phone))
    talent.page.get_by_role("button", name="我的", exact=True).click()
    form = talent.page.get_by_role("dialog", name="验证身份")
    form.get_by_role("textbox", name="姓名").fill(name)
    form.get_by_role("textbox", name="证件号后六位").fill(last6)
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="获取验证码").click()
    box = form.get_by_role("textbox", name="6 位验证码")
    expect(box).to_be_visible()
    fresh = wait_until(lambda: set(_messages(service, phone)) - before, what="the code")
    code = re.search(r"\b\d{6}\b", max(fresh).read_text(encoding="utf-8").partition("\n\n")[2])
    assert code, "no code in the short message"
    box.fill(code[0])
    form.get_by_role("button", name="验证", exact=True).click()
    expect(talent.page.get_by_role("dialog", name="我的信息")).to_contain_text(name[:1])
    talent.page.get_by_role("dialog", name="我的信息").get_by_role("button", name="关闭").click()


def told(talent: Talent, text: str) -> Locator:
    """What the service says of the case in the chat, by itself."""
    row = talent.log.locator(".row.by-system").filter(has_text=text).last
    expect(row).to_be_visible()
    return row


def _messages(service: LiveService, phone: str) -> list[Path]:
    folder = service.home / "outbox"
    hint = f"{phone[:3]}****{phone[-4:]}"
    files = folder.glob("*.txt") if folder.is_dir() else ()
    return [path for path in files if f"收件手机：{hint}" in path.read_text(encoding="utf-8")]


def chooses(page: Page, field: str, option: str | re.Pattern[str]) -> None:
    """In a list of choices: its own words lie over the field, so the box is pressed."""
    box = page.get_by_role("combobox", name=field, exact=True)
    page.locator(".el-select").filter(has=box).click()
    page.get_by_role("option", name=option).click()


def sends_file(talent: Talent, name: str, data: bytes) -> None:
    chooser = talent.page.locator("input[type=file]")
    chooser.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})
    talent.page.get_by_role("button", name="发送 1 个文件").click()


class Office:
    """Somebody of the centre, or of a department, on /office/."""

    def __init__(self, people: House, username: str) -> None:
        self.staff: Staff = people.staff(username, "/office/")
        self.page = self.staff.page

    def opens(self, case_no: str, *, item: str = "") -> None:
        """By its number; of several parts the one of this item."""
        self.page.goto(f"{self.page.url.split('#')[0]}#/cases?query={case_no}")
        row = self.page.get_by_role("row").filter(has_text=case_no).filter(has_text=item)
        row.get_by_role("link", name=case_no).click()
        expect(self.page.get_by_role("region", name="概况")).to_contain_text(case_no)

    def shows(self, status: str) -> None:
        expect(self.page.get_by_role("region", name="概况").locator("header")).to_contain_text(status)

    def begins(self, deed: str) -> Locator:
        self.page.get_by_role("region", name="办理", exact=True).get_by_role(
            "button", name=deed, exact=True
        ).click()
        dialog = self.page.get_by_role("dialog", name=f"{deed}：")
        expect(dialog).to_be_visible()
        return dialog

    def does(self, deed: str, then: str) -> None:
        """A deed that needs no words, and where the part stands afterwards."""
        dialog = self.begins(deed)
        self.ends(dialog, deed, then)

    def ends(self, dialog: Locator, deed: str, then: str, *, final: bool = False) -> None:
        dialog.get_by_role("button", name=deed, exact=True).click()
        if final:
            self.page.get_by_role("dialog", name=f"确定{deed}吗？").get_by_role("button", name=deed).click()
        expect(dialog).not_to_be_visible()
        self.shows(then)


def scan(words: str) -> bytes:
    """A page as a scanner makes one."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.text((90, 80 + line * 40), f"{line + 1:02} {words} " * 3, fill="black", font_size=26)
    out = io.BytesIO()
    page.save(out, format="PDF", resolution=150)
    return out.getvalue()


def publicity_ends(service: LiveService, case_no: str) -> None:
    """The clock of the running service cannot be moved, so the days of this one case are."""
    with sqlite3.connect(service.home / "huicai.db", timeout=30) as database:
        changed = database.execute(
            "UPDATE application_parts SET publicity_from = '2026-01-01 00:00:00.000000',"
            " publicity_to = '2026-01-08 00:00:00.000000' WHERE status = '公示中' AND application_id ="
            " (SELECT id FROM applications WHERE case_no = ?)",
            (case_no,),
        )
        assert changed.rowcount == 1
