"""Path 2: a talent asks for a person; a specialist takes the chat, gives it back, closes it."""

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import House, Talent
from tests.live import LiveService

pytestmark = pytest.mark.xdist_group("browser")

NOTE = "此人材料齐全，请优先跟进（内部）"
WORDS = "麻烦快一点，我下午三点前要交材料"


def test_a_chat_goes_to_a_person_and_back_and_the_assistant_goes_on(people: House) -> None:
    lin = people.staff("zhuanyuan1", "/desk/")
    zhou = people.staff("zhuanyuan2", "/desk/")
    talent = people.talent()
    headers = _watch_headers(talent)
    talent.asks("惠才卡丢了咋补办", "没有公布")
    talent.asks("三支一扶服务几年", "服务期是2年")
    talent.asks_for_a_person()
    expect(talent.page.locator(".bars")).to_contain_text("您排在第")
    talent.say(WORDS)

    # The queue shows it without a reload, with reason, history and what was tried.
    for specialist in (lin, zhou):
        row = specialist.chat_with(WORDS)
        expect(row).to_contain_text("主动找人工")
        row.get_by_role("button").first.click()
        expect(specialist.log).to_contain_text("惠才卡丢了咋补办")
        expect(specialist.log).to_contain_text("服务期是2年")
    packet = lin.page.get_by_label("转接信息").locator("section")
    expect(packet.filter(has_text="未答出的问题")).to_contain_text("惠才卡丢了咋补办")
    expect(packet.filter(has_text="已回答的问题")).to_contain_text("三支一扶服务几年")

    # Both press at the same moment: the second request arrives after the first was granted.
    late: list[Route] = []
    zhou.page.route("**/claim", lambda route: late.append(route))
    with zhou.page.expect_request("**/claim"):
        zhou.chat_with(WORDS).get_by_role("button", name="接待").click()
    lin.chat_with(WORDS).get_by_role("button", name="接待").click()
    expect(lin.page.get_by_role("button", name="交还智能助手")).to_be_visible()
    with zhou.page.expect_response("**/claim") as refused:
        late[0].continue_()
    assert refused.value.status == 409
    expect(zhou.page.get_by_text("这位人才刚刚由同事接待了")).to_be_visible()
    zhou.page.unroute("**/claim")
    zhou.troubles[:] = [line for line in zhou.troubles if "/claim" not in line]  # the browser notes the 409

    expect(talent.page.locator(".bars")).to_contain_text(f"专员 {lin.name} 正在为您服务")
    lin.replies("您好，我是专员，材料我这边看到了。")
    expect(talent.rows.last).to_contain_text("材料我这边看到了")
    expect(talent.rows.last).to_contain_text(f"专员 {lin.name}")
    talent.say("好的，那我等您消息")
    expect(lin.log).to_contain_text("好的，那我等您消息")
    lin.notes(NOTE)
    expect(zhou.log).to_contain_text(NOTE)  # a colleague who looks on reads it
    lin.replies("已经转给经办，明天给您答复。")
    expect(talent.rows.last).to_contain_text("明天给您答复")

    lin.ends("交还智能助手", "交还", "已告知明天答复，请继续解答三支一扶的问题")
    expect(talent.log).to_contain_text("已把会话交还智能助手")
    expect(talent.page.locator(".bars")).not_to_contain_text("正在为您服务")
    talent.asks("什么时候报名", "以当年招募公告为准")

    # A second round, closed this time.
    talent.asks_for_a_person()
    expect(talent.page.locator(".bars")).to_contain_text("您排在第")
    again = "还想核对一下名单"
    talent.say(again)
    zhou.chat_with(again).get_by_role("button", name="接待").click()
    zhou.replies("名单已经核对，没有问题。")
    expect(talent.rows.last).to_contain_text("名单已经核对")
    zhou.ends("结束会话", "结束会话", "核对名单，无后续事项")
    expect(talent.log).to_contain_text("已结束本次服务")
    expect(talent.page.locator(".bars")).to_contain_text("会话已结束")
    talent.asks("惠才卡有效期几年", "一般是5年")
    expect(talent.page.locator(".bars")).not_to_contain_text("会话已结束")

    assert NOTE not in talent.page.locator("huicai-chat").inner_text()
    talent.page.reload()
    expect(talent.log).to_contain_text("已结束本次服务")
    assert NOTE not in talent.page.locator("huicai-chat").inner_text()
    for answer in _everything_the_server_tells(people.service, headers):
        assert "已结束本次服务" in answer
        assert NOTE not in answer
        assert "无后续事项" not in answer


def _watch_headers(talent: Talent) -> dict[str, str]:
    """Filled with the visitor's own token as soon as the page uses it."""
    headers: dict[str, str] = {}

    def look(request: object) -> None:
        token = request.headers.get("authorization")  # type: ignore[attr-defined]
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
