"""Advertisements, gambling and pornography go; documents about recruitment or about crime stay whole."""

import pytest

from bot.text.clean import FindingKind
from tests.text.scraped import NOTICE, cleaned, doubted, removed, text_of


@pytest.mark.parametrize("advert", ["昆明招工信息网", "2022成都公务员考试成绩查询", "湖北教育考试院官网"])
@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("{}", None),
        ("{}(二)“名师送教”活动。每年选派教师下乡。", "(二)“名师送教”活动。每年选派教师下乡。"),
        ("{}\xa0\xa0(二)“名师送教”活动。每年选派教师下乡。", "(二)“名师送教”活动。每年选派教师下乡。"),
        ("{}∙【主题分类】人力资源", "【主题分类】人力资源"),
        ("【主题分类】人力资源 {}", "【主题分类】人力资源"),
        ("每年选派教师下乡。 {}", "每年选派教师下乡。"),
        ("{} 二、保障措施", "二、保障措施"),
    ],
)
def test_an_advertisement_goes_and_the_line_stays(advert: str, line: str, kept: str | None) -> None:
    raw = NOTICE.format(line.format(advert), "二、其他事项")
    assert [found.strip("∙") for found in removed(raw, FindingKind.ADVERTISEMENT)] == [advert]
    expected = [one for one in NOTICE.format(kept or "", "二、其他事项").split("\n") if one]
    assert list(cleaned(raw).lines) == expected


def test_two_advertisements_on_a_line() -> None:
    raw = NOTICE.format("大连招工信息最新招聘信息【主题分类】人力资源 海南卫生资格考试信息网", "")
    assert removed(raw, FindingKind.ADVERTISEMENT) == ["大连招工信息最新招聘信息", "海南卫生资格考试信息网"]
    assert "【主题分类】人力资源" in cleaned(raw).lines


@pytest.mark.parametrize(
    "line",
    [
        "山东省事业单位招聘工作",
        "济南公务员考试报名时间",
        "上海招聘会将于5月举行,省内企业可以报名。",
        "赴深圳招聘",
        "各市要做好公务员考试和事业单位招聘工作。",
        "深圳、上海等地的招聘信息由省厅统一发布。",
        "北京大学招聘",
    ],
)
def test_recruitment_in_the_text_is_no_advertisement(line: str) -> None:
    raw = NOTICE.format(line, "")
    assert line in cleaned(raw).lines
    assert removed(raw, FindingKind.ADVERTISEMENT) == []


def test_a_place_the_document_speaks_of_is_doubted_not_cut() -> None:
    raw = NOTICE.format("深圳招聘信息", "省厅组织企业到深圳参加对接活动。")
    assert "深圳招聘信息" in cleaned(raw).lines
    assert doubted(raw, FindingKind.ADVERTISEMENT) == ["深圳招聘信息"]
    alone = "人才服务简报\n苏州招聘工作\n一、服务对象"
    assert "苏州招聘工作" in cleaned(alone).lines
    assert doubted(alone, FindingKind.ADVERTISEMENT) == ["苏州招聘工作"]


def test_a_document_of_another_city_keeps_its_own_recruitment() -> None:
    raw = "苏州事业单位招聘工作\n苏州市人力资源和社会保障局定于六月举行招聘考试。\n苏州人事考试网"
    assert list(cleaned(raw).lines) == raw.split("\n")
    assert cleaned(raw).doubts == ()


@pytest.mark.parametrize(
    ("raw", "kept", "cut"),
    [
        ("参评国际重要科澳门威尼斯人学奖项。", "参评国际重要科学奖项。", ["澳门威尼斯人"]),
        ("娱乐城 申报条件如下", "申报条件如下", ["娱乐城"]),
        ("成人视频 在线观看\n人才公寓申请", "人才公寓申请", ["成人视频 在线观看"]),
    ],
)
def test_gambling_and_pornography(raw: str, kept: str, cut: list[str]) -> None:
    assert (text_of(raw), removed(raw, FindingKind.UNLAWFUL)) == (kept, cut)


@pytest.mark.parametrize("raw", ["严厉打击网上赌场和黄色网站。", "整治真人百家乐等网络赌博。"])
def test_who_fights_gambling_may_name_it(raw: str) -> None:
    assert text_of(raw) == raw
    assert doubted(raw, FindingKind.UNLAWFUL)
