"""The four scraped documents come out clean, to the character."""

import re
from collections import Counter

import pytest

from bot.text.clean import FindingKind
from tests.text.scraped import cleaned, doubted, needs_seeds, removed, seed, text_of, unaccounted

pytestmark = needs_seeds
SEEDS = ("000", "002", "003", "004")


def kinds(raw: str) -> dict[FindingKind, int]:
    return dict(Counter(finding.kind for finding in cleaned(raw).removed))


def test_pinyin_and_script() -> None:
    raw = seed("000")
    pinyin = removed(raw, FindingKind.PINYIN)
    assert len(pinyin) == 387
    assert sum(run.count("(") for run in pinyin) == 572
    assert (len(raw), len(raw) - sum(map(len, pinyin))) == (4273, 1324)
    text = text_of(raw)
    assert re.findall(r"\([^()]*\)", text) == ["(市、区)", "(后)", "(创新实践基地)"]
    assert "范围扩大到所有符合条件的引进及培养人才" in text
    assert "助力构筑高层次人才集聚新高地" in text
    assert "法律咨询等方面提供符合国际规则的创新创业服务。" in text
    assert kinds(raw) == {FindingKind.PINYIN: 387, FindingKind.SITE_HEAD: 1}


def test_emptied_quotation_marks_stay_empty() -> None:
    raw = seed("000")
    assert text_of(raw).count("“”") == 3
    blocked = [one for one in cleaned(raw).doubts if one.kind is FindingKind.BLOCKED]
    assert [one.line for one in blocked] == [10, 14, 14]
    assert all("原文此处为空" in one.note for one in blocked)


def test_advertisements_and_broken_lines() -> None:
    raw = seed("002")
    adverts = [one for one in cleaned(raw).removed if one.kind is FindingKind.ADVERTISEMENT]
    assert [one.line for one in adverts] == [3, 9, 9, 11, 23, 26]
    lines = cleaned(raw).lines
    assert any(line.startswith("(二)“千名博士进企业”行动。每年从省内高等院校") for line in lines)
    assert any(line.startswith("(五)“送教下乡”培训服务及志愿服务计划。") for line in lines)
    assert "【制定机关】中共山东省委组织部,山东省人力资源和社会保障厅" in lines
    assert "【主题分类】人力资源综合规定" in lines
    text = "\n".join(lines)
    assert "人才服务基层工作力量分散、信息不畅" in text
    assert "给予奖励性后补助支持。支持科技特派员" in text
    assert "等\n六部门关于统筹做好人才服务基层工作的通知" in text  # the folded title
    assert "技术(研发)中心主任助理" in text
    assert "\xa0" not in text
    assert kinds(raw)[FindingKind.BROKEN_LINE] == 2


def test_swallowed_characters() -> None:
    raw = seed("002")
    marked = [one for one in cleaned(raw).doubts if one.kind is FindingKind.SWALLOWED]
    meant = ["找准", "特色科室", "服务群众", "就业重点群体", "省自然科学基金"]
    assert [one.line for one in marked] == [26, 27, 27, 39, 40]
    assert all(word in one.note for word, one in zip(meant, marked, strict=True))
    text = text_of(raw)
    assert all(word in text for word in ("准高校科研项目", "特科室", "服务众,", "就业重点体、", "省自然基金"))
    assert "特色科室" not in text
    assert len(cleaned(raw).doubts) == 5


def test_news_page() -> None:
    raw = seed("003")
    assert removed(raw, FindingKind.SITE_HEAD) == ["福建省毕业生就业创业公共服务网"]
    assert removed(raw, FindingKind.DUPLICATE) == ["市高层次人才服务中心工作人员正在审核申请材料"]
    assert removed(raw, FindingKind.BYLINE) == ["(记者吴宗宝 实习生王佳霖 文/图)"]
    text = text_of(raw)
    assert text.count("工作人员正在审核申请材料") == 1
    assert "签发居留期为2—5年的居留许可证件" in text
    assert "“泉州市高层次人才‘一站式’服务大厅”(网址:www.qzrc.gov.cn)" in text
    assert "泉州市高层次人才网络服务平台" in text
    assert all(
        mark in text for mark in ("(ABC类)", "购(租)房", "手机APP", "高层次人才(团队)", "各县(市、区)")
    )
    assert "\xa0" not in text
    assert text.endswith("真正实现‘不让人才挨个部门跑’。”")
    assert cleaned(raw).doubts == ()


def test_government_page() -> None:
    raw = seed("004")
    assert removed(raw, FindingKind.BREADCRUMB) == ["当前位置:首页", "> 综合资讯> 科技要闻"]
    assert removed(raw, FindingKind.COLUMN_TAG) == ["【四链融合】"]
    assert cleaned(raw).lines[:2] == (
        "山东省人力资源和社会保障厅关于印发推进“四链”融合发展工作若干措施的通知",
        "发布时间:2023-01-11",
    )
    assert len(cleaned(raw).removed) == 3
    assert doubted(raw, FindingKind.SWALLOWED) == []


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_disappears_unreported(name: str) -> None:
    assert unaccounted(seed(name)) == (Counter(), Counter())


@pytest.mark.parametrize("name", SEEDS)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = cleaned(seed(name))
    twice = cleaned("\n".join(once.lines))
    assert twice.lines == once.lines
    assert twice.removed == ()
    assert [one.text for one in twice.doubts] == [one.text for one in once.doubts]
