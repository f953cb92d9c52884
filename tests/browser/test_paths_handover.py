"""Path 2: a talent asks for a person and goes from hand to hand; nobody at work, a call-back is owed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Request, Route, expect

from bot.runtime import SHANGHAI
from tests.browser.people import House, Talent
from tests.live import LiveService

pytestmark = pytest.mark.xdist_group("browser")

NOTE = "此人材料齐全，请优先跟进（内部）"
WORDS = "麻烦快一点，我下午三点前要交材料"


def test_ring_chat_transfer_hold_and_back_to_the_assistant(people: House) -> None:
    lin = people.staff("zhuanyuan1", "/desk/")
    zhou = people.staff("zhuanyuan2", "/desk/")
    zhou.becomes("在线")
    zhou.becomes("忙碌")
    lin.becomes("在线")
    talent = people.talent()
    headers = _watch_headers(talent)
    bars = talent.page.locator(".bars")
    talent.asks("惠才卡丢了咋补办", "没有公布")
    talent.asks("三支一扶服务几年", "服务期是2年")
    talent.asks_for_a_person()
    expect(bars).to_contain_text("您排在第 1 位")
    talent.say(WORDS)

    # It rings at the one who is free; everything already known comes along.
    lin.answers(within="政策咨询")
    expect(bars).to_contain_text(f"专员 {lin.name} 正在为您服务")
    expect(lin.log).to_contain_text("惠才卡丢了咋补办")
    expect(lin.log).to_contain_text("服务期是2年")
    expect(lin.log).to_contain_text(WORDS)

    lin.replies("您好，我是专员，材料我这边看到了。")
    said = talent.rows.filter(has_text="材料我这边看到了")
    expect(said).to_contain_text(f"专员 {lin.name}")
    expect(talent.answer("服务期是2年")).to_contain_text("智能助手")
    talent.say("好的，那我等您消息")
    expect(lin.log).to_contain_text("好的，那我等您消息")
    lin.notes(NOTE)

    zhou.becomes("在线")  # else nobody could transfer to them

    # Declined, it stays; accepted, it goes on with the colleague.
    lin.transfers(zhou.name, "请核对名单（内部）")
    expect(zhou.ring).to_contain_text("请核对名单（内部）")
    expect(bars).to_contain_text(lin.name)
    zhou.ring.get_by_role("button", name="婉拒").click()
    expect(lin.acts.get_by_role("button", name="转接")).to_be_visible()
    lin.replies("我还在，稍等。")
    expect(talent.log).to_contain_text("我还在，稍等。")
    lin.transfers(zhou.name, "还是请您核对名单（内部）")
    zhou.answers(within="还是请您核对名单")
    expect(bars).to_contain_text(f"专员 {zhou.name} 正在为您服务")
    expect(talent.log).to_contain_text(f"专员 {zhou.name} 接替为您服务")
    expect(zhou.log).to_contain_text(NOTE)
    zhou.replies("您好，我接着为您核对。")
    expect(talent.log).to_contain_text("我接着为您核对")

    # On hold until the talent writes.
    zhou.holds("等窗口回复（内部）")
    expect(bars).to_contain_text("正在为您核实")
    talent.say("顺便问下，结果会发短信吗")
    expect(bars).to_contain_text(f"专员 {zhou.name} 正在为您服务")
    expect(zhou.log).to_contain_text("结果会发短信吗")
    zhou.replies("会的，名单核对没有问题。")
    expect(talent.log).to_contain_text("名单核对没有问题")

    zhou.gives_back("名单已核对，没有问题。", "请留意时间（内部）")
    expect(talent.log).to_contain_text("已把会话交还智能助手")
    expect(bars).not_to_contain_text("正在为您服务")
    talent.asks("什么时候报名", "以当年招募公告为准")  # still of 三支一扶
    talent.asks("刚才专员怎么说的", "名单已核对，没有问题")

    secrets = (NOTE, "（内部）")
    talent.page.reload()
    expect(talent.log).to_contain_text("已把会话交还智能助手")
    for answer in (
        talent.log.inner_text(),
        *_everything_the_server_tells(people.service, headers),
    ):
        assert "名单核对没有问题" in answer
        assert not [secret for secret in secrets if secret in answer]


def test_picked_from_the_queue_by_one_of_two_and_ended_with_a_summary(people: House) -> None:
    lin = people.staff("zhuanyuan1", "/desk/")
    zhou = people.staff("zhuanyuan2", "/desk/")
    for one in (lin, zhou):
        one.becomes("忙碌")
        one.opens_list("排队")
    talent = people.talent()
    talent.asks("三支一扶服务几年", "服务期是2年")
    talent.asks_for_a_person()
    again = "还想核对一下名单"
    talent.say(again)

    # Both press at the same moment: the second request arrives after the first was granted.
    late: list[Route] = []
    zhou.page.route("**/claim", lambda route: late.append(route))
    with zhou.page.expect_request("**/claim"):
        zhou.chat_with(again).get_by_role("button", name="接待").click()
    lin.chat_with(again).get_by_role("button", name="接待").click()
    expect(lin.acts.get_by_role("button", name="交还智能助手")).to_be_visible()
    with zhou.page.expect_response("**/claim") as refused:
        late[0].continue_()
    assert refused.value.status == 409
    expect(zhou.page.get_by_text("这位人才刚刚由同事接待了")).to_be_visible()
    zhou.page.unroute("**/claim")
    zhou.troubles[:] = [line for line in zhou.troubles if "/claim" not in line]  # the browser notes the 409

    lin.replies("名单已经核对，没有问题。")
    expect(talent.log).to_contain_text("名单已经核对")
    lin.ends("核对名单，无后续事项")
    expect(talent.log).to_contain_text("已结束本次服务")
    talent.page.get_by_role("radio", name="非常满意", exact=True).check(force=True)
    talent.page.get_by_role("button", name="提交评价").click()
    expect(talent.log).to_contain_text("谢谢您的评价")
    lin.opens_list("已结束")
    expect(lin.chat_with("名单已经核对")).to_be_visible()
    talent.asks("惠才卡有效期几年", "一般是5年")
    assert "无后续事项" not in talent.log.inner_text()


def test_out_of_hours_a_call_back_is_owed_and_its_result_told(people: House) -> None:
    talent = people.talent()
    talent.asks("惠才卡丢了咋补办", "没有公布")
    with _closed(people.service):
        talent.tools.get_by_role("button", name="转人工").click()
        sheet = talent.page.get_by_role("dialog")
        expect(sheet).to_contain_text("现在不是人工服务时间")
        sheet.get_by_label("手机号").fill("13900000000")
        sheet.get_by_role("radio", name="上午").check(force=True)
        sheet.get_by_label("要说的话").fill("惠才卡昨天丢了")
        sheet.get_by_role("button", name="登记").click()
        expect(talent.log).to_contain_text("已为您登记回电")
        assert "13900000000" not in talent.log.inner_text()
        talent.asks("惠才卡有效期几年", "一般是5年")  # the assistant goes on

    lin = people.staff("zhuanyuan1", "/desk/")
    lin.opens_list("工单")
    row = lin.page.get_by_role("tabpanel").locator("article").first
    row.get_by_role("button", name="接单").click()
    row.get_by_role("button").first.click()
    conversation = lin.page.get_by_label("会话", exact=True)
    expect(conversation).to_contain_text("139****0000")
    lin.page.get_by_role("button", name="办结").click()
    dialog = lin.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="回电结果").fill("已电话说明补办要带的材料，请下周到窗口办理。")
    dialog.get_by_role("button", name="办结", exact=True).click()
    expect(dialog).not_to_be_visible()
    expect(talent.log).to_contain_text("已电话说明补办要带的材料")
    talent.asks("三支一扶服务几年", "服务期是2年")


@contextmanager
def _closed(service: LiveService) -> Iterator[None]:
    """Every team is shut until the day after tomorrow, whatever the time of day."""
    later = (datetime.now(SHANGHAI) + timedelta(days=2)).isoweekday()
    shut = json.dumps({str(later): [["09:00", "10:00"]]})
    with sqlite3.connect(service.home / "huicai.db") as db:
        week = db.execute("SELECT id, week FROM work_calendars").fetchall()
        db.execute("UPDATE work_calendars SET week = ?", [shut])
    try:
        yield
    finally:
        with sqlite3.connect(service.home / "huicai.db") as db:
            db.executemany("UPDATE work_calendars SET week = ? WHERE id = ?", [(w, i) for i, w in week])


def _watch_headers(talent: Talent) -> dict[str, str]:
    """Filled with the visitor's own token as soon as the page uses it."""
    headers: dict[str, str] = {}

    def look(request: Request) -> None:
        token = request.headers.get("authorization")
        if token:
            headers["Authorization"] = token

    talent.page.on("request", look)
    return headers


def _everything_the_server_tells(service: LiveService, headers: dict[str, str]) -> Iterator[str]:
    """The whole conversation by each way the talent's page could read it."""
    with httpx.Client(base_url=service.url, headers=headers, trust_env=False) as client:
        history = client.get("/api/web/history", params={"before": 10**6, "limit": 100})
        last = history.raise_for_status().json()["messages"][-1]["seq"]
        yield json.dumps(history.json(), ensure_ascii=False)
        poll = client.get("/api/web/events", params={"after": 0, "mode": "poll"})
        yield json.dumps(poll.raise_for_status().json(), ensure_ascii=False)
        with client.stream("GET", "/api/web/events", params={"after": 0}) as stream:
            said: list[str] = []
            for line in stream.iter_lines():
                said.append(line)
                if line == f"id: {last}":
                    break
            yield "\n".join(said)
