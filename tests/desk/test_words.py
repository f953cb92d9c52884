"""Words, notes, drafts, marks, files and single personal values of one chat."""

from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.accounts.models import AuditEntry
from bot.conversation import service as conversation
from bot.conversation.models import Delivery, DeliveryStatus, Message
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.desk.steps import detail, done, note, say
from tests.desk.streaming import opened
from tests.desk.talents import Talent, text_of

PHONE = "13800138000"


async def state_of(talent: Talent, *, internal: bool) -> dict[str, object]:
    return await conversation.state_for(talent.rt, conversation_id=talent.conversation_id, internal=internal)


async def test_words_written_before_the_talent_wrote_again_are_held_back(lin: Person, held: Talent) -> None:
    seen = (await detail(lin, held))["chat"]["last_seq"]
    await held.say("补充一下：我是博士")
    key = str(uuid4())
    refused = await say(lin, held, "请提供学历", based_on_seq=seen, client_msg_id=key)
    assert code(refused) == (409, "overtaken")
    assert "请提供学历" not in await held.sees()

    forced = await say(lin, held, "请提供学历", based_on_seq=seen, client_msg_id=key, force=True)
    assert forced.status_code == 200
    # The same key again, as after a lost answer, is the same message and no longer overtaken.
    again = await say(lin, held, "请提供学历", based_on_seq=seen, client_msg_id=key)
    assert again.json()["id"] == forced.json()["id"]
    assert (await held.sees()).count("请提供学历") == 1


async def test_words_on_top_of_the_newest_message_go_out(lin: Person, held: Talent) -> None:
    await held.say("在吗")
    newest = (await detail(lin, held))["chat"]["last_talent_seq"]
    await note(lin, held, "先查一下")  # one's own notes overtake nothing
    assert (await say(lin, held, "在的", based_on_seq=newest)).status_code == 200


async def test_raw_values_in_staff_words_and_notes_are_masked(lin: Person, held: Talent) -> None:
    await held.say(f"我的手机号是{PHONE}")
    said = await say(lin, held, f"我会打{PHONE}联系您，窗口电话0531-88597979")
    written = await note(lin, held, f"打过{PHONE}，没人接")
    assert text_of(said.json()) == "我会打138****8000联系您，窗口电话0531-88597979"
    assert text_of(written.json()) == "打过138****8000，没人接"


async def test_numbers_a_specialist_learned_elsewhere_are_masked_too(
    rt: Runtime, lin: Person, held: Talent
) -> None:
    said = await say(lin, held, "登记的身份证是11010519491231002X，请打张老师13900139000")
    assert text_of(said.json()) == "登记的身份证是110****002X，请打张老师13900139000"
    written = await note(lin, held, "本人电话13700137000")
    assert text_of(written.json()) == "本人电话137****7000"
    async with rt.db.read() as session:
        stored = str([(row.content, row.plain) for row in await session.scalars(select(Message))])
    assert "11010519491231002X" not in stored and "13700137000" not in stored
    values = (await detail(lin, held))["profile"]["values"]
    assert {value["kind"] for value in values} == {"身份证号", "手机号"}


async def test_drafts_are_kept_per_person_and_kind_and_go_with_what_was_sent(
    lin: Person, zhou: Person, held: Talent
) -> None:
    path = f"{held.path}/drafts"
    await lin.http.put(f"{path}/reply", json={"text": "还没写完", "based_on_seq": 3})
    await lin.http.put(f"{path}/note", json={"text": "记一下", "based_on_seq": 0})
    assert (await detail(lin, held))["drafts"] == {
        "reply": {"text": "还没写完", "based_on_seq": 3},
        "note": {"text": "记一下", "based_on_seq": 0},
    }
    assert (await detail(zhou, held))["drafts"] == {}
    await say(lin, held, "还没写完")
    assert list((await detail(lin, held))["drafts"]) == ["note"]
    answer = await lin.http.put(f"{path}/note", json={"text": " ", "based_on_seq": 0})
    assert answer.status_code == 204
    assert (await detail(lin, held))["drafts"] == {}
    assert not any("记一下" in text for text in await held.sees())
    assert (await lin.http.put(f"{path}/other", json={"text": "x"})).status_code == 422


async def test_a_draft_begun_since_the_sending_stays(lin: Person, held: Talent) -> None:
    await lin.http.put(f"{held.path}/drafts/reply", json={"text": "第二句", "based_on_seq": 3})
    await say(lin, held, "第一句")
    assert (await detail(lin, held))["drafts"]["reply"]["text"] == "第二句"


async def test_only_the_holder_is_seen_typing_and_reading(lin: Person, zhou: Person, held: Talent) -> None:
    last = (await detail(lin, held))["chat"]["last_seq"]
    for person in (zhou, lin):
        assert (await person.http.post(f"{held.path}/typing")).status_code == 204
        assert (await person.http.post(f"{held.path}/seen", json={"seq": last})).status_code == 204
        shown = await state_of(held, internal=False)
        mine = person is lin
        assert (shown["typing"], shown["seen_by_staff"]) == (mine, last if mine else 0)


async def test_files_go_both_ways_and_each_look_is_audited(
    rt: Runtime, lin: Person, zhou: Person, held: Talent
) -> None:
    text = "材料清单\n身份证".encode()
    key = str(uuid4())
    sent = await lin.http.post(f"{held.path}/files", params={"name": "清单.txt", "key": key}, content=text)
    again = await lin.http.post(f"{held.path}/files", params={"name": "清单.txt", "key": key}, content=text)
    assert sent.status_code == 200, sent.text
    assert sent.json()["id"] == again.json()["id"]
    (file,) = sent.json()["content"]["files"]
    got = await zhou.http.get(f"{held.path}/files/{file['id']}")
    assert got.content == text
    assert "attachment" in got.headers["content-disposition"]
    async with rt.db.read() as session:
        looks = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "desk.file")))
    assert [(look.staff_id, look.subject, look.detail) for look in looks] == [
        (zhou.id, held.conversation_id, {"file": file["id"]})
    ]
    refused = await zhou.http.post(f"{held.path}/files", params={"name": "a.txt", "key": key}, content=text)
    assert code(refused) == (403, "not_yours")
    missing = await lin.http.get(f"{held.path}/files/{'0' * 32}")
    assert code(missing) == (404, "no_such_file")


async def test_a_file_of_another_chat_is_not_served(rt: Runtime, lin: Person, held: Talent) -> None:
    sent = await lin.http.post(
        f"{held.path}/files", params={"name": "清单.txt", "key": str(uuid4())}, content=b"abc"
    )
    (file,) = sent.json()["content"]["files"]
    other = await Talent.arrive(rt, "t2")
    await other.ask_for_a_person()
    await done(lin, other, "claim")
    assert code(await lin.http.get(f"{other.path}/files/{file['id']}")) == (404, "no_such_file")


async def test_single_values_are_unmasked_and_each_look_is_audited(
    rt: Runtime, lin: Person, zhou: Person, held: Talent
) -> None:
    await held.say(f"我的手机号是{PHONE}")
    (value,) = (await detail(lin, held))["profile"]["values"]
    assert value == {"token": "〔手机号1〕", "kind": "手机号", "hint": "138****8000"}
    for _ in range(2):
        response = await lin.http.post(f"{held.path}/unmask", json={"token": value["token"]})
        assert response.json() == {"value": PHONE}
    refused = await zhou.http.post(f"{held.path}/unmask", json={"token": value["token"]})
    assert code(refused) == (403, "not_allowed")
    unknown = await lin.http.post(f"{held.path}/unmask", json={"token": "〔手机号9〕"})
    assert code(unknown) == (404, "no_such_value")
    async with rt.db.read() as session:
        looks = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "desk.unmask")))
    assert [(look.staff_id, look.detail) for look in looks] == [(lin.id, {"token": "〔手机号1〕"})] * 2
    assert PHONE not in str([look.detail for look in looks])


@pytest.mark.parametrize("where", ["open", "list", "search"])
async def test_no_raw_value_is_shown_without_unmasking(lin: Person, held: Talent, where: str) -> None:
    await held.say(f"我的手机号是{PHONE}，请联系")
    paths = {
        "open": held.path,
        "list": "/api/desk/chats?view=mine",
        "search": "/api/desk/search?q=手机号",
    }
    answer = await lin.http.get(paths[where])
    assert held.conversation_id in answer.text
    assert PHONE not in answer.text
    assert "138****8000" in answer.text


async def test_a_message_for_wechat_tells_how_far_it_is(rt: Runtime, lin: Person, team: str) -> None:
    talent = await Talent.arrive(rt, "openid", channel=conversation.Channel.WECHAT)
    await talent.ask_for_a_person()
    await done(lin, talent, "claim")
    await say(lin, talent, "您好")
    said = [m for m in (await detail(lin, talent))["messages"] if m["author"] == "staff"]
    assert [message["delivery"] for message in said] == ["queued"]


async def test_an_open_chat_hears_that_a_channel_got_further(
    rt: Runtime, app: FastAPI, lin: Person, team: str
) -> None:
    talent = await Talent.arrive(rt, "openid", channel=conversation.Channel.WECHAT)
    await talent.ask_for_a_person()
    await done(lin, talent, "claim")
    await say(lin, talent, "您好")
    seq = next(m["seq"] for m in (await detail(lin, talent))["messages"] if m["author"] == "staff")
    async with opened(app, lin.cookie, f"{talent.path}/events?after={seq}") as stream:
        assert (await stream.event())[0] == "state"  # type: ignore[index]
        async with rt.db.write() as session:
            where = (Delivery.conversation_id == talent.conversation_id, Delivery.seq == seq)
            await session.execute(update(Delivery).where(*where).values(status=DeliveryStatus.PARKED))
        rt.hints.notify(f"conversation:{talent.conversation_id}")
        assert await stream.event() == ("delivery", {"seq": seq, "delivery": "parked"})
