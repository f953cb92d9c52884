"""People in front of the real service: talents in the chat, staff at the desk and in the console."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.browser.stand_in import DESKTOP, Chat
from tests.live import LiveService

NEW_PASSWORD = "Liveware-2026-huicai"
# Whoever is not signed in asks who they are; the browser notes the refusal in its console.
EXPECTED = "/api/staff/me"


class Talent(Chat):
    """A visitor of the real chat. Answers are told by their words: a busy service adds a word of patience."""

    def answer(self, text: str) -> Locator:
        return self.log.locator(".row.by-assistant").filter(has_text=text).last

    def asks(self, question: str, answer: str) -> Locator:
        """Types the question and waits for the answer to it."""
        self.say(question)
        return self.answered(answer)

    def answered(self, text: str) -> Locator:
        """The newest thing said, once it contains this text."""
        row = self.rows.last
        expect(row).to_contain_text(text)
        expect(row).to_have_class("row by-assistant")
        return row

    def press(self, title: str) -> None:
        self.rows.last.get_by_role("button", name=title, exact=True).click()

    def presses(self, title: str, answer: str) -> Locator:
        self.press(title)
        return self.answered(answer)

    @property
    def tools(self) -> Locator:
        return self.page.locator(".tools")

    def asks_for_a_person(self, category: str = "政策咨询") -> None:
        self.tools.get_by_role("button", name="转人工").click()
        sheet = self.page.get_by_role("dialog", name="转人工专员")
        sheet.get_by_role("button", name=category).click()


@dataclass
class Staff:
    page: Page
    name: str
    troubles: list[str] = field(default_factory=list)

    # --- desk
    def chat_with(self, words: str) -> Locator:
        """Row of the lists whose last words are these."""
        return self.page.get_by_role("tabpanel").locator("article").filter(has_text=words)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def replies(self, text: str) -> None:
        box = self.page.get_by_label("回复内容")
        box.fill(text)
        box.press("Enter")
        expect(self.log.locator(".message.staff").filter(has_text=text)).to_be_visible()

    def notes(self, text: str) -> None:
        self.page.get_by_role("button", name="内部备注").click()
        self.page.get_by_role("textbox", name="内部备注").fill(text)
        self.page.get_by_role("button", name="保存备注").click()
        expect(self.log.locator(".message.note").filter(has_text=text)).to_contain_text("对方看不到")
        self.page.get_by_role("button", name="回复", exact=True).click()

    @property
    def acts(self) -> Locator:
        return self.page.get_by_role("group", name="会话操作")

    @property
    def ring(self) -> Locator:
        return self.page.get_by_role("alertdialog")

    def becomes(self, status: str) -> None:
        """在线 is rung; 忙碌 keeps what they have, and is not."""
        self.page.get_by_role("button", name="我的状态").click()
        self.page.get_by_role("group", name="我的状态").get_by_role("button", name=status).click()
        expect(self.page.get_by_role("button", name=f"我的状态： {status}")).to_be_visible()

    def answers(self, *, within: str = "") -> None:
        """Accepts what rings, once the ring tells of it."""
        expect(self.ring).to_contain_text(within)
        self.ring.get_by_role("button", name="接听").click()
        expect(self.ring).not_to_be_visible()

    def opens_list(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def transfers(self, to: str, note: str) -> None:
        self.acts.get_by_role("button", name="转接").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("radio", name=to).check(force=True)
        dialog.get_by_role("textbox", name="转接说明").fill(note)
        dialog.get_by_role("button", name="转接", exact=True).click()
        expect(dialog).not_to_be_visible()

    def holds(self, note: str) -> None:
        self.acts.get_by_role("button", name="挂起").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="内部说明").fill(note)
        dialog.get_by_role("button", name="挂起", exact=True).click()
        expect(dialog).not_to_be_visible()

    def gives_back(self, result: str, inside: str) -> None:
        self.acts.get_by_role("button", name="交还智能助手").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="处理结果").fill(result)
        dialog.get_by_role("textbox", name="内部说明").fill(inside)
        dialog.get_by_role("button", name="交还", exact=True).click()
        expect(dialog).not_to_be_visible()

    def ends(self, result: str) -> None:
        """With its summary, which is pre-filled."""
        self.acts.get_by_role("button", name="结束会话").click()
        dialog = self.page.get_by_role("dialog")
        for name in ("诉求", "处理结果"):
            dialog.get_by_role("textbox", name=name).fill(result)
        dialog.get_by_role("button", name="结束并保存小结", exact=True).click()
        expect(dialog).not_to_be_visible()


class House:
    """Opens browsers for people and looks afterwards what the pages complained about."""

    def __init__(self, browser: Browser, service: LiveService) -> None:
        self.browser = browser
        self.service = service
        self._pages: list[tuple[Page, list[str]]] = []

    def page(self, *, size: dict[str, int] = DESKTOP) -> tuple[Page, list[str]]:
        context = self.browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        page = context.new_page()
        troubles: list[str] = []

        def heard(line: ConsoleMessage) -> None:
            if line.type in ("error", "warning") and EXPECTED not in line.location.get("url", ""):
                troubles.append(f"{line.text} {line.location.get('url', '')}")

        page.on("console", heard)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        self._pages.append((page, troubles))
        return page, troubles

    def talent(self, *, size: dict[str, int] = DESKTOP, path: str = "/") -> Talent:
        page, troubles = self.page(size=size)
        page.goto(self.service.url + path)
        return Talent(page, troubles)

    def staff(self, username: str, page_path: str, *, size: dict[str, int] = DESKTOP) -> Staff:
        """Logs in; the first time the printed password has to be replaced, as for everybody."""
        page, troubles = self.page(size=size)
        page.goto(self.service.url + page_path)
        page.get_by_role("textbox", name="用户名").fill(username)
        page.get_by_role("textbox", name="密码").fill(self.service.passwords[username])
        page.get_by_role("button", name="登录", exact=True).click()
        fresh = page.get_by_role("heading", name="设置新密码")
        person = page.get_by_role("button", name="账号")
        expect(fresh.or_(person)).to_be_visible()
        if fresh.is_visible():
            page.get_by_role("textbox", name="当前密码").fill(self.service.passwords[username])
            page.get_by_role("textbox", name="新密码", exact=True).fill(NEW_PASSWORD)
            page.get_by_role("textbox", name="再输一次新密码").fill(NEW_PASSWORD)
            page.get_by_role("button", name="保存并进入").click()
            expect(person).to_be_visible()
            self.service.passwords[username] = NEW_PASSWORD
        return Staff(page, person.inner_text().strip(), troubles)

    def troubles(self) -> list[str]:
        return [trouble for _, troubles in self._pages for trouble in troubles]

    def close(self) -> None:
        for page, _ in self._pages:
            page.context.close()


@contextmanager
def house(browser: Browser, service: LiveService) -> Iterator[House]:
    """Every page opened in it must have kept quiet: no script error, nothing refused by the CSP."""
    opened = House(browser, service)
    try:
        yield opened
        troubles = opened.troubles()
        assert not troubles, troubles
    finally:
        opened.close()
