"""Every kind of reply is short enough to read on a phone: at most two screens of the talk.

One page of the real widget, all replies shown in it at once by the stand-in server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from bot.conversation.content import Content
from bot.knowledge.answers import Asking, answer_message
from bot.knowledge.compare_reply import compared
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.fitting import Heard, consider, tell
from bot.knowledge.render import faq_content
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot
from bot.service.rendering import ask, tell_once
from bot.service.rules import begin
from bot.service.seeds import read_items
from bot.service.texts import load_texts
from bot.settings import PROJECT
from tests.browser.stand_in import Chat, StandIn, visit
from tests.knowledge.test_compare import COMPARING
from tests.knowledge.test_profile import STATING, TELLING

TODAY = date(2026, 11, 20)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SCREENS = 2
EVERY = 5  # of the questions asked; every FAQ is shown anyway
MEASURE = """() => {
  const root = document.querySelector('huicai-chat').shadowRoot
  const rows = [...root.querySelectorAll('.log .row.by-assistant')]
  return { area: root.querySelector('.scroll').clientHeight,
           heights: rows.map(row => row.getBoundingClientRect().height),
           wide: rows.map(row => row.scrollWidth > root.querySelector('.scroll').clientWidth) }
}"""


@dataclass(frozen=True)
class Shown:
    name: str
    content: Content


@pytest.fixture(scope="module")
def replies(shipped: Snapshot) -> list[Shown]:
    faqs = [entry.faq for entry in shipped.index.entries]
    by_key = {faq.key: faq for faq in faqs}

    def follow(faq: Faq) -> list[Faq]:
        return [by_key[key] for key in faq.follow_ups if key in by_key]

    shown = [Shown(f.key, faq_content(f, today=TODAY, follow_ups=follow(f))) for f in faqs]
    asked = yaml.safe_load(
        (PROJECT / "tests" / "bench" / "questions" / "development.yml").read_text(encoding="utf-8")
    )["questions"][::EVERY]
    for question in asked:
        answered = answer_message(shipped, Asking(question["q"], None, TODAY), follow_ups=follow)
        shown += [Shown(question["q"], reply.content) for reply in answered.replies if reply.content]
    catalogue = shipped_catalogue()
    for text in [*TELLING, *STATING]:
        considered = consider(Heard(text), snapshot=shipped, catalogue=catalogue)
        told = considered and tell(
            considered, snapshot=shipped, catalogue=catalogue, region=None, today=TODAY
        )
        if told and told.reply.content:
            shown.append(Shown(text, told.reply.content))
    for text in COMPARING:
        reply = compared(
            shipped,
            question=text,
            region=None,
            today=TODAY,
            last_faq=None,
            rows=catalogue.rows,
            follow=follow,
        )
        if reply and reply.content:
            shown.append(Shown(text, reply.content))
    return [*shown, *_guide()]


def _guide() -> Iterator[Shown]:
    texts = load_texts(PROJECT / "data" / "dialogue" / "texts.yml")
    for item in read_items()[0]:
        draft = begin(item=item)
        yield Shown(f"{item.key}: card", tell_once(item=item, texts=texts))
        yield Shown(f"{item.key}: first step", ask(item=item, draft=draft, texts=texts))
        for step in [*item.questions, *item.fields]:
            values = {key: wanted[0] for key, wanted in step.only_if.items()}
            opened = {**draft, "step": step.key, "values": values}
            yield Shown(f"{item.key}: {step.key}", ask(item=item, draft=opened, texts=texts))


@pytest.fixture
def chat(chromium: Browser, server: StandIn) -> Iterator[Chat]:
    server.steer("expire")
    chat = visit(chromium, server.url, size=PHONE)
    chat.ask("补办", "没有公开发布")
    yield chat
    chat.page.context.close()
    assert chat.troubles == []


def test_every_reply_is_read_within_two_screens(
    chat: Chat, server: StandIn, replies: list[Shown], capsys: pytest.CaptureFixture[str]
) -> None:
    _show(chat, server, replies)
    screens, wide = _measure(chat.page, replies)
    too_long = {name: round(height, 2) for name, height in screens.items() if height > SCREENS}
    assert not too_long
    assert not wide, "wider than the phone"
    chat.page.get_by_role("button", name="A+ 放大字号").click()
    large, _ = _measure(chat.page, replies)
    longest = sorted(large.items(), key=lambda one: -one[1])[:5]
    with capsys.disabled():
        over = sum(height > SCREENS for height in large.values())
        print(f"\nlarge text: {over} of {len(large)} replies above {SCREENS} screens, longest {longest}")


def test_the_full_text_of_the_card_opens_with_the_keyboard(
    chat: Chat, server: StandIn, replies: list[Shown]
) -> None:
    card = next(one for one in replies if one.name == "sd-huicaika: card")
    assert card.content.card is not None
    title, lines = card.content.card.more[0]
    _show(chat, server, [card])
    row = chat.rows.last
    expect(row.get_by_text(lines[0])).not_to_be_visible()
    row.get_by_text(title).focus()
    chat.page.keyboard.press("Enter")
    for line in lines:
        expect(row.get_by_text(line)).to_be_visible()
    chat.page.keyboard.press("Enter")
    expect(row.get_by_text(lines[0])).not_to_be_visible()


def test_the_question_stands_right_above_its_buttons(
    chat: Chat, server: StandIn, replies: list[Shown]
) -> None:
    asks = next(one for one in replies if one.content.question)
    _show(chat, server, [asks])
    row = chat.rows.last
    question = row.get_by_text(str(asks.content.question)).bounding_box()
    first = row.get_by_role("button", name=asks.content.buttons[0].title, exact=True).bounding_box()
    source = row.get_by_text("政策依据").bounding_box()
    assert question and first and source
    assert source["y"] < question["y"] < first["y"]
    assert first["y"] - (question["y"] + question["height"]) < 40


def _show(chat: Chat, server: StandIn, replies: list[Shown]) -> None:
    contents = [
        {**one.content.model_dump(mode="json"), "buttons": [{"title": b.title} for b in one.content.buttons]}
        for one in replies
    ]
    server.steer("say", contents=contents)
    expect(chat.rows).to_have_count(len(replies) + 2)


def _measure(page: Page, replies: list[Shown]) -> tuple[dict[str, float], list[str]]:
    """Heights in screens of the talk; the first reply is the stand-in's own."""
    found: dict[str, Any] = page.evaluate(MEASURE)
    heights: dict[str, float] = {}
    for one, height in zip(replies, found["heights"][1:], strict=True):
        heights[one.name] = max(heights.get(one.name, 0.0), height / found["area"])
    wide = [one.name for one, is_wide in zip(replies, found["wide"][1:], strict=True) if is_wide]
    return heights, wide
