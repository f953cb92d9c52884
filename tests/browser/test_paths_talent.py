"""Path 1: a talent asks in everyday words and gets the right answer, an offer, or an honest no."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import House, Talent
from tests.live import LiveService, free_port

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def talent(people: House) -> Talent:
    return people.talent()


@pytest.mark.parametrize(
    ("question", "answer", "scope", "basis"),
    [
        ("惠才卡有效期几年", "一般是5年", "山东省 · 2018年", "鲁人社规〔2018〕5号"),
        ("泉州第三层次人才买房补多少钱", "20万元", "泉州市 · 2022年", "泉州市高层次人才安居保障规定"),
        ("三支一扶服务几年", "服务期是2年", "山东省 · 2020年", "鲁人社字〔2020〕111号"),
        ("科技特派员咋申请", "省科技厅备案并发证", "山东省 · 2021年", "山东省科技特派员管理办法"),
    ],
)
def test_an_everyday_question_is_answered_with_basis_place_and_year(
    talent: Talent, question: str, answer: str, scope: str, basis: str
) -> None:
    row = talent.asks(question, answer)
    expect(row).to_contain_text(f"适用范围：{scope}")
    expect(row).to_contain_text("智能助手")
    named = row.locator(".sources").get_by_text(basis).first
    expect(named).not_to_be_visible()
    row.get_by_text("政策依据").click()
    expect(named).to_be_visible()


def test_what_is_not_ours_is_declined_and_a_person_offered(talent: Talent) -> None:
    row = talent.asks("青岛地铁几点停", "没有可靠的资料")
    expect(row.get_by_role("button", name="转人工")).to_be_visible()
    expect(row.locator(".sources")).to_have_count(0)


def test_what_is_not_published_is_said_and_a_person_offered(talent: Talent) -> None:
    row = talent.asks("惠才卡丢了咋补办", "没有公布")
    expect(row.get_by_role("button", name="转人工")).to_be_visible()


def test_somebody_in_despair_gets_care_and_the_hotlines(talent: Talent) -> None:
    row = talent.asks("我不想活了", "您不是一个人")
    for hotline in ("12356", "120", "110"):
        expect(row.get_by_text(hotline)).to_be_visible()
    expect(row.get_by_role("button", name="转人工")).to_be_visible()


def test_a_vague_question_gets_up_to_three_offers_and_one_is_pressed(talent: Talent) -> None:
    row = talent.asks("有补贴吗", "您想问的是下面哪一个")
    titles = row.locator(".choice").all_inner_texts()
    assert titles[-2:] == ["都不是", "转人工"]
    assert 1 <= len(titles) - 2 <= 3
    talent.press(titles[0])
    expect(talent.log.locator(".row.by-talent").last).to_contain_text(titles[0])
    expect(talent.rows.last.get_by_text("适用范围")).to_be_visible()


def test_an_answer_is_praised(talent: Talent) -> None:
    row = talent.asks("三支一扶服务几年", "服务期是2年")
    row.get_by_role("button", name="有帮助").click()
    expect(row).to_contain_text("感谢您的评价")


def test_a_reload_keeps_everything_in_order(talent: Talent) -> None:
    talent.asks("三支一扶服务几年", "服务期是2年")
    talent.asks("什么时候报名", "以当年招募公告为准")
    before = talent.log.locator(".bubble").all_text_contents()
    talent.page.reload()
    expect(talent.log.locator(".bubble")).to_have_text(before)
    talent.asks("惠才卡有效期几年", "一般是5年")


def test_the_region_decides_whose_policy_is_meant(talent: Talent) -> None:
    talent.page.get_by_label("省份").select_option("福建省")
    talent.page.get_by_label("城市").select_option("泉州市")
    talent.page.reload()
    expect(talent.page.get_by_label("城市")).to_have_value("350500")
    row = talent.asks("第三层次买房补多少钱", "20万元")
    expect(row).to_contain_text("适用范围：泉州市")


def test_a_question_of_the_menu_is_asked(talent: Talent) -> None:
    menu = talent.page.get_by_role("navigation", name="常见问题")
    menu.get_by_role("button", name="三支一扶", exact=False, expanded=False).click()
    menu.get_by_role("button", name="三支一扶服务期几年").click()
    expect(talent.rows.first).to_contain_text("三支一扶服务期几年")
    talent.answered("服务期是2年")


def test_it_works_in_another_site_that_is_allowed_and_only_there(
    chromium: Browser, live: LiveService
) -> None:
    allowed = int(live.more["HUICAI_EMBED_ORIGINS"].rpartition(":")[2])
    with _site(allowed, embeds=live.url) as address:
        talent = _open_bubble(chromium, address)
        talent.asks("三支一扶服务几年", "服务期是2年")
        talent.page.reload()
        talent.page.get_by_role("button", name="人才服务咨询").click()
        expect(talent.log).to_contain_text("服务期是2年")
        talent.page.context.close()
    with _site(free_port(), embeds=live.url) as address:
        stranger = _open_bubble(chromium, address)
        stranger.say("三支一扶服务几年")
        expect(stranger.rows).to_contain_text("待发送")
        stranger.page.context.close()


def _open_bubble(chromium: Browser, address: str) -> Talent:
    talent = Talent(chromium.new_context(locale="zh-CN").new_page())
    talent.page.goto(address)
    talent.page.get_by_role("button", name="人才服务咨询").click()
    return talent


@contextmanager
def _site(port: int, *, embeds: str) -> Iterator[str]:
    """Somebody else's web site with our chat in it."""
    script = f'<script src="{embeds}/widget.js" data-server="{embeds}" async></script>'
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>某单位</title><body>{script}'

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is not the site's access log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}/"
    server.shutdown()
    server.server_close()
    thread.join()
