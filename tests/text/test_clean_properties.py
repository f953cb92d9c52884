"""Clean documents come out as they went in; dirty ones lose nothing but what is reported."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.clean import FindingKind
from tests.text.scraped import cleaned, unaccounted

# Written for this test in the register of notices and news, full of what resembles clutter.
TITLES = [
    "山东省人力资源和社会保障厅关于做好高层次人才服务工作的通知",
    "关于印发《山东省事业单位公开招聘工作办法》的通知",
    "青岛市打造“一站式”人才服务网",
    "2024年度山东省公务员招考工作解读",
]
BODIES = [
    "一、服务对象",
    "山东省内企业、高等院校和科研机构引进的高层次人才,经认定后享受绿色通道服务。",
    "(一)手续代办。服务专员通过手机(APP)和微信小程序受理申请,第二批(ABC类)人才直接确认。",
    "(二)公开招聘。事业单位面向社会招聘工作人员,按照公务员考试有关规定组织笔试、面试。",
    "1.济南公务员考试报名时间由主管部门另行通知。",
    "2.山东招聘信息平台每月发布一次岗位需求,用人单位登录平台(网址:www.example.gov.cn)填报。",
    "第三条 本办法所称技术(研发)中心,是指县(市、区)以上主管部门认定的企业技术中心。",
    "第四条 博士(后)集聚计划的资助标准为壹拾万元整,申报材料壹式两份。",
    "项目(he)管理系统和数据接口(API)由省级部门统一开发,企业(app)用户自行注册。",
    "《关于加快推进高层次人才服务体系建设的实施意见》(鲁人社字〔2020〕111号)同时废止。",
    "外籍人才可申请2—5年的居留许可,停留期不超过180天;配偶、子女随行的,一并办理。",
    "该负责人说:“‘一站式’服务让人才少跑腿。”会后,他还走访了3家企业。",
    "服务众多企业,准备好材料,推动产业集聚,落实特色产业、绿色通道和省自然科学基金政策。",
    "本报3月2日讯(记者 王五)近日,泉州市高层次人才服务中心挂牌成立。",
    "来自北京、上海、深圳的专家参加对接活动,省内企业赴南京、武汉招聘博士。",
    "严厉打击非法网络招聘、网上赌场等违法犯罪活动。",
    "成立5个专班,推进“党建+人才”,年度目标≥90%,满意度>95%。",
    "联系人:张乾,电话:0531-00000000(工作日9:00—17:00)。",
    "有些企业反映政策落实不到位,有的部门回复不及时,要限期整改。",
    "“线上+线下”齐服务 “让数据多跑路、让人才少跑腿”",
    "附件:1.申报表",
    "山东省教育厅 山东省科学技术厅",
    "2024年3月1日",
]
ADVERTS = ["广州招工信息最新招聘信息", "贵阳百姓网首页", "2022武汉事业单位考试报名时间", "昆明教育招生考试院"]
LINES_OF_PAGES = ["> 通知公告> 政策文件", "【打印】【关闭】", "- 3 -", "成人视频 免费观看", "责任编辑:钱八"]
DIRT = [
    lambda line: line.replace("人才", "人(ren)才(cai)(cai)"),
    lambda line: line.replace("服务", "服(fu)务(wu)(wu)(wu)(wu)"),
    lambda line: f"\xa0\xa0\xa0\xa0{line}",
    lambda line: f"\u3000\u3000{line}\u200b",
    lambda line: line.replace(",", "，").replace("(", "（").replace(")", "）"),
    lambda line: line.replace("认定", "认《rèn》定").replace("层", "层(繁体:層)"),
    lambda line: line.replace("人才", "人才澳门威尼斯人"),
    lambda line: line.replace("服务", "服務").replace("发", "發").replace("业", "業"),
    lambda line: line.replace("。", "。。"),
    lambda line: line.replace("群众", "众").replace("特色", "特"),
]

documents = st.tuples(st.sampled_from(TITLES), st.lists(st.sampled_from(BODIES), min_size=2, unique=True))


@st.composite
def scraped(draw: st.DrawFn) -> str:
    title, body = draw(documents)
    lines: list[str] = []
    for line in [title, *body]:
        for spoil in draw(st.lists(st.sampled_from(DIRT), max_size=3)):
            line = spoil(line)
        place = draw(st.integers(0, 9))
        if place == 0:
            line = draw(st.sampled_from(ADVERTS)) + draw(st.sampled_from(["", " ", "∙"])) + line
        if place == 1:
            line = f"{line} {draw(st.sampled_from(ADVERTS))}"
        if place == 2 and len(line) > 20:
            cut = draw(st.integers(5, len(line) - 5))
            line = line[:cut] + "\n" + line[cut:]
        if place == 3:
            line = f"{draw(st.sampled_from([*LINES_OF_PAGES, *ADVERTS]))}\n{line}"
        if place == 4:
            line = f"\n{line}\n{line}\n"
        lines.append(line)
    return draw(st.sampled_from(["\n", "\r\n", "\n\n"])).join(lines)


@given(documents)
@settings(max_examples=80, deadline=None)
def test_a_clean_document_comes_out_unchanged(document: tuple[str, list[str]]) -> None:
    title, body = document
    result = cleaned("\n".join([title, *body]))
    assert list(result.lines) == [title, *body]
    assert result.removed == ()
    assert {doubt.kind for doubt in result.doubts} <= {FindingKind.UNLAWFUL}


@given(scraped())
@settings(max_examples=150, deadline=None)
def test_nothing_disappears_unreported(raw: str) -> None:
    assert unaccounted(raw) == (Counter(), Counter())


@given(scraped())
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = cleaned(raw)
    twice = cleaned("\n".join(once.lines))
    assert twice.lines == once.lines
    assert twice.removed == ()


@given(
    st.text(alphabet="人才(cai)、。,“”【】<>?壹*{}繁:体 \n\xa0\u3000ǒ澳门�ㄒ唬┵彿a1.-网www.com", max_size=80)
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_findings_name_their_line(raw: str) -> None:
    result = cleaned(raw)
    last = raw.count("\n") + 1
    assert all(1 <= finding.line <= last for finding in (*result.removed, *result.doubts))
    assert all(finding.text and finding.note for finding in result.removed)
