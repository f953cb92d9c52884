"""What the chat itself says about the proof, on the web and on WeChat."""

import pytest

from bot.channels.wechat.render import render
from bot.conversation.log import views
from bot.conversation.models import Channel, Conversation, Message
from bot.identity.offer import own_data, proof_offer
from bot.notices.port import PART
from bot.runtime import Runtime
from tests.identity.people import Phones, id_number, make_talent


async def _chat(rt: Runtime, channel: Channel, talent_id: str | None = None) -> str:
    now = rt.clock.now()
    row = Conversation(channel=channel, account="a", external_user=f"{channel}{talent_id}")
    row.created_at = row.updated_at = now
    row.talent_id = talent_id
    async with rt.db.write() as session:
        session.add(row)
    return row.id


async def test_a_button_on_the_web_and_an_address_on_wechat(rt: Runtime, phones: Phones) -> None:
    web, wechat = await _chat(rt, Channel.WEB), await _chat(rt, Channel.WECHAT)
    offer = await proof_offer(rt, conversation_id=web)
    assert [(one.title, one.payload) for one in offer.buttons] == [("验证身份", "/verify_identity")]
    off = await proof_offer(rt, conversation_id=wechat)
    assert "网页版" in off.plain_text() and [one.payload for one in off.buttons] == ["/request_human"]
    rt.settings.public_url = "https://talent.test"
    told = await proof_offer(rt, conversation_id=wechat)
    assert told.paragraphs[1].startswith("https://talent.test/verify/")
    now = rt.clock.now()
    message = Message(id="m" * 32, conversation_id=wechat, seq=1, author="assistant", created_at=now)
    message.content, message.internal = told.model_dump(mode="json"), False
    async with rt.db.read() as session:
        (view,) = await views(session, conversation_id=wechat, messages=[message])
    assert told.paragraphs[1] in render(view, menu_links=False).whole()


@pytest.mark.parametrize("channel", list(Channel))
async def test_one_s_own_data_are_masked_in_the_chat(rt: Runtime, phones: Phones, channel: Channel) -> None:
    rt.settings.public_url = "https://talent.test"
    talent_id = await make_talent(rt, name="李知远", number=id_number(1), phone="13900000001")
    chat = await _chat(rt, channel, talent_id)
    told = (await own_data(rt, conversation_id=chat, talent_id=talent_id)).plain_text()
    assert "李**" in told and "139****0001" in told
    assert not [one for one in ("李知远", id_number(1), "13900000001") if one in told]
    assert ("/verify/" in told) == (channel == Channel.WECHAT)
    known = await proof_offer(rt, conversation_id=chat)
    assert "李**" in known.plain_text() and "/verify/" not in known.plain_text()


async def test_it_says_when_nothing_is_set_up(rt: Runtime) -> None:
    assert PART not in rt.parts
    offer = await proof_offer(rt, conversation_id=await _chat(rt, Channel.WEB))
    assert "没有开通身份验证" in offer.plain_text()
    assert [one.payload for one in offer.buttons] == ["/request_human"]
