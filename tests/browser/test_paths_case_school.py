"""Path 7: a school place and a housing grant in Quanzhou, handed in once, worked on by two departments."""

import pytest
from playwright.sync_api import expect

from tests.browser.case_people import CASE_NO, Office, chooses, scan, sends_file, told
from tests.browser.people import House, Talent

pytestmark = pytest.mark.xdist_group("browser")

# Fictitious; the number has a valid checksum.
NAME, ID_NUMBER, PHONE = "张样例", "11010519491231002X", "13900000002"
EMPLOYER, CHILD, SCHOOL = "泉州样例电子有限公司", "张小例", "丰泽区样例幼儿园"
ADDRESS = "丰泽区样例路8号2栋301室"
PLACE, HOUSE = "泉州高层次人才子女就学", "泉州高层次人才住房安居"


def test_two_items_in_one_submission_by_two_departments(people: House) -> None:
    talent = people.talent()
    case_no = _hands_in(talent)

    front, back = Office(people, "qiantai"), Office(people, "quanzhou")
    for item in (PLACE, HOUSE):
        front.opens(case_no, item=item)
        front.does("受理", "已受理")
        told(talent, f"（{item}）：已受理")
    for item, department in ((PLACE, "泉州市教育局"), (HOUSE, "泉州市住房和城乡建设局")):
        back.opens(case_no, item=item)
        back.does("开始审核", "审核中")
        dialog = back.begins("派发会办")
        chooses(back.page, "第 1 个部门", department)
        dialog.get_by_role("textbox", name="要核对什么").fill(f"请核对{item}的条件")
        back.ends(dialog, "派发会办", "会办中")
        told(talent, f"（{item}）：正在征求有关部门的意见")
        back.page.get_by_role("button", name="催办", exact=True).click()
        expect(back.page.get_by_role("region", name="会办")).to_contain_text("已提醒 1 次")
    for username, item in (("bumen", PLACE), ("zhujian", HOUSE)):
        _answers(Office(people, username), case_no, item)
        told(talent, f"（{item}）：有关部门的意见已收到")

    results = {PLACE: "安排到丰泽区样例小学一年级", HOUSE: "购房补助按规定落实"}
    for item, words in results.items():
        back.opens(case_no, item=item)
        back.does("审核通过", "审核中（市级）")
        back.does("审核通过", "待制发")
        dialog = back.begins("制发办结")
        dialog.get_by_role("textbox").first.fill(words)
        back.ends(dialog, "制发办结", "已办结", final=True)
        told(talent, words)
    told(talent, "请您评价一下这次服务").get_by_role("button", name="基本满意").click()
    told(talent, "谢谢您的评价")


def _hands_in(talent: Talent) -> str:
    talent.asks("我想给孩子上小学，还要申请购房补助", "您是要在泉州市办吗")
    talent.presses("是，在泉州市办", "还是请专员全程代办")
    notice = talent.answer("一次性告知")
    for item in (PLACE, HOUSE):
        expect(notice).to_contain_text(item)
    talent.presses("继续填写", "哪个县（市、区）")
    talent.asks("丰泽区", "第几层次")
    talent.asks("第三层次", "孩子要办哪一种")
    talent.asks("上小学", "四种里您想选哪一种")
    talent.asks("购房补助", "私有住房")
    talent.presses("都没有", "新建商品房")
    talent.presses("新建商品房", "产权转移")
    result = talent.presses("没有", "符合公开的申报条件")
    expect(result).to_contain_text("第一至第三层次可按意愿选全市优质公办")
    expect(result).to_contain_text("第三层次购房补助20万元")
    talent.presses("继续填写", "购房合同登记备案证明")
    sends_file(talent, "备案证明.pdf", scan("Registered contract of sale"))
    talent.answered("已收到 1 个文件")
    talent.presses("传好了，下一步", "您的姓名")
    talent.asks(NAME, "身份证号")
    talent.asks(ID_NUMBER, "您的手机号")
    talent.asks(PHONE, "工作单位")
    talent.asks(EMPLOYER, "孩子的姓名")
    talent.asks(CHILD, "出生日期")
    talent.asks("2019年9月1日", "哪所幼儿园或学校")
    talent.asks(SCHOOL, "家庭住址")
    talent.asks(ADDRESS, "想去哪所学校")
    talent.presses("跳过", "还有什么要告诉专员")
    talent.presses("跳过", "房屋的地址")
    summary = talent.presses("跳过", "请核对")
    seen = talent.log.inner_text()
    for raw in (NAME, ID_NUMBER, PHONE, EMPLOYER, CHILD, SCHOOL, ADDRESS):
        assert raw not in seen, raw
    expect(summary).to_contain_text("丰泽区")
    done = talent.presses("确认提交", "提交成功")
    found = CASE_NO.search(done.inner_text())
    assert found
    return found[0]


def _answers(office: Office, case_no: str, item: str) -> None:
    """A department finds what it is asked, and nothing else of the case."""
    page = office.page
    expect(page.get_by_role("row").filter(has_text=case_no)).to_contain_text("已催办 1 次")
    page.get_by_role("link", name=case_no, exact=True).click()
    asked = page.get_by_role("region", name="会办事项")
    expect(asked).to_contain_text(item)
    expect(asked).to_contain_text("已催办 1 次")
    answers = page.get_by_role("region", name="申请内容")
    expect(answers).to_contain_text("第三层次")
    for raw in (ID_NUMBER, PHONE, ADDRESS):
        assert raw not in page.inner_text("body")
    page.get_by_role("button", name="查看原值").click()
    expect(answers).to_contain_text(PHONE)  # to check by, until the answer is given
    page.get_by_text("同意", exact=True).click()
    page.get_by_role("textbox", name="核对情况").fill("经核对，条件属实。")
    page.get_by_role("button", name="提交答复").click()
    page.get_by_role("dialog", name="提交答复").get_by_role("button", name="提交", exact=True).click()
    expect(asked).to_contain_text("经核对，条件属实。")
    expect(answers).not_to_contain_text(PHONE)
