"""A policy document from its file to the answers: imported, corrected, published, repealed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import House
from tests.browser.stand_in import DESKTOP, PHONE
from tests.browser.test_paths_access import barriers
from tests.knowledge.documents import files

pytestmark = pytest.mark.xdist_group("browser")

QUESTION = "三支一扶服务期几年"
BASIS = "鲁人社字〔2020〕111号"


def opens(page: Page, number: str) -> None:
    page.get_by_role("link", name="政策文件").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("份")  # the FAQs' list has a search too
    page.get_by_label("搜索").fill(number)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("关于统筹做好人才服务基层工作的通知")


def test_a_file_becomes_a_reviewed_document_and_the_start_of_a_faq(people: House, tmp_path: Path) -> None:
    (tmp_path / "办法.docx").write_bytes(files.word())
    (tmp_path / "旧版.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    editor = people.staff("bianji", "/console/").page
    editor.get_by_role("link", name="政策文件").click()
    with editor.expect_file_chooser() as chooser:
        editor.get_by_role("button", name="导入文件").click()
    chooser.value.set_files([tmp_path / name for name in ("旧版.doc", "办法.docx")])
    sent = editor.get_by_role("region", name="导入文件")
    expect(sent.get_by_text("请另存为 .docx 或 PDF")).to_be_visible()
    expect(sent.get_by_text("已成为草稿")).to_be_visible()
    expect(sent.locator(".is-loading")).to_have_count(0)
    assert barriers(editor) == []
    sent.get_by_role("link", name="去核对").click()

    expect(editor.get_by_role("heading", name=files.TITLE)).to_be_visible()
    expect(editor.get_by_label("文号")).to_have_value(files.NUMBER)
    emptied = editor.locator("mark", has_text="〔原文此处为空〕")
    expect(emptied).to_have_count(1)
    assert barriers(editor) == []
    editor.locator("aside").get_by_role("button", name="段").last.click()
    expect(editor.locator("li.doubtful").get_by_role("button", name="修改")).to_be_focused()
    editor.keyboard.press("Enter")
    passage = editor.get_by_role("textbox", name="段", exact=False).last
    passage.fill(files.ARTICLES[1].replace("“”", "“测试计划”"))
    editor.get_by_role("button", name="改好了").click()
    expect(emptied).to_have_count(0)
    editor.get_by_role("button", name="保存草稿").click()
    expect(editor.get_by_text("草稿已保存")).to_be_visible()
    expect(editor.get_by_role("button", name="发布", exact=True)).to_have_count(0)

    publisher = people.staff("fabu", "/console/").page
    publisher.goto(editor.url)
    expect(publisher.locator("mark")).to_have_count(0)
    publisher.get_by_role("button", name="发布", exact=True).click()
    publisher.get_by_role("dialog").get_by_role("button", name="发布", exact=True).click()
    expect(publisher.get_by_text("已发布，版本").first).to_be_visible()

    editor.reload()
    clause = editor.locator(".clauses").filter(has_text="第三条")
    clause.get_by_role("link", name="以此条新建问答").click()
    expect(editor.get_by_label("文件名称")).to_have_value(files.TITLE)
    expect(editor.get_by_label("文号")).to_have_value(files.NUMBER)
    expect(editor.get_by_label("条款")).to_have_value("第三条")


def test_a_repeal_reaches_the_talents_and_names_what_needs_review(people: House) -> None:
    publisher = people.staff("fabu", "/console/").page
    talent = people.talent()
    talent.asks(QUESTION, "2年")
    opens(publisher, BASIS)
    publisher.get_by_role("button", name="效力状态", exact=True).click()
    dialog = publisher.get_by_role("dialog")
    dialog.get_by_role("button", name="登记全文废止或替代").click()
    dialog.get_by_text("被替代", exact=True).click()
    dialog.get_by_label("替代它的文件").fill("《测试新通知》")
    assert barriers(publisher) == []
    dialog.get_by_role("button", name="保存效力状态").click()
    expect(publisher.get_by_text("条问答待复核")).to_be_visible()
    expect(publisher.locator("aside .broad").get_by_text("待复核").first).to_be_visible()
    try:
        talent.say(QUESTION)
        expect(talent.rows.last).to_have_class("row by-assistant")
        expect(talent.rows.last).not_to_contain_text("服务期2年")
    finally:  # the service is shared with the other tests
        publisher.get_by_role("button", name="效力状态", exact=True).click()
        dialog.get_by_role("button", name="删除第 1 项失效登记").click()
        dialog.get_by_role("button", name="保存效力状态").click()
        expect(publisher.get_by_text("条问答待复核")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_have_no_barriers(people: House, size: dict[str, int]) -> None:
    page = people.staff("fabu", "/console/", size=size).page
    page.get_by_role("link", name="政策文件").click()
    expect(page.locator("tbody").get_by_text("现行有效")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("搜索").fill("没有这样的文件")
    expect(page.get_by_text("没有符合条件的文件")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("搜索").fill("港湾计划")
    page.get_by_role("link", name="港湾计划").click()
    expect(page.get_by_text("只登记了名称、文号和效力")).to_be_visible()
    assert barriers(page) == []
