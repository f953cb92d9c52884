"""Leading the desk in a real browser: every tab, its charts under the strict CSP, and the main deeds."""

from uuid import uuid4

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.people import House
from tests.browser.stand_in import DESKTOP, PHONE
from tests.browser.test_paths_access import barriers

pytestmark = pytest.mark.xdist_group("browser")

TABS = {
    "zhuguan": [
        ("wall", "实时大屏"),
        ("reports", "报表"),
        ("ratings", "评价与回访"),
        ("quality", "质检"),
        ("settings/teams", "班组"),
        ("settings/calendars", "工作日历"),
        ("settings/seats", "坐席"),
        ("settings/triggers", "触发规则"),
        ("settings/levels", "服务时限"),
        ("settings/labels", "标签"),
    ],
    "guanli": [("accounts", "账号"), ("audit", "审计")],
    "zhuanyuan1": [("own", "我的质检")],
}


def turn_to(page: Page, path: str, title: str) -> None:
    page.evaluate("path => { location.hash = `#/${path}` }", path)
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    expect(page.locator(".el-skeleton")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_tab_opens_without_barriers_and_fits_the_page(people: House, size: dict[str, int]) -> None:
    for username, tabs in TABS.items():
        page = people.staff(username, "/manage/", size=size).page
        for path, title in tabs:
            turn_to(page, path, title)
            assert barriers(page) == [], path
            main = page.locator("main").last
            assert main.evaluate("one => one.scrollWidth <= one.clientWidth"), path


def test_charts_are_drawn_and_told_as_tables_and_the_workbook_comes(people: House) -> None:
    page = people.staff("zhuguan", "/manage/").page
    turn_to(page, "reports", "报表")
    chart = page.get_by_role("region", name="每日请求与接通", exact=True)
    expect(chart.locator("canvas")).to_be_visible()
    chart.get_by_text("数据表").click()
    expect(chart.get_by_role("table").get_by_role("row")).to_have_count(8)  # seven days and the heading
    with page.expect_download() as found:
        page.get_by_role("link", name="导出 Excel").click()
    book = load_workbook(found.value.path().open("rb"))
    assert book.sheetnames[0] == "概览"


def test_a_supervisor_sets_the_desk_up_and_the_log_tells(people: House) -> None:
    page = people.staff("zhuguan", "/manage/").page
    name = f"试行组{uuid4().hex[:6]}"
    turn_to(page, "settings/teams", "班组")
    page.get_by_role("button", name="新建班组").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill(name)
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row", name=name)).to_contain_text("启用")

    turn_to(page, "settings/calendars", "工作日历")
    page.get_by_role("button", name="新建日历").click()
    dialog.get_by_label("名称").fill(f"日历{name}")
    dialog.get_by_label("周一第 1 段开始").fill("25:00")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_visible()  # the browser itself refuses the hour
    dialog.get_by_label("周一第 1 段开始").fill("09:00")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=f"日历{name}")).to_be_visible()

    keeper = people.staff("guanli", "/manage/").page
    turn_to(keeper, "audit", "审计")
    expect(keeper.get_by_role("row", name="修改班组").first).to_contain_text("许诺（样例）")


def test_an_administrator_opens_an_account_and_reads_no_talk(people: House) -> None:
    page = people.staff("guanli", "/manage/").page
    turn_to(page, "accounts", "账号")
    expect(page.get_by_role("link", name="评价与回访")).to_have_count(0)
    expect(page.get_by_role("link", name="专员工作台")).to_have_count(0)
    username = f"u{uuid4().hex[:8]}"
    page.get_by_role("button", name="新建账号").click()
    form = page.get_by_role("dialog", name="新建账号")
    form.get_by_label("姓名").fill("新同事（样例）")
    form.get_by_label("用户名").fill(username)
    form.get_by_role("combobox", name="角色").click(force=True)
    page.get_by_role("option", name="专员", exact=True).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="保存").click()
    shown = page.get_by_role("dialog", name="初始密码")
    password = shown.locator("code").inner_text()
    shown.get_by_role("button", name="已记下").click()
    expect(page.get_by_role("row", name=username)).to_contain_text("待改初始密码")

    people.service.passwords[username] = password
    specialist = people.staff(username, "/manage/").page
    expect(
        specialist.get_by_role("heading", name="我的质检").or_(
            specialist.get_by_role("heading", name="评价与回访")
        )
    ).to_be_visible()
    expect(specialist.get_by_role("link", name="设置")).to_have_count(0)
