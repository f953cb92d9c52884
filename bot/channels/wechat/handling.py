"""From a verified message to what WeChat's request is answered with."""

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import select, update

from bot.channels.wechat.api_client import ApiError, WeChatApi
from bot.channels.wechat.choices import resolve
from bot.channels.wechat.inbound import Inbound, Kind
from bot.channels.wechat.passive import answer_until
from bot.conversation.attachments import guide_waits
from bot.conversation.blocking import check_not_blocked
from bot.conversation.models import Channel, Control, Conversation, Delivery, DeliveryStatus, Turn
from bot.conversation.service import Received, keep_file, receive, request_human
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

log = logging.getLogger(__name__)

# Keys of the account's own menu, as set in WeChat's console; any other key counts as said.
MENU_PAYLOADS = {"menu": "/menu", "progress": "/check_progress"}
MENU_HUMAN = "human"
PICTURE_WITHIN_S = 3.0  # WeChat hangs up after 5 s


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
        received = await _received(rt, inbound)
        if isinstance(received, str):
            return Answer(received)
    except Refusal as refusal:
        if refusal.code == "blocked":
            return await _shut_out(rt, inbound, refusal.message)
        return Answer(refusal.message)
    except Exception as error:
        # Not stored, so it must not look as if it were.
        log.error("wechat_message_not_kept %s", type(error).__name__)
        return Answer(sentence("wechat.not_kept"))
    passive = await answer_until(rt, received=received, deadline=deadline, prefix=prefix)
    return Answer(passive.text, passive.thinking)


async def _received(rt: Runtime, inbound: Inbound) -> Received | str:
    """What was stored, or the sentence that answers what could not be."""
    if inbound.kind != Kind.NEEDS_TEXT:
        return await _store(rt, inbound)
    if inbound.media_id:
        conversation = await _conversation_of(rt, inbound)
        with_person = conversation and conversation.control not in (Control.BOT, Control.CLOSED)
        if conversation and (with_person or guide_waits(conversation)):
            kept = await _take_picture(rt, inbound, conversation.id)
            if kept:
                return kept
    return await _ask_for_text(rt, inbound)


async def _store(rt: Runtime, inbound: Inbound) -> Received:
    text, payload = inbound.text, None
    if inbound.kind == Kind.FOLLOWED:
        text, payload = sentence("wechat.followed"), MENU_PAYLOADS["menu"]
    elif inbound.kind == Kind.MENU and text in MENU_PAYLOADS:
        text, payload = sentence(f"wechat.menu_{text}"), MENU_PAYLOADS[text]
    elif inbound.kind == Kind.MENU and text == MENU_HUMAN:
        return await request_human(
            rt,
            channel=Channel.WECHAT,
            account=_account(rt),
            external_user=inbound.openid,
            external_key=inbound.key,
        )
    choice = None
    if inbound.kind == Kind.SAID:
        choice = await resolve(
            rt,
            account=_account(rt),
            openid=inbound.openid,
            text=text,
            menu_line=inbound.choice,
        )
    return await receive(
        rt,
        channel=Channel.WECHAT,
        account=_account(rt),
        external_user=inbound.openid,
        external_key=inbound.key,
        text=text,
        button=(choice.message_id, choice.index) if choice else None,
        payload=payload,
    )


async def _conversation_of(rt: Runtime, inbound: Inbound) -> Conversation | None:
    async with rt.db.read() as session:
        return await session.scalar(
            select(Conversation).where(
                Conversation.channel == Channel.WECHAT,
                Conversation.account == _account(rt),
                Conversation.external_user == inbound.openid,
            )
        )


async def _take_picture(rt: Runtime, inbound: Inbound, conversation_id: str) -> Received | None:
    """A picture for the person who has the chat, or for the guide; None when it could not be had in time."""
    api: WeChatApi | None = rt.parts.get("wechat")
    if api is None or not inbound.media_id:
        return None
    try:
        async with asyncio.timeout(PICTURE_WITHIN_S):
            data = await api.fetch_media(media_id=inbound.media_id)
    except (ApiError, TimeoutError) as error:
        log.warning("wechat_picture %s", error if isinstance(error, ApiError) else "timeout")
        return None
    view = await keep_file(
        rt,
        conversation_id=conversation_id,
        external_key=inbound.key,
        name=sentence("wechat.picture_name"),
        data=data,
        staff=None,
    )
    async with rt.db.read() as session:
        turn_id = await session.scalar(select(Turn.id).where(Turn.message_id == view["id"]))
    return Received(conversation_id, view["id"], view["seq"], turn_id)


async def _ask_for_text(rt: Runtime, inbound: Inbound) -> str:
    """What cannot be read is said so; a specialist at least learns that something came."""
    conversation = await _conversation_of(rt, inbound)
    if conversation:
        check_not_blocked(conversation)
    if conversation is None or conversation.control in (Control.BOT, Control.CLOSED):
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


async def _shut_out(rt: Runtime, inbound: Inbound, message: str) -> Answer:
    """Whoever is blocked is told so once; afterwards their messages are only acknowledged."""
    conversation = await _conversation_of(rt, inbound)
    if conversation is None:
        return Answer()
    async with rt.db.write() as session:
        told = await session.scalars(
            update(Delivery)
            .where(
                Delivery.conversation_id == conversation.id,
                Delivery.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.PARKED)),
            )
            .values(status=DeliveryStatus.SENT, error=None, sent_at=rt.clock.now())
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
        untold = bool(told.all())
    return Answer(message if untold else None)


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
