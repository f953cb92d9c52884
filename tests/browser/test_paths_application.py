"""Path 3: a talent applies for the card through the guide and asks later how far it is."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.people import House, Talent

pytestmark = pytest.mark.xdist_group("browser")

# Fictitious; the number has a valid checksum.
NAME = "张样例"
ID_NUMBER = "11010519491231002X"
FIRST_PHONE = "13900000000"
PHONE = "13900000001"
EMPLOYER = "山东样例大学"


def test_from_the_notice_to_the_case_number_and_its_progress(people: House) -> None:
    talent = people.talent()
    talent.asks("我要申请惠才卡", "还是请专员全程代办")
    notice = talent.answer("一次性告知")
    for word in ("适用条件", "所需材料", "办理流程", "无法承诺办结天数", "0531-88597979"):
        expect(notice).to_contain_text(word)
    talent.presses("继续填写", "您属于下面哪一类")
    talent.presses("入选省重点人才工程", "有用人单位吗")
    talent.presses("有", "符合公开的申报条件")
    talent.presses("继续填写", "您的姓名")
    talent.asks(NAME, "身份证号")

    talent.say("三支一扶服务几年")
    expect(talent.answer("服务期是2年")).to_be_visible()
    talent.answered("身份证号")

    talent.asks(ID_NUMBER, "您的手机号")
    talent.say("139000000")
    expect(talent.answer("手机号应为11位数字")).to_be_visible()
    talent.answered("您的手机号")
    talent.asks(FIRST_PHONE, "工作单位")
    talent.asks(EMPLOYER, "哪个市")
    talent.asks("济南", "人才工程、奖项或称号")
    talent.asks("泰山学者青年专家，2022年入选", "单位专员")
    talent.presses("已分配", "还有什么要告诉专员")
    summary = talent.presses("跳过", "请核对")
    expect(summary).to_contain_text("139****0000")
    talent.asks("改手机号", "您的手机号")
    summary = talent.asks(PHONE, "请核对")
    expect(summary).to_contain_text("139****0001")
    expect(summary).to_contain_text("济南市")
    seen = talent.log.inner_text()
    for raw in (NAME, ID_NUMBER, FIRST_PHONE, PHONE, EMPLOYER):
        assert raw not in seen
    done = talent.presses("确认提交", "提交成功")
    expect(done).to_contain_text("查询码只显示这一次")
    said = done.inner_text()
    case = re.search(r"HC\d{8}-\d{5}", said)
    code = re.search(r"\b[A-Z][A-Z2-9]{3}-[A-Z][A-Z2-9]{3}\b", said)
    assert case and code

    talent.asks("我的申请到哪一步了", "查询码")
    talent.asks(f"{case[0]} {code[0]}", "已提交")
    another = people.talent()
    another.asks("我的申请到哪一步了", "查询码")
    another.asks(f"{case[0]} ABCD-EFGH", "受理编号或查询码不对")
    another.asks(f"我的申请到哪一步了，{case[0]} {code[0]}", "山东惠才卡申领")
    _nothing_raw_in(people.service.home, stored=case[0])
    _shown_masked(talent)


def _shown_masked(talent: Talent) -> None:
    """After a reload too the talent's own words come back with their hints only."""
    talent.page.reload()
    expect(talent.log).to_contain_text("提交成功")
    seen = talent.log.inner_text()
    for raw in (NAME, ID_NUMBER, FIRST_PHONE, PHONE, EMPLOYER):
        assert raw not in seen


def _nothing_raw_in(home: Path, *, stored: str) -> None:
    """Sealed columns are encrypted: no byte of any file, database, WAL or log, may show a raw number."""
    contents = {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(stored.encode() in content for content in contents.values()), "not where the data is"
    for raw in (ID_NUMBER, FIRST_PHONE, PHONE):
        assert [name for name, content in contents.items() if raw.encode() in content] == []
