"""The office page in a real browser: every view for everybody, and a case from the window to its review."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import House
from tests.browser.stand_in import DESKTOP, PHONE
from tests.browser.test_paths_access import barriers

pytestmark = pytest.mark.xdist_group("browser")

VIEWS = {
    "zhuguan": [
        ("cases", "办件"),
        ("new", "建件"),
        ("tasks", "任务"),
        ("dispatches", "会办"),
        ("publicity", "公示"),
        ("talents", "人才库"),
        ("employers", "用人单位"),
        ("departments/windows", "服务窗口"),
        ("grassroots/projects", "基层项目"),
        ("grassroots/days", "服务天数"),
        ("grassroots/plan", "年度计划"),
        ("grassroots/demands", "人才和技术需求"),
        ("grassroots/experts", "海内外专家库"),
        ("grassroots/programmes", "人才服务基层七项计划"),
        ("benefits", "免申即享"),
        ("statistics", "统计"),
        ("requests", "个人信息请求"),
        ("settings", "本中心设定"),
    ],
    "bumen": [("dispatches", "会办"), ("departments", "职能部门")],
}

# The others are made of the same parts: on a phone they are looked at for their width alone.
ON_PHONE = {"cases", "new", "talents", "grassroots/projects", "grassroots/plan", "benefits", "statistics"}


def turn_to(page: Page, path: str, title: str) -> None:
    page.evaluate("path => { location.hash = `#/${path}` }", path)
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    expect(page.locator("main .el-skeleton, main .mg-busy")).to_have_count(0)


def test_everybody_is_shown_their_own_views_without_barriers_and_they_fit_the_page(people: House) -> None:
    for username, views in VIEWS.items():
        page = people.staff(username, "/office/").page
        for path, title in views:
            turn_to(page, path, title)
            assert barriers(page) == [], path
            fits(page, path)
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            fits(page, path)
            if path in ON_PHONE:
                assert barriers(page) == [], path
            page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    # A department is left, the last of them.
    links = page.get_by_role("navigation", name="业务办理")
    expect(links.get_by_role("link", name="会办")).to_be_visible()
    for title in ("办件", "建件", "统计", "个人信息请求", "本中心设定"):
        expect(links.get_by_role("link", name=title, exact=True)).to_have_count(0)
    page.evaluate("location.hash = '#/cases'")
    expect(page.get_by_role("heading", level=1, name="会办")).to_be_visible()
    # Who keeps accounts sees no case and no talent.
    keeper = people.staff("guanli", "/office/").page
    expect(keeper.get_by_text("没有权限")).to_be_visible()


def fits(page: Page, path: str) -> None:
    main = page.locator("main").last
    assert main.evaluate("one => one.scrollWidth <= one.clientWidth"), path


def test_a_case_goes_from_the_window_to_its_review(people: House) -> None:
    front = people.staff("qiantai", "/office/").page
    turn_to(front, "new", "建件")
    front.get_by_role("combobox", name="事项").click()
    front.get_by_role("option", name="惠才卡机场绿色通道").click()
    front.get_by_text("济南国际机场", exact=True).click()
    front.get_by_text("有效", exact=True).click()
    front.get_by_label("姓名").fill("王样窗")
    front.get_by_label("手机号").fill("1390000")
    front.get_by_label("航班和日期").fill("2026年12月1日 SC1001")
    front.get_by_role("button", name="提交申请").click()
    expect(front.get_by_text("有 1 项需要核对")).to_be_visible()
    front.get_by_label("手机号").fill("13900000031")
    front.get_by_role("button", name="提交申请").click()
    confirm(front, "提交")
    number = front.get_by_role("status").locator("b").first.inner_text()
    front.get_by_role("link", name="打开办件").click()
    expect(front.get_by_text("王**").first).to_be_visible()  # masked, also for whoever typed it

    back = people.staff("houtai", "/office/").page
    turn_to(back, "cases", "办件")
    back.get_by_label("受理编号、姓名或单位").fill(number)
    back.get_by_role("link", name=number).click()
    expect(back.get_by_text("王**").first).to_be_visible()

    deed(front, "要求补正", done="补正清单已发给申请人", missing=("航班和日期", "没有航班号"))
    expect(back.get_by_role("region", name="概况")).to_contain_text("已提交")  # an old page
    back.get_by_label("内部备注").fill("已电话联系")
    back.get_by_role("button", name="保存备注").click()
    expect(back.get_by_role("region", name="待补正")).to_contain_text("没有航班号")
    supply(front, "航班和日期", "2026年12月1日 SC1234")
    deed(front, "受理", done="已受理，已告知申请人")

    back.reload()
    deed(back, "开始审核", done="已进入审核")
    expect(back.get_by_role("region", name="概况")).to_contain_text("审核中")
    expect(back.get_by_role("region", name="办理经过")).to_contain_text("已电话联系")
    back.get_by_role("button", name="查看原值").click()
    expect(back.get_by_role("region", name="填写的内容")).to_contain_text("13900000031")


def test_what_a_colleague_changed_is_told_and_shown(people: House) -> None:
    first = people.staff("zhuguan", "/office/").page
    second = first.context.new_page()
    second.goto(first.url)
    for page in (first, second):
        turn_to(page, "settings", "本中心设定")
        page.get_by_role("button", name="修改补正期限").click()
    for page, days in ((first, "12"), (second, "20")):
        form = page.get_by_role("dialog", name="补正期限")
        form.get_by_label("补正期限").fill(days)
        form.get_by_role("button", name="保存").click()
    expect(second.get_by_role("alert")).to_contain_text("同事刚刚修改过")
    expect(second.get_by_role("row", name="补正期限")).to_contain_text("12 天")
    expect(first.get_by_role("row", name="补正期限")).to_contain_text("12 天")
    first.get_by_role("button", name="修改补正期限").click()  # others use the same service
    form = first.get_by_role("dialog", name="补正期限")
    form.get_by_label("补正期限").fill("15")
    form.get_by_role("button", name="保存").click()
    expect(first.get_by_role("row", name="补正期限")).to_contain_text("15 天")


def confirm(page: Page, act: str) -> None:
    page.locator(".el-message-box").get_by_role("button", name=act, exact=True).click()


def deed(page: Page, title: str, *, done: str, missing: tuple[str, str] | None = None) -> None:
    page.get_by_role("region", name="办理", exact=True).get_by_role("button", name=title, exact=True).click()
    dialog = page.get_by_role("dialog")
    if missing:
        dialog.get_by_text(missing[0], exact=True).click()
        dialog.get_by_label(f"{missing[0]}的补正原因").fill(missing[1])
    dialog.get_by_role("button", name=title, exact=True).click()
    expect(page.locator(".el-message").filter(has_text=done)).to_be_visible()
    expect(dialog).not_to_be_visible()


def supply(page: Page, what: str, value: str) -> None:
    page.get_by_role("region", name="办理", exact=True).get_by_role("button", name="登记补正").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(f"{what}的新内容").fill(value)
    dialog.get_by_role("button", name="登记补正", exact=True).click()
    expect(dialog).not_to_be_visible()
