"""A talk with a person through every trouble: nothing is lost or doubled, and the talent is told."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import House, Staff, Talent

pytestmark = pytest.mark.xdist_group("browser")

LOST_S = 60  # a lost desk is given up after its grace; how long that is, the server decides


@pytest.fixture
def talking(people: House) -> Iterator[tuple[Staff, Talent]]:
    """A specialist and a talent in the middle of a talk."""
    lin = people.staff("zhuanyuan1", "/desk/")
    lin.becomes("在线")
    talent = people.talent()
    talent.asks_for_a_person()
    lin.answers()
    lin.replies("您好，请讲。")
    expect(talent.log).to_contain_text("您好，请讲。")
    yield lin, talent
    for one in (lin, talent):  # a browser notes in its console what it cannot reach
        one.troubles[:] = [line for line in one.troubles if "net::ERR" not in line]


def once(log: Locator, text: str) -> None:
    expect(log.get_by_text(text, exact=True)).to_have_count(1)


def test_the_app_restarts_in_the_middle_of_a_talk(people: House, talking: tuple[Staff, Talent]) -> None:
    lin, talent = talking
    people.service.kill("app")
    talent.say("重启时人才说的话")
    lin.page.get_by_label("回复内容").fill("重启时专员说的话")
    lin.page.get_by_label("回复内容").press("Enter")
    expect(talent.page.locator(".bars")).to_contain_text("网络")
    people.service.start_app()
    people.service.wait_ready()
    kept = lin.log.locator(".message[data-seq]")
    expect(kept.filter(has_text="重启时人才说的话")).to_have_count(1)
    # Whose words come first is chance: the talent's before the specialist's are asked about first,
    # and are quoted there.
    stored = kept.filter(has_text="重启时专员说的话")
    overtaken = lin.log.get_by_role("button", name="仍然发送")
    expect(stored.or_(overtaken)).to_be_visible()
    if overtaken.is_visible():
        overtaken.click()
    for log in (lin.log, talent.log):
        once(log, "重启时人才说的话")
        once(log, "重启时专员说的话")
    lin.troubles[:] = [line for line in lin.troubles if "/messages" not in line]  # the browser notes the 409
    talent.page.reload()
    lin.page.reload()
    for log in (lin.log, talent.log):
        once(log, "重启时人才说的话")
        once(log, "重启时专员说的话")
    lin.ends("已答复")


def test_a_specialist_cut_off_for_long_is_replaced_and_the_talent_told(
    people: House, talking: tuple[Staff, Talent]
) -> None:
    lin, talent = talking
    zhou = people.staff("zhuanyuan2", "/desk/")
    zhou.becomes("在线")
    lin.page.context.set_offline(True)
    lin.page.get_by_label("回复内容").fill("断网时专员写的话")
    lin.page.get_by_label("回复内容").press("Enter")
    talent.say("您还在吗？")
    expect(talent.log).to_contain_text("刚才的专员暂时离线", timeout=LOST_S * 1000)
    zhou.answers()
    expect(zhou.log).to_contain_text("您还在吗？")
    zhou.replies("我来接着为您服务。")
    expect(talent.log).to_contain_text("我来接着为您服务。")

    # Back again, the first one is told; the words kept back are not slipped into a colleague's talk.
    lin.page.context.set_offline(False)
    expect(lin.log.locator(".message", has_text="断网时专员写的话")).to_contain_text("没有发出")
    once(talent.log, "您还在吗？")
    expect(talent.log).not_to_contain_text("断网时专员写的话")
    expect(talent.page.locator(".bars")).to_contain_text(zhou.name)
    lin.troubles[:] = [line for line in lin.troubles if "/messages" not in line]  # the browser notes the 403
    zhou.ends("已答复")


def test_two_tabs_of_a_talent_and_a_frozen_one(people: House, talking: tuple[Staff, Talent]) -> None:
    lin, talent = talking
    second = Talent(talent.page.context.new_page())
    second.page.goto(people.service.url)
    once(second.log, "您好，请讲。")
    talent.say("第一个窗口说的话")
    second.say("第二个窗口说的话")
    for log in (talent.log, second.log, lin.log):
        once(log, "第一个窗口说的话")
        once(log, "第二个窗口说的话")

    browser = talent.page.context.new_cdp_session(talent.page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    lin.replies("冻结时专员说的话")
    once(second.log, "冻结时专员说的话")
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    once(talent.log, "冻结时专员说的话")

    desk = lin.page.context.new_cdp_session(lin.page)
    desk.send("Page.setWebLifecycleState", {"state": "frozen"})
    talent.say("专员页面冻结时说的话")
    once(second.log, "专员页面冻结时说的话")
    desk.send("Page.setWebLifecycleState", {"state": "active"})
    once(lin.log, "专员页面冻结时说的话")
    lin.replies("看到了。")
    once(talent.log, "看到了。")
    lin.ends("已答复")
