"""Who talks in tests of the conversation, and what staff do in one line."""

import itertools
from typing import Any

from sqlalchemy import select

from bot.conversation.change import Change, StaffName
from bot.conversation.control import Changed
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import Handover
from bot.conversation.models import Channel, Control, Conversation
from bot.conversation.receiving import Received
from bot.conversation.service import act, log_after, receive, tell
from bot.runtime import Runtime

WEB: dict[str, Any] = {"channel": Channel.WEB, "account": "web", "external_user": "visitor"}
LIN = StaffName("s1", "林样例")
WU = StaffName("s2", "吴样例")


_KEYS = itertools.count()


async def says(rt: Runtime, text: str) -> Received:
    return await receive(rt, **WEB, external_key=f"said{next(_KEYS)}", text=text)


async def presses(rt: Runtime, conversation_id: str, title: str) -> Received:
    """The button of that title in the newest message that has one."""
    for message in reversed(await log_after(rt, conversation_id=conversation_id, seq=0, internal=False)):
        titles = [button["title"] for button in message["content"]["buttons"]]
        if title in titles:
            button = (message["id"], titles.index(title))
            return await receive(rt, **WEB, external_key=f"pressed{next(_KEYS)}", button=button)
    raise AssertionError(f"no button {title}")


async def control_of(rt: Runtime, conversation_id: str) -> Control:
    async with rt.db.read() as session:
        found = await session.get(Conversation, conversation_id)
    assert found
    return Control(found.control)


async def episodes_of(rt: Runtime, conversation_id: str) -> list[Handover]:
    """Oldest first."""
    query = select(Handover).where(Handover.conversation_id == conversation_id)
    async with rt.db.read() as session:
        return list(await session.scalars(query.order_by(Handover.requested_at, Handover.id)))


async def staff_does(
    rt: Runtime, conversation_id: str, event: ControlEvent, *, by: StaffName | None = LIN, **more: Any
) -> Changed:
    async with rt.db.write() as session:
        change = Change(event, by=by, **more)
        changed = await act(session, rt, conversation_id=conversation_id, change=change)
    tell(rt, conversation_id, turns=True, desk=True)
    return changed


async def service_does(rt: Runtime, conversation_id: str, event: ControlEvent, **more: Any) -> Changed:
    """The router, acting on time."""
    return await staff_does(rt, conversation_id, event, by=None, **more)


async def texts(rt: Runtime, conversation_id: str, *, internal: bool = False) -> list[str]:
    rows = await log_after(rt, conversation_id=conversation_id, seq=0, internal=internal)
    return [f"{row['author']}: {' '.join(row['content']['paragraphs'])}" for row in rows]


async def last_message(rt: Runtime, conversation_id: str) -> dict[str, Any]:
    (*_, last) = await log_after(rt, conversation_id=conversation_id, seq=0, internal=False)
    return last
