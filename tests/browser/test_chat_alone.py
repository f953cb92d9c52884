"""The talents' chat by itself: what a person sees and does, whatever the network does."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stand_in import PHONE, Chat, StandIn, visit

PRESS_WHILE_COMPOSING = """box => {
  box.value = '惠才卡'
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  const press = (more) => box.dispatchEvent(new KeyboardEvent('keydown',
    { key: 'Enter', bubbles: true, cancelable: true, composed: true, ...more }))
  box.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  press({})
  box.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
  press({ isComposing: true })
  press({ keyCode: 229 })
  press({})  // right after the composition ended
}"""
SMALL_TARGETS = """() => {
  const found = []
  const root = document.querySelector('huicai-chat').shadowRoot
  for (const element of root.querySelectorAll('button, select, summary, textarea')) {
    const { width, height } = element.getBoundingClientRect()
    if (width && (width < 43.5 || height < 43.5)) found.push([element.textContent.trim(), width, height])
  }
  return found
}"""


def test_an_answer_shows_its_basis_place_and_author(chat: Chat) -> None:
    chat.ask("惠才卡有效期几年", "一般为 5 年")
    row = chat.rows.last
    expect(row).to_contain_text("智能助手")
    expect(row).to_contain_text("适用范围：山东省 · 2018年规定")
    expect(row).to_contain_text("效力：现行有效")
    expect(row.get_by_text("鲁人社规〔2018〕5号")).not_to_be_visible()
    row.get_by_text("政策依据（1）").click()
    expect(row.get_by_text("鲁人社规〔2018〕5号")).to_be_visible()
    row.get_by_role("button", name="没帮助").click()
    expect(row).to_contain_text("感谢反馈")


def test_text_is_never_markup(chat: Chat) -> None:
    chat.ask("<b>你好</b>", '<img src=x onerror="window.hacked=1">')
    assert chat.page.evaluate("window.hacked") is None
    expect(chat.rows.first).to_contain_text("<b>你好</b>")


def _now(chat: Chat) -> float:
    return float(chat.page.evaluate("performance.now()"))


def test_enter_of_an_input_method_does_not_send(chat: Chat) -> None:
    chat.box.evaluate(PRESS_WHILE_COMPOSING)
    expect(chat.rows).to_have_count(0)
    assert chat.box.input_value() == "惠才卡"
    chat.box.press("Shift+Enter")
    expect(chat.rows).to_have_count(0)
    # An Enter right after a composition belongs to it; the next one is the person's own.
    chat.page.wait_for_function("since => performance.now() - since > 300", arg=_now(chat))
    chat.say("补办")
    expect(chat.rows.first).to_contain_text("补办")


def _keys(chat: Chat) -> list[str]:
    """Filled with the key of every message the page posts."""
    keys: list[str] = []
    chat.page.on(
        "request",
        lambda request: (
            keys.append(request.post_data_json["client_msg_id"])
            if request.url.endswith("/messages")
            else None
        ),
    )
    return keys


def test_a_message_that_was_refused_is_sent_again_under_its_key(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    keys = _keys(chat)
    server.steer("refuse", times=1, status=422)
    chat.say("惠才卡有效期")
    expect(chat.rows.last).to_contain_text("未发送成功")
    chat.page.get_by_role("button", name="重试").click()
    expect(chat.log).to_contain_text("一般为 5 年")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    expect(chat.rows).to_have_count(4)


def test_while_the_server_is_away_a_message_waits_and_goes_out_by_itself(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    keys = _keys(chat)
    server.steer("refuse", times=2)
    chat.say("惠才卡有效期")
    expect(chat.rows.last).to_contain_text("恢复后自动发出")
    expect(chat.log).to_contain_text("一般为 5 年")
    assert len(keys) == 3 and len(set(keys)) == 1
    expect(chat.rows).to_have_count(4)


def test_what_could_not_be_sent_survives_a_reload_and_arrives_once(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    keys = _keys(chat)
    server.steer("lose", times=1)  # stored, but the page never learns it
    server.steer("refuse", times=0)
    chat.page.route("**/api/web/messages", lambda route: route.continue_() if not keys[1:] else route.abort())
    chat.say("惠才卡有效期")
    expect(chat.rows.filter(has_text="惠才卡有效期").first).to_be_visible()
    chat.page.unroute("**/api/web/messages")
    chat.page.reload()
    expect(chat.log).to_contain_text("一般为 5 年")
    expect(chat.log.locator(".by-talent").filter(has_text="惠才卡有效期")).to_have_count(1)
    expect(chat.rows).to_have_count(4)


def test_what_was_said_while_the_line_was_cut_arrives_once(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    for n in range(3):
        server.steer("drop")
        server.steer("staff", text=f"断线期间第{n}句")
    expect(chat.log).to_contain_text("断线期间第2句")
    expect(chat.rows).to_have_count(5)
    assert [f"第{n}句" in text for n, text in enumerate(chat.rows.all_inner_texts()[2:])] == [True] * 3
    expect(chat.rows.last).to_contain_text("专员 林晓")


def test_without_streams_it_polls(chromium: Browser, server: StandIn) -> None:
    server.steer("expire")
    context = chromium.new_context()
    context.route(lambda url: "/events" in url and "mode=poll" not in url, lambda route: route.abort())
    chat = Chat(context.new_page())
    chat.page.goto(server.url)
    chat.ask("补办", "没有公开发布")
    chat.ask("惠才卡有效期", "一般为 5 年")
    expect(chat.rows).to_have_count(4)
    context.close()


def test_an_expired_token_opens_a_new_conversation_with_a_kind_word(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    server.steer("expire")
    chat.ask("惠才卡有效期", "一般为 5 年")
    expect(chat.page.get_by_text("已为您开启新的会话")).to_be_visible()


def test_a_reload_brings_everything_back_and_older_pages_join_in_order(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    server.steer("fill", count=118)
    expect(chat.rows).to_have_count(120)
    chat.page.reload()
    expect(chat.rows).to_have_count(50)
    older = chat.page.get_by_role("button", name="查看更早的消息")
    key = chat.rows.first.get_attribute("data-key")
    reading = chat.page.locator(f'[data-key="{key}"]')
    older.scroll_into_view_if_needed()
    before = reading.bounding_box()
    older.click()
    expect(chat.rows).to_have_count(100)
    # What is being read must not move away under the reader's eyes.
    after = reading.bounding_box()
    assert before and after and abs(after["y"] - before["y"]) < 3
    older.click()
    expect(chat.rows).to_have_count(120)
    texts = chat.rows.all_inner_texts()
    assert "补办" in texts[0]
    assert all(f"第 {n} 条记录" in text for n, text in enumerate(texts[2:], start=1))


def test_a_pressed_choice_is_pressed_once(chat: Chat) -> None:
    chat.ask("补贴", "您想问的是下面哪一个？")
    chat.page.get_by_role("button", name="都不是").click()
    expect(chat.page.get_by_role("button", name="都不是")).to_be_disabled()
    expect(chat.rows.nth(2)).to_contain_text("都不是")


def test_too_long_a_text_is_kept_and_explained(chat: Chat) -> None:
    chat.box.fill("长" * 2005)
    expect(chat.page.get_by_text("超出 5 字")).to_be_visible()
    expect(chat.page.get_by_role("button", name="发送")).to_be_disabled()
    chat.box.press("Enter")
    expect(chat.rows).to_have_count(0)
    chat.box.fill("长" * 1999)
    expect(chat.page.get_by_text("还可输入 1 字")).to_be_visible()


def test_reading_settings_are_remembered(chat: Chat) -> None:
    chat.page.get_by_role("button", name="长辈版").click()
    chat.page.get_by_role("button", name="放大字号").click()
    chat.page.reload()
    expect(chat.page.get_by_role("button", name="标准版")).to_have_attribute("aria-pressed", "true")
    size = chat.box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)")
    assert size >= 24


def test_the_chosen_region_is_remembered_and_sent(chat: Chat) -> None:
    sent: list[str | None] = []
    chat.page.on(
        "request",
        lambda request: sent.append(request.post_data) if request.url.endswith("/session") else None,
    )
    chat.page.get_by_label("省份").select_option("福建省")
    chat.page.get_by_label("城市").select_option("泉州市")
    chat.page.get_by_label("区县").select_option("丰泽区")
    chat.page.reload()
    expect(chat.page.get_by_label("区县")).to_have_value("350503")
    chat.ask("补办", "没有公开发布")
    assert sent == ['{"region":"350503"}']


@pytest.mark.parametrize("elder", [False, True])
def test_on_a_phone_nothing_overflows_and_targets_are_large(
    chromium: Browser, server: StandIn, elder: bool
) -> None:
    server.steer("expire")
    chat = visit(chromium, server.url, size=PHONE)
    if elder:
        chat.page.get_by_role("button", name="长辈版").click()
    chat.ask("泉州分几个层次", "示例表格")
    chat.ask("怎么申领", "一次性告知")
    assert chat.page.evaluate(SMALL_TARGETS) == []
    width = "e => e.scrollWidth - e.clientWidth"
    assert chat.page.locator(".scroll").evaluate(width) == 0
    assert chat.page.locator(".header").evaluate(width) == 0
    chat.page.get_by_role("button", name="常见问题").click()
    drawer = chat.page.get_by_role("dialog", name="常见问题")
    drawer.get_by_role("button", name="山东惠才卡有效期几年？").click()
    expect(drawer).to_have_count(0)
    expect(chat.log).to_contain_text("一般为 5 年")
    chat.page.context.close()


def test_embedded_it_opens_closes_by_keyboard_and_keeps_its_looks(chromium: Browser, server: StandIn) -> None:
    server.steer("expire")
    chat = visit(chromium, f"{server.url}/foreign")
    launcher = chat.page.get_by_role("button", name="人才服务咨询")
    launcher.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_be_focused()
    chat.ask("惠才卡有效期", "一般为 5 年")
    style = chat.rows.last.locator(".para").first.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).fontSize]"
    )
    assert style == ["rgb(27, 39, 51)", "16px"]
    chat.page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    server.steer("staff", text="您好，我是专员")
    expect(chat.page.get_by_role("button", name="人才服务咨询，有 1 条新消息")).to_be_visible()
    assert chat.troubles == []
    chat.page.context.close()


def test_the_log_is_there_from_the_start_and_thinking_is_not_in_it(chat: Chat, server: StandIn) -> None:
    expect(chat.log).to_have_attribute("aria-live", "polite")
    server.steer("think", ms=60_000)
    try:
        chat.say("惠才卡有效期")
        thinking = chat.page.get_by_text("智能助手正在查找答案")
        expect(thinking).to_be_visible()
        expect(chat.log.get_by_text("智能助手正在查找答案")).to_have_count(0)
    finally:
        server.steer("think", ms=0)
