"""Receiving: masked before stored, numbered without gaps, once per external key."""

import asyncio

import pytest
from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.content import Button, Content
from bot.conversation.log import append
from bot.conversation.models import Author, Conversation, Message, Turn, VaultEntry
from bot.conversation.service import log_after, receive, request_human
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conversation.people import WEB

ID_NUMBER = "11010519491231002X"


async def test_repeat_returns_the_first_result(rt: Runtime) -> None:
    first = await receive(rt, **WEB, external_key="k1", text="惠才卡有效期几年")
    again = await receive(rt, **WEB, external_key="k1", text="惠才卡有效期几年")
    assert (again.message_id, again.seq, again.turn_id) == (first.message_id, first.seq, first.turn_id)
    assert again.duplicate and not first.duplicate
    async with rt.db.read() as session:
        assert len(list(await session.scalars(select(Turn)))) == 1


async def test_concurrent_messages_are_numbered_without_gap_or_double(rt: Runtime) -> None:
    keys = [f"k{number % 20}" for number in range(40)]  # each key twice, at the same time
    results = await asyncio.gather(
        *(receive(rt, **WEB, external_key=key, text=f"问题 {key}") for key in keys)
    )
    assert sorted({result.seq for result in results}) == list(range(1, 21))
    assert sum(result.duplicate for result in results) == 20
    assert len({result.conversation_id for result in results}) == 1


async def test_personal_data_is_a_token_in_the_log_and_sealed_in_the_vault(rt: Runtime) -> None:
    received = await receive(rt, **WEB, external_key="k1", text=f"我的身份证是{ID_NUMBER}")
    async with rt.db.read() as session:
        stored = await session.get(Message, received.message_id)
        turn = await session.get(Turn, received.turn_id)
        entry = await session.scalar(select(VaultEntry))
    assert stored and turn and entry
    assert stored.content["paragraphs"] == ["我的身份证是〔身份证号1〕"] and "〔身份证号1〕" in turn.text
    assert ID_NUMBER.encode() not in entry.sealed
    opened = await vault.values_of(rt, conversation_id=received.conversation_id, tokens=["〔身份证号1〕"])
    assert opened == {"〔身份证号1〕": ID_NUMBER}
    (view,) = await log_after(rt, conversation_id=received.conversation_id, seq=0, internal=False)
    assert view["content"]["paragraphs"] == ["我的身份证是110****002X"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 2001, "text_too_long"), ("", "empty_message"), ("\x00\x01 \u200b", "empty_message")],
)
async def test_unusable_text_is_refused_and_leaves_nothing(rt: Runtime, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await receive(rt, **WEB, external_key="k1", text=text)
    assert refused.value.code == code
    async with rt.db.read() as session:
        assert not list(await session.scalars(select(Message)))


async def test_foreign_button_is_refused(rt: Runtime) -> None:
    other = WEB | {"external_user": "somebody else"}
    theirs = await receive(rt, **other, external_key="k1", text="你好")
    with pytest.raises(Refusal) as refused:
        await receive(rt, **WEB, external_key="k2", button=(theirs.message_id, 0))
    assert refused.value.code == "no_such_button"


async def test_a_title_typed_word_for_word_is_a_press_of_the_newest_button(rt: Runtime) -> None:
    opened = await receive(rt, **WEB, external_key="k0", text="你好")

    async def answered(*buttons: tuple[str, str]) -> None:
        async with rt.db.write() as session:
            conversation = await session.get_one(Conversation, opened.conversation_id)
            content = Content.say("请选", buttons=[Button(title=t, payload=p) for t, p in buttons])
            append(session, rt, conversation=conversation, author=Author.ASSISTANT, content=content)

    async def payload_of(text: str) -> str | None:
        received = await receive(rt, **WEB, external_key=text + str(len(said)), text=text)
        said.append(text)
        async with rt.db.read() as session:
            return (await session.get_one(Turn, received.turn_id)).payload

    said: list[str] = []
    await answered(("一起办", "/join"), ("只办惠才卡", "/pick_item"), ("转人工", "/request_human"))
    assert await payload_of(" 一起办 ") == "/join"
    assert await payload_of("一起办") is None  # something was said since: those buttons are past
    await answered(("一起办", "/join"))
    assert await payload_of("一起办吧") is None
    await answered(("看看", "/one"), ("看看", "/other"))
    assert await payload_of("看看") is None
    await answered(("一起办", "/join"))
    await request_human(rt, **WEB, external_key="h")
    waiting = await receive(rt, **WEB, external_key="w", text="一起办")
    assert waiting.turn_id is None  # said while a person is waited for


async def test_asking_for_a_person_needs_no_engine_and_stops_turns(rt: Runtime) -> None:
    asked = await request_human(rt, **WEB, external_key="h1", category="手续代办")
    later = await receive(rt, **WEB, external_key="k2", text="我还想补充一点")
    assert later.turn_id is None
    messages = await log_after(rt, conversation_id=asked.conversation_id, seq=0, internal=False)
    assert [message["author"] for message in messages] == ["talent", "system", "talent"]
    assert "第 1 位" in messages[1]["content"]["paragraphs"][0]
    cancelled = await receive(rt, **WEB, external_key="k3", text="取消排队")
    messages = await log_after(rt, conversation_id=cancelled.conversation_id, seq=3, internal=False)
    assert "已取消排队" in messages[-1]["content"]["paragraphs"][0]
    assert (await receive(rt, **WEB, external_key="k4", text="你好")).turn_id
