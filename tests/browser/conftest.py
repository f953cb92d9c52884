"""A headless Chromium for the tests of this folder."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import House, house
from tests.browser.stand_in import WEB, Chat, StandIn, visit
from tests.live import LiveService

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Waits end as soon as the page shows what is expected; a machine busy with other tests needs longer.
expect.set_options(timeout=30_000)


# Per package: while Playwright is open no other event loop can run in the process.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium where there is one, else the one Playwright installed."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Exception as error:
            pytest.skip(f"NO BROWSER: Chromium could not be started ({type(error).__name__})")
        yield browser
        browser.close()


@pytest.fixture
def people(chromium: Browser, live: LiveService) -> Iterator[House]:
    with house(chromium, live) as opened:
        yield opened


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    assert (WEB / "dist" / "widget" / "widget.js").exists(), "web/dist is not built: npm run build"
    stand_in = StandIn()
    stand_in.steer("think", ms=0)
    yield stand_in
    stand_in.stop()


@pytest.fixture
def chat(chromium: Browser, server: StandIn) -> Iterator[Chat]:
    server.steer("expire")
    server.steer("refuse", times=0)
    chat = visit(chromium, server.url)
    yield chat
    chat.page.context.close()
    assert chat.troubles == []
