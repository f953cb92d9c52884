"""Path 4: an editor changes a FAQ, a publisher publishes it, the chat answers with it."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import House
from tests.live import wait_until

pytestmark = pytest.mark.xdist_group("browser")

PHRASING = "当特派员一轮要干满多长日子呀"


def test_an_edited_answer_is_live_soon_after_its_publication(people: House) -> None:
    editor = people.staff("bianji", "/console/").page
    publisher = people.staff("fabu", "/console/").page
    talent = people.talent()
    new = "样例修订：服务期按新办法执行，以公告为准。"

    editor.get_by_label("搜索").fill("科技特派员服务期多长")
    editor.get_by_role("link", name="科技特派员服务期多长").click()
    phrasings = editor.get_by_label("相似问")
    expect(phrasings).to_be_visible()
    old = editor.get_by_label("段落").input_value()
    phrasings.fill(f"{phrasings.input_value()}\n{PHRASING}")
    editor.get_by_label("段落").fill(new)
    expect(editor.get_by_text("有未保存的修改")).to_be_visible()
    expect(editor.get_by_role("button", name="发布")).to_have_count(0)
    editor.get_by_role("button", name="保存草稿").click()
    expect(editor.get_by_text("草稿已保存")).to_be_visible()

    # A draft changes nothing for the talents.
    talent.asks("科技特派员服务期多长", old.splitlines()[0])

    publisher.goto(editor.url)
    expect(publisher.get_by_label("段落")).to_have_value(new)
    publisher.get_by_role("button", name="发布", exact=True).click()
    publisher.get_by_role("dialog").get_by_role("button", name="发布", exact=True).click()
    publisher.wait_for_selector("text=已上线")

    def told() -> bool:  # how soon is measured by tests.bench.search_10k
        talent.say(PHRASING)
        return new in talent.answered("").inner_text()

    wait_until(told, what="the new answer")
    talent.asks("科技特派员服务期多长", new)
