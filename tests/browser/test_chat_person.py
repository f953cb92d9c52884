"""The way to a person in the talents' chat: asking, waiting, files, ratings, frozen and hidden pages."""

import base64

from playwright.sync_api import expect

from tests.browser.stand_in import Chat, StandIn

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def ask_for_a_person(chat: Chat, category: str = "政策咨询") -> None:
    chat.page.locator(".tools").get_by_role("button", name="转人工").click()
    chat.page.get_by_role("dialog", name="转人工专员").get_by_role("button", name=category).click()


def test_a_person_is_asked_for_by_category_and_the_queue_is_left(chat: Chat, server: StandIn) -> None:
    server.steer("desk", outlook={"guess": "手续代办", "open": True, "opens_at": None})
    chat.page.locator(".tools").get_by_role("button", name="转人工").click()
    sheet = chat.page.get_by_role("dialog", name="转人工专员")
    guessed = sheet.get_by_role("button", name="手续代办")
    expect(guessed).to_be_focused()
    expect(guessed).to_contain_text("按对话推测")
    with chat.page.expect_request("**/api/web/human") as asked:
        chat.page.keyboard.press("Enter")
    assert asked.value.post_data_json["category"] == "手续代办"
    bars = chat.page.locator(".bars")
    expect(bars).to_contain_text("您排在第 2 位，预计等待约 5 分钟")
    expect(chat.page.get_by_role("button", name="排队中")).to_be_disabled()
    server.steer("state", state={"control": "offered", "position": 1})
    expect(bars).to_contain_text("正在呼叫专员")
    bars.get_by_role("button", name="取消排队").click()
    expect(chat.page.locator(".tools").get_by_role("button", name="转人工")).to_be_enabled()


def test_out_of_hours_a_call_back_is_left_and_the_number_is_no_message(chat: Chat, server: StandIn) -> None:
    opens = "2026-11-23T01:00:00Z"
    server.steer("desk", outlook={"guess": "待遇落实", "open": False, "opens_at": opens})
    chat.page.locator(".tools").get_by_role("button", name="转人工").click()
    sheet = chat.page.get_by_role("dialog", name="留言，请专员联系您")
    expect(sheet).to_contain_text("11月23日 09:00 恢复")
    expect(sheet.get_by_label("待遇落实")).to_be_checked()
    sheet.get_by_label("手机号").fill("138")
    sheet.get_by_role("button", name="登记").click()
    expect(sheet.get_by_role("alert")).to_contain_text("11 位")
    sheet.get_by_label("手机号").fill("138 0013 8000")
    sheet.get_by_label("上午").check()
    with chat.page.expect_request("**/api/web/ticket") as left:
        sheet.get_by_role("button", name="登记").click()
    assert left.value.post_data_json["phone"] == "13800138000"
    assert left.value.post_data_json["when"] == "上午"
    expect(chat.log).to_contain_text("已为您登记回电")
    expect(sheet).to_have_count(0)
    assert "13800138000" not in chat.log.inner_text()
    assert "13800138000" not in chat.page.evaluate("JSON.stringify(localStorage)")
    server.steer("desk", outlook={"open": True, "opens_at": None})


def test_person_and_assistant_are_told_apart_and_marks_show(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    ask_for_a_person(chat)
    expect(chat.page.locator(".bars")).to_contain_text("排在第")
    with chat.page.expect_request("**/api/web/seen"):
        server.steer("staff", text="您好，我是专员")
    expect(chat.page.locator(".bars")).to_contain_text("专员 林晓 正在为您服务")
    staff, assistant = chat.log.locator(".by-staff"), chat.log.locator(".by-assistant")
    expect(staff.locator(".who")).to_contain_text("专员 林晓")
    expect(staff.locator(".tag")).to_have_text("人工")
    expect(assistant.first.locator(".name")).to_have_text("智能助手")
    path = "row => row.querySelector('.avatar path').getAttribute('d')"
    assert staff.evaluate(path) != assistant.first.evaluate(path)
    with chat.page.expect_request("**/api/web/typing"):
        chat.box.fill("好的")
    chat.box.press("Enter")
    expect(chat.rows.last).to_contain_text("已送达")
    server.steer("state", state={"more": {"seen_by_staff": 99, "typing": True}})
    expect(chat.rows.last).to_contain_text("已读")
    expect(chat.page.get_by_role("status").filter(has_text="专员 林晓 正在输入")).to_be_visible()
    server.steer("state", state={"control": "on_hold", "more": {"hold_until": "2026-11-23T03:30:00Z"}})
    expect(chat.page.locator(".bars")).to_contain_text("预计 11月23日 11:30 前回复")


def test_files_are_told_before_sending_and_kept_when_they_fail(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    expect(chat.page.get_by_role("button", name="发送图片或文件")).to_have_count(0)
    ask_for_a_person(chat)
    server.steer("staff", text="请发材料")
    files = [
        {"name": "证书.png", "mimeType": "image/png", "buffer": PIXEL},
        {"name": "程序.exe", "mimeType": "application/x", "buffer": b"MZ"},
    ]
    chat.page.set_input_files("input[type=file]", files)  # type: ignore[arg-type]
    tray = chat.page.locator(".tray")
    expect(tray).to_contain_text("1 KB")
    expect(tray).to_contain_text("只能发送图片")
    server.steer("refuse", times=1, status=415)
    tray.get_by_role("button", name="发送 1 个文件").click()
    expect(chat.rows.last).to_contain_text("未发送成功")
    chat.page.get_by_role("button", name="重试").click()
    expect(chat.rows.last.get_by_role("img")).to_be_visible()
    chat.rows.last.get_by_role("button", name="点开看大图").click()
    expect(chat.page.get_by_role("dialog", name="证书.png")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_have_count(0)


def test_a_rating_is_given_with_the_keyboard_or_skipped(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    server.steer("rate")
    card = chat.rows.last
    card.get_by_label("非常满意", exact=True).focus()
    chat.page.keyboard.press("Space")
    chat.page.keyboard.press("ArrowDown")
    expect(card.get_by_label("满意", exact=True)).to_be_checked()
    with chat.page.expect_request("**/api/web/rating") as rated:
        card.get_by_role("button", name="提交评价").click()
    assert rated.value.post_data_json == {"handover_id": "e" * 32, "score": 4}
    expect(chat.log).to_contain_text("已评价")
    chat.page.reload()
    expect(chat.log).to_contain_text("已评价")


def test_a_frozen_page_and_a_cut_line_lose_and_double_nothing(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    server.steer("staff", text="冻结之前")
    expect(chat.log).to_contain_text("冻结之前")
    devtools = chat.page.context.new_cdp_session(chat.page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    server.steer("staff", text="冻结之中")
    server.steer("drop")
    server.steer("staff", text="断线之后")
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(chat.log).to_contain_text("断线之后")
    chat.page.context.set_offline(True)
    chat.say("断网时说的话")
    expect(chat.page.locator(".bars")).to_contain_text("网络断开，消息会在恢复后自动发出")
    expect(chat.rows.last).to_contain_text("待发送")
    server.steer("staff", text="断网时的回复")
    chat.page.context.set_offline(False)
    expect(chat.log).to_contain_text("断网时的回复")
    expect(chat.rows.filter(has_text="断网时说的话")).to_contain_text("已送达")
    texts = "".join(chat.rows.all_inner_texts())
    assert [texts.count(w) for w in ("冻结之前", "冻结之中", "断线之后", "断网时说的话", "断网时的回复")] == [
        1
    ] * 5


def test_a_hidden_page_tells_in_its_title_that_somebody_came(chat: Chat, server: StandIn) -> None:
    chat.ask("补办", "没有公开发布")
    title = chat.page.title()
    hidden = "on => Object.defineProperty(document, 'visibilityState', { value: on, configurable: true })"
    chat.page.evaluate(hidden, "hidden")  # the stream is still open: its last words count
    server.steer("staff", text="您好")
    chat.page.wait_for_function("document.title.includes('1 条新消息')")
    chat.page.evaluate(hidden, "visible")
    chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    chat.page.wait_for_function("title => document.title === title", arg=title)


def test_two_pages_of_one_browser_are_one_conversation(chat: Chat, server: StandIn) -> None:
    second = Chat(chat.page.context.new_page())
    second.page.goto(server.url)
    expect(second.box).to_be_visible()
    chat.ask("补办", "没有公开发布")
    expect(second.log).to_contain_text("没有公开发布")
    second.ask("惠才卡有效期", "一般为 5 年")
    expect(chat.rows).to_have_count(4)
    expect(second.rows).to_have_count(4)
