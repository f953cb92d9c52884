"""The conversation as everything outside this folder uses it (beside `content`, `rules` and the models)."""

from bot.conversation.acts import act
from bot.conversation.asking import cancel_human, leave_ticket, person_outlook, rate, request_human
from bot.conversation.attachments import keep_file, read_file, sweep
from bot.conversation.blocking import unblock
from bot.conversation.change import Change, StaffName
from bot.conversation.control import tell
from bot.conversation.control_rules import ControlEvent
from bot.conversation.lists import state_for, updates
from bot.conversation.log import MessageView, access_conversation, read_log
from bot.conversation.marks import mark_seen
from bot.conversation.models import Channel, Feedback, Message
from bot.conversation.receiving import Received, open_conversation, receive
from bot.conversation.settling import settle
from bot.conversation.staff import note, say_as_staff
from bot.conversation.triggers import list_triggers, save_trigger
from bot.conversation.typists import typing
from bot.errors import Refusal
from bot.runtime import Runtime

__all__ = [
    "Change",
    "Channel",
    "ControlEvent",
    "MessageView",
    "Received",
    "StaffName",
    "act",
    "cancel_human",
    "give_feedback",
    "keep_file",
    "leave_ticket",
    "list_triggers",
    "log_after",
    "log_before",
    "mark_seen",
    "note",
    "open_conversation",
    "person_outlook",
    "rate",
    "read_file",
    "receive",
    "request_human",
    "save_trigger",
    "say_as_staff",
    "set_region",
    "settle",
    "state_for",
    "sweep",
    "tell",
    "typing",
    "unblock",
    "updates",
]


async def give_feedback(rt: Runtime, *, conversation_id: str, message_id: str, helpful: bool) -> None:
    async with rt.db.write() as session:
        message = await session.get(Message, message_id)
        if message is None or message.conversation_id != conversation_id or message.internal:
            raise Refusal("no_such_message", "没有找到这条消息。", status=404)
        await session.merge(Feedback(message_id=message_id, helpful=helpful, created_at=rt.clock.now()))


async def set_region(rt: Runtime, *, conversation_id: str, region: str | None) -> None:
    async with rt.db.write() as session:
        row = await access_conversation(session, conversation_id=conversation_id, lock=True)
        row.region = region


async def log_after(
    rt: Runtime, *, conversation_id: str, seq: int, internal: bool, limit: int = 200
) -> list[MessageView]:
    async with rt.db.read() as session:
        return await read_log(
            session, conversation_id=conversation_id, after=seq, internal=internal, limit=limit
        )


async def log_before(
    rt: Runtime, *, conversation_id: str, seq: int, internal: bool, limit: int
) -> list[MessageView]:
    """The `limit` messages before `seq`, ascending."""
    async with rt.db.read() as session:
        return await read_log(
            session, conversation_id=conversation_id, before=seq, internal=internal, limit=limit
        )
