"""How an answer reads on a phone, and that it always fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.render import MAX_PARTS, TEXT_LIMIT, Rendered, render, split
from bot.conversation.content import Button, Card, Content, Source, Table


def view(content: Content, *, author: str = "assistant", name: str | None = None) -> dict[str, object]:
    return {"id": "a" * 32, "author": author, "author_name": name, "content": content.model_dump(mode="json")}


def text_of(content: Content, **who: str) -> str:
    return render(view(content, **who), menu_links=False).whole()


def test_an_answer_with_everything() -> None:
    content = Content(
        paragraphs=["山东惠才卡有效期按人才类别确定。"],
        items=["第一类", "第二类"],
        table=Table(head=["类别", "年限", "备注"], rows=[["甲", "5年", "可续"], ["乙", "3年", ""]]),
        card=Card(title="一次性告知", rows=[("所需材料", "申报表")]),
        caution="请以当年官方通知为准",
        scope="山东省 · 2018年",
        status="现行有效",
        sources=[Source(title="山东惠才卡管理办法", number="鲁政办字〔2018〕1号", clause="第三条")],
        buttons=[
            Button(title="怎么续期", payload="/pick_faq"),
            Button(title="转人工", payload="/request_human"),
        ],
        feedback=True,
    )
    assert text_of(content) == "\n".join(
        [
            "【智能助手】山东惠才卡有效期按人才类别确定。",
            "· 第一类",
            "· 第二类",
            "【一次性告知】",
            "所需材料：申报表",
            "· 甲：年限 5年；备注 可续",
            "· 乙：年限 3年",
            "请以当年官方通知为准",
            "适用：山东省 · 2018年",
            "效力：现行有效",
            "依据：《山东惠才卡管理办法》（鲁政办字〔2018〕1号）第三条",
            "回复 1、2 选择：",
            "1. 怎么续期",
            "2. 转人工",
        ]
    )


def test_who_speaks() -> None:
    assert text_of(Content.say("您好"), author="staff", name="李某") == "【专员 李某】您好"
    assert text_of(Content.say("您好"), author="system") == "您好"


def test_many_sources_and_rows_are_counted_not_listed() -> None:
    content = Content(
        table=Table(head=["市", "标准"], rows=[[f"市{n}", f"{n}万"] for n in range(40)]),
        sources=[Source(title=f"《文件{n}》", date="2020-05-01") for n in range(5)],
    )
    text = text_of(content)
    assert "市：标准" in text and "· 市11：11万" in text and "市12" not in text
    assert "28 行未列出" in text
    assert "《文件0》，2020年；《文件1》，2020年；《文件2》，2020年等5份文件" in text


def test_menu_links_carry_the_choice_and_no_markup_of_the_title() -> None:
    content = Content.say("选", buttons=[Button(title='<a href="x">&', payload="/menu")])
    text = render(view(content), menu_links=True).whole()
    assert "msgmenuid=" + "a" * 32 + "-0" in text
    assert text.count("<a ") == 1


def test_cut_between_paragraphs() -> None:
    paragraphs = [f"第{n}段" + "字" * 200 for n in range(6)]  # 6 × about 610 bytes
    parts = split(render(view(Content(paragraphs=paragraphs)), menu_links=False), web_address=None)
    assert "\n".join(parts) == "【智能助手】" + "\n".join(paragraphs)
    assert [part.count("第") for part in parts] == [3, 3]


def test_what_is_left_out_is_said_and_choices_survive() -> None:
    content = Content(
        paragraphs=[f"第{n}段" + "字" * 220 for n in range(20)],  # three of them fill a part
        buttons=[Button(title="转人工", payload="/request_human")],
    )
    shown = render(view(content), menu_links=False)
    parts = split(shown, web_address="https://chat.example.cn")
    assert len(parts) == MAX_PARTS
    assert all(len(part.encode()) <= TEXT_LIMIT for part in parts)
    assert "https://chat.example.cn" in parts[-1]
    assert parts[-1].endswith("回复 1 选择：\n1. 转人工")
    assert "https" not in split(shown, web_address=None)[-1]


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=3000), max_size=6),
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=400), max_size=20),
)
def test_every_part_fits_and_a_short_text_is_whole(lines: list[str], choices: list[str]) -> None:
    shown = Rendered(speaker="【智能助手】", body="\n".join(lines), tail="\n".join(choices))
    parts = split(shown, web_address="https://chat.example.cn")
    assert len(parts) <= MAX_PARTS and bool(parts) == bool(shown.body or shown.tail)
    assert all(0 < len(part.encode()) <= TEXT_LIMIT for part in parts)
    if parts and len(shown.whole().encode()) <= TEXT_LIMIT:
        assert parts == [shown.whole()]


@pytest.mark.parametrize("size", [681, 682, 683, 1365, 2046])
def test_characters_are_never_cut(size: int) -> None:
    shown = Rendered(speaker="", body="汉" * size, tail="")
    assert "".join(split(shown, web_address=None)) == "汉" * size


def test_parts_shown_on_request_are_named_not_told_and_the_question_comes_last() -> None:
    card = Card(title="一次性告知", rows=[("适用条件", "五类人")], more=[("查看条件全文", ["1. 第一类"])])
    content = Content(card=card, caution="以审核为准", question="您是全职吗？")
    assert text_of(content).split("\n") == [
        "【智能助手】【一次性告知】",
        "适用条件：五类人",
        "详细内容请回复“查看条件全文”。",
        "以审核为准",
        "您是全职吗？",
    ]
