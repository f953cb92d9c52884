"""Path 6: a talent applies for the card, pauses, goes on in another browser, and sees it to its end."""

import re
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect

from bot.talent.sample_people import SamplePerson, sample_world
from tests.browser.case_people import (
    CASE_NO,
    Office,
    chooses,
    proves,
    publicity_ends,
    scan,
    sends_file,
    told,
)
from tests.browser.people import House, Talent
from tests.live import LiveService

pytestmark = pytest.mark.xdist_group("browser")

ITEM = "sd-huicaika"
WRONG_NUMBER = "100000197004063840"  # the last figure does not fit the others


def applicant() -> SamplePerson:
    """Of the sample employer that has accounts, and without a card."""
    known, *others = sample_world(today=date.today()).people
    return next(one for one in others if one.employer == known.employer and not one.cards and one.programmes)


def test_from_the_notice_to_the_card(people: House) -> None:
    person = applicant()
    name, number, phone = (str(person.values[key]) for key in ("name", "id_number", "phone"))
    known = {"name": name, "last6": number[-6:], "phone": phone}
    _publicised(people.service)

    first = people.talent()
    _begins(first, name)
    first.say("三支一扶服务几年")
    expect(first.answer("服务期是2年")).to_be_visible()
    first.answered("身份证号")
    first.say(WRONG_NUMBER)
    expect(first.answer("证件号码没有通过校验")).to_be_visible()
    first.answered("身份证号")
    first.asks(number, "您的手机号")
    first.asks("13900000000", "工作单位")
    first.asks("改手机号", "您的手机号")
    first.asks(phone, "工作单位")
    first.asks("暂停", "已为您保存进度")
    proves(first, people.service, **known)

    # Days later, elsewhere.
    talent = people.talent()
    proves(talent, people.service, **known)
    talent.asks("继续办理", "已填 5 项")
    talent.press("继续办山东惠才卡申领")
    case_no = _finishes(talent, person)

    head = people.staff("danwei", "/unit/")
    _approves(head.page, name, case_no)
    told(talent, "单位已核准，已提交到服务中心")

    front = Office(people, "qiantai")
    front.opens(case_no)
    front.does("受理", "已受理")
    told(talent, "已受理，接下来进入审核")
    _supplements(front, talent)

    city, province = Office(people, "shiji"), Office(people, "houtai")
    city.opens(case_no)
    city.does("开始审核", "审核中（市级）")
    city.does("审核通过", "审核中（省级）")
    told(talent, "已提交（省级）")
    province.opens(case_no)
    province.does("审核通过", "公示中")
    told(talent, "公示期为")
    publicity_ends(people.service, case_no)
    told(talent, "公示期已满，等待制发")
    province.page.reload()
    dialog = province.begins("制发办结")
    dialog.get_by_role("textbox", name="卡号").fill("样例-HC-9001")
    province.ends(dialog, "制发办结", "已办结", final=True)
    told(talent, "惠才卡已制发")
    told(talent, "请您评价一下这次服务").get_by_role("button", name="非常满意").click()
    told(talent, "谢谢您的评价")
    talent.asks("我的申请到哪一步了", "已办结")
    talent.asks("我的惠才卡什么时候到期", "有效")


def _begins(talent: Talent, name: str) -> None:
    talent.asks("我要申请惠才卡", "还是请专员全程代办")
    expect(talent.answer("一次性告知")).to_contain_text("适用条件")
    talent.presses("继续填写", "您属于下面哪一类")
    talent.presses("入选省重点人才工程", "有用人单位吗")
    talent.presses("有", "符合公开的申报条件")
    talent.presses("继续填写", "您的姓名")
    talent.asks(name, "身份证号")


def _finishes(talent: Talent, person: SamplePerson) -> str:
    talent.answered("工作单位")
    talent.asks(person.employer, "哪个市")
    talent.asks("济南", "人才工程、奖项或称号")
    talent.asks("泰山产业领军人才，2022年入选", "单位专员")
    talent.presses("还没有", "还有什么要告诉专员")
    talent.presses("跳过", "请核对")
    done = talent.presses("确认提交", "提交成功")
    found = CASE_NO.search(done.inner_text())
    assert found
    return found[0]


def _approves(page: Page, name: str, case_no: str) -> None:
    """业务负责人分配单位专员, then 核准."""
    page.get_by_role("link", name=re.compile("待单位核准")).click()
    row = page.get_by_role("row").filter(has_text=case_no)
    row.get_by_role("link", name=name).click()
    chooses(page, "单位专员", re.compile("韩朗"))
    page.get_by_role("button", name="分配", exact=True).click()
    expect(page.get_by_text("已安排单位专员韩朗")).to_be_visible()
    page.get_by_role("button", name="核准并提交").click()
    page.get_by_role("dialog", name="单位核准").get_by_role("button", name="核准", exact=True).click()
    expect(page.get_by_text("已提交", exact=True)).to_be_visible()


def _supplements(front: Office, talent: Talent) -> None:
    """Two things are asked for at once, and handed in in the chat."""
    dialog = front.begins("要求补正")
    dialog.get_by_text("《山东省高层次人才审核（评审）认定申报表》").click()
    dialog.get_by_label("《山东省高层次人才审核（评审）认定申报表》的补正原因").fill("请上传盖章页")
    dialog.get_by_text("入选的人才工程或奖项", exact=True).click()
    dialog.get_by_label("入选的人才工程或奖项的补正原因").fill("请写明文件号")
    front.ends(dialog, "要求补正", "待补正")
    asked = told(talent, "需要补正，共 2 项")
    expect(asked).to_contain_text("请上传盖章页")
    expect(asked).to_contain_text("请写明文件号")
    talent.asks("补交材料", "申报表")
    sends_file(talent, "申报表.pdf", scan("Declaration form, stamped"))
    talent.answered("已收到 1 个文件")
    talent.presses("传好了，下一步", "入选的人才工程或奖项")
    talent.asks("泰山产业领军人才，2022年第8号文件公布", "请核对")
    talent.presses("确认提交", "补正材料已经提交")


def _publicised(service: LiveService) -> None:
    """No document says whether the card is publicised; this centre has chosen so, on its console's routes."""
    with httpx.Client(base_url=service.url, headers={"Origin": service.url}, trust_env=False) as http:
        body = {"username": "fabu", "password": service.passwords["fabu"]}
        http.headers["X-CSRF-Token"] = (
            http.post("/api/staff/login", json=body).raise_for_status().json()["csrf"]
        )
        path = f"/api/console/items/{ITEM}"
        found = http.get(path).raise_for_status().json()
        item = found["item"] | {"approval": found["item"]["approval"] | {"publicity": True}}
        saved = http.put(path, json={"item": item, "revision": found["revision"]}).raise_for_status().json()
        http.post(f"{path}/publish", json={"revision": saved["revision"]}).raise_for_status()
