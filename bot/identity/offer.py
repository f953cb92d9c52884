"""What the chat says where somebody must prove who they are first."""

from bot.conversation.apologies import human_button
from bot.conversation.content import Button, Content
from bot.conversation.log import access_conversation
from bot.conversation.models import Channel
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


async def proof_offer(rt: Runtime, *, conversation_id: str) -> Content:
    """A button on the web, a one-time address on WeChat; an honest word where neither can work."""
    if not can_send(rt):
        return Content.say(sentence("identity.switched_off"), buttons=[human_button()])
    async with rt.db.read() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id)
        talent = await session.get(Talent, conversation.talent_id) if conversation.talent_id else None
    if talent is not None:
        return Content.say(sentence("identity.already", name=hint_of(NAME, talent.name)))
    if conversation.channel == Channel.WEB:
        return Content.say(sentence("identity.ask"), buttons=[verify_button()])
    async with rt.db.write() as session:
        url = await pages.make(session, rt, conversation_id=conversation_id)
    if url is None:
        return Content.say(sentence("identity.no_public_url"), buttons=[human_button()])
    minutes = int(PAGE_LIFE.total_seconds() // 60)
    return Content.say(sentence("identity.ask_link", minutes=minutes), url)
