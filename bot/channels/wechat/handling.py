"""From a verified message to what WeChat's request is answered with."""

import logging
from dataclasses import dataclass

from sqlalchemy import select, update

from bot.channels.wechat.choices import resolve
from bot.channels.wechat.inbound import Inbound, Kind
from bot.channels.wechat.passive import answer_until
from bot.conversation.models import Channel, Control, Conversation, Delivery, DeliveryStatus
from bot.conversation.service import Received, receive, request_human
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

log = logging.getLogger(__name__)

# Keys of the account's own menu, as set in WeChat's console; any other key counts as said.
MENU_PAYLOADS = {"menu": "/menu", "progress": "/check_progress"}
MENU_HUMAN = "human"


@dataclass(frozen=True)
class Answer:
    text: str | None = None  # None: `success`
    thinking: bool = False


async def handle(rt: Runtime, *, inbound: Inbound, deadline: float) -> Answer:
    """Store first, then answer. Raises only after the message is kept."""
    if inbound.kind == Kind.DROPPED:
        return Answer()
    if inbound.kind == Kind.LEFT:
        await _park(rt, openid=inbound.openid)
        return Answer()
    prefix = sentence("wechat.welcome") if inbound.kind == Kind.FOLLOWED else ""
    try:
        if inbound.kind == Kind.NEEDS_TEXT:
            return Answer(await _ask_for_text(rt, inbound))
        received = await _store(rt, inbound)
    except Refusal as refusal:
        return Answer(refusal.message)
    except Exception as error:
        # Not stored, so it must not look as if it were.
        log.error("wechat_message_not_kept %s", type(error).__name__)
        return Answer(sentence("wechat.not_kept"))
    passive = await answer_until(rt, received=received, deadline=deadline, prefix=prefix)
    return Answer(passive.text, passive.thinking)


async def _store(rt: Runtime, inbound: Inbound) -> Received:
    text, payload, human = inbound.text, None, False
    if inbound.kind == Kind.FOLLOWED:
        text, payload = sentence("wechat.followed"), MENU_PAYLOADS["menu"]
    elif inbound.kind == Kind.MENU and text in MENU_PAYLOADS:
        text, payload = sentence(f"wechat.menu_{text}"), MENU_PAYLOADS[text]
    elif inbound.kind == Kind.MENU and text == MENU_HUMAN:
        human = True
    elif text.strip() == sentence("conversation.button_human"):
        human = True  # needs no engine, so it works while the engine is down
    button = None
    if inbound.kind == Kind.SAID and not human:
        choice = await resolve(
            rt,
            account=_account(rt),
            openid=inbound.openid,
            text=text,
            menu_line=inbound.choice,
        )
        if choice:
            button = (choice.message_id, choice.index)
            human = choice.from_service and choice.payload.startswith("/request_human")
    if human:
        return await request_human(
            rt,
            channel=Channel.WECHAT,
            account=_account(rt),
            external_user=inbound.openid,
            external_key=inbound.key,
        )
    return await receive(
        rt,
        channel=Channel.WECHAT,
        account=_account(rt),
        external_user=inbound.openid,
        external_key=inbound.key,
        text=text,
        button=button,
        payload=payload,
    )


async def _ask_for_text(rt: Runtime, inbound: Inbound) -> str:
    """What cannot be read is said so; a specialist at least learns that something came."""
    async with rt.db.read() as session:
        control = await session.scalar(
            select(Conversation.control).where(
                Conversation.channel == Channel.WECHAT,
                Conversation.account == _account(rt),
                Conversation.external_user == inbound.openid,
            )
        )
    if control not in (Control.QUEUED, Control.HUMAN):
        return sentence("wechat.needs_text", what=inbound.text)
    await receive(
        rt,
        channel=Channel.WECHAT,
        account=_account(rt),
        external_user=inbound.openid,
        external_key=inbound.key,
        text=sentence("wechat.sent_note", what=inbound.text),
    )
    return sentence("wechat.needs_text_human", what=inbound.text)


async def _park(rt: Runtime, *, openid: str) -> None:
    """Nothing reaches somebody who left; should they return, it is still there."""
    async with rt.db.write() as session:
        of_theirs = select(Conversation.id).where(
            Conversation.channel == Channel.WECHAT,
            Conversation.account == _account(rt),
            Conversation.external_user == openid,
        )
        await session.execute(
            update(Delivery)
            .where(Delivery.conversation_id.in_(of_theirs), Delivery.status == DeliveryStatus.QUEUED)
            .values(status=DeliveryStatus.PARKED, error="unsubscribed")
            .execution_options(synchronize_session=False)
        )


def _account(rt: Runtime) -> str:
    return rt.settings.wechat_appid or ""
