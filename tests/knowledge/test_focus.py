"""The line of the tier or degree that was asked for."""

import pytest

from bot.conversation.content import Table
from bot.knowledge.analysis import Analyser
from bot.knowledge.focus import Focus, line_of
from bot.knowledge.schemas import FaqAnswer

TIERS = FaqAnswer(
    paragraphs=["按层次发放：", "须服务满5年。"],
    table=Table(head=["层次", "补助"], rows=[["第一层次", "80万元"], ["第二层次", "40万元"]]),
)
SCHOOLS = FaqAnswer(items=["第一至第三层次：可选全市公办学校", "第四层次：在工作单位所在县"])
DEGREES = FaqAnswer(paragraphs=["住房补贴博士1200元、硕士800元（每月）；安家费15万、10万元。"])


def tier(*values: str) -> Focus:
    return Focus("tier", values)


def test_its_figure_leads_and_a_short_table_follows_whole(analyser: Analyser) -> None:
    line = line_of(TIERS, focus=tier("第二层次"), lexicon=analyser.lexicon, only=False)
    assert line and line.found and line.lead == "第二层次：补助40万元。"
    assert line.answer.table == TIERS.table


def test_a_follow_up_sees_its_row_alone(analyser: Analyser) -> None:
    line = line_of(TIERS, focus=tier("第二层次"), lexicon=analyser.lexicon, only=True)
    assert line and line.answer.table and line.answer.table.rows == [["第二层次", "40万元"]]
    assert line.answer.paragraphs == ["须服务满5年。"]


def test_a_long_table_is_cut_at_once(analyser: Analyser) -> None:
    rows = [[f"第{number}层次", f"{number}元"] for number in "一二三四五六七"]
    answer = FaqAnswer(table=Table(head=["层次", "补助"], rows=rows))
    line = line_of(answer, focus=tier("第六层次"), lexicon=analyser.lexicon, only=False)
    assert line and line.answer.table and line.answer.table.rows == [["第六层次", "六元"]]


def test_a_row_that_is_not_there_is_said_so_without_figures(analyser: Analyser) -> None:
    line = line_of(TIERS, focus=tier("第四层次"), lexicon=analyser.lexicon, only=True)
    assert line and not line.found
    assert "第四层次" in line.lead and "第一层次、第二层次" in line.lead and "万" not in line.lead


def test_a_range_of_tiers(analyser: Analyser) -> None:
    line = line_of(SCHOOLS, focus=tier("第二层次"), lexicon=analyser.lexicon, only=True)
    assert line and line.lead == "第一至第三层次：可选全市公办学校。"


def test_a_degree_in_a_plain_list_keeps_its_unit_and_the_text_stays_whole(analyser: Analyser) -> None:
    line = line_of(DEGREES, focus=Focus("degree", ("硕士",)), lexicon=analyser.lexicon, only=True)
    assert line and line.lead == "住房补贴硕士800元（每月）。" and line.answer == DEGREES
    missing = line_of(DEGREES, focus=Focus("degree", ("专科",)), lexicon=analyser.lexicon, only=True)
    assert missing and not missing.found


@pytest.mark.parametrize("answer", [FaqAnswer(paragraphs=["一般5年。"]), FaqAnswer(items=["博士可以申请"])])
def test_an_answer_that_tells_no_lines_apart(analyser: Analyser, answer: FaqAnswer) -> None:
    assert line_of(answer, focus=tier("第一层次"), lexicon=analyser.lexicon, only=True) is None
