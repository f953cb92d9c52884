"""What specialists do with chats: the conversation core does it, the desk names and audits it."""

from typing import Any

from bot.accounts.permissions import Staff
from bot.accounts.service import audit, names_of
from bot.conversation import service as conversation
from bot.conversation.log import MessageView
from bot.conversation.service import Change, ControlEvent, StaffName
from bot.desk.router import start, stop
from bot.desk.schemas import View
from bot.errors import Refusal
from bot.runtime import Runtime

__all__ = ["start", "stop"]

ChatRow = dict[str, Any]


async def chats(rt: Runtime, *, view: View, staff: Staff) -> list[ChatRow]:
    match view:
        case View.QUEUE:
            rows = await conversation.queue(rt)
        case View.MINE:
            rows = await conversation.held(rt, staff.id)
        case View.RECENT:
            rows = await conversation.recent(rt)
    return await _named(rt, rows)


async def view_chat(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    """`{"chat", "packet", "messages"}`, internal notes included."""
    detail = await check_view(rt, conversation_id=conversation_id, staff=staff)
    (chat,) = await _named(rt, [detail["chat"]])
    messages = [as_seen_by(staff, message) for message in detail["messages"]]
    return {"chat": chat, "packet": detail["packet"], "messages": messages}


async def check_view(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    """The chat as stored, with the view audited; a repeat within the hour adds no entry."""
    detail = await access_chat(rt, conversation_id=conversation_id)
    now = rt.clock.now()
    async with rt.db.write() as db:
        await audit(
            db,
            staff_id=staff.id,
            action="desk.view",
            subject=conversation_id,
            at=now,
            once_key=f"desk.view:{staff.id}:{conversation_id}:{now:%Y%m%d%H}",
        )
    return detail


async def access_chat(rt: Runtime, *, conversation_id: str) -> dict[str, Any]:
    """The only way to a chat from the desk: one in which a person was asked for, or 404."""
    detail = await conversation.chat_detail(rt, conversation_id=conversation_id)
    if detail["chat"]["handover_id"] is None:
        raise Refusal("no_such_conversation", "没有找到这个会话，请刷新页面后重试。", status=404)
    return detail


async def claim(rt: Runtime, *, conversation_id: str, staff: Staff) -> ChatRow:
    """Take a waiting chat. Claiming what one already holds succeeds: the first answer was lost."""
    await access_chat(rt, conversation_id=conversation_id)
    try:
        await _apply(rt, conversation_id=conversation_id, event=ControlEvent.PICK, staff=staff)
    except Refusal as refusal:
        state = await conversation.state_for(rt, conversation_id=conversation_id, internal=True)
        if refusal.code != "already_taken" or state["staff_id"] != staff.id:
            raise
    return await _chat(rt, conversation_id=conversation_id)


async def end(rt: Runtime, *, conversation_id: str, event: ControlEvent, staff: Staff, note: str) -> ChatRow:
    """Give a chat back to the assistant, or close it."""
    await access_chat(rt, conversation_id=conversation_id)
    await _apply(rt, conversation_id=conversation_id, event=event, staff=staff, note=note)
    return await _chat(rt, conversation_id=conversation_id)


async def say(
    rt: Runtime,
    *,
    conversation_id: str,
    staff: Staff,
    client_msg_id: str,
    text: str,
    internal: bool,
) -> MessageView:
    """Words to the talent (only by whoever holds the chat) or, `internal`, a note."""
    await access_chat(rt, conversation_id=conversation_id)
    write = conversation.note if internal else conversation.say_as_staff
    message = await write(
        rt,
        conversation_id=conversation_id,
        staff=StaffName(staff.id, staff.name),
        client_key=client_msg_id,
        text=text,
    )
    # The desk is shown every message, so the one before is always the neighbour.
    return as_seen_by(staff, message | {"prev": message["seq"] - 1})


def as_seen_by(staff: Staff, message: MessageView) -> MessageView:
    """`key` is the sender's own client_msg_id, and nothing to anybody else."""
    prefix = f"staff:{staff.id}:"
    key = message.get("key") or ""
    return message | {"key": key.removeprefix(prefix) if key.startswith(prefix) else None}


async def _apply(
    rt: Runtime, *, conversation_id: str, event: ControlEvent, staff: Staff, note: str = ""
) -> None:
    change = Change(event, by=StaffName(staff.id, staff.name), note=note or None)
    async with rt.db.write() as db:
        await conversation.act(db, rt, conversation_id=conversation_id, change=change)
        await audit(
            db,
            staff_id=staff.id,
            action=f"desk.{event.value}",
            subject=conversation_id,
            at=rt.clock.now(),
        )
    conversation.tell(rt, conversation_id, desk=True)


async def _chat(rt: Runtime, *, conversation_id: str) -> ChatRow:
    detail = await access_chat(rt, conversation_id=conversation_id)
    return (await _named(rt, [detail["chat"]]))[0]


async def _named(rt: Runtime, rows: list[ChatRow]) -> list[ChatRow]:
    names = await names_of(rt, staff_ids=[row["staff_id"] for row in rows])
    return [row | {"staff_name": names.get(row["staff_id"])} for row in rows]
