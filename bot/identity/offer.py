"""What the chat says where somebody must prove who they are first."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.apologies import human_button
from bot.conversation.content import Button, Card, Content
from bot.conversation.log import access_conversation
from bot.conversation.models import Channel, Conversation
from bot.identity import pages
from bot.identity.rules import PAGE_LIFE
from bot.notices.port import can_send
from bot.runtime import Runtime
from bot.talent.models import Talent
from bot.text.personal import NAME, hint_of
from bot.texts import sentence

VERIFY = "/verify_identity"  # on the web the page opens its form instead of sending it


def verify_button() -> Button:
    return Button(title=sentence("identity.button"), payload=VERIFY)


def mine_button() -> Button:
    """The same door: whoever is proven finds their own data behind it."""
    return Button(title=sentence("identity.button_mine"), payload=VERIFY)


async def proof_offer(rt: Runtime, *, conversation_id: str) -> Content:
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id)
        return await offer_in(session, rt, conversation=conversation)


async def offer_in(session: AsyncSession, rt: Runtime, *, conversation: Conversation) -> Content:
    """A button on the web, a one-time address on WeChat; an honest word where neither can work."""
    if not can_send(rt):
        return Content.say(sentence("identity.switched_off"), buttons=[human_button()])
    talent = await session.get(Talent, conversation.talent_id) if conversation.talent_id else None
    if talent is not None:
        known = sentence("identity.already", name=hint_of(NAME, talent.name))
        return Content.say(known, buttons=[mine_button()] if conversation.channel == Channel.WEB else [])
    if conversation.channel == Channel.WEB:
        return Content.say(sentence("identity.ask"), buttons=[verify_button()])
    if lines := await _link(session, rt, conversation.id, "ask_link"):
        return Content.say(*lines)
    return Content.say(sentence("identity.no_public_url"), buttons=[human_button()])


async def own_data(rt: Runtime, *, conversation_id: str, talent_id: str) -> Content:
    """「查看、导出、更正、删除我的信息」 in the chat: masked, and where the rest of it is."""
    async with rt.db.write() as session:
        talent = await session.get_one(Talent, talent_id)
        channel = (await access_conversation(session, conversation_id=conversation_id)).channel
        on_web = channel == Channel.WEB
        more = [] if on_web else await _link(session, rt, conversation_id, "mine_link")
    rows = [
        (sentence("identity.row_name"), hint_of(NAME, talent.name)),
        (sentence("identity.row_id"), talent.id_hint),
        (sentence("identity.row_phone"), talent.phone_hint or sentence("identity.row_none")),
    ]
    card = Card(title=sentence("identity.mine_title"), rows=rows)
    if on_web:
        buttons = [mine_button(), human_button()]
        return Content(paragraphs=[sentence("identity.mine_more")], card=card, buttons=buttons)
    paragraphs = more or [sentence("identity.mine_no_link")]
    return Content(paragraphs=paragraphs, card=card, buttons=[human_button()])


async def _link(session: AsyncSession, rt: Runtime, conversation_id: str, words: str) -> list[str]:
    """A new one-time address under its sentence; nothing where no public address is set."""
    url = await pages.make(session, rt, conversation_id=conversation_id)
    minutes = int(PAGE_LIFE.total_seconds() // 60)
    return [sentence(f"identity.{words}", minutes=minutes), url] if url else []
