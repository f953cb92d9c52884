"""Proving who one is, over HTTP: what is told, what is counted, what is bound."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Control, Conversation, Turn, TurnStatus
from bot.identity.models import ChannelBinding, Consent, IdentityCode
from bot.identity.who import proven
from bot.notices.models import TalentNotice
from bot.notices.port import PART
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.identity.people import Chat, Phones, id_number, make_talent

NewChat = Callable[..., Awaitable[Chat]]
LI, LI_ID, LI_PHONE = "李知远", id_number(1), "13900000001"
WANG, WANG_ID, WANG_PHONE = "王海棠", id_number(2), "13900000002"


@pytest.fixture
async def li(rt: Runtime) -> str:
    return await make_talent(rt, name=LI, number=LI_ID, phone=LI_PHONE)


@pytest.fixture
async def wang(rt: Runtime) -> str:
    return await make_talent(rt, name=WANG, number=WANG_ID, phone=WANG_PHONE)


async def test_a_person_proves_themselves_and_the_chat_is_theirs(
    rt: Runtime, chat: Chat, phones: Phones, li: str
) -> None:
    assert await proven(rt, conversation_id=chat.conversation_id) is None
    answer = await chat.start(f" {LI[0]} {LI[1:]}", LI_ID[-6:].lower())
    assert (answer.status_code, answer.json()) == (202, {"sent": True, "expires_in": 300})
    assert [phone for phone, _ in phones.sent] == [LI_PHONE]
    done = await chat.confirm(phones.code(LI_PHONE))
    assert done.json()["name"] == "李**"
    assert await proven(rt, conversation_id=chat.conversation_id) == li
    told = (await chat.messages())[-1]["content"]
    assert "身份验证成功" in str(told["paragraphs"])
    assert [button["title"] for button in told["buttons"]] == ["我的申请进度", "我的惠才卡", "我能享受什么"]
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(ChannelBinding)) == 1
        consent = (await session.scalars(select(Consent))).one()
        assert (consent.talent_id, consent.withdrawn_at) == (li, None)
    bound = (await chat.standing())["bound"]
    assert (bound["name"], bound["phone_hint"]) == ("李**", "139****0001")
    assert [one["here"] for one in bound["bindings"]] == [True]


async def test_every_kind_of_wrong_data_looks_the_same_and_costs_the_same(
    rt: Runtime, new_chat: NewChat, phones: Phones, li: str, wang: str
) -> None:
    await make_talent(rt, name="赵无号", number=id_number(3), phone=None)
    twin = id_number(4)
    await make_talent(rt, name="孙双生", number=twin, phone="13900000004")
    await make_talent(rt, name="孙双生", number=_same_end(twin), phone="13900000005")
    for number in range(5):
        await (await new_chat(address=f"198.51.{number}.9")).start(WANG, WANG_ID[-6:])
    phones.sent.clear()
    cases = {
        "right": (LI, LI_ID[-6:]),
        "other name": ("李知近", LI_ID[-6:]),
        "other digits": (LI, "000000"),
        "nobody": ("钱不在", "123456"),
        "no phone": ("赵无号", id_number(3)[-6:]),
        "twins": ("孙双生", twin[-6:]),
        "too often": (WANG, WANG_ID[-6:]),
    }
    work: dict[str, list[str]] = {}
    engine = rt.db.engine.sync_engine
    for case, (name, last6) in cases.items():
        chat = await new_chat()
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(statement.split()[0])

        event.listen(engine, "before_cursor_execute", note)
        answer = await chat.post("identity/start", {"name": name, "id_last6": last6, "consent": True})
        event.remove(engine, "before_cursor_execute", note)
        work[case] = seen
        assert (answer.status_code, answer.json()) == (202, {"sent": True, "expires_in": 300}), case
        wrong = await chat.confirm("123456")
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_code"), case
        assert (await chat.standing())["bound"] is None
    assert all(seen == work["right"] for seen in work.values()), work
    await phones.receive(rt)
    assert [phone for phone, _ in phones.sent] == [LI_PHONE]


def _same_end(number: str) -> str:
    """Another number with the same last six and a right checksum."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for county in range(370103, 370700):
        for day in ("02", "03", "04", "05", "06", "07", "08", "09"):
            body = f"{county}198001{number[12:17]}"
            if (
                day
                and "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
                == number[17]
            ):
                return body + number[17]
    raise AssertionError


async def test_five_tries_then_even_the_right_code_is_refused(
    rt: Runtime, chat: Chat, phones: Phones, li: str
) -> None:
    await chat.start(LI, LI_ID[-6:])
    code = phones.code(LI_PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert (await chat.confirm(wrong)).status_code == 422
    refused = await chat.confirm(code)
    assert refused.json()["error"]["code"] == "wrong_code"
    assert await proven(rt, conversation_id=chat.conversation_id) is None


async def test_a_code_serves_once_in_its_own_chat_for_five_minutes(
    rt: Runtime, new_chat: NewChat, phones: Phones, clock: MovedClock, li: str
) -> None:
    chat, other = await new_chat(), await new_chat()
    await chat.start(LI, LI_ID[-6:])
    code = phones.code(LI_PHONE)
    assert (await other.confirm(code)).status_code == 422
    clock.advance(minutes=5)
    assert (await chat.confirm(code)).status_code == 422
    await chat.start(LI, LI_ID[-6:])
    second = phones.code(LI_PHONE)
    await chat.start(LI, LI_ID[-6:])  # a newer one ends it
    if second != phones.code(LI_PHONE):
        assert (await chat.confirm(second)).status_code == 422
    assert (await chat.confirm(phones.code(LI_PHONE))).status_code == 200
    assert (await chat.confirm(phones.code(LI_PHONE))).status_code == 422


async def test_tries_at_once_are_all_counted(rt: Runtime, chat: Chat, phones: Phones, li: str) -> None:
    await chat.start(LI, LI_ID[-6:])
    code = phones.code(LI_PHONE)
    guesses = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 13)]
    together = asyncio.Barrier(len(guesses))

    async def guess(text: str) -> int:
        await together.wait()
        return (await chat.confirm(text)).status_code

    assert set(await asyncio.gather(*map(guess, guesses))) == {422}
    async with rt.db.read() as session:
        assert (await session.scalars(select(IdentityCode.tries))).one() == 5
    assert (await chat.confirm(code)).status_code == 422


async def test_the_right_code_twice_at_once_binds_once(
    rt: Runtime, chat: Chat, phones: Phones, li: str
) -> None:
    await chat.start(LI, LI_ID[-6:])
    code, together = phones.code(LI_PHONE), asyncio.Barrier(4)

    async def confirm() -> int:
        await together.wait()
        return (await chat.confirm(code)).status_code

    assert sorted(await asyncio.gather(*(confirm() for _ in range(4)))) == [200, 422, 422, 422]
    async with rt.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(ChannelBinding)) == 1


async def test_starts_at_once_are_all_counted(
    rt: Runtime, new_chat: NewChat, phones: Phones, li: str
) -> None:
    chats = [await new_chat(address=f"203.0.{number}.7") for number in range(12)]
    together = asyncio.Barrier(len(chats))

    async def start(chat: Chat) -> int:
        await together.wait()
        body = {"name": LI, "id_last6": LI_ID[-6:], "consent": True}
        return (await chat.post("identity/start", body)).status_code

    assert set(await asyncio.gather(*map(start, chats))) == {202}
    await phones.receive(rt)
    assert len(phones.sent) == 5  # nobody's telephone is flooded


async def test_a_chat_and_an_address_have_limits_that_say_so(
    rt: Runtime, new_chat: NewChat, phones: Phones, clock: MovedClock
) -> None:
    chat = await new_chat()
    for number in range(5):
        assert (await chat.start(f"某人{number}", "123456")).status_code == 202
    refused = await chat.start("某人", "123456")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "identity_too_often")
    for number in range(14):
        assert (await (await new_chat()).start(f"别人{number}", "123456")).status_code == 202
    assert (await (await new_chat()).start("别人", "123456")).status_code == 429
    assert (await (await new_chat(address="198.51.100.9")).start("别人", "123456")).status_code == 202
    clock.advance(hours=1)
    assert (await chat.start("某人", "123456")).status_code == 202


async def test_nothing_is_asked_where_no_provider_is_set_up(rt: Runtime, chat: Chat, li: str) -> None:
    rt.parts.pop(PART)
    for answer in (
        await chat.start(LI, LI_ID[-6:]),
        await chat.confirm("123456"),
        await chat.post("me/code"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "identity_off")
    standing = await chat.standing()
    assert standing["on"] is False and "转人工" in standing["off"]


async def test_without_consent_or_session_nothing_begins(chat: Chat, phones: Phones, li: str) -> None:
    body = {"name": LI, "id_last6": LI_ID[-6:]}
    assert (await chat.post("identity/start", body)).status_code == 422
    refused = await chat.post("identity/start", body | {"consent": False})
    assert refused.status_code == 422
    assert LI not in refused.text and LI_ID[-6:] not in refused.text
    chat.http.headers["Authorization"] = "Bearer nonsense"
    assert (await chat.start(LI, LI_ID[-6:])).status_code == 401
    assert phones.sent == []


async def test_another_person_in_the_same_chat_finds_nothing_of_the_former(
    rt: Runtime, chat: Chat, li: str, wang: str
) -> None:
    await chat.says("我的办件到哪一步了")
    await chat.prove(LI, LI_ID, LI_PHONE)
    async with rt.db.write() as session:
        row = await session.get_one(Conversation, chat.conversation_id)
        row.engine_state = {"version": 1, "slots": {"tier": "第三层次"}, "loop": None, "events": []}
        turn = (await session.scalars(select(Turn))).one()
        turn.status, turn.attempt = TurnStatus.RUNNING, 1
    before = [message["id"] for message in await chat.messages()]
    await chat.prove(WANG, WANG_ID, WANG_PHONE)
    assert await proven(rt, conversation_id=chat.conversation_id) == wang
    shown = await chat.messages()
    assert not {message["id"] for message in shown} & set(before)
    assert "王**" in json.dumps(shown, ensure_ascii=False) and "李" not in json.dumps(
        shown, ensure_ascii=False
    )
    async with rt.db.read() as session:
        row = await session.get_one(Conversation, chat.conversation_id)
        assert (row.engine_state, row.awaiting) == (None, None)
        # An answer made for the former is not stored any more.
        assert (await session.scalars(select(Turn.status))).one() == TurnStatus.WAITING
        ended = await session.scalars(select(ChannelBinding.ended_by).order_by(ChannelBinding.bound_at))
        assert set(ended) == {"other_person", None}


async def test_files_and_buttons_of_the_former_person_open_nothing(
    rt: Runtime, chat: Chat, li: str, wang: str
) -> None:
    await chat.prove(LI, LI_ID, LI_PHONE)
    (await chat.post("human", {"client_msg_id": str(uuid4())})).raise_for_status()
    query = {"name": "a.txt", "key": str(uuid4())}
    sent = await chat.http.post("/api/web/files", params=query, content="证明".encode())
    sent.raise_for_status()
    shown = await chat.messages()
    (path,) = [f"/api/web/files/{f['id']}" for one in shown for f in one["content"]["files"]]
    offered = [one["id"] for one in shown if one["content"]["buttons"]]
    assert len(offered) == 2  # with the proof, and with the place in the queue
    assert (await chat.http.get(path)).status_code == 200
    async with rt.db.write() as session:
        talk = (await session.scalars(select(Handover))).one()
        talk.status, talk.contact_token = HandoverStatus.TICKETED, "〔手机号1〕"
        here = await session.get_one(Conversation, chat.conversation_id)
        here.control = Control.BOT
    await chat.prove(WANG, WANG_ID, WANG_PHONE)
    assert (await chat.http.get(path)).status_code == 404
    for asked in offered:
        pressed = {"client_msg_id": str(uuid4()), "button": {"message_id": asked, "index": 0}}
        assert (await chat.post("messages", pressed)).status_code == 404
    # The call-back stays owed to the former; the next one leaves another and is shown no number.
    await chat.says("取消回电")
    wish = {"category": "政策咨询"}
    (await chat.post("ticket", {"client_msg_id": str(uuid4()), **wish})).raise_for_status()
    assert "〔手机号1〕" not in json.dumps(await chat.messages(), ensure_ascii=False)
    async with rt.db.read() as session:
        owed = await session.scalars(select(Handover.contact_token).where(Handover.status == "ticketed"))
        assert sorted(owed, key=str) == [None, "〔手机号1〕"]


async def test_codes_and_claims_stand_nowhere_in_clear(
    rt: Runtime, chat: Chat, phones: Phones, li: str, caplog: pytest.LogCaptureFixture
) -> None:
    await chat.prove(LI, LI_ID, LI_PHONE)
    code = phones.code(LI_PHONE)
    async with rt.db.read() as session:
        hashes = list(await session.scalars(select(IdentityCode.code_hash)))
        sealed = list(await session.scalars(select(TalentNotice.sealed)))
    assert all(code not in text for text in hashes)
    assert sealed == [b""]  # what was sent keeps neither words nor number
    assert not [one for one in (code, LI, LI_ID[-6:], LI_PHONE) if one in caplog.text]
