"""Every kind of clutter seen on scraped pages, and its legitimate look-alikes."""

import re

import pytest

from bot.text.clean import FindingKind
from tests.text.scraped import CASES, NOTICE, cleaned, clutter, doubted, removed, text_of

OWN_CASES = [
    # pinyin behind a character goes, however often it is repeated
    ("申(shen)領(ling)手(shou)續(xu)", "申领手续"),
    ("政(zheng)策(ce)(ce)(ce)(ce)兌(dui)(dui)現", "政策兑现"),
    ("設(she)區的市(市(shi)、縣)", "设区的市(市、县)"),
    ("碩士(后(hou))", "硕士(后)"),
    ("工作站(創(chuang)(chuang)業基地)", "工作站(创业基地)"),
    ("綠(lv)色通道、法律(lv)援助", "绿色通道、法律援助"),
    ("本網(wǎng)消息", "本网消息"),
    ("進(jìn)出境便利化", "进出境便利化"),
    ("29項待(dai)遇(yu)內容", "29项待遇内容"),
    ("引（yin）進（jin）人才", "引进人才"),
    # what is not a reading of the character before it stays
    ("认定系统(APP)已开通", "认定系统(APP)已开通"),
    ("省级人才(ABC类)", "省级人才(ABC类)"),
    ("用人单位(app)填报", "用人单位(app)填报"),
    ("重点项目(he)", "重点项目(he)"),
    ("重点项目(mu)(he)", "重点项目(he)"),
    ("数据接口(api)", "数据接口(api)"),
    ("闽人社文〔2021〕12号", "闽人社文〔2021〕12号"),
    ("設立國家“”專家庫", "设立国家“”专家库"),
    ("\xa0\xa0\xa0 待遇落实", "待遇落实"),
    ("\u3000\u3000待遇落实\u200b", "待遇落实"),
    # readings in other brackets and bare
    ("階(繁体:階)層【拼音:céng】", "阶层"),
    ("我的(读:de)单位", "我的单位"),
    ("期间{pinyin:jiān}", "期间"),
    ("相关[繁:關]部门", "相关部门"),
    ("办理《繁:辦》事项", "办理《繁:办》事项"),  # not the character before it
    ("申请《繁:請》方式", "申请方式"),
    ("材《cái》料清单", "材料清单"),
    ("偶ǒu然", "偶然"),
    ("通过《APP》办理", "通过《APP》办理"),
    ("读《cài》一书", "读《cài》一书"),
    # scripts
    ("乾淨整潔", "干净整洁"),
    ("瞭解進度", "了解进度"),
    ("隨著年齡增長,著名專家", "随着年龄增长,著名专家"),
    ("范圍與构筑、於今、后台", "范围与构筑、于今、后台"),
    ("李乾、张於二人著书", "李乾、张於二人著书"),
    # characters and marks
    ("具备壹定的专业能力", "具备一定的专业能力"),
    ("人民币壹佰壹拾万元整", "人民币壹佰壹拾万元整"),
    ("材料壹式两份,获第壹名", "材料壹式两份,获第壹名"),
    ("提交材料,,等待审核。。", "提交材料,等待审核。"),
    ("技术\xa0(研发\xa0)中心", "技术(研发)中心"),
    ("附 件", "附件"),
    ("\u2f08才公寓", "人才公寓"),
]


@pytest.mark.parametrize(("raw", "expected"), OWN_CASES)
def test_own_cases(raw: str, expected: str) -> None:
    assert text_of(raw) == expected


def _shared_cases() -> list[tuple[str, str]]:
    if not CASES.exists():
        return []
    rows = [row.split("\t") for row in CASES.read_bytes().decode("utf-8").splitlines()[1:]]
    return [(raw, expected) for _, raw, expected in rows]


@pytest.mark.skipif(not CASES.exists(), reason="../shared/domain/noise_cases.tsv is absent")
def test_shared_cases() -> None:
    cases = _shared_cases()
    assert len(cases) >= 16
    assert [(raw, text_of(raw)) for raw, _ in cases] == cases


def test_shifted_bytes_are_restored_whole_or_dropped() -> None:
    good = "?。ㄒ唬┵彿垦a助"
    assert text_of(f"住房保障如下。\n{good}") == "住房保障如下。\n(一)购房补助"
    assert text_of(f"住房保障如下。{good}") == "住房保障如下。(一)购房补助"
    assert removed(good, FindingKind.GARBLED) == [good]
    assert doubted(good, FindingKind.GARBLED)  # a reviewer must see it
    for bad in ("?。ǘ┤菔懈邔哟稳瞬艅澐譃", "?叭瞬刨J"):
        assert text_of(f"住房保障如下。\n{bad}\n二、其他") == "住房保障如下。\n二、其他"
        assert removed(bad, FindingKind.GARBLED) == [bad]


@pytest.mark.parametrize("right", ["关于做好人才工作的通知", "高层次人才服务专员由用人单位选配。"])
@pytest.mark.parametrize("wrong", [("utf-8", "latin-1"), ("gb18030", "latin-1")])
def test_wrong_encoding_is_read_again(right: str, wrong: tuple[str, str]) -> None:
    raw = right.encode(wrong[0]).decode(wrong[1])
    assert text_of(raw) == right
    assert removed(raw, FindingKind.ENCODING) == [raw]


def test_lost_encoding_is_dropped_and_a_lost_character_marked() -> None:
    for raw in ("锟斤拷锟斤拷补助", "关于人才工作的通知".encode().decode("gb18030", "replace")):
        assert text_of(raw) == ""
        assert removed(raw, FindingKind.ENCODING) == [raw]
    one = "申请人应当\ufffd提交材料,由单位审核后报市人社局。"
    assert text_of(one) == one
    assert doubted(one, FindingKind.ENCODING) == [one]


@pytest.mark.parametrize(
    "raw",
    [
        "│类别│标准│",
        "┌──┬──┐",
        "类别 ─┼─ 标准",
        "菏泽 莒县 郯城 兖州",
        "怎么办?先登录系统。",
        "Ångström奖 café",
    ],
)
def test_rare_text_is_not_taken_for_garbled(raw: str) -> None:
    assert text_of(raw) == raw
    assert cleaned(raw).removed == ()


def test_split_site_names() -> None:
    site = "该 内 容 由 某 审网 校所属w ww . s o me site.com"
    assert text_of(f"购房补助由市住建局发放。{site}") == "购房补助由市住建局发放。"
    assert text_of(f"{site} 购房补助由市住建局发放。") == "购房补助由市住建局发放。"
    assert removed(site, FindingKind.SITE_NAME) == [site]
    kept = "请登录“一站式”服务大厅(网址:www.qzrc.gov.cn)办理,邮箱 rc@example.com。"
    assert text_of(kept) == kept


def test_page_lines() -> None:
    raw = """首页 | 新闻中心 | 政务公开 | 办事服务
网站首页 > 政务公开 > 通知公告
某某省人才服务网
关于印发高层次人才服务办法的通知
字号:[大 中 小]
各市人力资源社会保障局:
现将办法印发给你们,请遵照执行。
- 2 -
【打印】 【关闭】
上一篇:关于申报人才项目的公告
责任编辑:李四
版权所有:某省人才服务网 鲁ICP备12345678号"""
    assert cleaned(raw).lines == (
        "关于印发高层次人才服务办法的通知",
        "各市人力资源社会保障局:",
        "现将办法印发给你们,请遵照执行。",
    )
    kinds = [finding.kind for finding in cleaned(raw).removed]
    assert kinds == [
        FindingKind.PAGE_CONTROL,
        FindingKind.BREADCRUMB,
        FindingKind.SITE_HEAD,
        FindingKind.PAGE_CONTROL,
        FindingKind.PAGE_CONTROL,
        FindingKind.PAGE_CONTROL,
        FindingKind.PAGE_CONTROL,
        FindingKind.BYLINE,
        FindingKind.PAGE_CONTROL,
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "泉州打造人才服务网\n泉州市建成人才服务网,覆盖全市。",
        "位置:丰泽区兰台路人才大厦",
        "下一条规定适用于博士。",
        "人才优先发展>产业集聚>城市繁荣",
        "【重点支持】",
        "【时效性】现行有效",
        "本报3月2日讯(记者 王五)近日,人才新政发布。",
        "处室\n就业人才中心服务大厅\n就业人才中心服务大厅\n就业人才中心服务大厅",
        "年龄15>10岁",
        "发布时间:2024-05-06 来源:某市人社局 浏览次数:120\n某市人才窗口今日搬入新址,电话不变。",
        "联系人:张三,地址:某区某路5号,邮编:250000,单位:省人才服务中心\n窗口工作日受理,周末可以预约。",
    ],
)
def test_look_alikes_of_page_lines_stay(raw: str) -> None:
    assert text_of(raw) == raw
    assert cleaned(raw).removed == ()


def test_column_tag_and_dated_head() -> None:
    raw = "【人才风采】泉州市出台人才服务新举措\n某省人才网 . 2020-03-05發布\n泉州市今日出台新举措,服务人才。"
    lines = ("泉州市出台人才服务新举措", "2020-03-05发布", "泉州市今日出台新举措,服务人才。")
    assert cleaned(raw).lines == lines


def test_captions_and_bylines() -> None:
    raw = """窗口工作人员正在受理人才认定申请

    窗口工作人员正在受理人才认定申请
    “让人才少跑腿。”该负责人说。(记者赵六 通讯员孙七 文/图)"""
    assert cleaned(raw).lines == ("窗口工作人员正在受理人才认定申请", "“让人才少跑腿。”该负责人说。")
    assert removed(raw, FindingKind.BYLINE) == ["(记者赵六 通讯员孙七 文/图)"]
    (duplicate,) = [one for one in cleaned(raw).removed if one.kind is FindingKind.DUPLICATE]
    assert duplicate.line == 3


def test_broken_lines() -> None:
    raw = """山东省人力资源和社会保障厅 山东省财政厅等
  部门关于做好博士后工作的通知
  以推进柔性引才为目标,聚焦解决力量分散、信息不畅等问题,推动服务基层工
作制度化、规范化。
  对成效显著的项目,由省级财政给予奖励。同时给予后补助
支持。具体办法另行制定
  一、支持范围
  符合条件的青年博士,包括在企业挂职的科技副总,都可以按规定申请
  项目支持,由单位统一申报。
山东省财政厅
2020年1月2日"""
    lines = cleaned(raw).lines
    assert "推动服务基层工作制度化、规范化。" in lines[2]
    assert lines[3] == "对成效显著的项目,由省级财政给予奖励。同时给予后补助支持。具体办法另行制定"
    assert lines[:2] == ("山东省人力资源和社会保障厅 山东省财政厅等", "部门关于做好博士后工作的通知")
    assert lines[4:] == (
        "一、支持范围",
        "符合条件的青年博士,包括在企业挂职的科技副总,都可以按规定申请",
        "",  # looks like one broken sentence, but the second line is indented: left apart
        "项目支持,由单位统一申报。",
        "山东省财政厅",
        "2020年1月2日",
    )
    joins = [one for one in cleaned(raw).removed if one.kind is FindingKind.BROKEN_LINE]
    assert [(one.line, one.text) for one in joins] == [(3, "\n"), (5, "\n")]


def test_text_of_a_fixed_width_becomes_a_paragraph() -> None:
    text = (
        "为健全人才服务基层工作机制,省人力资源社会保障厅会同各牵头部门建立协同机制,统筹支持政策和工作程序,"
        "完善工作内容,共同推进年度目标落实,并将企业反映集中的问题列入清单逐项解决,确保工作取得成效。"
    )
    raw = "\n".join(text[start : start + 24] for start in range(0, len(text), 24))
    assert text_of(f"人才工作的意见\n{raw}\n某省人民政府") == f"人才工作的意见\n{text}\n某省人民政府"


def test_items_of_a_list_are_not_joined() -> None:
    raw = """组织巡回医疗队,深入基层指导基层医疗卫生机构解决复杂疑难问题
支持城市二级及以上医院在职或退休医师多点执业,开办诊所、医生工作室
发挥“业务院长”在医共体内部帮扶作用,拓展诊疗项目
坚持党管人才原则,全面提升服务保障水平
各市要结合实际,制定实施细则。"""
    assert text_of(raw) == raw


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("带动薄弱卫生院建设特科室。", "特色科室"),
        ("深入基层服务众。", "服务群众"),
        ("面向就业重点体开展培训。", "就业重点群体"),
        ("由省自然基金给予支持。", "省自然科学基金"),
        ("深入一线,准产业需求开展攻关。", "找准"),
        ("开辟绿通道。", "绿色通道"),
        ("加快特产业发展。", "特色产业"),
    ],
)
def test_swallowed_characters_are_marked_and_never_filled_in(raw: str, meant: str) -> None:
    assert text_of(raw) == raw
    (note,) = [one.note for one in cleaned(raw).doubts if one.kind is FindingKind.SWALLOWED]
    assert f"“{meant}”" in note


@pytest.mark.parametrize(
    "raw",
    [
        "服务众多企业,准备材料,准确填报,准予通过。",
        "服务群众,特色科室,就业重点群体,省自然科学基金,找准定位。",
        "完善就业重点体系,推动产业集聚、产业集群发展,土特产业兴旺。",
        "具有独特品牌的企业,准独角兽企业,西部经济隆起带人才支持。",
    ],
)
def test_whole_phrases_are_not_marked(raw: str) -> None:
    assert cleaned(raw).doubts == ()


def test_blocked_words_are_marked_and_left_empty() -> None:
    raw = "入选国家“”专家的,与***同等对待,联系电话138****0000。"
    assert text_of(raw) == raw
    assert len(doubted(raw, FindingKind.BLOCKED)) == 2


def test_a_sentence_of_a_novel_is_marked() -> None:
    novel = "林晚有些无奈的瞧着阿福匆匆忙忙跑远了。"
    raw = NOTICE.format(novel, "服务专员由用人单位选配,负责政策咨询、手续代办和待遇落实。")
    assert novel in cleaned(raw).lines
    assert doubted(raw, FindingKind.FOREIGN) == [novel]


def test_every_finding_has_a_line_and_a_sentence() -> None:
    raw = "\n\n人(ren)才(cai)公寓\r\n\r\n国家“”专家"
    result = cleaned(raw)
    assert [(one.line, one.text) for one in result.removed] == [(3, "(ren)"), (3, "(cai)")]
    assert [one.line for one in result.doubts] == [5]
    for note in clutter().notes.values():
        assert re.fullmatch(r"[^。]+。", note)
    assert len({kind.value for kind in FindingKind}) == len(FindingKind)
