"""Pictures of the pages with real content: `.venv/bin/python -m tests.browser.take_pictures docs/pictures`.

The three pictures of the README go there; every main state, at desktop and phone size, goes to a
temporary folder.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bot.settings import PROJECT
from bot.supervisor import engine_python
from tests.browser.conftest import ARGUMENTS
from tests.browser.people import House, Staff, Talent, house
from tests.browser.stand_in import PHONE
from tests.browser.test_manage import TABS, turn_to
from tests.browser.test_office import VIEWS
from tests.browser.test_office import turn_to as turn_to_view
from tests.live import LiveService, passwords_in

WIDE = {"width": 1440, "height": 900}
# Nothing may be caught half way in or out.
AT_REST = """async () => {
  const places = [document, document.querySelector('huicai-chat')?.shadowRoot].filter(Boolean)
  const moving = places.flatMap(place => place.getAnimations())
  const ending = moving.filter(one => one.effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(one => one.finished))
}"""


class Album:
    def __init__(self, people: House, *, states: Path, chosen: Path) -> None:
        self._people = people
        self._states = states
        self._chosen = chosen

    def take(self, page: Page, name: str, *, chosen: str | None = None) -> None:
        page.evaluate(AT_REST)
        width = page.viewport_size["width"] if page.viewport_size else 0
        picture = self._states / f"{name}-{width}.png"
        page.screenshot(path=picture)
        if chosen and width == WIDE["width"]:
            shutil.copy(picture, self._chosen / f"{chosen}.png")

    def chat(self, size: dict[str, int]) -> None:
        talent = self._people.talent(size=size)
        expect(talent.page.get_by_text("可以这样问")).to_be_visible()
        self.take(talent.page, "chat-welcome")
        talent.asks("有补贴吗", "您想问的是下面哪一个")
        self.take(talent.page, "chat-offers")
        talent.asks("惠才卡有效期几年", "一般是5年")
        talent.rows.last.get_by_text("政策依据").click()
        talent.page.mouse.move(0, 0)
        self.take(talent.page, "chat-answer", chosen="chat")
        talent.asks("泉州第三层次人才买房补多少钱", "20万元")
        self.take(talent.page, "chat-table")
        talent.asks("惠才卡丢了咋补办", "没有公布")
        self.take(talent.page, "chat-not-published")
        talent.asks("我不想活了", "您不是一个人")
        self.take(talent.page, "chat-crisis")
        if size is PHONE:
            talent.tools.get_by_role("button", name="常见问题").click()
            self.take(talent.page, "chat-menu")
            talent.page.keyboard.press("Escape")
        talent.page.get_by_role("button", name="长辈版").click()
        self.take(talent.page, "chat-elder")

    def guide(self, size: dict[str, int]) -> None:
        talent = self._people.talent(size=size)
        talent.asks("我要申请惠才卡", "还是请专员全程代办")
        self.take(talent.page, "guide-notice")
        for title, answer in (
            ("继续填写", "您属于下面哪一类"),
            ("入选省重点人才工程", "有用人单位吗"),
            ("有", "符合公开的申报条件"),
            ("继续填写", "您的姓名"),
        ):
            talent.presses(title, answer)
        self.take(talent.page, "guide-form")
        for said, answer in (
            ("张样例", "身份证号"),
            ("11010519491231002X", "您的手机号"),
            ("13900000000", "工作单位"),
            ("山东样例大学", "哪个市"),
            ("济南", "人才工程、奖项或称号"),
            ("泰山学者青年专家，2022年入选", "单位专员"),
        ):
            talent.asks(said, answer)
        talent.presses("已分配", "还有什么要告诉专员")
        talent.presses("跳过", "请核对")
        self.take(talent.page, "guide-summary")
        talent.presses("确认提交", "提交成功")
        self.take(talent.page, "guide-submitted")

    def desk(self, size: dict[str, int]) -> None:
        lin = self._people.staff("zhuanyuan1", "/desk/", size=size)
        zhou = self._people.staff("zhuanyuan2", "/desk/")
        lin.becomes("忙碌")
        zhou.becomes("忙碌")
        self.take(lin.page, "desk-empty")
        asking = [
            self._waits("350000", "泉州第三层次人才买房补多少钱", "20万元", "我想确认一下补助能不能一次领完"),
            self._waits("370000", "青岛地铁几点停", "没有可靠的资料", "还有别的电话可以打吗"),
        ]
        talent = self._waits("370000", "惠才卡丢了咋补办", "没有公布", "卡昨天在济南丢的，下周要用")
        lin.opens_list("排队")
        row = lin.chat_with("下周要用")
        expect(row).to_be_visible()
        self.take(lin.page, "desk-queue")
        row.get_by_role("button", name="接待").click()
        lin.replies("您好，我是专员。补办办法没有公开发布，我先帮您向省高层次人才服务窗口核实。")
        expect(talent.log).to_contain_text("我先帮您")
        talent.say("好的，谢谢，我单位在济南高新区。")
        expect(lin.log).to_contain_text("济南高新区")
        lin.notes("已电话核实，等窗口回复；单位专员王老师知情。")
        self.take(lin.page, "desk-chat", chosen="desk")
        if size is PHONE:
            lin.page.get_by_role("button", name="转接信息", exact=True).click()
            self.take(lin.page, "desk-packet")
            lin.page.get_by_role("button", name="返回会话").click()
        self.take(talent.page, "chat-with-person")
        for other in asking:
            other.page.get_by_role("button", name="取消排队").first.click()
            expect(other.tools.get_by_role("button", name="转人工")).to_be_enabled()
        zhou.becomes("在线")  # somebody to transfer to
        for name, button in (
            ("transfer", "转接"),
            ("hold", "挂起"),
            ("give-back", "交还智能助手"),
            ("end", "结束会话"),
        ):
            lin.acts.get_by_role("button", name=button).click()
            dialog = lin.page.get_by_role("dialog")
            expect(dialog.locator(".el-skeleton")).to_have_count(0)
            self.take(lin.page, f"desk-{name}")
            dialog.get_by_role("button", name="取消").click()
            expect(dialog).not_to_be_visible()
        zhou.becomes("忙碌")
        lin.holds("等窗口回复")
        self.take(lin.page, "desk-on-hold")
        self.take(talent.page, "chat-on-hold")
        lin.ends("已登记，窗口回复后电话告知")
        self.take(talent.page, "chat-rating")
        lin.becomes("在线")
        self._waits("370000", "惠才卡丢了咋补办", "没有公布", "请问窗口有消息了吗")
        expect(lin.ring).to_contain_text("窗口有消息了吗")
        self.take(lin.page, "desk-ring")
        lin.answers()
        lin.ends("已告知窗口回复")

    def manage(self, size: dict[str, int]) -> None:
        for username, tabs in TABS.items():
            page = self._people.staff(username, "/manage/", size=size).page
            for path, title in tabs:
                turn_to(page, path, title)
                self.take(page, "manage-" + path.replace("/", "-"))

    def office(self, size: dict[str, int]) -> None:
        for username, views in VIEWS.items():
            page = self._people.staff(username, "/office/", size=size).page
            for path, title in views:
                turn_to_view(page, path, title)
                self.take(page, f"office-{username}-" + path.replace("/", "-"))
        page = self._people.staff("zhuguan", "/office/", size=size).page
        turn_to_view(page, "talents", "人才库")
        page.locator("tbody").get_by_role("link").first.click()
        expect(page.get_by_role("region", name="工作情况")).to_be_visible()
        self.take(page, "office-talent")
        page.get_by_role("button", name="能享受什么").click()
        expect(page.locator("main .el-skeleton")).to_have_count(0)
        self.take(page, "office-entitled")

    def _waits(self, region: str, question: str, answer: str, words: str) -> Talent:
        talent = self._people.talent()
        talent.page.get_by_label("省份").select_option(region)
        talent.asks(question, answer)
        talent.asks_for_a_person()
        expect(talent.page.locator(".bars")).to_contain_text("排在第")
        talent.say(words)
        return talent

    def console(self, size: dict[str, int]) -> None:
        editor: Staff = self._people.staff("fabu", "/console/", size=size)
        page = editor.page
        expect(page.get_by_role("table")).to_be_visible()
        self.take(page, "console-list")
        page.get_by_label("搜索").fill("惠才卡有效期")
        page.get_by_role("link", name="有效期几年").click()
        expect(page.get_by_label("相似问")).to_be_visible()
        self.take(page, "console-editor", chosen="console")
        page.goto(f"{self._people.service.url}/console/#/try")
        page.get_by_label("问题", exact=True).fill("惠才卡能用几年")
        page.get_by_label("问题", exact=True).press("Enter")
        expect(page.get_by_text("最接近的问答")).to_be_visible()
        self.take(page, "console-try")

    def doors(self, size: dict[str, int]) -> None:
        page, _ = self._people.page(size=size)
        page.goto(f"{self._people.service.url}/desk/")
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
        self.take(page, "log-in")
        page.goto(f"{self._people.service.url}/docs")
        expect(page.get_by_text("/api/web/messages")).to_be_visible()
        self.take(page, "docs")


def main(chosen: Path) -> None:
    chosen.mkdir(parents=True, exist_ok=True)
    states = Path(tempfile.mkdtemp(prefix="huicai-pictures-"))
    models = PROJECT / ".stamps" / "models"
    train = [engine_python(), "-m", "bot.engine.train", "--unless-current", "--out", str(models)]
    subprocess.run(train, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    service = LiveService(Path(tempfile.mkdtemp(prefix="huicai-")))
    service.passwords = passwords_in(service.prepare(max(models.glob("huicai-*.tar.gz"))))
    try:
        service.start_all()
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for size in (WIDE, PHONE):
                with house(browser, service) as people:
                    album = Album(people, states=states, chosen=chosen)
                    staff = (album.desk, album.office, album.console, album.manage)
                    for part in (album.doors, album.chat, album.guide, *staff):
                        part(size)
            browser.close()
    finally:
        service.stop()
        shutil.rmtree(service.home)
    print(f"README: {chosen}\n所有画面: {states}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
