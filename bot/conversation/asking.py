"""What a talent's window asks of the service: a person, a call-back, no more waiting, a rating."""

from typing import Any

from bot.conversation import ratings, wishes
from bot.conversation.blocking import check_not_blocked
from bot.conversation.categories import guess_category
from bot.conversation.content import Category, HandoverRequest
from bot.conversation.control import tell
from bot.conversation.desk_port import desk_of
from bot.conversation.episodes import ahead_of, open_handover
from bot.conversation.log import access_conversation, wire_time
from bot.conversation.models import Channel, Control
from bot.conversation.receiving import Received, conversation_of, first_result, keep_said
from bot.conversation.rules import TICKET_TIMES
from bot.conversation.tickets import NOBODY, phone_in
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.text.personal import LANDLINE, MOBILE, check_personal
from bot.texts import sentence

_WAITING = (Control.QUEUED, Control.OFFERED)


async def person_outlook(rt: Runtime, *, conversation_id: str) -> dict[str, Any]:
    """Before asking: `{"guess", "open", "opens_at", "position"}`."""
    async with rt.db.read() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id)
        guessed = await guess_category(session, conversation=conversation)
        position = None
        if conversation.control in _WAITING:
            handover = await open_handover(session, conversation_id=conversation_id)
            position = await ahead_of(session, handover=handover) + 1 if handover else None
        admission = await desk_of(rt).admit(session, rt, conversation=conversation, category=guessed.category)
    opens_at = admission.opens_at
    return {
        "guess": guessed.category,
        "open": admission.open,
        "opens_at": wire_time(opens_at) if opens_at else None,
        "position": position,
    }


async def request_human(
    rt: Runtime,
    *,
    channel: Channel,
    account: str,
    external_user: str,
    external_key: str,
    category: Category | None = None,
) -> Received:
    """The 转人工 button: needs no engine, so it works while the engine is down. A category left out
    is guessed from the chat."""
    async with rt.db.write() as session:
        conversation = await conversation_of(
            session, rt, channel=channel, account=account, external_user=external_user
        )
        if first := await first_result(session, conversation, external_key):
            return first
        check_not_blocked(conversation)
        said = sentence("conversation.button_human")
        message, _ = await keep_said(
            session, rt, conversation=conversation, text=said, external_key=external_key
        )
        request = HandoverRequest(reason="requested", category=category)
        await wishes.ask_for_person(session, rt, conversation=conversation, request=request)
    tell(rt, conversation.id, desk=True)
    return Received(conversation.id, message.id, message.seq, None)


async def leave_ticket(
    rt: Runtime,
    *,
    channel: Channel,
    account: str,
    external_user: str,
    external_key: str,
    category: Category | None = None,
    phone: str | None = None,
    when: str | None = None,
    note: str | None = None,
) -> Received:
    """A call-back ticket; the phone goes into the vault, and only its token into the log."""
    if phone and not any(check_personal(kind, phone) for kind in (MOBILE, LANDLINE)):
        raise Refusal("bad_phone", "这个号码看起来不对，请填写 11 位手机号，或带区号的座机号。", status=422)
    if when is not None and when not in TICKET_TIMES:
        raise Refusal("bad_time", f"请从{'、'.join(TICKET_TIMES)}里选一个方便接听的时间。", status=422)
    async with rt.db.write() as session:
        conversation = await conversation_of(
            session, rt, channel=channel, account=account, external_user=external_user
        )
        if first := await first_result(session, conversation, external_key):
            return first
        check_not_blocked(conversation, said=note or "")
        said = "，".join(part for part in (sentence("conversation.button_ticket"), phone, when, note) if part)
        message, masked = await keep_said(
            session, rt, conversation=conversation, text=said, external_key=external_key
        )
        await wishes.leave_ticket(
            session,
            rt,
            conversation=conversation,
            request=HandoverRequest(reason="requested", category=category),
            contact=phone_in(masked),
            when=when,
        )
    tell(rt, conversation.id, turns=True, desk=True)
    return Received(conversation.id, message.id, message.seq, None)


async def cancel_human(rt: Runtime, *, conversation_id: str) -> None:
    """The 取消排队 button: out of the queue, or the end of a talk with a person."""
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        if conversation.control in NOBODY:
            return  # a repeat, or somebody else was faster: nobody is waited for
        await wishes.cancel(session, rt, conversation=conversation)
    tell(rt, conversation_id, turns=True, desk=True)


async def rate(
    rt: Runtime, *, conversation_id: str, handover_id: str, score: int, comment: str | None = None
) -> None:
    """好差评 of one episode, 1 to 5; may be changed for a day."""
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        check_not_blocked(conversation, said=comment or "")
        await ratings.rate(
            session, rt, conversation=conversation, handover_id=handover_id, score=score, comment=comment
        )
    tell(rt, conversation_id, desk=True)
