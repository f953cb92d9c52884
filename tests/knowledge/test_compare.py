"""Two things side by side: what compares, what is said of it, and what is never said."""

from datetime import date

import pytest

from bot.conversation.content import Content, Reply
from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.compare_reply import compared
from bot.knowledge.contrast import contrast_of
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.files import read_faqs
from bot.knowledge.index import Index
from bot.knowledge.search import Snapshot
from bot.settings import PROJECT

TODAY = date(2026, 11, 20)
QUANZHOU = "350500"
COMPARING = [
    "济南和青岛的青年补贴哪个高",
    "惠才卡和优才卡有啥区别",
    "人才贷烟台和威海差多少",
    "购房补助和租房补贴有什么不一样",
    "直接颁发和审核颁发区别",
    "第三层次和第四层次差多少",
    "泉州和晋江购房补助哪个多",
    "三支一扶跟科技特派员有啥不同",
    "博士和硕士在烟台补贴差多少",
    "人才公寓与限价房哪个划算",
    "人才贷和成果贷是一回事吗",
    "烟台潍坊淄博的博士补贴各是多少",
    "晋江第三层次比第四层次多多少",
    "济南高还是青岛高",
    "青岛、济南两地硕士补贴对比一下",
    "第一层次和第二层次中考加分差几分",
    "泰山学者vs泰山产业领军人才，区别在哪",
    "A类和B类安家补助分别是多少",
    "烟臺和濰坊的青年補貼哪個多",
    "威海和青岛人才贷哪个额度大",
]
NOT_COMPARING = [
    "惠才卡有效期几年",
    "济南青年补贴多少",
    "济南和青岛都有人才贷吗",
    "我从济南到青岛，补贴还有吗",
    "三支一扶服务几年",
    "第三层次购房补助多少",
    "惠才卡怎么申请",
    "购房补助和租房补贴能同时享受吗",
    "我和我爱人都是博士，补贴能各拿一份吗",
    "哪个部门管惠才卡",
    "谁能申请人才贷",
    "材料交给哪个窗口",
    "我不同意这个结果",
    "比如惠才卡",
    "人才贷多少钱",
    "你好",
]


@pytest.fixture(scope="module")
def shipped(analyser: Analyser) -> Snapshot:
    faqs, _ = read_faqs(PROJECT / "data" / "knowledge")
    return Snapshot(release=1, index=Index.build(analyser=analyser, faqs=faqs), calibration=SHIPPED)


@pytest.mark.parametrize("text", COMPARING)
def test_a_comparison_is_known(analyser: Analyser, text: str) -> None:
    assert contrast_of(text, lexicon=analyser.lexicon)


@pytest.mark.parametrize("text", NOT_COMPARING)
def test_other_questions_are_none(analyser: Analyser, shipped: Snapshot, text: str) -> None:
    assert not contrast_of(text, lexicon=analyser.lexicon)
    assert _reply(shipped, text) is None


def test_two_places_of_one_year_with_plain_numbers_are_told_apart(shipped: Snapshot) -> None:
    content = _content(shipped, "泉州和晋江购房补助哪个多")
    assert content.table is not None
    assert content.table.head == ["层次", "泉州市（2022）", "晋江市（2022）"]
    assert content.table.rows[2] == ["第三层次", "20万元", "30万元"]
    assert "晋江市高于泉州市" in "".join(content.paragraphs)
    assert content.caution
    assert {source.title for source in content.sources}


def test_different_years_are_shown_and_not_judged(shipped: Snapshot) -> None:
    content = _content(shipped, "济南和青岛的青年补贴哪个高")
    assert content.table is not None
    assert content.table.rows == [["博士", "每月1500元", "每月1200元"], ["硕士", "每月1000元", "每月800元"]]
    said = "".join(content.paragraphs)
    assert "不能直接比高低" in said
    assert "高于" not in said
    assert content.scope == "济南市 · 2025年口径；青岛市 · 2024年口径"


def test_one_degree_asked_is_one_line(shipped: Snapshot) -> None:
    content = _content(shipped, "烟台潍坊淄博的博士补贴各是多少")
    assert content.table is not None
    assert content.table.rows == [["博士", "每月3000元", "每月6000元", "每月4000元"]]


def test_two_tiers_of_one_table(shipped: Snapshot) -> None:
    content = _content(shipped, "泉州第三层次和第四层次购房补助差多少")
    assert content.table is not None
    assert content.table.rows == [["第三层次", "20万元"], ["第四层次", "10万元"]]
    said = "".join(content.paragraphs)
    assert "2022年口径" in said and "第三层次高于第四层次" in said
    assert "10万元" not in said  # nothing is computed


def test_two_tiers_of_the_last_subject(shipped: Snapshot) -> None:
    content = _content(shipped, "第一层次和第二层次差多少", last_faq="qz-zhongkao")
    assert content.table is not None
    assert content.table.rows == [["第一层次", "5分"], ["第二层次", "2分"]]


def test_two_tiers_of_nothing_named_are_asked_back(shipped: Snapshot) -> None:
    reply = _reply(shipped, "第三层次和第四层次差多少", region=QUANZHOU)
    assert reply is not None and reply.content is not None and reply.log is not None
    assert reply.log.band == "offer"
    assert "qz-house-subsidy" in reply.log.offered
    assert reply.content.table is None


def test_different_things_are_told_and_not_judged(shipped: Snapshot) -> None:
    content = _content(shipped, "惠才卡和优才卡有啥区别")
    assert [item.partition("（")[0] for item in content.items] == ["惠才卡", "优才卡"]
    assert "不能直接比高低" in "".join(content.paragraphs)


def test_a_faq_that_compares_by_itself_answers(shipped: Snapshot) -> None:
    reply = _reply(shipped, "直接颁发和审核颁发区别")
    assert reply is not None and reply.log is not None
    assert reply.log.faq == "sd-huicaika-route"


def test_a_place_without_text_borrows_none(shipped: Snapshot) -> None:
    content = _content(shipped, "杭州和济南的青年补贴哪个高")
    assert content.items[0].startswith("杭州市：没有查到")
    assert content.table is None
    assert "高于" not in content.plain_text()


def test_several_questions_are_taken_one_by_one(shipped: Snapshot) -> None:
    assert _reply(shipped, "济南和青岛的青年补贴哪个高？另外惠才卡丢了怎么补办？") is None


def _reply(
    shipped: Snapshot, text: str, *, region: str | None = None, last_faq: str | None = None
) -> Reply | None:
    return compared(
        shipped,
        question=text,
        region=region,
        today=TODAY,
        last_faq=last_faq,
        rows=shipped_catalogue().rows,
        follow=lambda faq: [],
    )


def _content(shipped: Snapshot, text: str, *, last_faq: str | None = None) -> Content:
    reply = _reply(shipped, text, last_faq=last_faq)
    assert reply is not None and reply.content is not None
    return reply.content
