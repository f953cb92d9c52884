"""What a policy document says of itself, and its clauses."""

from collections import Counter
from datetime import date

import pytest

from bot.text.document import Clause, Document, Measure, read_document
from tests.text.scraped import cleaned, needs_seeds, seed


def read(raw: str) -> Document:
    return read_document(cleaned(raw))


LAW = """中共某省委组织部、某省财政厅等三部门关于做好博士后资助工作的通知
【制定机关】中共某省委组织部,某省财政厅
【公布日期】2022.03.08
【字 号】某人社字〔2022〕7号
【施行日期】2022.04.01
【时效性】现行有效
【主题分类】人力资源综合规定

中共某省委组织部 某省财政厅等
  三部门关于做好博士后资助工作的通知

各市财政局:
  根据《博士后工作规定》(某组字〔2019〕32号)要求,现通知如下。
  一、资助标准
  按照以下标准执行。
  (一)日常经费。每站每年给予资助,由省财政承担。
  1.新设站
  2.原有站按年度考核结果给予资助,考核不合格的停止资助。
  (二)生活补贴。由用人单位发放。
  二、其他事项
  (一)监督检查。各市每年开展检查。

中共某省委组织部   某省财政厅
  某省人力资源和社会保障厅
  2022年3月8日"""


def test_notice_of_a_law_database() -> None:
    document = read(LAW)
    assert document.title == "中共某省委组织部、某省财政厅等三部门关于做好博士后资助工作的通知"
    assert document.number == "某人社字〔2022〕7号"
    assert document.issuers == ("中共某省委组织部", "某省财政厅", "某省人力资源和社会保障厅")
    assert (document.published, document.effective) == (date(2022, 3, 8), date(2022, 4, 1))
    assert document.status_text == "现行有效"
    assert document.source_site is None
    assert document.paragraphs[0] == "各市财政局:"
    assert document.paragraphs[-1] == "(一)监督检查。各市每年开展检查。"
    assert document.clauses == (
        Clause("一、", "资助标准", "按照以下标准执行。", 2),
        Clause("一、(一)", "日常经费", "每站每年给予资助,由省财政承担。", 4),
        Clause("一、(一)1.", "新设站", "", 5),
        Clause("一、(一)2.", None, "原有站按年度考核结果给予资助,考核不合格的停止资助。", 6),
        Clause("一、(二)", "生活补贴", "由用人单位发放。", 7),
        Clause("二、", "其他事项", "", 8),
        Clause("二、(一)", "监督检查", "各市每年开展检查。", 9),
    )
    assert document.measures == ()


RULES = """某省高层次人才服务办法
某政办发[2023]15号
第一章 总则
第一条 为规范高层次人才服务工作,制定本办法。
第二条 本办法所称高层次人才包括:
(一)两院院士;
(二)省级重点人才工程入选者。
第二章 附则
第三条 本办法自2023年7月1日起施行,根据某政发〔2011〕2号文件制定的办法同时废止。
某省人民政府办公厅
二〇二三年六月二十一日"""


def test_rules_in_articles() -> None:
    document = read(RULES)
    assert document.number == "某政办发〔2023〕15号"
    assert document.issuers == ("某省人民政府办公厅",)
    assert (document.published, document.effective) == (date(2023, 6, 21), date(2023, 7, 1))
    assert [clause.label for clause in document.clauses] == [
        "第一章",
        "第一条",
        "第二条",
        "第二条(一)",
        "第二条(二)",
        "第二章",
        "第三条",
    ]
    assert document.clauses[0].heading == "总则"
    assert document.clauses[1] == Clause("第一条", None, "为规范高层次人才服务工作,制定本办法。", 1)
    assert document.clauses[3] == Clause("第二条(一)", None, "两院院士;", 3)


@pytest.mark.parametrize(
    ("head", "published", "source"),
    [
        ("发布时间:2024-05-06 来源:某市人社局 浏览次数:120", date(2024, 5, 6), "某市人社局"),
        ("来源:某市日报 2024-05-06 09:30", date(2024, 5, 6), "某市日报"),
        ("某市人才网 · 2024年5月6日發布", date(2024, 5, 6), "某市人才网"),
        ("发布日期:2024-13-40", None, None),
    ],
)
def test_head_of_a_page(head: str, published: date | None, source: str | None) -> None:
    document = read(f"某市人才窗口搬入新址\n{head}\n某市人才窗口今日搬入新址,电话不变。")
    assert document.title == "某市人才窗口搬入新址"
    assert (document.published, document.source_site) == (published, source)
    assert document.paragraphs == ("某市人才窗口今日搬入新址,电话不变。",)


def test_site_head_becomes_the_source() -> None:
    document = read("某省毕业生就业服务网\n某市打造人才服务升级版\n某市打造升级版,服务人才。")
    assert (document.title, document.source_site) == ("某市打造人才服务升级版", "某省毕业生就业服务网")


def test_numbers_in_the_text_are_other_documents() -> None:
    document = read("某市人才政策解读\n根据《若干意见》(鲁组字〔2019〕32号),现作解读。")
    assert document.number is None
    assert document.issuers == ()


def test_effective_with_its_issue() -> None:
    document = read("某市人才办法\n发布时间:2021-02-24\n第一条 适用于本市。\n第二条 本办法自印发之日起施行。")
    assert document.effective == date(2021, 2, 24)


def test_measures_and_their_offices() -> None:
    raw = """某厅关于印发若干措施的通知
一、引进人才
1.完善引才政策,按需引进。(责任单位:人才处、专家中心)
2.建立专家库。(责任单位:人才处)
3.开展培训。
二、培养人才
10.举办2.5天的培训班,覆盖全省。(牵头单位:专技处,职业能力处)"""
    assert read(raw).measures == (
        Measure(1, "完善引才政策,按需引进。", ("人才处", "专家中心")),
        Measure(2, "建立专家库。", ("人才处",)),
        Measure(10, "举办2.5天的培训班,覆盖全省。", ("专技处", "职业能力处")),
    )


@pytest.mark.parametrize("raw", ["", "\n \n", "只有一句话。", "2024年3月1日"])
def test_next_to_nothing(raw: str) -> None:
    document = read(raw)
    assert (document.number, document.clauses, document.measures) == (None, (), ())


def test_a_text_without_title_keeps_all() -> None:
    body = "为做好高层次人才服务工作,各市要落实服务专员制度,提供政策咨询、手续代办和待遇落实服务。" * 2
    document = read(body)
    assert (document.title, document.paragraphs) == ("", (body,))


@needs_seeds
def test_seed_of_a_law_database() -> None:
    document = read(seed("002"))
    assert document.title == (
        "中共山东省委组织部、山东省人力资源和社会保障厅等六部门关于统筹做好人才服务基层工作的通知"
    )
    assert document.number == "鲁人社字〔2020〕111号"
    assert (document.published, document.effective) == (date(2020, 9, 25), date(2020, 9, 25))
    assert document.status_text == "现行有效"
    assert document.issuers == (
        "中共山东省委组织部",
        "山东省人力资源和社会保障厅",
        "山东省教育厅",
        "山东省科学技术厅",
        "山东省农业农村厅",
        "山东省卫生健康委员会",
    )
    assert len(document.clauses) == 19
    by_label = {clause.label: clause for clause in document.clauses}
    assert by_label["一、(二)"].heading == "“千名博士进企业”行动"
    assert by_label["三、(五)"].heading == "加强宣传引导"
    assert document.paragraphs[0].startswith("各市党委组织部")


@needs_seeds
def test_seed_of_thirty_measures() -> None:
    document = read(seed("004"))
    assert document.title.startswith("山东省人力资源和社会保障厅关于印发推进")
    assert (document.published, document.issuers) == (date(2023, 1, 11), ("山东省人力资源和社会保障厅",))
    assert [measure.number for measure in document.measures] == list(range(1, 31))
    assert Counter(office for measure in document.measures for office in measure.offices) == {
        "人才处": 16,
        "专家中心": 13,
        "就业人才中心": 6,
        "专技处": 5,
        "职业能力处": 5,
        "工资处": 3,
        "事业管理处": 2,
        "劳动关系处": 1,
        "流动管理处": 1,
    }
    assert all("责任单位" not in measure.text for measure in document.measures)


@needs_seeds
def test_seeds_of_news() -> None:
    first, third = read(seed("000")), read(seed("003"))
    assert first.title == "山东为高层次人才配“保姆” 发放“山东惠才卡”"
    assert (first.published, first.source_site) == (date(2019, 6, 20), "齐鲁人才网")
    assert third.title == "创新人才“一站式”服务模式 泉州打造拴心留人“软环境”"
    assert (third.published, third.source_site) == (None, "福建省毕业生就业创业公共服务网")
    assert first.number is third.number is None


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("本办法自2023年6月1日起施行,有效期至2025年5月31日。", date(2025, 5, 31)),
        ("本办法自印发之日起施行,有效期3年,至2026年6月30日。", date(2026, 6, 30)),
        ("原办法有效期至2025年5月31日,现予废止。", None),
        ("本办法自2023年6月1日起施行。", None),
    ],
)
def test_the_last_day_a_document_names_for_itself(words: str, until: date | None) -> None:
    assert read(f"某市人才公寓管理办法\n第一条 {words}").until == until


def test_a_text_that_opens_with_a_clause_has_no_title() -> None:
    document = read("第一条 为了做好人才服务,制定本办法。\n第二条 本办法适用于本市。")
    assert (document.title, [clause.label for clause in document.clauses]) == ("", ["第一条", "第二条"])


def test_what_a_page_says_in_one_line_below_the_title() -> None:
    document = read(
        "某市人才公寓管理办法\n发布时间:2023-05-06 09:12 来源:某局 浏览次数:12 字体:[大 中 小]\n第一条 试行。"
    )
    assert (document.published, document.source_site) == (date(2023, 5, 6), "某局")
    assert document.paragraphs == ("第一条 试行。",)
