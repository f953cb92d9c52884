"""Every page for everybody: no serious barrier by axe, no console error under the real CSP."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import House
from tests.browser.stand_in import DESKTOP, PHONE, WEB

pytestmark = pytest.mark.xdist_group("browser")

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
# What fades in has no contrast yet; spinners never end.
RUN_AXE = """async () => {
  const places = [document, document.querySelector('huicai-chat')?.shadowRoot].filter(Boolean)
  const moving = places.flatMap(place => place.getAnimations())
  const ending = moving.filter(one => one.effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(one => one.finished))
  const { violations } = await axe.run({ resultTypes: ['violations'] })
  return violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
    .map(v => `${v.id}: ${v.nodes.map(n => n.target.flat().join(' ')).join(' | ')}`)
}"""


def barriers(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN_AXE)
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_chat_and_its_menu_have_no_barriers(people: House, size: dict[str, int]) -> None:
    talent = people.talent(size=size)
    expect(talent.page.get_by_text("可以这样问")).to_be_visible()
    assert barriers(talent.page) == []
    row = talent.asks("泉州第三层次人才买房补多少钱", "20万元")
    row.get_by_text("政策依据").click()
    talent.asks("我要申请惠才卡", "还是请专员全程代办")
    talent.asks_for_a_person()
    cancel = talent.page.get_by_role("button", name="取消排队").first
    expect(cancel).to_be_visible()
    assert barriers(talent.page) == []
    cancel.click()
    expect(talent.tools.get_by_role("button", name="转人工")).to_be_enabled()
    if size is PHONE:
        talent.tools.get_by_role("button", name="常见问题").click()
        expect(talent.page.get_by_role("dialog", name="常见问题")).to_be_visible()
        assert barriers(talent.page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_desk_has_no_barriers(people: House, size: dict[str, int]) -> None:
    lin = people.staff("zhuanyuan1", "/desk/", size=size)
    lin.becomes("忙碌")  # before anybody waits: a seat left on line would be rung at log-in
    talent = people.talent()
    talent.asks("惠才卡丢了咋补办", "没有公布")
    talent.asks_for_a_person()
    words = f"想请专员看一下（{size['width']}）"
    talent.say(words)
    lin.opens_list("排队")
    row = lin.chat_with(words)
    expect(row).to_be_visible()
    assert barriers(lin.page) == []
    lin.becomes("在线")  # and it rings
    expect(lin.ring).to_be_visible()
    assert barriers(lin.page) == []
    lin.answers()
    lin.replies("您好，请稍等。")
    lin.notes("先查一下名单")
    assert barriers(lin.page) == []
    for button in ("转接", "挂起", "交还智能助手", "结束会话"):
        lin.acts.get_by_role("button", name=button).click()
        dialog = lin.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        expect(dialog.locator(".el-skeleton")).to_have_count(0)
        assert barriers(lin.page) == [], button
        dialog.get_by_role("button", name="取消").click()
        expect(dialog).not_to_be_visible()
    lin.ends("已答复")
    if size is PHONE:
        lin.page.get_by_role("button", name="返回列表").click()
    for view in ("我的", "本组", "工单", "已结束"):
        lin.opens_list(view)
        expect(lin.page.locator(".el-skeleton")).to_have_count(0)
        assert barriers(lin.page) == [], view


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_console_has_no_barriers(people: House, size: dict[str, int]) -> None:
    page = people.staff("bianji", "/console/", size=size).page
    link = page.get_by_role("link", name="有效期几年")
    page.get_by_label("搜索").fill("惠才卡有效期")
    expect(link).to_be_visible()
    assert barriers(page) == []
    link.click()
    expect(page.get_by_label("相似问")).to_be_visible()
    assert barriers(page) == []
    page.goto(f"{people.service.url}/console/#/try")
    page.get_by_label("问题", exact=True).fill("惠才卡能用几年")
    page.get_by_label("问题", exact=True).press("Enter")
    expect(page.get_by_text("最接近的问答")).to_be_visible()
    assert barriers(page) == []


def test_the_log_in_has_no_barriers(people: House) -> None:
    page, _ = people.page()
    for path in ("/desk/", "/console/"):
        page.goto(people.service.url + path)
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
        assert barriers(page) == []


def test_the_api_page_works_under_the_strict_policy(people: House) -> None:
    page, _ = people.page()
    answer = page.goto(f"{people.service.url}/docs")
    assert answer and "script-src 'self'" in answer.headers["content-security-policy"]
    expect(page.get_by_text("/api/web/messages")).to_be_visible()
