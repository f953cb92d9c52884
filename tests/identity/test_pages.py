"""One-time pages: a proof binds the chat only when its code is said there, and the address dies with it."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.conversation.log import read_log
from bot.conversation.models import Channel, Control, Conversation
from bot.conversation.service import receive
from bot.identity import pages
from bot.identity.models import Consent
from bot.identity.who import proven
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import Application
from bot.service.submission import Submitter, store
from bot.store.base import new_id
from tests.conftest import MovedClock
from tests.identity.people import Chat, Phones, id_number, make_talent
from tests.service.items import demo_item, texts

LI, LI_ID, LI_PHONE = "李知远", id_number(1), "13900000001"
WANG, WANG_ID, WANG_PHONE = "王海棠", id_number(2), "13900000002"


class WeChat:
    """A chat on WeChat, and what was said in it."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.id = ""

    async def says(self, text: str) -> None:
        key = str(uuid4())
        who = {"channel": Channel.WECHAT, "account": "a", "external_user": "openid"}
        got = await receive(self.rt, external_key=key, text=text, **who)  # type: ignore[arg-type]
        self.id = got.conversation_id

    async def told(self) -> str:
        async with self.rt.db.read() as session:
            shown = await read_log(session, conversation_id=self.id)
        return "\n".join(str(one["content"]["paragraphs"]) for one in shown if one["author"] != "talent")

    async def address(self) -> str:
        async with self.rt.db.write() as session:
            url = await pages.make(session, self.rt, conversation_id=self.id)
        assert url is not None
        return url.rpartition("/")[2]


@pytest.fixture
async def wechat(rt: Runtime, chat: Chat) -> WeChat:
    """`chat` is a browser that opens the page; its own visitor's token is put aside."""
    rt.settings.public_url = "https://talent.test"
    here = WeChat(rt)
    await here.says("你好")
    chat.http.headers["Authorization"] = f"Page {await here.address()}"
    return here


@pytest.fixture
async def li(rt: Runtime) -> str:
    return await make_talent(rt, name=LI, number=LI_ID, phone=LI_PHONE)


async def test_the_chat_is_bound_only_when_the_code_is_said_in_it(
    rt: Runtime, chat: Chat, wechat: WeChat, phones: Phones, li: str
) -> None:
    item = demo_item()
    rt.parts["service"] = Catalogue({item.key: item}, texts())
    handed_in = [Answers(item, {"name": LI, "phone": LI_PHONE})]
    await store(rt, request_id=new_id(), submitter=Submitter(conversation_id=wechat.id), answers=handed_in)
    address = chat.http.headers["Authorization"]
    proof = await chat.prove(LI, LI_ID, LI_PHONE)
    assert proof.keys() == {"name", "page", "say", "say_expires_in"}
    assert await proven(rt, conversation_id=wechat.id) is None
    # Whoever has the address finds it closed; who proved themselves is shown nothing of the chat either.
    assert (await chat.http.get("/api/web/identity")).status_code == 410
    chat.http.headers["Authorization"] = f"Page {proof['page']}"
    assert (await chat.standing())["bound"] is None
    await wechat.says(phones.code(LI_PHONE))  # that of the telephone is none of the chat
    wrong = "000000" if proof["say"] != "000000" else "000001"
    await wechat.says(wrong)
    assert "确认码不对" in await wechat.told()
    assert await proven(rt, conversation_id=wechat.id) is None
    assert (await chat.confirm(proof["say"])).status_code == 410
    await wechat.says(f" {proof['say'][:3]} {proof['say'][3:]}")
    assert await proven(rt, conversation_id=wechat.id) == li
    assert "身份验证成功，李**" in await wechat.told()
    assert (await chat.standing())["bound"]["name"] == "李**"
    assert address != chat.http.headers["Authorization"]
    async with rt.db.read() as session:
        assert (await session.scalars(select(Consent.talent_id))).one() == li
        assert (await session.scalars(select(Application.talent_id))).one() == li
    # Their own again: nothing is left to be said, and the pass is theirs at once.
    chat.http.headers["Authorization"] = f"Page {await wechat.address()}"
    again = await chat.prove(LI, LI_ID, LI_PHONE)
    assert "say" not in again and again["pass"]
    chat.http.headers["Authorization"] = f"Page {again['page']}"
    assert (await chat.post("me/full", {"pass": again["pass"]})).status_code == 200


async def test_a_said_code_is_good_for_five_tries_and_ten_minutes(
    rt: Runtime, chat: Chat, wechat: WeChat, li: str, clock: MovedClock
) -> None:
    proof = await chat.prove(LI, LI_ID, LI_PHONE)
    for number in range(5):
        await wechat.says(str((int(proof["say"]) + number + 1) % 1_000_000).zfill(6))
    await wechat.says(proof["say"])
    assert await proven(rt, conversation_id=wechat.id) is None
    chat.http.headers["Authorization"] = f"Page {await wechat.address()}"
    proof = await chat.prove(LI, LI_ID, LI_PHONE)
    clock.advance(minutes=10)
    await wechat.says(proof["say"])
    assert await proven(rt, conversation_id=wechat.id) is None


async def test_while_a_person_has_the_chat_the_address_comes_all_the_same(
    rt: Runtime, chat: Chat, wechat: WeChat, li: str
) -> None:
    async with rt.db.write() as session:
        (await session.get_one(Conversation, wechat.id)).control = Control.HUMAN
    await wechat.says("请帮我验证身份")
    assert "https://talent.test/verify/" in await wechat.told()
